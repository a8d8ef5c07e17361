"""Bring several into one: the vectors of a query's parts, and the rankings of several lanes. Each with its paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from snapshelf.errors import BadInput, BadQuery
from snapshelf.types import Vectors

# Two embeddings of one item may differ by 1e-5 per coordinate. A sum this short, measured against its weights, is
# mostly such noise, and its direction means nothing.
CANCELLED = 1e-3


def weighted_mean(vectors: Vectors, weights: ArrayLike) -> NDArray[np.float32]:
    """(d,) float32 of length 1: the direction of Σ weight · vector, for vectors (p, d) and weights (p,).

    Only the proportions of the weights count. A negative weight points away from its part, as "king - man" does
    (Mikolov et al. 2013, Linguistic Regularities in Continuous Space Word Representations). Raises BadQuery when a
    weight is not finite, all are 0, or the parts cancel each other; BadInput when the shapes do not fit.
    """
    rows, factors = np.asarray(vectors, np.float64), np.asarray(weights, np.float64)
    if rows.ndim != 2 or factors.shape != rows.shape[:1] or len(rows) == 0:
        raise BadInput(f"one weight is needed for each part: {rows.shape} vectors, {factors.shape} weights")
    if not np.all(np.isfinite(factors)):
        raise BadQuery("a weight of the query is not a finite number; use numbers such as 0.7, 1 or -0.5")
    largest = np.abs(factors).max()
    if largest == 0:
        raise BadQuery("every part of the query has weight 0, so nothing is left to search for; give one a weight")
    factors = factors / largest / np.abs(factors / largest).sum()  # in two steps, for sums beyond the largest float
    mean = factors @ rows
    length = float(np.linalg.norm(mean))
    if not length > CANCELLED:  # NaN too
        raise BadQuery("the parts of the query cancel each other out; change a weight, or leave out a part")
    return np.asarray(mean / length, np.float32)


def rrf(
    rankings: Sequence[Sequence[str]], k: int = 60, weights: Sequence[float] | None = None
) -> list[tuple[str, float]]:
    """Reciprocal rank fusion: (id, score) of every id that stands in any ranking, best first, ties by id.

    score = Σ weight / (k + rank) over the rankings that hold the id, ranks from 1, weights 1 unless given
    (Cormack, Clarke & Büttcher 2009, Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
    Methods, SIGIR; k = 60 is theirs). Raises BadInput for an id twice in one ranking, k < 0, or weights that are
    negative, not finite, or not one per ranking.
    """
    shares = [1.0] * len(rankings) if weights is None else list(weights)
    if len(shares) != len(rankings) or not all(0 <= share < float("inf") for share in shares):
        raise BadInput(f"one weight of 0 or more is needed for each of {len(rankings)} rankings, not {shares}")
    if k < 0:
        raise BadInput(f"k of reciprocal rank fusion must be 0 or more, not {k}")
    scores: dict[str, float] = {}
    for ranking, share in zip(rankings, shares, strict=True):
        if len(set(ranking)) < len(ranking):
            raise BadInput("a ranking holds the same id twice; a product can stand in one place only")
        for rank, id in enumerate(ranking, start=1):
            scores[id] = scores.get(id, 0.0) + share / (k + rank)
    return ranked(scores)


def ranked(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    """(id, score), highest first, equal scores by id ascending: the one rule for ties.

    trec_eval breaks ties by document id descending, so on tied scores its figures differ from ours.
    """
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
