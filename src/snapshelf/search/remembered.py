"""Products, their values and what passes a filter, kept in memory while the catalogue stays as it is: people ask for
the same.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from snapshelf.catalogue import asking, changes, products
from snapshelf.stack import Stack
from snapshelf.types import Filter, Kind, Product

MOST, MOST_FAMILIES = 10_000, 2_000  # products and families kept; beyond it all are forgotten, and read again
VALUES = 200_000  # products times attributes whose values are kept, likewise
FEW = 5_000  # products that pass a filter up to which it is asked which they are
FILTERS, PASSING = 512, 500_000  # of which that is kept, and the SKUs of all of them together
_turn = threading.Lock()  # threads of one process share what is kept


@dataclass
class _Kept:
    """Of one state of the catalogue: SKU → product, family → products, filter → who passes, None for too many."""

    seq: int
    products: dict[str, Product] = field(default_factory=dict)
    families: dict[str, list[Product]] = field(default_factory=dict)
    passing: OrderedDict[Filter, frozenset[str] | None] = field(default_factory=OrderedDict)
    held: int = 0  # SKUs in ``passing``
    known: Mapping[str, Kind] | None = None
    values: dict[str, dict[str, list[str | float]]] = field(default_factory=dict)  # attribute → SKU → values


def known(stack: Stack, connection: Connection) -> Mapping[str, Kind]:
    """Type of everything a filter may name in this catalogue."""
    kept = _kept(stack, connection)
    if kept.known is None:
        kept.known = asking.known(connection)
    return kept.known


def values(
    stack: Stack, connection: Connection, names: Sequence[str], skus: Sequence[str]
) -> Mapping[str, Mapping[str, Sequence[str | float]]]:
    """Attribute → SKU → its values as `asking.values` gives them; there may be more SKUs than were asked for."""
    kept = _kept(stack, connection)
    with _turn:
        if sum(map(len, kept.values.values())) > VALUES:
            kept.values = {}
        held = {name: kept.values.setdefault(name, {}) for name in names}
        missing = [sku for sku in skus if any(sku not in of for of in held.values())]
    read = asking.values(connection, names, missing) if missing else {}
    with _turn:
        for name, of in read.items():
            held[name].update(of)
    return held


def products_of(stack: Stack, connection: Connection, skus: Sequence[str]) -> dict[str, Product]:
    """SKU → product, of those that are there."""
    kept = _kept(stack, connection)
    found = {sku: one for sku in skus if (one := kept.products.get(sku))}
    missing = [sku for sku in skus if sku not in found]
    if missing:
        read = products.get(connection, missing)
        with _turn:
            if len(kept.products) + len(read) > MOST:
                kept.products.clear()
            kept.products.update(read)
        found |= read
    return found


def variants(stack: Stack, connection: Connection, families: Sequence[str], most: int = 50) -> dict[str, list[Product]]:
    """Family → its products in order of SKU, of each at most ``most``."""
    kept = _kept(stack, connection)
    found = {family: kept.families[family] for family in families if family in kept.families}
    for family in families:
        if family not in found:
            found[family] = products.variants(connection, [family], most).get(family, [])
    with _turn:
        if len(kept.families) + len(found) > MOST_FAMILIES:
            kept.families.clear()
        kept.families.update(found)
    return found


def known_variants(stack: Stack, seq: int, families: Sequence[str]) -> dict[str, list[Product]] | None:
    """The same, without asking the catalogue; None where that state of it is not kept, or not all of them."""
    kept = stack.memory.get("kept")
    if not isinstance(kept, _Kept) or kept.seq != seq:
        return None
    found = {family: kept.families.get(family) for family in families}
    return None if None in found.values() else {family: held for family, held in found.items() if held is not None}


def count(stack: Stack, connection: Connection, where: Filter | None) -> int:
    """How many products pass a filter; all of them without one."""
    found = None if where is None else _passing(stack, connection, where)
    return stack.count(connection, where) if found is None else len(found)


def among(stack: Stack, connection: Connection, where: Filter, skus: Sequence[str]) -> Collection[str]:
    """Those of these products that pass a filter."""
    found = _passing(stack, connection, where)
    return set(asking.skus(connection, where, skus)) if found is None else found.intersection(skus)


def _passing(stack: Stack, connection: Connection, where: Filter) -> frozenset[str] | None:
    """The products that pass a filter; None where they are more than `FEW`."""
    kept = _kept(stack, connection)
    with _turn:
        if where in kept.passing:
            kept.passing.move_to_end(where)
            return kept.passing[where]
    few = stack.count(connection) <= FEW or stack.count(connection, where) <= FEW
    found = frozenset(asking.skus(connection, where)) if few else None
    with _turn:
        kept.held += len(found or ()) - len(kept.passing.pop(where, None) or ())
        kept.passing[where] = found
        while len(kept.passing) > 1 and (len(kept.passing) > FILTERS or kept.held > PASSING):
            _, left = kept.passing.popitem(last=False)
            kept.held -= len(left or ())
    return found


def _kept(stack: Stack, connection: Connection) -> _Kept:
    now, held = changes.seen(connection), stack.memory.get("kept")
    if not isinstance(held, _Kept) or held.seq != now:
        held = stack.memory["kept"] = _Kept(now)
    return held
