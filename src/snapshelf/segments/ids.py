"""String ids of millions of rows without millions of Python strings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Part:
    """Ids of one written segment: the text of all of them, and where each ends."""

    first: int
    blob: memoryview
    ends: memoryview  # of int64: an entry is a plain number, which numpy's are not

    def get(self, row: int) -> str:
        """The id of a row, counted from the first row of all."""
        at = row - self.first
        return str(self.blob[self.ends[at - 1] if at else 0 : self.ends[at]], "utf-8")

    def all(self) -> Iterable[str]:
        """Every id, in order."""
        data, ends = bytes(self.blob), self.ends.tolist()
        return (data[start:end].decode() for start, end in zip([0, *ends], ends, strict=False))


NAMED = 20_000  # ids of written rows that are kept as strings, since the same ones are found again and again


class Ids:
    """Ids by row. Those of a written segment are one blob of bytes with offsets; new ones are a list."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.written = 0
        self.new: list[str] = []
        self._places: dict[str, int] = {}  # of new rows
        self._sorted = np.empty(0, np.int64), np.empty(0, np.int64)  # hashes of written rows, their rows
        self._named: dict[int, str] = {}

    def __len__(self) -> int:
        return self.written + len(self.new)

    def attach(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take on the ids of a segment that comes after those already here."""
        blob, ends = (np.asarray(arrays[name]).data for name in ("ids", "ends"))
        self.parts.append(Part(self.written, blob, ends))
        self.written += len(ends)

    def append(self, ids: Sequence[str]) -> None:
        """Add new rows at the end."""
        self._places.update(zip(ids, range(len(self), len(self) + len(ids)), strict=True))
        self.new.extend(ids)

    def get(self, row: int) -> str:
        """The id of a row."""
        if row >= self.written:
            return self.new[row - self.written]
        for part in reversed(self.parts):
            if row >= part.first:
                return part.get(row)
        raise IndexError(row)

    def names(self, rows: Sequence[int]) -> list[str]:
        """The ids of several rows; one call, since a search asks for all it found."""
        known = self._named
        missing = [row for row in rows if row not in known]
        if len(known) + len(missing) > NAMED:
            known, missing = {}, list(rows)
            self._named = known if len(rows) <= NAMED else {}
        if missing and self.parts and max(missing) < len(self.parts[0].ends):
            blob, ends = self.parts[0].blob, self.parts[0].ends
            known.update((row, str(blob[ends[row - 1] if row else 0 : ends[row]], "utf-8")) for row in missing)
        else:
            known.update((row, self.get(row)) for row in missing)
        return [known[row] for row in rows]

    def find(self, ids: Sequence[str], alive: NDArray[np.bool_]) -> list[int]:
        """The living row of each id, -1 where there is none."""
        hashes, rows = self._by_hash()
        wanted = np.array([hash(id) for id in ids], np.int64)
        starts, ends = np.searchsorted(hashes, wanted, "left"), np.searchsorted(hashes, wanted, "right")
        found = []
        for id, start, end in zip(ids, starts.tolist(), ends.tolist(), strict=True):
            place = self._places.get(id, -1)
            if place < 0 and start == end:
                found.append(-1)
                continue
            candidates = [place] if place >= 0 else rows[start:end].tolist()
            found.append(next((row for row in candidates if alive[row] and self.get(row) == id), -1))
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The new rows as arrays of a segment."""
        encoded = [id.encode() for id in self.new]
        ends = np.cumsum([len(one) for one in encoded], dtype=np.int64)
        return {"ids": np.frombuffer(b"".join(encoded), np.uint8), "ends": ends}

    def settle(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """The new rows were written as these arrays."""
        self.new, self._places = [], {}
        self.attach(arrays)

    def _by_hash(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Hashes in order, and their rows. Only a writer needs them: readers look ids up by row alone."""
        hashes, rows = self._sorted
        for part in self.parts:
            if part.first >= len(rows):
                more = np.fromiter((hash(id) for id in part.all()), np.int64, len(part.ends))
                hashes = np.concatenate([hashes, more])
                rows = np.concatenate([rows, np.arange(part.first, part.first + len(more))])
        if len(rows) > len(self._sorted[1]):
            order = np.argsort(hashes, kind="stable")
            self._sorted = hashes[order], rows[order]
        return self._sorted
