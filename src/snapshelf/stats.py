"""How sure is a mean over queries, and is one system better than another? Resampling, without assuming a normal law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from snapshelf.errors import BadInput

Floats = NDArray[np.float64]
CELLS = 4_000_000  # numbers drawn at a time, which bounds memory at about 64 MB


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean of ``n`` values and where the true one lies with the confidence asked for.

    ``low`` and ``high`` are None for a single value: it says nothing about the spread.
    """

    mean: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of b - a over pairs, its interval, and ``p``: how often chance alone gives one at least as large."""

    interval: Interval
    p: float


def mean_interval(values: ArrayLike, level: float = 0.95, resamples: int = 2000, seed: int = 0) -> Interval:
    """The mean of ``values`` (n,) with its bootstrap interval, bias-corrected and accelerated (BCa).

    The same values and seed give the same interval. Values that are all equal give an interval of width 0, which the
    bootstrap cannot improve on. Efron 1987, Better Bootstrap Confidence Intervals, JASA 82(397). Raises BadInput for
    no values, values that are not finite, or a level outside (0, 1).
    """
    given = _finite(values)
    if not 0 < level < 1 or resamples < 1:
        raise BadInput(f"an interval needs a level between 0 and 1 and 1 or more resamples, not {level}, {resamples}")
    mean = float(given.mean())
    if len(given) == 1:
        return Interval(mean, None, None, 1)
    deviations = given - mean
    spread = float((deviations**2).sum())
    if np.ptp(given) == 0 or spread == 0:
        return Interval(mean, mean, mean, len(given))
    means = np.sort(_resampled_means(given, resamples, seed))
    below = (np.sum(means < mean) + 0.5 * np.sum(means == mean)) / resamples
    bias = NormalDist().inv_cdf(float(np.clip(below, 0.5 / resamples, 1 - 0.5 / resamples)))
    acceleration = float((deviations**3).sum()) / (6 * spread**1.5)  # the jackknife of a mean, in closed form
    low, high = np.quantile(means, [_bca(tail, bias, acceleration) for tail in ((1 - level) / 2, (1 + level) / 2)])
    return Interval(mean, float(low), float(high), len(given))


def paired(a: ArrayLike, b: ArrayLike, resamples: int = 10_000, seed: int = 0) -> Difference:
    """Is b better than a on the same queries? Scores (n,) and (n,), in the same order.

    p is two-sided, from the randomisation test: were a and b alike, every difference could as well have the other sign
    (Smucker, Allan & Carterette 2007, A Comparison of Statistical Significance Tests for Information Retrieval
    Evaluation, CIKM). All 2^n sign patterns are counted when they are at most ``resamples``; otherwise that many are
    drawn and the observed one is counted with them, so p is never 0 (Phipson & Smyth 2010). Raises BadInput.
    """
    first, second = _finite(a), _finite(b)
    if first.shape != second.shape or resamples < 1:
        raise BadInput(f"a paired test needs two scores for each query, not {len(first)} and {len(second)}")
    differences = second - first
    n = len(differences)
    observed = abs(differences.sum())
    # Sums of the same numbers in another order differ in the last digits; they still count as equal.
    enough = observed - 1e-12 * max(np.abs(differences).sum(), 1e-300)
    if n < 63 and 2**n <= resamples:
        patterns = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
        p = float(np.mean(np.abs(patterns @ differences) >= enough))
    else:
        rng = np.random.default_rng(seed)
        signs = (1 - 2 * rng.integers(2, size=(rows, n), dtype=np.int8) for rows in _portions(resamples, n))
        hits = sum(int(np.sum(np.abs(part @ differences) >= enough)) for part in signs)
        p = (hits + 1) / (resamples + 1)
    return Difference(mean_interval(differences, seed=seed), p)


def _bca(tail: float, bias: float, acceleration: float) -> float:
    """Which quantile of the resampled means bounds a tail; the tail itself when bias and acceleration are 0."""
    shifted = bias + NormalDist().inv_cdf(tail)
    return NormalDist().cdf(bias + shifted / max(1 - acceleration * shifted, 1e-9))  # beyond: the very end


def _resampled_means(values: Floats, resamples: int, seed: int) -> Floats:
    rng, n = np.random.default_rng(seed), len(values)
    return np.concatenate([values[rng.integers(n, size=(rows, n))].mean(axis=1) for rows in _portions(resamples, n)])


def _portions(resamples: int, n: int) -> Iterator[int]:
    step = max(1, CELLS // n)
    for start in range(0, resamples, step):
        yield min(step, resamples - start)


def _finite(values: ArrayLike) -> Floats:
    given = np.asarray(values, np.float64)
    if given.ndim != 1 or len(given) == 0 or not np.all(np.isfinite(given)):
        raise BadInput("statistics need at least one value, and finite numbers only")
    return given
