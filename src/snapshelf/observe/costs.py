"""What this catalogue costs on AWS: its own numbers, measured on a sample of its products, put into the cost model."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from snapshelf.aws.cost import Load
from snapshelf.catalogue import asking, changes, charges, products
from snapshelf.catalogue.vocabulary import facts
from snapshelf.ingest.prepare import text_of
from snapshelf.money import Prices
from snapshelf.stack import Stack
from snapshelf.types import Product, View, split_aspect

SAMPLE = 2_000  # views that are looked at
MOST_SHARDS = 1_000  # indexes that a bucket is sensibly cut into
CHARS = 4.5  # of English text in a token, where no bill has said yet how many there are


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the shelf in a month: ``queries``, of which ``photos`` (a share) are pictures.

    ``words`` is the tokens of a query, ``rewritten`` the share of the vectors that changes.
    """

    queries: int = 1_000_000
    photos: float = 0.2
    words: float = 12.0
    rewritten: float = 0.1


def load_of(stack: Stack, connection: Connection, asked: Asked, prices: Prices) -> Load:
    """The load of this shelf. Bytes and tokens are means over the first `SAMPLE` views.

    Texts are counted in tokens as they were billed, where the ledger holds such bills. Sound and video count by the
    seconds of their views.
    """
    views = _sample(connection)
    held = products.get(connection, list(dict.fromkeys(view.sku for view in views)))
    metadata = [len(json.dumps(_plain(held[view.sku]), ensure_ascii=False, separators=(",", ":"))) for view in views]
    count = asking.count_views(connection)
    price = _embedding(views, held, _tokens(connection, list(held.values())), prices)
    return Load(
        vectors=count,
        dim=stack.dim,
        key=_mean([len(view.id.encode()) for view in views]),
        filterable=_mean(metadata),
        queries=asked.queries,
        rewritten=asked.rewritten,
        embed=count * price,
        embed_query=asked.photos * prices.image + (1 - asked.photos) * asked.words / 1000 * prices.tokens,
    )


def shards_of(connection: Connection) -> dict[str, float]:
    """Field → how many times fewer vectors a query goes through that names one value of it, the most first.

    Of brand, category and text attributes with 2 to `MOST_SHARDS` values that nine products of ten have; a query is
    taken to ask for a value as often as there are products of it.
    """
    held, found = facts(connection), dict[str, float]()
    products_in_all = asking.count(connection)
    for name, sizes in {"brand": held.brands, "category": held.categories, **held.texts}.items():
        total = sum(sizes.values())
        if 2 <= len(sizes) <= MOST_SHARDS and total >= 0.9 * products_in_all:
            found[name] = total**2 / sum(size**2 for size in sizes.values())
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _sample(connection: Connection) -> list[View]:
    found: list[View] = []
    for some in changes.added_views(connection, 0, SAMPLE):
        found += some
        if len(found) >= SAMPLE:
            break
    return found[:SAMPLE]


def _embedding(views: Sequence[View], held: dict[str, Product], tokens: float, prices: Prices) -> float:
    """Dollars of a view, on average."""
    kinds: dict[str, float] = defaultdict(float)
    for view in views:
        medium, span = split_aspect(view.aspect)
        kind = medium.rstrip("0123456789")
        kinds[kind] += (span[1] - span[0]) if span else 30 if kind in ("audio", "video") else 1
    per = {
        "text": tokens / 1000 * prices.tokens,
        "image": prices.image,
        "audio": prices.sound,
        "video": prices.video,
    }
    return sum(amount * per.get(kind, 0.0) for kind, amount in kinds.items()) / max(1, len(views))


def _tokens(connection: Connection, held: Sequence[Product]) -> float:
    """Tokens of a product's text: as billed, else by its letters."""
    for one in charges.totals(connection):
        if one.what == "tokens" and one.calls:
            return one.amount / one.calls
    return _mean([len(text_of(product)) / CHARS for product in held])


def _plain(product: Product) -> dict[str, object]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in product.filterable().items()}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
