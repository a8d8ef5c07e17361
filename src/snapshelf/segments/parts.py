"""The float16 vectors of all rows: mapped segments, then the rows that are not written yet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Half = NDArray[np.float16]
CHUNK = 16_384


class Parts:
    """Rows in pieces, read by row number. Mapped pieces stay on disk, where all processes share them."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.written = 0  # rows that are in segments
        self.sizes: list[int] = []  # rows of each segment
        self._parts: list[Half] = []  # segments, then new ones
        self._firsts: list[int] = []

    def __len__(self) -> int:
        return self._firsts[-1] + len(self._parts[-1]) if self._parts else 0

    def map(self, rows: Half) -> None:
        """Take on a written segment; there may be no new rows then."""
        self.append(rows)
        self.sizes.append(len(rows))
        self.written += len(rows)

    def append(self, rows: Half) -> None:
        """Add new rows at the end."""
        self._firsts.append(len(self))
        self._parts.append(np.asarray(rows))  # a plain array is indexed faster than a memmap

    def new(self) -> Half:
        """The rows that are not in a segment yet."""
        return np.concatenate([np.empty((0, self.dim), np.float16), *self._parts[len(self.sizes) :]])

    def forget_new(self) -> None:
        """Let go of the new rows: they were written and are about to be mapped."""
        del self._parts[len(self.sizes) :], self._firsts[len(self.sizes) :]

    def take(self, rows: NDArray[np.int64], out: Half | None = None) -> Half:
        """Some rows, in their order."""
        out = np.empty((len(rows), self.dim), np.float16) if out is None else out
        if len(rows) and rows.max() < len(self._parts[0]):  # nearly all are in the first part
            return np.take(self._parts[0], rows, axis=0, out=out, mode="clip")
        where = np.searchsorted(self._firsts, rows, "right") - 1
        for number in np.unique(where).tolist():
            inside = where == number
            out[inside] = self._parts[number][rows[inside] - self._firsts[number]]
        return out

    def chunks(self, since: int = 0, columns: int | None = None) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """(first row, float32 rows) of everything from row ``since`` on, in order; only the first ``columns``."""
        for first, part in zip(self._firsts, self._parts, strict=True):
            for start in range(max(0, since - first), len(part), CHUNK):
                yield first + start, part[start : start + CHUNK, :columns].astype(np.float32)
