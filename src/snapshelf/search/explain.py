"""Why a product is where it is in an answer, or is missing from it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from snapshelf.catalogue import products
from snapshelf.errors import NotHere
from snapshelf.filters import matches
from snapshelf.search.answer import Ordered, Ready, Wanted, rank
from snapshelf.search.cut import DROP
from snapshelf.search.page import cards, hits
from snapshelf.stack import Stack
from snapshelf.types import And, Compare, Exists, Filter, Hit, Not, Or, Product, Truth


@dataclass(frozen=True, slots=True)
class Explained:
    """``said`` is the whole answer in sentences. ``rank`` from 1, None where the product is not among the hits.

    ``hit`` is the product as it would be shown, with its receipt; None where the filter keeps it out.
    """

    sku: str
    said: tuple[str, ...]
    rank: int | None = None
    hit: Hit | None = None


def explained(stack: Stack, connection: Connection, ready: Ready, wanted: Wanted, sku: str) -> Explained:
    """Say it of one product. Raises NotHere for a SKU that is not in the catalogue."""
    held = products.get(connection, [sku])
    if sku not in held:
        raise NotHere(f"there is no product {sku!r} in this shelf, so no query can find it")
    failed = _failed(ready.asked.where, held[sku])
    if failed:
        return Explained(sku, tuple(f"{sku} is kept out by: {one}" for one in failed))
    ranked = rank(stack, connection, ready, wanted, also=[sku])
    if sku not in ranked.scored.skus:
        return Explained(sku, (f"{sku} has no view with an embedding; index the catalogue again",))
    return _placed(stack, connection, ranked, wanted, sku)


def _placed(stack: Stack, connection: Connection, ranked: Ordered, wanted: Wanted, sku: str) -> Explained:
    scored, end, ready = ranked.scored, ranked.end, ranked.ready
    at, reached = scored.skus.index(sku), sku in {*ranked.found.vector, *ranked.found.lexical, *ranked.found.codes}
    made = cards(stack, connection, scored, ranked.kept, ready.asked.fold)
    place = next((n for n, card in enumerate(made, 1) if card.at == at), None) if reached and not end.nothing else None
    shown = next((card for card in made if card.at == at), None) or cards(stack, connection, scored, [at], False)[0]
    before, told = (place or 1) - 1, ranked.told
    (hit,) = hits(stack, connection, scored, ranked.found, [shown], before, ready.asked.parts, told, ranked.moved)
    best = scored.evidence[int(scored.order[0])]
    if place:
        said = f"{sku} is number {place} of {len(made):,}: evidence {scored.evidence[at]:.2f}, the best has {best:.2f}"
    elif end.nothing:
        said = "nothing in this shop fits the query well enough, so that no product is shown"
    elif not reached:
        need, would = ready.asked.need, scored.evidence[at]
        said = f"{sku} is found by no lane, of which each brings {need}; its evidence would be {would:.2f}"
    elif at in ranked.kept:
        said = f"{sku} is folded into the card of its family, where another variant is better or in stock"
    else:
        short = best - scored.evidence[at]
        said = f"{sku} is cut off: its evidence is {short:.2f} below the best, and {DROP[ready.kind]:.0f} is the limit"
    return Explained(sku, (said, *_reasons(hit)), place, hit)


def _reasons(hit: Hit) -> list[str]:
    receipt = hit.receipt
    if receipt is None:
        return []
    said = [
        f"{one.lane}: {'rank ' + str(one.rank) if one.rank else 'not found by it'}, score {one.score:.3f}, "
        f"{one.effect:+.2f}"
        for one in receipt.lanes
    ]
    said += [f"{kind}: {aspect} at cosine {cosine:.3f}" for kind, (aspect, cosine) in receipt.views.items()]
    said += [receipt.disagrees] if receipt.disagrees else []
    said += [f"wish {'met' if met else 'not met'}: {wish}" for wish, met in receipt.wishes.items()]
    return [*said, *(f"{name}: × {factor:.3f}" for name, factor in receipt.boosts.items())]


def _failed(where: Filter | None, product: Product) -> list[str]:
    """The parts of a filter that a product does not pass, in words."""
    parts = where.parts if isinstance(where, And) else (where,) if where is not None else ()
    held = product.filterable()
    found: list[str] = []
    for part in parts:
        if isinstance(part, And):
            found += _failed(part, product)
        elif not matches(part, held):
            found.append(written(part) + _instead(part, product))
    return found


def _instead(part: Filter, product: Product) -> str:
    name = getattr(part.part if isinstance(part, Not) else part, "name", "")
    if not name:
        return ""
    value = product.filterable().get(name)
    return f" (it has no {name})" if value is None else f" (its {name} is {value!r})"


def written(where: Filter) -> str:
    """A filter as text again."""
    if isinstance(where, And | Or):
        return f" {type(where).__name__.lower()} ".join(_inner(part) for part in where.parts)
    if isinstance(where, Not):
        return f"not {_inner(where.part)}"
    if isinstance(where, Truth):
        return where.name
    if isinstance(where, Exists):
        return f"exists({where.name})"
    return _comparison(where)


def _inner(part: Filter) -> str:
    return f"({written(part)})" if isinstance(part, And | Or) else written(part)


def _comparison(where: Compare) -> str:
    several = isinstance(where.value, tuple)
    value = [*where.value] if isinstance(where.value, tuple) else where.value
    return f"{where.name} {where.op} {value}" if several else f"{where.name} {where.op} {value!r}"
