"""How many of the products found have which brand, colour, size …"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from snapshelf.errors import BadQuery, nearest
from snapshelf.search.remembered import known, values
from snapshelf.search.views import cards
from snapshelf.stack import Stack

VALUES = 100  # of one attribute that are counted, the most frequent first


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
    kinds, held, found = known(stack, connection), values(stack, connection, names, skus), dict[str, dict[str, int]]()
    shown = cards(stack, connection, skus) if fold else list(skus)
    for name in names:
        seen, boolean = dict[str, set[object]](), kinds[name] == "bool"
        for sku, card in zip(skus, shown, strict=True):
            for value in held[name][sku]:
                seen.setdefault(_written(value, boolean), set()).add(card)
        found[name] = _frequent({value: len(those) for value, those in seen.items()})
    return found


def _frequent(values: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(values.items(), key=lambda one: (-one[1], one[0]))[:VALUES])


def _written(value: str | float, boolean: bool) -> str:
    if isinstance(value, str):
        return value
    return ("true" if value else "false") if boolean else f"{value:.10g}"
