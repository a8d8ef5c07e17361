"""One bit a dimension: a shortlist for cosine queries, from which exact distances choose.

The codes are RaBitQ's (Gao & Long 2024, RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error Bound for
Approximate Nearest Neighbor Search, SIGMOD), in faiss. They estimate a cosine with an error that is near normal with
standard deviation |x - c| |q - c| 0.75 / √(d - 1), where c is the mean of the vectors. So it can be told whether a
vector outside the shortlist may belong to the k nearest: if the k-th exact cosine lies ``SURE`` standard deviations
above the lowest estimate of the shortlist, none does. Where it does not, the query is answered by a full pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from snapshelf.twin.s3vectors.table import Table

LEAST = 20_000  # rows for which codes are worth their making
SMALLEST = 256  # dimensions from which one bit each says enough
LENGTH = 400  # of a shortlist
MOST = 100  # results that it can be asked for
SURE = 4.0
ERROR = 0.75  # √(1 - 0.8²) / 0.8, where 0.8 is the mean cosine between a vector and its code
STALE = 0.05  # share of the rows that may have changed before the codes are made anew
STEP = 8192  # rows coded at a time
TRAINED = 50_000  # rows that the mean is taken of, at most
PATIENCE, AGAIN = 8, 64  # after so many queries in a row that were not sure, only one of so many is tried


class Codes:
    """The codes of a table's rows, made when a query first asks. Not safe for threads: the index's lock is."""

    def __init__(self) -> None:
        self._index: Any = None
        self._coded = self._trained = 0
        self._radius = 0.0
        self._centre: NDArray[np.float32] = np.empty(0, np.float32)
        self._changed: set[int] = set()
        self._unsure = 0

    def touched(self, row: int) -> None:
        """Note that a row holds another vector than it did."""
        if row < self._coded:
            self._changed.add(row)

    def worth_asking(self, table: Table) -> bool:
        """Whether a shortlist is likely to be quicker than a full pass."""
        if len(table) < LEAST or table.dimension < SMALLEST:
            return False
        if self._unsure >= PATIENCE:
            self._unsure += 1
        return self._unsure < PATIENCE or self._unsure % AGAIN == 0

    def shortlists(self, table: Table, queries: NDArray[np.float32]) -> list[tuple[NDArray[np.int64], float]]:
        """For each unit query, (rows, bound): no other row's cosine is above the bound, as good as surely."""
        self._follow(table)
        estimates, found = self._index.search(queries, LENGTH)
        changed = np.fromiter(self._changed, np.int64, len(self._changed))
        changed = changed[changed < len(table)]
        lists = []
        for query, scores, rows in zip(queries, estimates, found, strict=True):
            lowest = float(scores[rows >= 0].min(initial=np.inf))
            spread = ERROR * self._radius * float(np.linalg.norm(query - self._centre)) / np.sqrt(table.dimension - 1)
            good = rows[(rows >= 0) & (rows < len(table))]
            if len(changed):
                good = good[~np.isin(good, changed)]
            lists.append((np.concatenate([good, changed]), lowest + SURE * spread))
        return lists

    def told(self, sure: bool) -> None:
        """Learn from a query whether shortlists are of use with these vectors."""
        if sure:
            self._unsure = 0
        elif self._unsure < PATIENCE:
            self._unsure += 1

    def _follow(self, table: Table) -> None:
        """Code the rows that are new; all of them where too many have changed or the mean is that of too few."""
        import faiss

        rows = len(table)
        if self._index is None or len(self._changed) > STALE * rows or rows > 2 * self._trained:
            self._index = faiss.index_factory(table.dimension, "RaBitQfs", faiss.METRIC_INNER_PRODUCT)
            sample = _units(table, np.arange(0, rows, rows // TRAINED + 1))
            self._index.train(sample)
            self._centre, self._trained = sample.mean(axis=0), rows
            self._coded, self._radius, self._changed = 0, 0.0, set()
        for start in range(self._coded, rows, STEP):
            units = _units(table, np.arange(start, min(rows, start + STEP)))
            self._index.add(units)
            self._radius = max(self._radius, float(np.linalg.norm(units - self._centre, axis=1).max()))
        self._coded = max(self._coded, rows)


def _units(table: Table, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    units: NDArray[np.float32] = (table.matrix[rows] / np.sqrt(table.squares[rows])[:, None]).astype(np.float32)
    return units
