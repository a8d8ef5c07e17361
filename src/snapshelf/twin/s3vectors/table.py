"""The vectors of one index in memory: a float32 matrix without gaps, with key and metadata of every row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from snapshelf.twin.s3vectors.codes import Codes
from snapshelf.twin.s3vectors.columns import Columns

SMALLEST = 64  # rows that a table has room for at first


class Table:
    """Rows in no particular order: the last one takes the place of one that is deleted.

    ``version`` grows with every change. Not safe for threads: the index's lock is.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension, self.version = dimension, 0
        self.keys: list[str] = []
        self.row: dict[str, int] = {}
        self.metadata: list[bytes] = []  # compact JSON, "{}" for none
        self.columns = Columns(self.metadata)
        self.codes = Codes()
        self._matrix = np.empty((SMALLEST, dimension), np.float32)
        self._squares = np.empty(SMALLEST, np.float64)
        self.listing: tuple[int, list[tuple[int, str]]] | None = None  # of ListVectors: the version, and its order
        self.bytes = 0  # of vectors, keys and metadata, as storage is billed

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def matrix(self) -> NDArray[np.float32]:
        """(n, d), the vectors as they were put."""
        return self._matrix[: len(self.keys)]

    @property
    def squares(self) -> NDArray[np.float64]:
        """(n,), the squared length of every vector."""
        return self._squares[: len(self.keys)]

    def put(self, keys: Sequence[str], vectors: NDArray[np.float32], metadata: Sequence[bytes]) -> None:
        """Insert rows, or replace those whose key is here: vector and metadata, both."""
        self._reserve(len(self.keys) + len(keys))
        squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
        for at, key in enumerate(keys):
            row = self.row.get(key)
            if row is None:
                row = self.row[key] = len(self.keys)
                self.keys.append(key)
                self.metadata.append(metadata[at])
            else:
                self.bytes -= self.size(row)
                self.metadata[row] = metadata[at]
            self._matrix[row], self._squares[row] = vectors[at], squares[at]
            self.columns.set(row, metadata[at])
            self.codes.touched(row)
            self.bytes += self.size(row)
        self.version += 1

    def delete(self, keys: Sequence[str]) -> None:
        """Drop rows; keys that are not here are passed over."""
        for key in keys:
            row = self.row.pop(key, None)
            if row is None:
                continue
            self.bytes -= self.size(row, key)
            last = len(self.keys) - 1
            if row != last:
                self.keys[row], self.metadata[row] = self.keys[last], self.metadata[last]
                self.row[self.keys[row]] = row
                self._matrix[row], self._squares[row] = self._matrix[last], self._squares[last]
            self.columns.move(last, row)
            self.codes.touched(row)
            self.keys.pop()
            self.metadata.pop()
        self.version += 1

    def size(self, row: int, key: str | None = None) -> int:
        """Bytes of one row as storage is billed: 4 a dimension, the key, the metadata."""
        kept = self.metadata[row]
        name = self.keys[row] if key is None else key
        return 4 * self.dimension + len(name.encode()) + (0 if kept == b"{}" else len(kept))

    def _reserve(self, rows: int) -> None:
        room = len(self._squares)
        if rows > room:
            room = max(rows, room + room // 2)
            matrix, squares = np.empty((room, self.dimension), np.float32), np.empty(room, np.float64)
            matrix[: len(self.keys)], squares[: len(self.keys)] = self.matrix, self.squares
            self._matrix, self._squares = matrix, squares
