"""What ranking takes and gives: products that may be shown, and products in their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from snapshelf.types import Attributes


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A product that may be shown, before the shop's wishes are heard. ``score`` is its relevance, in [0, 1].

    ``lanes``: way of finding → (rank from 1, that way's own score). ``vector``: the unit row of the view that matched,
    for diversity. ``signals``: what rules and models may read: price, stock, ctr … (`snapshelf.rank.signals`).
    """

    sku: str
    score: float
    lanes: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    family: str = ""
    vector: NDArray[np.float32] | None = None
    signals: Attributes = field(default_factory=dict)


class Ranked(NamedTuple):
    """A candidate in its place, from 1. ``final`` is ``relevance`` times the product of ``parts``.

    ``parts``: what had an effect → its factor, such as {"high margin": 1.1}. ``label``: "pinned", "buried", or what a
    sponsored slot is called; "" for a product that stands where its score puts it. ``moved``: places up from the order
    by relevance alone, negative for down.
    """

    rank: int
    sku: str
    final: float
    relevance: float
    parts: Mapping[str, float]
    label: str = ""
    moved: int = 0
