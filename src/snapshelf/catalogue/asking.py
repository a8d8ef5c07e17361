"""Filters as SQL: how many products pass, which ones, and what attributes there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, not_, or_, select

from snapshelf.catalogue.schema import attributes, kinds, media, products, views
from snapshelf.types import FILTERABLE, And, Compare, Exists, Filter, Kind, Not, Or

MEDIA = ("image", "audio", "video", "sound")  # kinds of media; "sound" is the sound of a video by itself


def known(connection: Connection) -> Mapping[str, Kind]:
    """Type of everything a filter may name in this catalogue."""
    rows = connection.execute(select(kinds.c.name, kinds.c.kind))
    return {**FILTERABLE, **{name: cast(Kind, kind) for name, kind in rows}}


def count(connection: Connection, where: Filter | None = None) -> int:
    """How many products pass the filter."""
    query = select(func.count()).select_from(products)
    return connection.execute(query if where is None else query.where(_condition(where))).scalar_one()


def skus(connection: Connection, where: Filter, among: Sequence[str] | None = None) -> list[str]:
    """SKUs of the products that pass, in order; only those ``among``, if given."""
    query = select(products.c.sku).where(_condition(where)).order_by(products.c.sku)
    return list(connection.execute(query if among is None else query.where(products.c.sku.in_(among))).scalars())


def variants(connection: Connection, families: Sequence[str], most: int) -> dict[str, list[str]]:
    """Family → SKUs of its products, in order; of all together at most so many."""
    found: dict[str, list[str]] = {family: [] for family in families}
    c = products.c
    query = select(c.family, c.sku).where(c.family.in_(families)).order_by(c.sku).limit(most)
    for family, sku in connection.execute(query) if families else ():
        found[family].append(sku)
    return found


def values(
    connection: Connection, names: Sequence[str], skus: Sequence[str]
) -> dict[str, dict[str, list[str | float]]]:
    """Attribute → SKU → its values, each once, for all of these attributes and products; booleans are 0 and 1."""
    a, found = attributes.c, {name: {sku: list[str | float]() for sku in skus} for name in names}
    for start in range(0, len(skus), 500):
        query = select(a.name, a.sku, a.text, a.number).where(a.name.in_(names), a.sku.in_(skus[start : start + 500]))
        for name, sku, text, number in connection.execute(query):
            held, value = found[name][sku], number if text is None else text
            if value not in held:
                held.append(value)
    return found


def pairs(
    connection: Connection, skus: Sequence[str], without: Sequence[str] = ()
) -> dict[str, list[tuple[str, str | float]]]:
    """SKU → (attribute, value) of the products that have any, in order; ``without`` some attributes.

    Booleans are 0 and 1, and each element of a list is a value.
    """
    a, found = attributes.c, dict[str, list[tuple[str, str | float]]]()
    for start in range(0, len(skus), 500):
        query = select(a.sku, a.name, a.text, a.number).where(a.sku.in_(skus[start : start + 500]))
        for sku, name, text, number in connection.execute(query.order_by(a.sku, a.name, a.position)):
            if name not in without:
                found.setdefault(sku, []).append((name, number if text is None else text))
    return found


def _condition(where: Filter) -> ColumnElement[bool]:
    if isinstance(where, And):
        return and_(*[_condition(part) for part in where.parts])
    if isinstance(where, Or):
        return or_(*[_condition(part) for part in where.parts])
    if isinstance(where, Not):
        return not_(_condition(where.part))
    if isinstance(where, Exists):
        return _holding(where.name, None)
    if not isinstance(where, Compare):
        return _holding(where.name, attributes.c.number == 1)
    if where.op in ("!=", "not in"):
        return not_(_holding(where.name, _equal(where.value)))
    if where.op in ("==", "in"):
        return _holding(where.name, _equal(where.value))
    return _holding(where.name, _ordered(where.op, where.value))


def _holding(name: str, condition: ColumnElement[bool] | None) -> ColumnElement[bool]:
    held = select(attributes.c.sku).where(attributes.c.name == name)
    return products.c.sku.in_(held if condition is None else held.where(condition))


def _equal(value: Any) -> ColumnElement[bool]:
    values = value if isinstance(value, tuple) else (value,)
    texts = [v for v in values if isinstance(v, str)]
    numbers = [float(v) for v in values if not isinstance(v, str)]
    parts = [attributes.c.text.in_(texts)] * bool(texts) + [attributes.c.number.in_(numbers)] * bool(numbers)
    return or_(*parts) if parts else false()


def _ordered(op: str, value: Any) -> ColumnElement[bool]:
    column: ColumnElement[Any] = attributes.c.text if isinstance(value, str) else attributes.c.number
    conditions: dict[str, ColumnElement[bool]] = {
        "<": column < value,
        "<=": column <= value,
        ">": column > value,
        ">=": column >= value,
    }
    return conditions[op]


def count_views(connection: Connection) -> int:
    """How many views all products have together."""
    return connection.execute(select(func.count()).select_from(views)).scalar_one()


def kinds_of_views(connection: Connection) -> frozenset[str]:
    """What is searched: "text", and the kinds of the media there are, each answered by an index."""
    found = {kind for kind in MEDIA if connection.execute(select(exists().where(media.c.kind == kind))).scalar()}
    text = connection.execute(select(exists().where(views.c.aspect == "text"))).scalar()
    return frozenset(found | ({"text"} if text else set()))
