"""Products in order → the cards of one page, each with its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from snapshelf.candidates import Ranked
from snapshelf.receipts import LaneScore, Receipt
from snapshelf.search import views
from snapshelf.search.lanes import Found
from snapshelf.search.printed import disagreement
from snapshelf.search.remembered import products_of
from snapshelf.search.score import CODE, Scored, best_views
from snapshelf.search.traits import sold_out
from snapshelf.stack import Stack
from snapshelf.types import Hit, Part, split_aspect

BEHIND = 3.0  # log-odds that a variant in stock may be behind its family's best, which is sold out, and stand for it


@dataclass(frozen=True, slots=True)
class Card:
    """A hit to be: the position of its product, and how many variants are folded into it."""

    at: int
    siblings: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a receipt says besides the product's own scores; ``brands`` are those that the photos name."""

    filtered: str = ""
    relaxed: tuple[str, ...] = ()
    path: str = ""
    recall: float | None = None
    brands: tuple[str, ...] = ()


def cards(stack: Stack, connection: Connection, scored: Scored, order: Sequence[int], fold: bool) -> list[Card]:
    """One card per product, or with ``fold`` per family: its best variant, or one in stock that is hardly behind."""
    if not fold:
        return [Card(at) for at in order]
    groups: dict[tuple[str, str], list[int]] = {}
    for at, card in zip(order, views.cards(stack, connection, [scored.skus[at] for at in order]), strict=True):
        groups.setdefault(card, []).append(at)
    several = [scored.skus[at] for group in groups.values() if len(group) > 1 for at in group]
    out = sold_out(stack, connection, several) if several else set()
    return [Card(_shown(scored, group, out), len(group) - 1) for group in groups.values()]


def _shown(scored: Scored, group: Sequence[int], out: set[str]) -> int:
    best = group[0]
    if scored.skus[best] not in out:
        return best
    near = (at for at in group if scored.evidence[at] >= scored.evidence[best] - BEHIND)
    return next((at for at in near if scored.skus[at] not in out), best)


def hits(
    stack: Stack,
    connection: Connection,
    scored: Scored,
    found: Found,
    page: Sequence[Card],
    offset: int,
    parts: Sequence[Part],
    told: Told,
    moved: Mapping[int, Ranked] | None = None,
) -> tuple[Hit, ...]:
    """The cards of a page as hits, ranks from ``offset`` + 1 on; ``moved``: what the shop's rules did to some."""
    held = products_of(stack, connection, [scored.skus[card.at] for card in page])
    ranks = {
        name: dict(zip(lane, range(1, len(lane) + 1), strict=True))
        for name, lane in (("vector", found.vector), ("lexical", found.lexical))
    }
    made = []
    for rank, card in enumerate(page, start=offset + 1):
        sku, (view, span) = scored.skus[card.at], split_aspect(scored.views[card.at])
        scores = {part.name: float(score) for part, score in zip(parts, scored.parts[card.at], strict=True)}
        shop = (moved or {}).get(card.at)
        other = disagreement(told.brands, held[sku])
        receipt = _receipt(scored, found, card.at, ranks, told, shop.parts if shop else {}, other)
        fits, cosine = round(float(scored.relevance[card.at]), 6), float(scored.cosines[card.at])
        label = shop.label if shop else ""
        made.append(Hit(rank, sku, cosine, held[sku], scores, view, card.siblings, span, fits, receipt, label))
    return tuple(made)


def _receipt(
    scored: Scored,
    found: Found,
    at: int,
    ranks: Mapping[str, Mapping[str, int]],
    told: Told,
    boosts: Mapping[str, float],
    disagrees: str,
) -> Receipt:
    sku = scored.skus[at]
    lanes = []
    if found.vector:
        effect = round(float(scored.vector[at]), 4)
        lanes.append(LaneScore("vector", ranks["vector"].get(sku), float(scored.cosines[at]), effect))
    if found.ideal:
        effect = round(float(scored.lexical[at]), 4)
        lanes.append(LaneScore("lexical", ranks["lexical"].get(sku), round(float(scored.bm25[at]), 4), effect))
    kind, whole = found.codes.get(sku, ("", False))
    if kind:
        lanes.append(LaneScore("exact", list(found.codes).index(sku) + 1, 1.0, CODE[whole]))
    return Receipt(
        lanes=tuple(lanes),
        evidence=round(float(scored.evidence[at]), 4),
        views=best_views(scored, at),
        code=kind,
        wishes={said: bool(met[at]) for said, met in scored.wishes.items()},
        boosts=boosts,
        filtered=told.filtered,
        relaxed=told.relaxed,
        path=told.path,
        recall=told.recall,
        disagrees=disagrees,
    )
