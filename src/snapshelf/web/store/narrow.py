"""Choices → a filter in the filter language, with every value escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from snapshelf import filters
from snapshelf.errors import BadFilter, nearest
from snapshelf.types import Kind
from snapshelf.web.store.asked import Asked

PLAIN = re.compile(r"[^\W\d][\w.\-]*")  # a name that needs no backticks
TAKEN = ("and", "or", "not", "in", "exists", "true", "false")


def where(asked: Asked, known: Mapping[str, Kind], without: str = "") -> str:
    """The filter that a query's choices are, "" for none; ``without`` what was chosen of one attribute.

    known: the type of each attribute. Raises BadFilter for an attribute that no product has, and a value that is none.
    """
    parts = []
    if asked.where:
        filters.parse(asked.where)  # by itself, so that no bracket of it closes one of ours
        parts.append(f"({asked.where})")
    parts += [_any(name, values, known) for name, values in asked.chosen.items() if name != without]
    if asked.least is not None:
        parts.append(f"price >= {asked.least:.10g}")
    if asked.most is not None:
        parts.append(f"price <= {asked.most:.10g}")
    if asked.in_stock:
        parts.append("in_stock")
    return " and ".join(parts)


def quoted(text: str) -> str:
    """A text as the filter language writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _any(name: str, values: Sequence[str], known: Mapping[str, Kind]) -> str:
    if name not in known:
        raise BadFilter(f"no product has a {name[:60]!r} to choose by.{nearest(name, known)}")
    shown = name if PLAIN.fullmatch(name) and name.lower() not in TAKEN else f"`{name}`"
    return f"{shown} in [{', '.join(_value(name, value, known[name]) for value in values)}]"


def _value(name: str, value: str, kind: Kind) -> str:
    if kind in ("text", "list"):
        return quoted(value)
    if kind == "bool" and value in ("true", "false"):
        return value
    try:
        if kind == "number":
            return repr(float(value)) if abs(float(value)) < 1e15 else _refuse(name, value)
    except ValueError:
        pass
    return _refuse(name, value)


def _refuse(name: str, value: str) -> str:
    raise BadFilter(f"{name!r} has no value {value[:60]!r}; take the choice back and choose again")
