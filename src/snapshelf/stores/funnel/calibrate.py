"""How wide must this shelf be searched? Measured on its own vectors when the lists are built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapshelf.segments import Rows
from snapshelf.stores.funnel.index import Index, K, Width
from snapshelf.stores.funnel.rescore import Rescorer
from snapshelf.types import Vectors

QUERIES = 512
NOISE = 0.25  # length of what is added to a stored vector to make it a query that is not stored
LISTS = (2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 32, 40, 48, 64, 96, 128, 256)
SHORTLISTS = (16, 20, 24, 28, 32, 48, 64, 100, 160, 256)
MARGIN = 0.02  # share of calibration queries that may count as far off


@dataclass(frozen=True, slots=True)
class Trial:
    """Perturbed stored vectors (q, d), the rows they were made of, and the score of each one's tenth neighbour."""

    queries: Vectors
    sources: NDArray[np.int64]
    tenth: NDArray[np.float32]


def calibrate(index: Index, rows: Rows, recall: float) -> Index:
    """The same index with the narrowest width that reaches recall@10 on perturbed stored vectors, and that recall."""
    trial = _trial(rows)
    coded = [index.code(query) for query in trial.queries]
    nearness = [float(index.nearest_lists(code, 1).scores[0]) / length for code, length in coded]
    index.thin = float(np.quantile(nearness, MARGIN))
    selector, bits = index.selector(rows.alive) if not rows.alive.all() else (None, None)
    rescorer, enough = Rescorer(rows.dim), dict[Width, float]()
    best, reached = Width(0, 0), 0.0
    for lists in sorted({min(lists, index.lists) for lists in LISTS}):
        best = Width(lists, SHORTLISTS[-1])
        reached = _recall(index, rows, trial, best, rescorer, selector)
        if reached < recall:
            continue
        best, reached = _short(index, rows, trial, best, recall, rescorer, selector)
        enough[best] = reached
        if len(enough) == 4:  # wider ones cost more for certain
            break
    if enough:
        best = min(enough, key=lambda width: _cost(width, index))
        reached = enough[best]
    del bits
    index.default, index.recall = best, round(reached, 4)
    return index


def _cost(width: Width, index: Index) -> float:
    """In rows scored exactly, about: what visiting the lists and their codes takes beside them."""
    return width.shortlist + width.lists * (2 + index.rows / index.lists / 50)


def _short(
    index: Index, rows: Rows, trial: Trial, width: Width, recall: float, rescorer: Rescorer, selector: object
) -> tuple[Width, float]:
    """The shortest shortlist that keeps the recall, which the longest one does, and its recall."""
    for shortlist in SHORTLISTS:
        short = Width(width.lists, shortlist)
        got = _recall(index, rows, trial, short, rescorer, selector)
        if got >= recall:
            return short, got
    return width, recall


def _trial(rows: Rows) -> Trial:
    rng = np.random.default_rng(1)
    living = np.flatnonzero(rows.alive)
    sources = np.sort(rng.choice(living, min(QUERIES, len(living)), replace=False))
    stored = rows.gather(sources)
    spread = stored.std(axis=0, keepdims=True)  # noise of the shape of the data: Matryoshka prefixes carry more
    noise = rng.normal(size=stored.shape).astype(np.float32) * spread
    moved = stored + NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    queries = np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)
    return Trial(queries, sources, _tenth(rows, queries, sources))


def _tenth(rows: Rows, queries: Vectors, sources: NDArray[np.int64]) -> NDArray[np.float32]:
    """(queries,) score of each query's tenth nearest living row, not counting the row it was made of."""
    best = np.full((len(queries), K), -np.inf, np.float32)
    for first, chunk in rows.chunks():
        scores = queries @ chunk.T
        scores[:, ~rows.alive[first : first + len(chunk)]] = -np.inf
        inside = np.flatnonzero((sources >= first) & (sources < first + len(chunk)))
        scores[inside, sources[inside] - first] = -np.inf
        best = np.partition(np.concatenate([best, scores], axis=1), -K, axis=1)[:, -K:]
    return np.asarray(best.min(axis=1))


def _recall(index: Index, rows: Rows, trial: Trial, width: Width, rescorer: Rescorer, selector: object) -> float:
    """Share of the true neighbours that are found; a found row at or above the tenth's score is one of them."""
    hits = 0
    for query, source, tenth in zip(trial.queries, trial.sources, trial.tenth, strict=True):
        code, _ = index.code(query)
        found = index.scan(code, width, index.nearest_lists(code, width.lists), selector)
        found, scores = rescorer.best(rows, found, query)
        hits += min(K, int(np.count_nonzero((scores >= tenth - 1e-6) & (found != source))))
    return hits / (K * len(trial.queries))
