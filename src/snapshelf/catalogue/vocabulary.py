"""What a catalogue says about itself, read with SQL: the facts that `snapshelf.understand.Vocabulary` is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import cast

from sqlalchemy import Connection, func, select

from snapshelf.catalogue import changes
from snapshelf.catalogue.schema import attributes, kinds, products
from snapshelf.facts import Facts, Spread, fits, percentiles, spread, tellable
from snapshelf.types import FILTERABLE, Kind

_A = attributes.c


def facts(connection: Connection, units: Mapping[str, str] | None = None) -> Facts:
    """The facts of a catalogue as it stands; ``change`` numbers its newest transaction, so that they can be kept.

    units: attribute → its unit, for those whose name does not say it. Costs one pass over the products and one over the
    attributes. Means what `snapshelf.facts.facts_of` means.
    """
    c = products.c
    prices: dict[str, list[float]] = defaultdict(list)
    titles, codes = [], []
    query = select(c.title, c.category, c.price, c.sku, c.gtin, c.mpn)
    for title, category, price, *held in connection.execute(query):
        titles.append(title)
        codes += [code for code in held if code]
        if price is not None:
            prices[category].append(price)
    types = {name: cast(Kind, kind) for name, kind in connection.execute(select(kinds.c.name, kinds.c.kind))}
    brands, categories, currencies = (_counted(connection, name) for name in ("brand", "category", "currency"))
    return Facts(
        change=changes.now(connection),
        brands=tellable(brands),
        categories=categories,
        kinds=types,
        texts=_texts(connection, types),
        numbers=_numbers(connection, types),
        flags=_flags(connection, types),
        prices=percentiles(prices),
        currencies=currencies,
        units=dict(units or {}),
        titles=titles,
        codes=codes,
    )


def _counted(connection: Connection, name: str) -> dict[str, int]:
    """Value → products, of a text attribute."""
    query = (
        select(_A.text, func.count(_A.sku.distinct())).where(_A.name == name, _A.text.is_not(None)).group_by(_A.text)
    )
    return {text: count for text, count in connection.execute(query) if text is not None}


def _texts(connection: Connection, types: Mapping[str, Kind]) -> dict[str, Mapping[str, int]]:
    found: dict[str, Mapping[str, int]] = {}
    for name, kind in types.items():
        if kind in ("text", "list"):
            many = select(func.count(_A.text.distinct())).where(_A.name == name)
            if fits(connection.execute(many).scalar_one()) and (held := tellable(_counted(connection, name))):
                found[name] = held
    return found


def _numbers(connection: Connection, types: Mapping[str, Kind]) -> dict[str, Spread]:
    found: dict[str, Spread] = {}
    for name, kind in types.items():
        if kind == "number":
            query = select(_A.number, func.count()).where(_A.name == name, _A.number.is_not(None)).group_by(_A.number)
            held = {number: count for number, count in connection.execute(query) if number is not None}
            if held:
                found[name] = spread(held)
    return found


def _flags(connection: Connection, types: Mapping[str, Kind]) -> dict[str, int]:
    """Boolean attributes → products in which they are true."""
    names = [name for name, kind in {**FILTERABLE, **types}.items() if kind == "bool"]
    query = select(_A.name, func.count()).where(_A.name.in_(names), _A.number == 1).group_by(_A.name)
    return dict(connection.execute(query).all())
