"""Exact cosines of a shortlist. FAISS multiplies float16 rows some twenty times faster than numpy converts them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.segments import Rows
from snapshelf.stores.funnel.index import Answer
from snapshelf.types import Vectors


class Rescorer:
    """A place in FAISS' own memory into which rows are gathered. One thread at a time."""

    def __init__(self, dim: int) -> None:
        import faiss

        self._pointer, self._view, self._answer = faiss.swig_ptr, faiss.rev_swig_ptr, Answer()
        self._table: Any = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        self._room(256)

    def best(self, rows: Rows, shortlist: NDArray[np.int64], query: NDArray[np.float32]) -> tuple[Any, Any]:
        """(n,) row numbers and (n,) cosines of all of the shortlist, best first; valid until the next call.

        query: (dim,) float32.
        """
        count = len(shortlist)
        if not count:
            return shortlist, np.empty(0, np.float32)
        if count > len(self._gathered):
            self._room(2 * count)
        rows.parts.take(shortlist, out=self._gathered[:count])
        if count != self._table.ntotal:
            self._table.ntotal = count
        self._answer = answer = self._answer.room(count)
        self._table.search_c(1, self._pointer(query), count, answer.to_scores, answer.to_rows)
        return shortlist[answer.rows[:count]], answer.scores[:count]

    def _room(self, count: int) -> None:
        """Make room for this many rows."""
        dim = self._table.d
        self._table.codes.resize(count * dim * 2)
        room = self._view(self._table.codes.data(), count * dim * 2)
        self._gathered = room.view(np.float16).reshape(count, dim)


def first(
    rows: NDArray[np.int64], scores: NDArray[np.float32], k: int, source: Rows
) -> tuple[list[str], NDArray[np.float32]]:
    """Ids and scores of the first k of rows that are in order already; equal scores in order of id."""
    kth = min(k, len(rows))
    if kth <= 0:
        return [], np.empty(0, np.float32)
    end = kth
    while end < len(rows) and scores[end] == scores[kth - 1]:  # those that share the last place
        end += 1
    ids = source.ids.names(rows[:end].tolist())
    found = scores[:end]
    if len(set(found.tolist())) < end:
        order = sorted(range(end), key=lambda at: (-found[at], ids[at]))
        ids, found = [ids[at] for at in order], found[order]
    return ids[:kth], found[:kth].copy()


def dense(rows: Rows, since: int) -> Vectors:
    """All rows from ``since`` on as float32."""
    return np.concatenate([np.empty((0, rows.dim), np.float32), *(chunk for _, chunk in rows.chunks(since))])
