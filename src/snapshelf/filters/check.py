"""Does a filter make sense for this catalogue? Asked once, before any store sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from snapshelf.errors import BadFilter, nearest
from snapshelf.types import And, Compare, Exists, Filter, Kind, Not, Or, Truth, kind_of


def check(where: Filter, known: Mapping[str, Kind], text: str = "") -> None:
    """Raise BadFilter for an attribute that no product has, or a comparison that its type does not allow.

    known: type of each attribute of the catalogue. text: the filter as written, to put a caret under the place.
    """
    for leaf in _leaves(where):
        if leaf.name not in known:
            raise BadFilter(f"no product has an attribute {leaf.name!r}.{nearest(leaf.name, known)}", text, leaf.at)
        reason = _mistake(leaf, known[leaf.name])
        if reason:
            raise BadFilter(reason, text, leaf.at)


def _leaves(where: Filter) -> Iterator[Compare | Truth | Exists]:
    if isinstance(where, And | Or):
        for part in where.parts:
            yield from _leaves(part)
    elif isinstance(where, Not):
        yield from _leaves(where.part)
    else:
        yield where


def _mistake(leaf: Compare | Truth | Exists, kind: Kind) -> str:
    name = leaf.name
    if isinstance(leaf, Exists):
        return ""
    if isinstance(leaf, Truth):
        example = f'{name} == "…"' if kind in ("text", "list") else f"{name} > 0"
        return "" if kind == "bool" else f"{name!r} is not true or false; compare it: {example}"
    wanted = "text" if kind == "list" else kind
    for value in leaf.value if isinstance(leaf.value, tuple) else (leaf.value,):
        if kind_of(value) != wanted:
            form = {"bool": "true or false", "number": "a number without quotes", "text": "a text in quotes"}[wanted]
            return f"{name!r} holds {wanted} values, so compare it with {form}"
    if leaf.op in ("<", "<=", ">", ">=") and wanted == "bool":
        return f"{name!r} is true or false; it has no order"
    return ""
