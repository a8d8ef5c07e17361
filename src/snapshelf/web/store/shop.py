"""What the storefront knows of the whole catalogue: its categories, what to narrow by, its currency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from snapshelf.catalogue import asking, changes
from snapshelf.catalogue.schema import attributes, media, products
from snapshelf.http.server import Server
from snapshelf.types import Kind

KEPT = "storefront"  # the name in `Server.memory`
TILES = 8  # categories on the start page
FACETS = 8  # attributes to narrow by
FEW, MANY = 2, 400  # values of an attribute that is worth choosing by
FIRST = ("category", "brand", "color", "colour", "size", "material")  # the order that shoppers know
NEVER = ("currency", "family", "price", "stock", "in_stock")  # have a place of their own, or say nothing


@dataclass(frozen=True, slots=True)
class Tile:
    """A category with its number of products and one of them that has a picture, in stock if any is.

    ``name`` is whole, "Clothing > Tops"; ``label`` its last part, ``above`` the one before.
    """

    name: str
    label: str
    above: str
    products: int
    sku: str


@dataclass(frozen=True, slots=True)
class Shop:
    """The catalogue at one of its states. ``kinds``: attribute → type; ``priced``: any product has a price."""

    seq: int
    products: int
    tiles: tuple[Tile, ...]
    facets: tuple[str, ...]
    kinds: Mapping[str, Kind]
    currency: str
    priced: bool
    stocked: bool


def shop(serving: Server) -> Shop:
    """The shop as it is now; asked anew only when the catalogue has changed. To be called in a thread."""
    with serving.shelf.stack.catalogue.read() as connection:
        seq, held = changes.now(connection), serving.memory.get(KEPT)
        if isinstance(held, Shop) and held.seq == seq:
            return held
        made = serving.memory[KEPT] = _read(connection, seq)
        return made


def _read(connection: Connection, seq: int) -> Shop:
    p, a = products.c, attributes.c
    currencies = connection.execute(select(p.currency, func.count()).where(p.currency != "").group_by(p.currency))
    counted = Counter({name: int(count) for name, count in currencies})
    names = func.count(a.sku.distinct()), func.count(a.text.distinct())
    rows = connection.execute(select(a.name, *names).group_by(a.name)).all()
    held = {name: (having, values) for name, having, values in rows}
    kinds = asking.known(connection)
    return Shop(
        seq=seq,
        products=asking.count(connection),
        tiles=_tiles(connection),
        facets=_facets(held, kinds),
        kinds=kinds,
        currency=min(counted, key=lambda one: (-counted[one], one), default=""),
        priced="price" in held,
        stocked="stock" in held,
    )


def _facets(held: Mapping[str, tuple[int, int]], kinds: Mapping[str, Kind]) -> tuple[str, ...]:
    """Those that most products have, with few enough values that a person can choose; well-known ones first."""
    fit = [
        name
        for name, (having, values) in held.items()
        if name not in NEVER and kinds.get(name) in ("text", "list") and FEW <= values <= min(MANY, max(having - 1, 2))
    ]
    best = sorted(fit, key=lambda name: (name not in FIRST, -held[name][0], name))[:FACETS]
    place = {name: at for at, name in enumerate(FIRST)}
    return tuple(sorted(best, key=lambda name: (place.get(name, len(FIRST)), -held[name][0], name)))


def _tiles(connection: Connection) -> tuple[Tile, ...]:
    p = products.c
    pictured = select(media.c.sku).where(media.c.kind == "image", media.c.position == 1)
    every = select(p.category, func.count(), func.min(p.sku)).where(p.category != "", p.sku.in_(pictured))
    rows = connection.execute(every.group_by(p.category)).all()
    largest = sorted(rows, key=lambda row: (-row[1], row[0]))[:TILES]
    there = every.where(p.stock > 0, p.category.in_([row[0] for row in largest])).group_by(p.category)
    shown = {name: sku for name, _, sku in connection.execute(there)}
    parts = {name: ["", *(part.strip() for part in name.split(">"))][-2:] for name, _, _ in largest}
    return tuple(
        Tile(name, parts[name][1], parts[name][0], count, shown.get(name, sku)) for name, count, sku in largest
    )
