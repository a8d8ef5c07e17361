"""The store itself: which way a search goes, and keeping rows and index in step."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapshelf.segments import Rows
from snapshelf.stores.funnel.calibrate import calibrate
from snapshelf.stores.funnel.index import Index, Width, build, read, write
from snapshelf.types import Attributes, Filter, Neighbours, Vectors
from snapshelf.vectors import dots, nearest

DIRECT = 1_500  # passing rows that are scored straight from their full vectors
REMEMBERED = 16  # filters whose masks are kept
GROWN = 2.0  # rows against those at building time: beyond it the lists are built anew
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the options ask for: recall@10 to reach, and up to how many vectors everything is scored."""

    recall: float
    flat: int


class Funnel:
    """See the package. Searches from several threads take turns."""

    def __init__(self, rows: Rows, tuning: Tuning, can: frozenset[str]) -> None:
        self.rows, self.tuning, self.can = rows, tuning, can
        self._masks: OrderedDict[Filter, tuple[Mask, int]] = OrderedDict()
        self._version, self._living = -1, 0
        self._flat: Vectors | None = None  # all rows as float32, while they are few
        self._index: Index | None = None
        self._folder = ""  # of the index that is loaded

    def count(self) -> int:
        """How many vectors it holds."""
        self._refresh()
        return self._living

    def add(self, ids: Sequence[str], vectors: Vectors, attributes: Sequence[Attributes]) -> None:
        """Put vectors, replacing those of the same ids."""
        self.rows.add(ids, vectors, attributes)

    def update(self, ids: Sequence[str], attributes: Sequence[Attributes]) -> None:
        """Replace attributes."""
        self.rows.update(ids, attributes)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors."""
        self.rows.delete(ids)

    def search(self, vectors: Vectors, k: int, where: Filter | None = None) -> Neighbours:
        """The k nearest that pass, for each query (q, d)."""
        self._refresh()
        queries = np.ascontiguousarray(vectors, np.float32)
        if len(self.rows) <= self.tuning.flat or self._index is None:
            return self._all(queries, k, where)
        passing, count = self._passing(where)
        if count <= max(DIRECT, 2 * k):
            return self._direct(queries, k, passing, count)
        return self._funnel(queries, k, passing if count < len(self.rows) else None, count)

    def flush(self) -> None:
        """Make everything durable; rebuild the lists when the rows have outgrown them."""
        if self.rows.sparse():
            self.rows.compact()
            self._index = None
        self._refresh()
        name, about = None, None
        if len(self.rows) > self.tuning.flat and self._stale():
            self.rows.flush()  # new rows become a mapped segment before they are read several times
            self._index = calibrate(build(self.rows), self.rows, self.tuning.recall)
            name, about = self.rows.claim(), self._index.about()
            write(self._index, self.rows.location / name)
            self._folder = name
        self.rows.flush(name, about)
        self._flat = None if len(self.rows) > self.tuning.flat else self._flat

    def close(self) -> None:
        """Flush and let go."""
        self.flush()
        self._index, self._flat = None, None

    def _stale(self) -> bool:
        return self._index is None or len(self.rows) > GROWN * self._index.built

    def _refresh(self) -> None:
        """Take on what another process flushed and what was added here."""
        if self.rows.refresh():
            self._flat, self._index = None, None
        if self._version != self.rows.version:
            self._version, self._living = self.rows.version, self.rows.count()
            self._masks.clear()
        if self._index is None and self.rows.manifest.index and len(self.rows) > self.tuning.flat:
            self._folder = self.rows.manifest.index
            self._index = read(self.rows.location / self._folder, self.rows.manifest.about or {})
        if self._index is not None and self._index.rows < len(self.rows):
            self._index.extend(self.rows)

    def _passing(self, where: Filter | None) -> tuple[Mask, int]:
        if where is None:
            return self.rows.alive, self._living
        if where not in self._masks:
            mask = self.rows.mask(where)
            self._masks[where] = mask, int(np.count_nonzero(mask))
            if len(self._masks) > REMEMBERED:
                self._masks.popitem(last=False)
        return self._masks[where]

    def _all(self, queries: Vectors, k: int, where: Filter | None) -> Neighbours:
        """Score everything."""
        if self._flat is None or len(self._flat) < len(self.rows):
            held = [] if self._flat is None else [self._flat]
            more = [chunk for _, chunk in self.rows.chunks(sum(map(len, held)))]
            self._flat = np.concatenate([*held, *more]) if held or more else np.empty((0, self.rows.dim), np.float32)
        passing, count = self._passing(where)
        scores = dots(queries, self._flat)
        if count < len(self.rows):
            scores[:, ~passing] = -np.inf
        found = [nearest(row, k, self.rows.ids.get) for row in scores]
        return Neighbours([ids for ids, _ in found], [s for _, s in found], f"exact over {count:,} vectors", 1.0)

    def _direct(self, queries: Vectors, k: int, passing: Mask, count: int) -> Neighbours:
        """Score the few that pass."""
        rows = np.flatnonzero(passing)
        scores = dots(queries, self.rows.gather(rows))
        found = [nearest(row, k, self.rows.ids.get, rows) for row in scores]
        path = f"exact over {count:,} filtered vectors"
        return Neighbours([ids for ids, _ in found], [s for _, s in found], path, 1.0)

    def _funnel(self, queries: Vectors, k: int, passing: Mask | None, count: int) -> Neighbours:
        """Shortlist by the prefix, order by the full vectors."""
        index = self._index
        if index is None:  # cannot be: search asked before
            return self._all(queries, k, None)
        share = count / len(self.rows)
        selector = index.selector(passing) if passing is not None else None
        found, width = [], Width(0, 0)
        for query in queries:
            width, lists = index.width(query, k, share)
            rows = index.shortlist(query, width, lists, selector)
            scores = np.vecdot(self.rows.gather(rows), query)
            found.append(nearest(scores, k, self.rows.ids.get, rows))
        path = f"funnel: {width.lists} of {index.lists} lists, shortlist {width.shortlist}"
        path += f", {count:,} vectors pass" if share < 1 else ""
        return Neighbours([ids for ids, _ in found], [s for _, s in found], path, index.recall)
