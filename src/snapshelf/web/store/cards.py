"""Hits as cards: what a shopper reads, where it leads, what may be asked instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from snapshelf.http.server import Server, variants
from snapshelf.http.why import why
from snapshelf.types import Hit, Product, Value

FEW = 5  # pieces from which on it is said how many are left
SWATCHES = 5  # variants shown on a card
LOOKS = ("color", "colour", "pattern", "material", "finish", "style")  # what can be seen in a picture
SAID_AGAIN = "As you asked: "


@dataclass(frozen=True, slots=True)
class Stock:
    """What is said of a product's stock, and its kind for the eye: "in", "few", "out", "" where the shop is silent."""

    said: str
    kind: str


@dataclass(frozen=True, slots=True)
class Swatch:
    """A variant on a card. ``label``: how it differs; ``picture``: whether that can be seen."""

    product: Product
    label: str
    stock: Stock
    picture: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A hit. ``more``: variants that have no room; ``why``: sentences; ``figures``: (name, figure) of its receipt."""

    product: Product
    rank: int
    stock: Stock
    label: str
    swatches: tuple[Swatch, ...]
    more: int
    why: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]


def stock(product: Product) -> Stock:
    """In words."""
    if product.stock is None:
        return Stock("", "")
    if product.stock <= 0:
        return Stock("sold out", "out")
    return Stock(f"only {product.stock} left", "few") if product.stock < FEW else Stock("in stock", "in")


def cards(serving: Server, hits: Sequence[Hit], filtered: str = "") -> list[Card]:
    """Hits with their families' variants. filtered: the page's own filter, which the reasons need not repeat."""
    held = variants(serving, hits)
    return [_card(hit, held.get(hit.product.family, ()), filtered) for hit in hits]


def swatches(product: Product, family: Sequence[Product]) -> tuple[Swatch, ...]:
    """All variants of a product, itself among them; none where it has no others."""
    if len(family) < 2:
        return ()
    seen = any(_differs(family, name) for name in LOOKS)
    names = [name for name in _names(family) if _differs(family, name)]
    return tuple(
        Swatch(one, _label(one, names) or one.title, stock(one), seen and bool(one.images), one.sku == product.sku)
        for one in family
    )


def _card(hit: Hit, family: Sequence[Product], filtered: str) -> Card:
    every = _looks(swatches(hit.product, family))
    first = sorted(every, key=lambda one: not one.here)[:SWATCHES]
    return Card(
        product=hit.product,
        rank=hit.rank,
        stock=stock(hit.product),
        label=hit.label,
        swatches=tuple(one for one in every if one in first),
        more=len(every) - len(first),
        why=tuple(_reasons(why(hit), filtered)),
        figures=tuple(_figures(hit)),
    )


def _looks(every: Sequence[Swatch]) -> tuple[Swatch, ...]:
    """Of variants that look the same one: the one shown, else one in stock. All where looks tell nothing apart."""
    best: dict[object, Swatch] = {}
    for one in every:
        key = tuple(one.product.attributes.get(name) for name in LOOKS) if one.picture else one.product.sku
        held = best.setdefault(key, one)
        if one.here or (held.stock.kind == "out" != one.stock.kind and not held.here):
            best[key] = one
    return tuple(best.values()) if len(best) > 1 else ()


def _reasons(sentences: Iterable[str], filtered: str) -> Iterable[str]:
    """The sentences, but the filter, which stands in chips above, only in so far as it was read out of the words."""
    for one in sentences:
        if filtered and one.startswith(SAID_AGAIN):
            rest = one.removeprefix(SAID_AGAIN).removeprefix(filtered).strip(", ")
            if rest in ("", "."):
                continue
            yield SAID_AGAIN + rest
        else:
            yield one


def _figures(hit: Hit) -> Iterable[tuple[str, str]]:
    receipt = hit.receipt
    if receipt is None:
        return
    yield "relevance", f"{hit.relevance:.0%}"
    for lane in receipt.lanes:
        place = f"place {lane.rank}" if lane.rank else "scored"
        yield lane.lane, f"{place}, score {lane.score:.2f}, effect {lane.effect:+.1f}"
    for kind, (view, cosine) in receipt.views.items():
        yield f"likeness by {kind}", f"{cosine:.2f} ({view})"
    for name, factor in receipt.boosts.items():
        yield name, f"× {factor:.2f}"
    yield "found by", receipt.path


def _names(family: Sequence[Product]) -> list[str]:
    return list(dict.fromkeys(name for one in family for name in one.attributes))


def _differs(family: Sequence[Product], name: str) -> bool:
    return len({one.attributes.get(name) for one in family}) > 1


def _label(product: Product, names: Sequence[str]) -> str:
    return ", ".join(plain(product.attributes[name]) for name in names if name in product.attributes)


def plain(value: Value) -> str:
    """An attribute's value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:,.10g}" if isinstance(value, int | float) else value
