"""What the catalogue says of products, value by value, kept in memory between queries so that it can be counted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from snapshelf.catalogue import asking, changes
from snapshelf.search.views import families
from snapshelf.stack import Stack
from snapshelf.types import Compare

PASSED_OVER = ("currency", "family", "in_stock", "price", "stock")  # no look of a thing, nor what it is
MOST = 100_000  # products kept; beyond it everything is forgotten, and the next queries read again
_turn = threading.Lock()  # threads of one process share the cache
Pair = tuple[str, "str | float"]  # an attribute and one value of it


@dataclass(frozen=True, slots=True)
class Traits:
    """The values of some products: ``ids`` into ``pairs``, all of them in a row, and of each the product it belongs to.

    ``families``: of each product, "" for none.
    """

    skus: Sequence[str]
    families: list[str]
    ids: NDArray[np.int64]  # (values,)
    owner: NDArray[np.int64]  # (values,) position in ``skus``
    pairs: Sequence[Pair]

    def held(self) -> list[int]:
        """The ids that any of these products has, each once."""
        return [int(id) for id in np.unique(self.ids)]

    def of(self, at: int) -> list[Pair]:
        """The values of one product."""
        return [self.pairs[id] for id in self.ids[self.owner == at].tolist()]

    def total(self, weight: Callable[[Pair], float]) -> NDArray[np.float64]:
        """(products,) the sum of the weights of each product's values; weight: asked once for each that any has."""
        held = self.held()
        of_id = np.zeros(held[-1] + 1 if held else 1)
        of_id[held] = [weight(self.pairs[id]) for id in held]
        found: NDArray[np.float64] = np.bincount(self.owner, of_id[self.ids], minlength=len(self.skus)).astype(float)
        return found


@dataclass
class _Cache:
    """Values by SKU for one state of the catalogue, filled as products are asked for."""

    seq: int
    known: dict[Pair, int] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    rows: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)  # family → its SKUs
    sold: dict[str, bool] = field(default_factory=dict)  # SKU → whether it is sold out

    def put(self, skus: Iterable[str], values: Mapping[str, Sequence[Pair]]) -> None:
        for sku in skus:
            ids = dict.fromkeys(self.known.setdefault(pair, len(self.known)) for pair in values.get(sku, ()))
            self.rows[sku] = np.array(list(ids), np.int64)
        self.pairs.extend(list(self.known)[len(self.pairs) :])


def traits(stack: Stack, connection: Connection, skus: Sequence[str]) -> Traits:
    """The values of these products, from memory where they were read before."""
    with _turn:
        cache = _cache(stack, connection)
        missing = [sku for sku in skus if sku not in cache.rows]
        if missing:
            cache.put(missing, asking.pairs(connection, missing, PASSED_OVER))
        rows = [cache.rows[sku] for sku in skus]
        owner = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        ids = np.concatenate(rows) if rows else np.empty(0, np.int64)
    family = families(stack, connection, skus)
    return Traits(skus, [family.get(sku, "") for sku in skus], ids, owner, cache.pairs)


def variants(stack: Stack, connection: Connection, families: Sequence[str], most: int) -> list[str]:
    """SKUs of the products of some families, in order, at most so many."""
    with _turn:
        cache = _cache(stack, connection)
        missing = [family for family in families if family not in cache.members]
        cache.members.update(asking.variants(connection, missing, MOST))
        return sorted(sku for family in families for sku in cache.members[family])[:most]


def sold_out(stack: Stack, connection: Connection, skus: Sequence[str]) -> set[str]:
    """Those of these products of which the shop says that none is left."""
    with _turn:
        cache = _cache(stack, connection)
        missing = [sku for sku in skus if sku not in cache.sold]
        if missing:
            out = set(asking.skus(connection, Compare("in_stock", "==", False), missing))
            cache.sold.update((sku, sku in out) for sku in missing)
        return {sku for sku in skus if cache.sold[sku]}


def _cache(stack: Stack, connection: Connection) -> _Cache:
    now, held = changes.seen(connection), stack.memory.get("traits")
    if not isinstance(held, _Cache) or held.seq != now or max(len(held.rows), len(held.sold)) > MOST:
        held = stack.memory["traits"] = _Cache(now)
    return held
