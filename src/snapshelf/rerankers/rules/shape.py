"""What a rules file says, as frozen values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from snapshelf.types import Filter


@dataclass(frozen=True, slots=True)
class Scope:
    """For which queries and when a rule holds. ``patterns`` stand for the query's words, normalised; none: for all.

    ``start`` and ``end`` are seconds since 1970; the end itself is outside.
    """

    patterns: tuple[re.Pattern[str], ...] = ()
    start: float = float("-inf")
    end: float = float("inf")

    def holds(self, query: str, now: float) -> bool:
        """Whether the rule applies to this query (normalised words) at this time."""
        if not self.start <= now < self.end:
            return False
        return not self.patterns or any(pattern.fullmatch(query) for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class Boost:
    """A factor 1 + by · x: x is 1 where ``when`` holds, or the signal's place between ``low`` and ``high``, in [0, 1].

    ``low`` and ``high`` None: the 10th and 90th percentile among the candidates.
    """

    name: str
    by: float
    when: Filter | None = None
    signal: str = ""
    low: float | None = None
    high: float | None = None
    scope: Scope = Scope()
    where: str = ""  # file and rule, for messages
    text: str = ""  # the filter as written


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that is sold: the best of ``skus``, or of what passes ``when``, if its relevance is at least
    ``least_relevance`` of the most relevant candidate's.
    """

    name: str
    position: int
    label: str
    least_relevance: float
    skus: frozenset[str] = frozenset()
    when: Filter | None = None
    scope: Scope = Scope()
    where: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """A product that a person put at a place."""

    name: str
    position: int
    sku: str
    scope: Scope = Scope()


@dataclass(frozen=True, slots=True)
class Bury:
    """Products that a person put at the end: ``skus``, or what passes ``when``."""

    name: str
    skus: frozenset[str] = frozenset()
    when: Filter | None = None
    scope: Scope = Scope()
    where: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diversity:
    """How much likeness to what stands above costs, over the first ``window`` places.

    ``relevance_weight`` λ: 1 ignores likeness, 0.5 lets a copy's score halve. ``most``: text signal → how many products
    of one value may stand in the window.
    """

    relevance_weight: float = 1.0
    window: int = 24
    most: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """A whole rules file. ``loss`` and ``learned_loss``: how much less relevant a product may be, relative, than one
    that it is put above, by rules and by a trained model. ``sources``: signal → attribute of the catalogue.
    """

    file: str = ""
    loss: float = 0.1
    learned_loss: float = 0.5
    sources: Mapping[str, str] = field(default_factory=dict)
    boosts: tuple[Boost, ...] = ()
    slots: tuple[Slot, ...] = ()
    pins: tuple[Pin, ...] = ()
    buries: tuple[Bury, ...] = ()
    diversity: Diversity = Diversity()
    needs: frozenset[str] = frozenset()
