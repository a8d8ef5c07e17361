"""Candidates → the numbers that a model sees. A model keeps the names of its features, and their version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from snapshelf.candidates import Candidate

VERSION = 1  # of what the names mean; a model of another version is trained again
RELEVANCE, RELATIVE, PRICE_RELATIVE, LANE = "relevance", "relevance_relative", "price_relative", "lane."
Floats = NDArray[np.float64]


def names(lanes: Iterable[str], signals: Iterable[str]) -> tuple[str, ...]:
    """The features made of these lanes and signals: relevance, each lane's score, how far both stand out
    among the candidates, the price against the candidates' median, and every signal that is a number.

    Ranks are none: they depend on how many candidates were looked at, which differs between training and searching.
    """
    of_lanes = [f"{LANE}{lane}.{what}" for lane in sorted(lanes) for what in ("score", "relative")]
    plain = sorted(set(signals))
    return (RELEVANCE, RELATIVE, *of_lanes, *([PRICE_RELATIVE] if "price" in plain else []), *plain)


def signals_in(features: Iterable[str]) -> frozenset[str]:
    """The signals that features are made of."""
    made = {"price" if name == PRICE_RELATIVE else name for name in features}
    return frozenset(name for name in made if name not in (RELEVANCE, RELATIVE) and not name.startswith(LANE))


def matrix(candidates: Sequence[Candidate], features: Sequence[str]) -> Floats:
    """(n, features) float64, NaN where something is unknown."""
    table = np.empty((len(candidates), len(features)))
    for column, name in enumerate(features):
        table[:, column] = _column(candidates, name)
    return table


def _column(candidates: Sequence[Candidate], name: str) -> Floats | list[float]:
    if name == RELEVANCE:
        return [one.score for one in candidates]
    if name == RELATIVE:
        return _standing(np.array([one.score for one in candidates], np.float64))
    if name.startswith(LANE):
        lane, _, what = name.removeprefix(LANE).rpartition(".")
        unknown = (0, np.nan)
        values = np.array([one.lanes.get(lane, unknown)[1] for one in candidates], np.float64)
        return _standing(values) if what == "relative" else values
    if name == PRICE_RELATIVE:
        prices = _numbers(candidates, "price")
        known = np.sort(prices[prices > 0])
        middle = known[len(known) // 2] if len(known) else np.nan
        return np.log(np.where(prices > 0, prices, np.nan) / middle)
    return _numbers(candidates, name)


def _numbers(candidates: Sequence[Candidate], name: str) -> Floats:
    values = [one.signals.get(name) for one in candidates]
    if not {str, tuple} & set(map(type, values)):
        return np.array(values, np.float64)  # None becomes NaN
    return np.array([float(v) if isinstance(v, int | float) else np.nan for v in values], np.float64)


def _standing(values: Floats) -> Floats:
    """Standard deviations above the mean of those that are known; 0 where all are equal."""
    known = values[~np.isnan(values)]
    spread = known.std() if len(known) else 0.0
    return (values - known.mean()) / spread if spread > 1e-12 else values * 0.0
