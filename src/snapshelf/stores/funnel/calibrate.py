"""How wide must this shelf be searched? Measured on its own vectors when the lists are built."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from snapshelf.segments import Rows
from snapshelf.stores.funnel.index import Index, Width
from snapshelf.types import Vectors

QUERIES = 256
K = 10
NOISE = 0.25  # length of what is added to a stored vector to make it a query that is not stored
LISTS = (2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256)
SHORTLISTS = (24, 32, 48, 64, 100, 160, 256)
MARGIN = 0.02  # share of calibration queries that may count as far off


def calibrate(index: Index, rows: Rows, recall: float) -> Index:
    """The same index with the narrowest width that reaches recall@10 on perturbed stored vectors, and that recall."""
    import faiss

    queries = _queries(rows)
    truth = _truth(rows, queries)
    index.thin = float(np.quantile([index.width(query, K, 1.0)[1][0][0, 0] for query in queries], MARGIN))
    faiss.omp_set_num_threads(1)
    passing = index.selector(rows.alive) if not rows.alive.all() else None
    widest = Width(min(LISTS[-1], index.lists), SHORTLISTS[-1])
    best, reached = widest, 0.0
    for lists in (n for n in LISTS if n <= index.lists):
        got = _recall(index, rows, queries, truth, Width(lists, SHORTLISTS[-1]), passing)
        if got >= recall or lists >= widest.lists:
            best, reached = Width(lists, SHORTLISTS[-1]), got
            break
    for shortlist in SHORTLISTS:
        got = _recall(index, rows, queries, truth, Width(best.lists, shortlist), passing)
        if got >= min(recall, reached):
            best, reached = Width(best.lists, shortlist), got
            break
    index.default, index.recall = best, round(reached, 4)
    return index


def _queries(rows: Rows) -> Vectors:
    rng = np.random.default_rng(1)
    living = np.flatnonzero(rows.alive)
    stored = rows.gather(np.sort(rng.choice(living, min(QUERIES, len(living)), replace=False)))
    spread = stored.std(axis=0, keepdims=True)  # noise of the shape of the data: Matryoshka prefixes carry more
    noise = rng.normal(size=stored.shape).astype(np.float32) * spread
    moved = stored + NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)


def _truth(rows: Rows, queries: Vectors) -> NDArray[np.float32]:
    """(queries,) score of each query's tenth nearest living row: a found row at or above it is a true neighbour."""
    best = np.full((len(queries), K), -np.inf, np.float32)
    for first, chunk in rows.chunks():
        scores = queries @ chunk.T
        scores[:, ~rows.alive[first : first + len(chunk)]] = -np.inf
        best = np.partition(np.concatenate([best, scores], axis=1), -K, axis=1)[:, -K:]
    return np.asarray(best.min(axis=1))


def _recall(
    index: Index, rows: Rows, queries: Vectors, truth: NDArray[np.float32], width: Width, passing: object
) -> float:
    hits = 0
    for query, tenth in zip(queries, truth, strict=True):
        near = index.nearest_lists(query, width.lists)
        scores = rows.gather(index.shortlist(query, width, near, passing)) @ query
        hits += min(K, int(np.count_nonzero(scores >= tenth - 1e-6)))
    return hits / (K * len(queries))
