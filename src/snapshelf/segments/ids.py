"""String ids of millions of rows without millions of Python strings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Ids:
    """Ids by row. Those of a written segment are one blob of bytes with offsets; new ones are a list."""

    def __init__(self) -> None:
        self.parts: list[tuple[int, NDArray[np.uint8], NDArray[np.int64]]] = []  # first row, blob, ends
        self.written = 0
        self.new: list[str] = []
        self._places: dict[str, int] = {}  # of new rows
        self._sorted: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None  # hashes of written rows, their rows

    def __len__(self) -> int:
        return self.written + len(self.new)

    def attach(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take on the ids of a segment that comes after those already here."""
        self.parts.append((self.written, arrays["ids"], arrays["ends"]))
        self.written += len(arrays["ends"])
        self._sorted = None

    def append(self, ids: Sequence[str]) -> None:
        """Add new rows at the end."""
        for row, id in enumerate(ids, start=len(self)):
            self._places[id] = row
        self.new.extend(ids)

    def get(self, row: int) -> str:
        """The id of a row."""
        if row >= self.written:
            return self.new[row - self.written]
        for first, blob, ends in reversed(self.parts):
            if row >= first:
                at = row - first
                return bytes(blob[int(ends[at - 1]) if at else 0 : int(ends[at])]).decode()
        raise IndexError(row)

    def find(self, ids: Sequence[str], alive: NDArray[np.bool_]) -> list[int]:
        """The living row of each id, -1 where there is none."""
        hashes, rows = self._by_hash()
        wanted = np.array([hash(id) for id in ids], np.int64)
        starts, ends = np.searchsorted(hashes, wanted, "left"), np.searchsorted(hashes, wanted, "right")
        found = []
        for id, start, end in zip(ids, starts.tolist(), ends.tolist(), strict=True):
            place = self._places.get(id, -1)
            candidates = [place] if place >= 0 else [int(row) for row in rows[start:end]]
            found.append(next((row for row in candidates if alive[row] and self.get(row) == id), -1))
        return found

    def settle(self) -> dict[str, NDArray[Any]]:
        """The new rows as arrays of a segment; from now on they count as written."""
        encoded = [id.encode() for id in self.new]
        arrays: dict[str, NDArray[Any]] = {
            "ids": np.frombuffer(b"".join(encoded), np.uint8),
            "ends": np.cumsum([len(one) for one in encoded], dtype=np.int64),
        }
        self.new, self._places = [], {}
        self.attach(arrays)
        return arrays

    def _by_hash(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Sorted once per segment, and only when somebody writes: readers look ids up by row alone."""
        if self._sorted is None:
            hashes = np.fromiter((hash(self.get(row)) for row in range(self.written)), np.int64, self.written)
            order = np.argsort(hashes, kind="stable")
            self._sorted = hashes[order], order
        return self._sorted
