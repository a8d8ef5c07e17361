"""The nearest vectors, exactly. Queries that come at the same time share one pass over the matrix.

One product of a matrix with 32 queries reads it once, where 32 products with one query read it 32 times; so whoever
comes while a pass is under way waits for its end, and then all who wait are served together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from snapshelf.twin.s3vectors.columns import Mask
from snapshelf.twin.s3vectors.table import Table

TOGETHER = 32  # queries in one pass
FEW = 2000  # rows that are scored one by one when no more pass a filter
BLOCK = 8192  # rows of the matrix scored at a time, so that the scores stay in the cache
SPARE = 16  # candidates beyond k that the exact step looks at
TAME = (1e-24, 1e24)  # squared lengths that float32 can work with
SAMPLE = 16  # every how manieth score is looked at for a bound on the k-th best

Found = list[tuple[float, int]]  # (distance, row), nearest first


@dataclass(slots=True, eq=False)
class Ask:
    """One query. ``mask`` is worked out with the index locked; ``done`` turns what was found into what is wanted."""

    vector: NDArray[np.float32]
    k: int
    mask: Callable[[], Mask | None]
    done: Callable[[Found], None]
    passing: Mask | None = None
    error: BaseException | None = None
    served: bool = field(default=False)


class Queue:
    """The queries to one index, in the order in which they came."""

    def __init__(self, table: Table, metric: str, lock: threading.RLock) -> None:
        self._table, self._metric, self._lock = table, metric, lock
        self._turn, self._waiting = threading.Lock(), list[Ask]()

    def answer(self, ask: Ask) -> None:
        """Serve a query, together with those that wait. Raises what ``mask`` or ``done`` raised."""
        self._waiting.append(ask)
        while not ask.served:
            with self._turn:
                if ask.served:
                    break
                batch, self._waiting[:TOGETHER] = self._waiting[:TOGETHER], []
                with self._lock:
                    _serve(batch, self._table, self._metric)
        if ask.error is not None:
            raise ask.error


def _serve(batch: Sequence[Ask], table: Table, metric: str) -> None:
    wide = []
    try:
        for ask in batch:
            try:
                ask.passing = ask.mask()
                few = ask.passing is not None and int(np.count_nonzero(ask.passing)) <= FEW
                if few and ask.passing is not None:
                    ask.done(exact(table, metric, ask.vector, np.flatnonzero(ask.passing))[: ask.k])
                else:
                    wide.append(ask)
            except BaseException as error:
                ask.error = error
        if wide:
            _pass(wide, table, metric)
    finally:
        for ask in batch:
            ask.served = True


def _pass(asks: Sequence[Ask], table: Table, metric: str) -> None:
    """One pass over the matrix: near scores for all, then exact distances of each one's candidates."""
    with np.errstate(over="ignore", invalid="ignore"):
        scores = _scores(asks, table, metric)
    # What is too large or too small to be scored in float32 is looked at exactly, always.
    odd = np.flatnonzero(~((table.squares > TAME[0]) & (table.squares < TAME[1])))
    scores[:, odd] = -np.inf
    for ask, row in zip(asks, scores, strict=True):
        try:
            passing = ask.passing
            if passing is not None:
                row[~passing] = -np.inf
            rows = np.concatenate([_best(row, ask.k + SPARE), odd if passing is None else odd[passing[odd]]])
            ask.done(exact(table, metric, ask.vector, rows)[: ask.k])
        except BaseException as error:
            ask.error = error


def _scores(asks: Sequence[Ask], table: Table, metric: str) -> NDArray[np.float32]:
    """(asks, rows): the higher, the nearer. Cosine in float32; what euclidean distances subtract needs float64."""
    scores = np.empty((len(asks), len(table)), np.float32)
    units = np.stack([_scaled(ask.vector) for ask in asks]).astype(np.float32)
    queries = np.stack([ask.vector for ask in asks]).astype(np.float64)
    lengths = np.einsum("ij,ij->i", queries, queries)[:, None]
    for start in range(0, len(table), BLOCK):
        part, squares = table.matrix[start : start + BLOCK], table.squares[start : start + BLOCK]
        block = scores[:, start : start + len(part)]
        if metric == "cosine":
            np.matmul(units, part.T, out=block)
            block *= (1 / np.sqrt(squares)).astype(np.float32)
        else:  # |x - q|² = |x|² - 2 x·q + |q|²
            block[:] = 2 * (queries @ part.T.astype(np.float64)) - squares - lengths
    return scores


def _scaled(vector: NDArray[np.float32]) -> NDArray[np.float64]:
    wanted = vector.astype(np.float64)
    length = float(np.sqrt(wanted @ wanted))
    return wanted / length if length else wanted


def _best(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Rows of the k highest scores, without those of -inf; the bound comes from a part of the scores."""
    sample = scores[::SAMPLE]
    rows = np.arange(len(scores))
    if k < len(sample):
        rows = np.flatnonzero(scores >= np.partition(sample, len(sample) - k)[len(sample) - k])
    if k < len(rows):
        rows = rows[np.argpartition(scores[rows], len(rows) - k)[len(rows) - k :]]
    return rows[scores[rows] > -np.inf]


def exact(table: Table, metric: str, query: NDArray[np.float32], rows: NDArray[np.int64]) -> Found:
    """(distance, row) of rows, nearest first, worked out in float64; equal distances in the order of keys.

    cosine: 1 - cosine similarity, in [0, 2]; euclidean: the length of the difference.
    """
    wanted = query.astype(np.float64)
    vectors = table.matrix[rows].astype(np.float64)
    if metric == "cosine":
        lengths = np.sqrt(table.squares[rows]) * np.sqrt(wanted @ wanted)
        distances = np.clip(1 - (vectors @ wanted) / lengths, 0, 2)
    else:
        vectors -= wanted
        distances = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    found = zip(distances.tolist(), rows.tolist(), strict=True)
    return sorted(found, key=lambda pair: (pair[0], table.keys[pair[1]]))
