"""How many of the products found have which brand, colour, size …"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from snapshelf.catalogue import asking
from snapshelf.catalogue.schema import attributes
from snapshelf.errors import BadQuery, nearest

VALUES = 100  # of one attribute that are counted, the most frequent first
AT_ONCE = 500  # parameters in one IN (…)


def check(connection: Connection, names: Sequence[str]) -> None:
    """Raise BadQuery for what is no list of names, or names nothing that products have."""
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise BadQuery('facets are a list of names, such as ["brand", "color"]')
    known = asking.known(connection) if names else {}
    for name in names:
        if name not in known:
            raise BadQuery(f"no product has a {name!r} to count.{nearest(name, known)}")


def counts(
    connection: Connection, names: Sequence[str], skus: Sequence[str], family: Mapping[str, str] | None = None
) -> dict[str, dict[str, int]]:
    """Name → value → number of these products that have it, most frequent first, then in order of value.

    family: SKU → family, where variants are folded into one card: a family counts once for each value that it has.

    A product with several values of a list counts once for each of them. Numbers are written shortly, booleans as
    "true" and "false".
    """
    if not names:
        return {}
    known, found = asking.known(connection), {name: dict[str, int]() for name in names}
    a, seen = attributes.c, set[tuple[str, str, str]]()
    folded = family is not None
    for start in range(0, len(skus), AT_ONCE):
        some = skus[start : start + AT_ONCE]
        last = a.sku if folded else func.count(a.sku.distinct())
        query = select(a.name, a.number, a.text, last).where(a.name.in_(names), a.sku.in_(some))
        query = query if folded else query.group_by(a.name, a.number, a.text)
        for name, number, text, one in connection.execute(query):
            value = text if number is None else _number(number, known[name] == "bool")
            if family is None:
                found[name][value] = found[name].get(value, 0) + one
            elif (card := (name, value, family.get(one, f"sku:{one}"))) not in seen:
                seen.add(card)
                found[name][value] = found[name].get(value, 0) + 1
    return {name: _frequent(values) for name, values in found.items()}


def _frequent(values: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(values.items(), key=lambda one: (-one[1], one[0]))[:VALUES])


def _number(value: float, boolean: bool) -> str:
    return ("true" if value else "false") if boolean else f"{value:.10g}"
