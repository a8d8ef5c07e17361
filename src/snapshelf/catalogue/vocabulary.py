"""What a catalogue says about itself, read with SQL: the facts that `snapshelf.understand.Vocabulary` is made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import cast

from sqlalchemy import Connection, func, select

from snapshelf.catalogue import changes
from snapshelf.catalogue.schema import attributes, kinds, products
from snapshelf.facts import MOST_VALUES, Facts, Spread, percentiles, short, spread, tellable
from snapshelf.types import FILTERABLE, Kind

_A = attributes.c


def facts(connection: Connection, units: Mapping[str, str] | None = None) -> Facts:
    """The facts of a catalogue as it stands; ``change`` numbers its newest transaction, so that they can be kept.

    units: attribute → its unit, for those whose name does not say it. Costs one pass over the products and one over the
    attributes. Means what `snapshelf.facts.facts_of` means.
    """
    c = products.c
    prices: dict[str, list[float]] = defaultdict(list)
    named = Counter[str](), Counter[str](), Counter[str]()
    titles, codes = [], []
    query = select(c.title, c.price, c.brand, c.category, c.currency, c.sku, c.gtin, c.mpn)
    for title, price, brand, category, currency, *held in connection.execute(query):
        titles.append(title)
        codes += [code for code in held if code]
        for counts, name in zip(named, (brand, category, currency), strict=True):
            if name:
                counts[name] += 1
        if price is not None:
            prices[category].append(price)
    types = {name: cast(Kind, kind) for name, kind in connection.execute(select(kinds.c.name, kinds.c.kind))}
    brands, categories, currencies = (dict(counts) for counts in named)
    return Facts(
        change=changes.now(connection),
        brands=short(brands),
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


def _texts(connection: Connection, types: Mapping[str, Kind]) -> dict[str, Mapping[str, int]]:
    """Text and list attributes → value → products, of those that `fits`."""
    found: dict[str, Mapping[str, int]] = {}
    for name, kind in types.items():
        if kind in ("text", "list"):
            count = func.count(_A.sku.distinct()) if kind == "list" else func.count()
            query = select(_A.text, count).where(_A.name == name, _A.text.is_not(None)).group_by(_A.text)
            rows = connection.execute(query.limit(MOST_VALUES + 1)).all()
            if held := tellable({text: number for text, number in rows if text is not None}):
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
    return {row[0]: row[1] for row in connection.execute(query)}
