"""One product against a filter: the plain meaning that the fast paths are tested against."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from snapshelf.types import And, Attributes, Compare, Exists, Filter, Not, Or, Value

ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matches(where: Filter, attributes: Attributes) -> bool:
    """Whether a product with these attributes passes the filter."""
    if isinstance(where, And):
        return all(matches(part, attributes) for part in where.parts)
    if isinstance(where, Or):
        return any(matches(part, attributes) for part in where.parts)
    if isinstance(where, Not):
        return not matches(where.part, attributes)
    if isinstance(where, Exists):
        return attributes.get(where.name, ()) != ()  # an empty list is as good as none
    held = attributes.get(where.name)
    return _compare(where, held) if isinstance(where, Compare) else held is True


def _compare(where: Compare, held: Value | None) -> bool:
    if where.op in ("!=", "not in"):
        return not _any(where.op, held, where.value)
    return _any(where.op, held, where.value)


def _any(op: str, held: Value | None, value: Any) -> bool:
    elements = held if isinstance(held, tuple) else () if held is None else (held,)
    if op in ORDER:
        return any(_same_type(element, value) and ORDER[op](element, value) for element in elements)
    wanted = value if isinstance(value, tuple) else (value,)
    return any(_same_type(element, one) and element == one for element in elements for one in wanted)


def _same_type(a: Value, b: Value) -> bool:
    return isinstance(a, str) == isinstance(b, str) and isinstance(a, bool) == isinstance(b, bool)
