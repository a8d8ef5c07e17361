"""The store itself: which way a search goes, and keeping rows and index in step."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.segments import Rows
from snapshelf.stores.funnel.build import build, read, write
from snapshelf.stores.funnel.calibrate import calibrate
from snapshelf.stores.funnel.index import Index, Width
from snapshelf.stores.funnel.rescore import Rescorer, dense, first
from snapshelf.types import Attributes, Filter, Neighbours, Vectors
from snapshelf.vectors import dots, nearest

DIRECT = 6_000  # passing rows that are scored straight from their full vectors
REMEMBERED = 16  # filters whose masks are kept
GROWN = 2.0  # rows against those at building time: beyond it the lists are built anew


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the options ask for: recall@10 to reach, and up to how many vectors everything is scored."""

    recall: float
    flat: int


@dataclass(frozen=True, slots=True, eq=False)
class Passing:
    """The rows that are alive and pass a filter. ``selector``: the same for FAISS, None when all rows do."""

    mask: NDArray[np.bool_]
    count: int
    filters: bool  # whether there is a filter, or only dead rows
    held: Any = None  # passing rows of each list
    selector: Any = None
    bits: Any = None  # what the selector points into


class Funnel:
    """See the package. Searches from several threads take turns."""

    def __init__(self, rows: Rows, tuning: Tuning, can: frozenset[str]) -> None:
        self.rows, self.tuning, self.can = rows, tuning, can
        self._turn = threading.RLock()
        self._passing: OrderedDict[Filter | None, Passing] = OrderedDict()
        self._version = -1
        self._flat: Vectors | None = None  # all rows as float32, while they are few
        self._index: Index | None = None
        self._rescorer: Rescorer | None = None

    def count(self) -> int:
        """How many vectors it holds."""
        with self._turn:
            self._refresh()
            return self._pass(None).count

    def add(self, ids: Sequence[str], vectors: Vectors, attributes: Sequence[Attributes]) -> None:
        """Put vectors, replacing those of the same ids."""
        with self._turn:
            self.rows.add(ids, vectors, attributes)

    def update(self, ids: Sequence[str], attributes: Sequence[Attributes]) -> None:
        """Replace attributes."""
        with self._turn:
            self.rows.update(ids, attributes)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors."""
        with self._turn:
            self.rows.delete(ids)

    def search(self, vectors: Vectors, k: int, where: Filter | None = None) -> Neighbours:
        """The k nearest that pass, for each query (q, d)."""
        queries = np.ascontiguousarray(vectors, np.float32)
        with self._turn:
            self._refresh()
            passing = self._pass(where)
            if self._index is None or len(self.rows) <= self.tuning.flat:
                return self._all(queries, k, passing)
            if passing.count <= (max(DIRECT, 2 * k) if passing.filters else 2 * k):
                return self._direct(queries, k, passing)
            return self._funnel(queries, k, passing, self._index)

    def flush(self) -> None:
        """Make everything durable; rebuild the lists when the rows have outgrown them."""
        with self._turn:
            self._refresh()  # or the lists on disk would count as none
            large = len(self.rows) > self.tuning.flat
            if self.rows.sparse() or (large and self._stale() and self.rows.scattered()):
                self.rows.compact()
                self._index = None
            self._refresh()
            name, about = None, None
            if len(self.rows) > self.tuning.flat and self._stale():
                self._index = calibrate(build(self.rows), self.rows, self.tuning.recall)
                name, about = self.rows.claim(), self._index.about()
                write(self._index, self.rows.location / name)
                self._version = -1  # selectors are to be made
            self.rows.flush(name, about)
            self._flat = None if large else self._flat

    def close(self) -> None:
        """Flush and let go."""
        with self._turn:
            self.flush()
            self._index, self._flat, self._rescorer, self._version = None, None, None, -1

    def _stale(self) -> bool:
        return self._index is None or len(self.rows) > GROWN * self._index.built

    def _refresh(self) -> None:
        """Take on what another process flushed and what was added here."""
        if self.rows.refresh():
            self._flat, self._index = None, None
        if self._version == self.rows.version:
            return
        self._version = self.rows.version
        self._passing.clear()
        about = self.rows.manifest.about
        if self._index is None and about and "scale" in about and len(self.rows) > self.tuning.flat:
            self._index = read(self.rows.location / self.rows.manifest.index, about)
        if self._index is not None and self._index.rows < len(self.rows):
            self._index.extend(self.rows)

    def _pass(self, where: Filter | None) -> Passing:
        """The mask of a filter, made once."""
        found = self._passing.get(where)
        if found is None:
            mask = self.rows.mask(where)
            count, held, selector, bits = int(np.count_nonzero(mask)), None, None, None
            if self._index is not None and count < len(mask):
                selector, bits = self._index.selector(mask)
                held = self._index.spread(mask) if where is not None and count > DIRECT else None
            found = self._passing[where] = Passing(mask, count, where is not None, held, selector, bits)
            if len(self._passing) > REMEMBERED:
                self._passing.popitem(last=False)
        return found

    def _all(self, queries: Vectors, k: int, passing: Passing) -> Neighbours:
        """Score everything."""
        if self._flat is None or len(self._flat) < len(self.rows):
            held = 0 if self._flat is None else len(self._flat)
            more = dense(self.rows, held)
            self._flat = more if self._flat is None else np.concatenate([self._flat, more])
        scores = dots(queries, self._flat)
        if passing.count < len(self.rows):
            scores[:, ~passing.mask] = -np.inf
        found = [nearest(row, k, self.rows.ids.names) for row in scores]
        return Neighbours(
            [ids for ids, _ in found], [s for _, s in found], f"exact over {passing.count:,} vectors", 1.0
        )

    def _direct(self, queries: Vectors, k: int, passing: Passing) -> Neighbours:
        """Score the few that pass."""
        rows = np.flatnonzero(passing.mask)
        found = [self._order(rows, query, k) for query in queries]
        path = f"exact over {passing.count:,} filtered vectors"
        return Neighbours([ids for ids, _ in found], [s for _, s in found], path, 1.0)

    def _funnel(self, queries: Vectors, k: int, passing: Passing, index: Index) -> Neighbours:
        """Shortlist by the prefix, order by the full vectors."""
        found, width, used = [], index.width(k), Width(0, 0)
        for query in queries:
            if passing.held is None:
                rows, used = index.shortlist(query, width, passing.selector)
            else:
                rows, used = index.filtered(query, width, passing.selector, passing.held)
            found.append(self._order(rows, query, k))
        path = f"funnel: {used.lists} of {index.lists} lists, shortlist {used.shortlist}"
        path += f", {passing.count:,} vectors pass" if passing.filters else ""
        return Neighbours([ids for ids, _ in found], [s for _, s in found], path, index.recall)

    def _order(self, rows: NDArray[np.int64], query: NDArray[np.float32], k: int) -> tuple[list[str], Any]:
        """Ids and exact cosines of the k nearest of some rows."""
        if self._rescorer is None:
            self._rescorer = Rescorer(self.rows.dim)
        return first(*self._rescorer.best(self.rows, rows, query), k, self.rows)
