"""How likely a place on the page is looked at, from what shoppers clicked as products changed places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PLACES = 20  # places told apart; those beyond count as the last
LEAST = 0.05  # a place is never taken to be looked at less than this, which bounds what one click can weigh
ENOUGH = 200  # clicks on drawn places from which on only those are used


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """Impressions, one row each: query and product (numbers), place from 1, whether clicked, and drawn by lot."""

    query: NDArray[np.int64]
    product: NDArray[np.int64]
    place: NDArray[np.int64]
    clicked: NDArray[np.bool_]
    randomised: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Propensities:
    """``values`` (places,): how likely each place is looked at, relative to the first, in [`LEAST`, 1].

    ``pairs``: pairs of places between which products changed. ``source``: "drawn places", "natural changes" or "none":
    then every place counts as looked at.
    """

    values: tuple[float, ...]
    pairs: int
    source: str

    def of(self, places: NDArray[np.int64]) -> Floats:
        """(n,) the propensity of each place, from 1."""
        found: Floats = np.array(self.values, np.float64)[np.minimum(places, len(self.values)) - 1]
        return found


NONE = Propensities((1.0,), 0, "none")


def estimate(log: Log, places: int = PLACES) -> Propensities:
    """Intervention harvesting (Agarwal, Zaitsev, Wang, Li, Najork & Joachims 2019, Estimating Position Bias without
    Intrusive Interventions, WSDM).

    For places k and l, take the (query, product) pairs shown at both. Each counts at k with clicks / impressions there
    (their weighting by 1/w), so both sides hold the same products, and c(k, l) / c(l, k) estimates p(k) / p(l). Where
    the paper maximises a likelihood over all pairs, the logarithms of the quotients are joined by weighted least
    squares: variance of a log quotient ≈ 1/clicks at k + 1/clicks at l. Where enough places were drawn by lot (an
    event's ``randomised``), only those impressions are used.
    """
    drawn = bool(np.sum(log.clicked & log.randomised) >= ENOUGH)
    used = log.randomised if drawn else np.ones(len(log.place), bool)
    place = np.minimum(log.place[used], places) - 1
    if not len(place):
        return NONE
    keys = np.unique(np.stack([log.query[used], log.product[used]], 1), axis=0, return_inverse=True)[1].reshape(-1)
    shown, clicks = (np.zeros((keys.max() + 1, places)) for _ in range(2))
    np.add.at(shown, (keys, place), 1.0)
    np.add.at(clicks, (keys, place), log.clicked[used].astype(float))
    rate = np.divide(clicks, shown, out=np.zeros_like(clicks), where=shown > 0)
    rows: list[tuple[int, int, float, float]] = []
    for k in range(places):
        for other in range(k + 1, places):
            both = (shown[:, k] > 0) & (shown[:, other] > 0)
            here, there = rate[both, k].sum(), rate[both, other].sum()
            if here > 0 and there > 0:
                weight = 1.0 / (1.0 / clicks[both, k].sum() + 1.0 / clicks[both, other].sum())
                rows.append((k, other, float(np.log(here / there)), float(weight)))
    return _joined(rows, places, "drawn places" if drawn else "natural changes")


def _joined(rows: Sequence[tuple[int, int, float, float]], places: int, source: str) -> Propensities:
    """Log quotients of pairs → one value per place; places that no chain of pairs joins to the first take the value of
    the place before them.
    """
    linked = {0}
    while more := {b for pair in rows for b in pair[:2] if linked & set(pair[:2])} - linked:
        linked |= more
    used = [row for row in rows if row[0] in linked]
    if not used:
        return NONE
    left, right = np.zeros((len(used), places)), np.zeros(len(used))
    for n, (k, other, quotient, weight) in enumerate(used):
        left[n, k], left[n, other], right[n] = weight**0.5, -(weight**0.5), quotient * weight**0.5
    logs = np.zeros(places)
    logs[1:] = np.linalg.lstsq(left[:, 1:], right, rcond=None)[0]
    values: list[float] = []
    for k in range(places):
        values.append(float(np.clip(np.exp(logs[k]), LEAST, 1.0)) if k in linked else values[-1])
    return Propensities(tuple(values), len(used), source)
