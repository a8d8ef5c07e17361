"""How many of the products found have which brand, colour, size …"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from snapshelf.catalogue import changes
from snapshelf.catalogue.schema import attributes
from snapshelf.errors import BadQuery, nearest
from snapshelf.search.remembered import known
from snapshelf.search.views import cards
from snapshelf.stack import Stack

VALUES = 100  # of one attribute that are counted, the most frequent first
AT_ONCE = 500  # parameters in one IN (…)
MOST = 200_000  # products times attributes kept in memory; beyond it all are forgotten, and read again
_turn = threading.Lock()  # threads of one process share what is kept


@dataclass
class _Kept:
    """Of one state of the catalogue: attribute → SKU → its values, written out, each once."""

    seq: int
    of: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)


def check(stack: Stack, connection: Connection, names: Sequence[str]) -> None:
    """Raise BadQuery for what is no list of names, or names nothing that products have."""
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise BadQuery('facets are a list of names, such as ["brand", "color"]')
    there = known(stack, connection) if names else {}
    for name in names:
        if name not in there:
            raise BadQuery(f"no product has a {name!r} to count.{nearest(name, there)}")


def counts(
    stack: Stack, connection: Connection, names: Sequence[str], skus: Sequence[str], fold: bool
) -> dict[str, dict[str, int]]:
    """Name → value → number of these products that have it, most frequent first, then in order of value.

    fold: variants are folded into one card, which counts once for each value that its variants have. A product with
    several values of a list counts once for each of them. Numbers are written shortly, booleans as "true" and "false".
    """
    if not names:
        return {}
    values, found = _values(stack, connection, names, skus), dict[str, dict[str, int]]()
    shown = cards(stack, connection, skus) if fold else list(skus)
    for name in names:
        seen: dict[str, set[object]] = {}
        for sku, card in zip(skus, shown, strict=True):
            for value in values[name].get(sku, ()):
                seen.setdefault(value, set()).add(card)
        found[name] = _frequent({value: len(those) for value, those in seen.items()})
    return found


def _values(
    stack: Stack, connection: Connection, names: Sequence[str], skus: Sequence[str]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Attribute → SKU → values, from memory where they were read before."""
    with _turn:
        kept = _kept(stack, connection)
        held = {name: kept.of.setdefault(name, {}) for name in names}
        missing = [sku for sku in skus if any(sku not in of for of in held.values())]
        read: dict[str, dict[str, dict[str, None]]] = {name: {sku: {} for sku in missing} for name in names}
        kinds = known(stack, connection) if missing else {}
        a = attributes.c
        for start in range(0, len(missing), AT_ONCE):
            some = missing[start : start + AT_ONCE]
            query = select(a.name, a.sku, a.number, a.text).where(a.name.in_(names), a.sku.in_(some))
            for name, sku, number, text in connection.execute(query):
                read[name][sku][text if number is None else _number(number, kinds[name] == "bool")] = None
        for name, of in read.items():
            held[name].update((sku, tuple(each)) for sku, each in of.items())
        return held


def _kept(stack: Stack, connection: Connection) -> _Kept:
    now, held = changes.seen(connection), stack.memory.get("facets")
    if not isinstance(held, _Kept) or held.seq != now or sum(map(len, held.of.values())) > MOST:
        held = stack.memory["facets"] = _Kept(now)
    return held


def _frequent(values: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(values.items(), key=lambda one: (-one[1], one[0]))[:VALUES])


def _number(value: float, boolean: bool) -> str:
    return ("true" if value else "false") if boolean else f"{value:.10g}"
