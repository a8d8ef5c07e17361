"""Why an answer is what it is, as frozen values: lanes, effects, what was filtered and relaxed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LaneScore:
    """Where a lane put a product: ``rank`` from 1, None where it was scored without having been found by it.

    ``score`` in the lane's own unit: the cosine, BM25, or 1 for a code. ``effect`` is what it added to the evidence,
    in log-odds of being relevant.
    """

    lane: str
    rank: int | None
    score: float
    effect: float


@dataclass(frozen=True, slots=True)
class Receipt:
    """How one hit came about.

    ``evidence`` is the sum of the lanes' effects and the constant of the calibration: the log-odds that the hit fits;
    ``relevance`` of the hit is its logistic, after soft wishes. ``code``: which code of the product the query is, such
    as "gtin". ``views``: for each kind of view that the product has, the best one and its cosine. ``wishes``: soft
    constraints → whether met. ``boosts``: factors of the shop's rules and model by name. ``filtered`` and ``relaxed``
    say in words what was demanded of every hit and what was given up; ``path`` and ``recall`` as in `Results`.
    ``disagrees`` is a sentence where the photo names another brand than the product has.
    """

    lanes: tuple[LaneScore, ...]
    evidence: float
    views: Mapping[str, tuple[str, float]]
    code: str = ""
    wishes: Mapping[str, bool] = field(default_factory=dict)
    boosts: Mapping[str, float] = field(default_factory=dict)
    filtered: str = ""
    relaxed: tuple[str, ...] = ()
    path: str = ""
    recall: float | None = None
    disagrees: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A code that was perhaps meant: as the catalogue writes it, of which product, and what kind of code it is."""

    code: str
    sku: str
    kind: str
