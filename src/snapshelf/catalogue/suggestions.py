"""What there is to suggest while somebody types: products by title, queries that led to clicks, beginnings of codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from snapshelf.catalogue import events as told
from snapshelf.catalogue.codes import bare
from snapshelf.catalogue.counters import DAY
from snapshelf.catalogue.schema import codes, counters, events, products

ORDER = {"sku": 0, "gtin": 1, "mpn": 2}
GTIN = 14  # digits of a GTIN as it is kept, with the zeros before it
MOST_WORDS, MOST_LETTERS = 8, 60  # of a query that is worth suggesting to others
LAST = "\U0010ffff"


class Named(NamedTuple):
    """A product by what it is called. ``clicks``: decayed to the newest event of the shop."""

    sku: str
    title: str
    brand: str
    category: str
    family: str
    sold_out: bool
    clicks: float


class Clicked(NamedTuple):
    """A query's words, how often products were clicked on for it (decayed), and which, at most three, of how many."""

    text: str
    clicks: float
    skus: tuple[str, ...]
    products: int


class Coded(NamedTuple):
    """A product with a code that begins so: ``kind`` is "sku", "gtin" or "mpn", ``code`` as the catalogue writes it."""

    code: str
    kind: str
    sku: str


def named(connection: Connection, half_life: float) -> list[Named]:
    """Every product, in order of SKU. half_life: days, for a shop whose events were never counted."""
    c, clicks = products.c, _clicks_of_products(connection, half_life)
    query = select(c.sku, c.title, c.brand, c.category, c.family, c.stock).order_by(c.sku)
    return [
        Named(sku, title, brand, category, family, stock == 0, clicks.get(sku, 0.0))
        for sku, title, brand, category, family, stock in connection.execute(query)
    ]


def mark(connection: Connection) -> tuple[float, ...]:
    """Changes whenever an event is counted; one look-up."""
    c = counters.c
    row = connection.execute(
        select(c.impression, c.click, c.cart, c.purchase, c.at).where(c.text == "", c.sku == "")
    ).first()
    return tuple(row) if row else ()


def clicked(connection: Connection, half_life: float, shoppers: int, most: int) -> list[Clicked]:
    """Past queries, the most clicked first: those after which products that are still here were clicked on.

    shoppers: different ones who must have done so, lest what one person typed is shown to others; where events name no
    client and no session, each query counts as one. Costs one pass over the events.
    """
    c, newest, life = counters.c, _newest(connection), told.half_life_of(connection, half_life) * DAY
    query = select(c.text, c.sku, c.click, c.at).where(c.text != "", c.click > 0, c.sku.in_(select(products.c.sku)))
    held: dict[str, list[tuple[float, str]]] = {}
    for text, sku, click, at in connection.execute(query):
        if len(text) <= MOST_LETTERS and text.count(" ") < MOST_WORDS:
            held.setdefault(text, []).append((click * 2.0 ** ((at - newest) / life), sku))
    several = _asked_by(connection, shoppers) if held else set()
    found = [
        Clicked(
            text,
            sum(clicks for clicks, _ in rows),
            tuple(sku for _, sku in sorted(rows, key=lambda row: (-row[0], row[1]))[:3]),
            len(rows),
        )
        for text, rows in held.items()
        if text in several
    ]
    return sorted(found, key=lambda one: (-one.clicks, one.text))[:most]


def beginning(connection: Connection, typed: str, most: int) -> list[Coded]:
    """Codes that begin as typed, punctuation and case ignored: SKUs, GTINs, part numbers, each in its own order.

    A GTIN is found by its digits as printed, without the zeros that fill it up to 14.
    """
    plain = bare(typed)
    if not plain:
        return []
    c = codes.c
    digits = plain.isdecimal()
    starts = [plain] + ["0" * more + plain for more in range(1, 7) if digits and len(plain) + more <= GTIN]
    found: dict[tuple[str, str], None] = {}
    for start in starts:  # each is one walk along the index
        query = select(c.code, c.kind, c.sku).where(c.code >= start, c.code <= start + LAST)
        for _, kind, sku in connection.execute(query.order_by(c.code, c.kind, c.sku).limit(4 * most)):
            if start == plain or kind == "gtin":
                found[kind, sku] = None
    written = _written(connection, sorted({sku for _, sku in found}))
    made = [Coded(_as_written(written[sku][kind], kind, plain), kind, sku) for kind, sku in found if sku in written]
    return sorted(made, key=lambda one: (ORDER[one.kind], one.code, one.sku))[:most]


def unchanged(connection: Connection, skus: Sequence[str], since: int) -> set[str]:
    """Those of the products that are here, and as they were at transaction ``since``."""
    c = products.c
    return set(connection.execute(select(c.sku).where(c.sku.in_(skus), c.changed <= since)).scalars())


def _clicks_of_products(connection: Connection, half_life: float) -> dict[str, float]:
    c, newest, life = counters.c, _newest(connection), told.half_life_of(connection, half_life) * DAY
    query = select(c.sku, c.click, c.at).where(c.text == "", c.sku != "", c.click > 0)
    return {sku: click * 2.0 ** ((at - newest) / life) for sku, click, at in connection.execute(query)}


def _newest(connection: Connection) -> float:
    """When the newest event of the shop took place, rather than now, so that the same events weigh the same."""
    c = counters.c
    return connection.execute(select(c.at).where(c.text == "", c.sku == "")).scalar() or 0.0


def _asked_by(connection: Connection, shoppers: int) -> set[str]:
    c = events.c
    who = func.coalesce(func.nullif(c.client, ""), func.nullif(c.session, ""), c.query)
    query = select(c.text).where(c.action == "click", c.text.is_not(None)).group_by(c.text)
    return set(connection.execute(query.having(func.count(who.distinct()) >= shoppers)).scalars())


def _written(connection: Connection, skus: Sequence[str]) -> dict[str, dict[str, str]]:
    c = products.c
    query = select(c.sku, c.gtin, c.mpn).where(c.sku.in_(skus))
    return {sku: {"sku": sku, "gtin": gtin, "mpn": mpn} for sku, gtin, mpn in connection.execute(query)}


def _as_written(text: str, kind: str, plain: str) -> str:
    """The code as the catalogue has it; of several GTINs in one field the one that begins so."""
    if kind != "gtin":
        return text
    several = [one.strip() for one in text.replace(";", ",").replace("|", ",").split(",")]
    return next((one for one in several if bare(one).lstrip("0").startswith(plain.lstrip("0"))), text)
