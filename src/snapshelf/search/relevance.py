"""What the lanes say of a product → how likely it is to fit: one number for cosines of all sorts and for BM25.

A cosine alone says little: words lie nearer to words than to pictures, and some queries near to everything. So each is
measured against chance (`background`): z = (cosine - mean) / standard deviation, over views of the same kind picked at
random. BM25 is taken as a share of the best that the query's words could reach (`Lexical.ideal`). A logistic regression
adds them up, with its own slopes for every pair of modalities; benchmarks/fit_lanes.py fitted them, and says on what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from snapshelf.catalogue import changes, journal
from snapshelf.search.background import Background
from snapshelf.search.views import GROUPS, Chosen
from snapshelf.stack import Stack
from snapshelf.types import Part

Floats = NDArray[np.float64]
LIMIT = 8.0  # standard deviations beyond which nearer says no more


@dataclass(frozen=True, slots=True)
class Slopes:
    """The logistic regression for one kind of query: log-odds = constant + words · z + sight · z + lexical · share.

    ``words`` for what is known of a product by words (its text, its sounds), ``sight`` by its pictures and videos.
    ``tie``: of a product known in one way only, the other z is taken as ``tie`` times this one.
    """

    constant: float
    words: float
    sight: float
    lexical: float
    tie: float


SLOPES: Mapping[str, Slopes] = {
    "text": Slopes(-8.329, 0.338, 1.216, 5.076, 0.694),
    "image": Slopes(-8.270, 0.337, 1.411, 0.000, 0.742),
    "mixed": Slopes(-8.639, 0.871, 1.130, 0.850, 0.642),
}
SIGHT = ("image", "video")


@dataclass(frozen=True, slots=True)
class Evidence:
    """For each product (n,): what the vector lane and the lexical one add, in log-odds, and the constant."""

    vector: Floats
    lexical: Floats
    constant: float

    @property
    def total(self) -> Floats:
        """The log-odds that a product fits."""
        found: Floats = self.vector + self.lexical + self.constant
        return found


def kind_of_query(parts: Sequence[Part]) -> str:
    """ "text" for words alone, "image" for photos and clips alone, else "mixed"; parts to steer away from count not."""
    modalities = {part.modality for part in parts if part.weight > 0} or {part.modality for part in parts}
    words = "text" in modalities
    return "mixed" if words and len(modalities) > 1 else "text" if words else "image"


def distances(chosen: Chosen, fused: NDArray[np.float32], chance: Background) -> tuple[Floats, Floats]:
    """(n,) z by words and (n,) z by sight of each product; NaN where it is not known in that way."""
    cosines = chosen.vectors @ fused
    by: dict[bool, list[Floats]] = {False: [], True: []}
    for group in GROUPS:
        if np.any(chosen.groups == GROUPS.index(group)):
            mean, spread = chance.chance(fused, group)
            z = (chosen.of_group(cosines, group).astype(np.float64) - mean) / spread
            by[group in SIGHT].append(np.where(np.isneginf(z), np.nan, np.clip(z, -LIMIT, LIMIT)))
    none = np.full(len(chosen.skus), np.nan)
    return tuple(np.fmax.reduce(rows) if rows else none for rows in (by[False], by[True]))  # type: ignore[return-value]


def evidence(slopes: Slopes, words: Floats, sight: Floats, share: Floats) -> Evidence:
    """Add it up; ``share`` (n,) of the best BM25 score there could be."""
    by_words, by_sight = filled(words, sight, slopes.tie)
    vector = slopes.words * by_words + slopes.sight * by_sight
    return Evidence(vector, slopes.lexical * np.clip(share, 0.0, 1.0), slopes.constant)


def filled(words: Floats, sight: Floats, tie: float) -> tuple[Floats, Floats]:
    """Both z without gaps: a product known in one way only has ``tie`` times that z in the other, or 0 if in none."""
    unsaid, unseen, w, s = np.isnan(words), np.isnan(sight), np.nan_to_num(words), np.nan_to_num(sight)
    return np.where(unsaid, tie * s, w), np.where(unseen, tie * w, s)


def slopes_of(stack: Stack, connection: Connection, kind: str) -> Slopes:
    """The slopes for a kind of query: those that this shelf learnt with this model (`learn`), or else `SLOPES`."""
    now, held = (changes.seen(connection), changes.learnt(connection)), stack.memory.get("slopes")
    if not (isinstance(held, tuple) and held[0] == now):
        kept = {name: journal.fact(connection, fact_of(name, stack.model)) for name in SLOPES}
        held = (now, {name: Slopes(**one) if one else SLOPES[name] for name, one in kept.items()})
        stack.memory["slopes"] = held
    found: Slopes = held[1][kind]
    return found


def fact_of(kind: str, model: str) -> str:
    """The name under which learnt slopes are kept."""
    return f"slopes of {kind} with {model}"


def likelihood(log_odds: Floats) -> Floats:
    """The logistic function."""
    found: Floats = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -50.0, 50.0)))
    return found
