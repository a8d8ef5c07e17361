"""The vectors of a query's parts → one of length 1, at any Matryoshka prefix."""

from __future__ import annotations

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


def mean(vectors: Vectors) -> NDArray[np.float32]:
    """(d,) float32 of length 1: the direction of the sum of vectors (p, d), all counting alike. Raises BadQuery."""
    return weighted_mean(vectors, np.ones(len(vectors)))


def edited(
    photo: NDArray[np.float32], wanted: NDArray[np.float32], shown: NDArray[np.float32], strength: float = 1.0
) -> NDArray[np.float32]:
    """(d,) of length 1: photo + strength · (wanted - shown), the photo as it were with one thing changed.

    wanted, shown: (d,) unit vectors of the words for what is asked for and for what the photo shows, so that only the
    difference of the two moves it (after Mikolov et al. 2013, see `weighted_mean`). Raises BadQuery where nothing is
    left, or strength is not finite.
    """
    if not np.isfinite(strength):
        raise BadQuery(f"the strength of an edit is a finite number, not {strength}")
    moved = np.asarray(photo, np.float64) + strength * (np.asarray(wanted, np.float64) - np.asarray(shown, np.float64))
    length = float(np.linalg.norm(moved))
    if not length > CANCELLED:
        raise BadQuery("the change takes away all that the photo shows; give it less weight")
    return np.asarray(moved / length, np.float32)


def away(query: NDArray[np.float32], negative: NDArray[np.float32], usual: float = 0.0) -> NDArray[np.float32]:
    """(d,) of length 1: the query turned until its cosine with ``negative`` is ``usual``; one below it stays.

    usual: the cosine that queries have with the negative by chance. Against plain subtraction (a negative weight) it
    takes nothing from a query that has nothing of the negative; the two are compared in docs/fusion.md.
    Raises BadQuery where the query is the negative itself.
    """
    first, second = np.asarray(query, np.float64), np.asarray(negative, np.float64)
    cosine = float(first @ second)
    if cosine <= usual:
        return np.asarray(query, np.float32)
    rest = first - cosine * second  # at a right angle to the negative
    length = float(np.linalg.norm(rest))
    if not length > CANCELLED:
        raise BadQuery("the query is what it steers away from; change a weight, or leave out a part")
    turned = usual * second + np.sqrt(max(0.0, 1 - usual**2)) * rest / length
    return np.asarray(turned, np.float32)
