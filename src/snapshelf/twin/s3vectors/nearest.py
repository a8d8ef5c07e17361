"""The nearest vectors, exactly. Queries that come at the same time share one pass over the matrix.

One product of a matrix with 32 queries reads it once, where 32 products with one query read it 32 times; so whoever
comes while a pass is under way waits for its end, and then all who wait are served together. In large cosine indexes
most queries need no pass: a shortlist by codes of one bit a dimension holds what they ask for (codes.py).

Where the library of linear algebra was told to use one thread (`OPENBLAS_NUM_THREADS=1`, as `snapshelf twin` does),
each core takes a part of the rows: the library's own threads wait for each other by spinning, which costs most of the
gain once others use the cores.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from snapshelf.twin.s3vectors import codes
from snapshelf.twin.s3vectors.columns import Mask
from snapshelf.twin.s3vectors.table import Table

TOGETHER = 32  # queries in one pass
FEW = 1000  # rows that are scored for one query alone where no more pass its filter
BLOCK = 4096  # rows turned into float64 at a time
PART = 16_384  # rows that are worth a thread of their own
SPARE = 16  # candidates beyond k that the exact step looks at
TAME = (1e-24, 1e24)  # squared lengths that float32 can work with
SAMPLE = 16  # every how manieth score is looked at for a bound on the k-th best

Found = list[tuple[float, int]]  # (distance, row), nearest first


@dataclass(slots=True, eq=False)
class Ask:
    """One query. With the index locked, ``mask`` says which rows pass, ``done`` takes what was found, and the mask."""

    vector: NDArray[np.float32]
    k: int
    mask: Callable[[], Mask | None]
    done: Callable[[Found, Mask | None], None]
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
            with _told(ask):
                ask.passing = ask.mask()
                if ask.passing is None or int(np.count_nonzero(ask.passing)) > FEW:
                    wide.append(ask)
                else:
                    _few(ask, ask.passing, table, metric)
        wide = _by_codes(wide, table) if metric == "cosine" else wide
        if wide:
            _pass(wide, table, metric)
    finally:
        for ask in batch:
            ask.served = True


@contextmanager
def _told(ask: Ask) -> Iterator[None]:
    """What goes wrong with one query is for its own thread to raise."""
    try:
        yield
    except BaseException as error:
        ask.error = error


def _few(ask: Ask, passing: Mask, table: Table, metric: str) -> None:
    """Exact distances of all that pass."""
    ask.done(exact(table, metric, ask.vector, np.flatnonzero(passing))[: ask.k], passing)


def _by_codes(asks: Sequence[Ask], table: Table) -> list[Ask]:
    """Serve those that a shortlist serves as exactly as a full pass would; the others are left."""
    asked = [ask for ask in asks if ask.k <= codes.MOST and table.codes.worth_asking(table)]
    if not asked:
        return list(asks)
    units = np.stack([_scaled(ask.vector) for ask in asked]).astype(np.float32)
    lists = table.codes.shortlists(table, units)
    sure = list(_pool().map(lambda *one: _chosen(table, *one), asked, units, lists))
    served = set()
    for ask, found in zip(asked, sure, strict=True):
        table.codes.told(found is not None)
        if found is not None:
            served.add(id(ask))
            with _told(ask):
                ask.done(found, ask.passing)
    return [ask for ask in asks if id(ask) not in served]


def _chosen(
    table: Table, ask: Ask, unit: NDArray[np.float32], shortlist: tuple[NDArray[np.int64], float]
) -> Found | None:
    """The k nearest out of a shortlist; None where another row might be among them."""
    rows, bound = shortlist
    if ask.passing is not None:
        rows = rows[ask.passing[rows]]
    if len(rows) < ask.k or _odd(table.squares[rows]).any():
        return None
    near = (table.matrix[rows] @ unit) / np.sqrt(table.squares[rows])
    best = rows[np.argsort(-near)[: ask.k + SPARE]]
    found = exact(table, "cosine", ask.vector, best)[: ask.k]
    return found if 1 - found[-1][0] >= bound else None


def _pass(asks: Sequence[Ask], table: Table, metric: str) -> None:
    """One pass over the matrix: near scores for all, then exact distances of each one's candidates."""
    scores = _scores(asks, table, metric)
    # What is too large or too small to be scored in float32 is looked at exactly, always.
    odd = np.flatnonzero(_odd(table.squares))
    scores[:, odd] = -np.inf
    for ask, row in zip(asks, scores, strict=True):
        with _told(ask):
            passing = ask.passing
            if passing is not None:
                row[~passing] = -np.inf
            rows = np.concatenate([_best(row, ask.k + SPARE), odd if passing is None else odd[passing[odd]]])
            ask.done(exact(table, metric, ask.vector, rows)[: ask.k], passing)


def _scores(asks: Sequence[Ask], table: Table, metric: str) -> NDArray[np.float32]:
    """(asks, rows): the higher, the nearer. Cosine in float32; what euclidean distances subtract needs float64."""
    scores = np.empty((len(asks), len(table)), np.float32)
    cosine = metric == "cosine"
    score = _by_cosine if cosine else _by_length
    queries = np.stack([_scaled(ask.vector) if cosine else ask.vector for ask in asks]).astype(np.float64)
    single = os.environ.get("OPENBLAS_NUM_THREADS") == "1"
    threads = min(os.cpu_count() or 1, len(table) // PART) if single else 1
    if threads < 2:
        score(queries, table, slice(0, len(table)), scores)
    else:
        bounds = np.linspace(0, len(table), threads + 1).astype(int).tolist()
        parts = [slice(start, end) for start, end in itertools.pairwise(bounds)]
        list(_pool().map(lambda part: score(queries, table, part, scores), parts))
    return scores


def _by_cosine(queries: NDArray[np.float64], table: Table, part: slice, scores: NDArray[np.float32]) -> None:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        block = scores[:, part]
        np.matmul(queries.astype(np.float32), table.matrix[part].T, out=block)
        block *= (1 / np.sqrt(table.squares[part])).astype(np.float32)


def _by_length(queries: NDArray[np.float64], table: Table, part: slice, scores: NDArray[np.float32]) -> None:
    lengths = np.einsum("ij,ij->i", queries, queries)[:, None]
    for start in range(part.start, part.stop, BLOCK):
        rows = slice(start, min(start + BLOCK, part.stop))
        with np.errstate(over="ignore", invalid="ignore"):  # |x - q|² = |x|² - 2 x·q + |q|²
            products = queries @ table.matrix[rows].T.astype(np.float64)
            scores[:, rows] = 2 * products - table.squares[rows] - lengths


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), "twin-pass")


def _scaled(vector: NDArray[np.float32]) -> NDArray[np.float64]:
    wanted = vector.astype(np.float64)
    length = float(np.sqrt(wanted @ wanted))
    return wanted / length if length else wanted


def _odd(squares: NDArray[np.float64]) -> Mask:
    odd: Mask = (squares <= TAME[0]) | (squares >= TAME[1])
    return odd


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
    distances = np.empty(len(rows))
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        vectors = table.matrix[part].astype(np.float64)
        if metric == "cosine":
            lengths = np.sqrt(table.squares[part]) * np.sqrt(wanted @ wanted)
            distances[start : start + BLOCK] = np.clip(1 - (vectors @ wanted) / lengths, 0, 2)
        else:
            vectors -= wanted
            distances[start : start + BLOCK] = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    found = zip(distances.tolist(), rows.tolist(), strict=True)
    return sorted(found, key=lambda pair: (pair[0], table.keys[pair[1]]))
