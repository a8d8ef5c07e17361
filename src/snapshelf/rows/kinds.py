"""The type of an attribute over a whole catalogue: bool, number, text or list, whichever holds every value."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite

from snapshelf.rows.cells import is_empty, list_of, text_of
from snapshelf.types import Kind, Value

TRUTH = {"true": True, "yes": True, "false": False, "no": False}
# Not "007" nor more digits than a float keeps: these are codes, and would come back changed.
UNSAID = "nan"  # how programs write a gap among numbers
ENDLESS = frozenset({"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})  # no catalogue can hold these
NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-][0-9]+)?")
DIGITS = 15


def widest(known: Kind | None, cell: object) -> Kind | None:
    """The type that holds what was seen before and this cell; None while there were only empty ones.

    A list among others makes all of them lists, of one element each; two different plain types make text. "nan" and
    "inf" say nothing about the type: among numbers the first is a gap, and the second is refused (`unfit`).
    """
    if is_empty(cell) or _words(cell) in {UNSAID, *ENDLESS}:
        return known
    kind = kind_of_cell(cell)
    if known is None or known == kind:
        return kind
    return "list" if "list" in (known, kind) else "text"


def kind_of_cell(cell: object) -> Kind:
    """The type of one cell that is not empty. Text in which a number or a truth is written counts as such."""
    if list_of(cell) is not None:
        return "list"
    if isinstance(cell, bool) or (isinstance(cell, str) and cell.strip().casefold() in TRUTH):
        return "bool"
    return "text" if number_of(cell) is None else "number"


def number_of(cell: object) -> float | None:
    """The number in a cell, finite; None where it is none."""
    if isinstance(cell, str):
        text = cell.strip()
        if not NUMBER.fullmatch(text) or sum(letter.isdigit() for letter in text) > DIGITS:
            return None
        number = float(text)
    elif isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        try:
            number = float(cell)
        except OverflowError:
            return None
    else:
        return None
    return number + 0.0 if isfinite(number) else None


def value_of(cell: object, kind: Kind) -> Value | None:
    """A cell as a value of its attribute's type, numbers as float; None for an empty one."""
    if is_empty(cell):
        return None
    if kind == "list":
        pieces = list_of(cell)
        return tuple(pieces if pieces is not None else [text_of(cell)]) or None
    if kind == "number":
        return number_of(cell)
    text = text_of(cell)
    return TRUTH.get(text.casefold()) if kind == "bool" else text or None


def unfit(cell: object, kind: Kind) -> str:
    """Why a cell that is not empty has no value of its attribute's type; "" where it has one, or is a gap."""
    if value_of(cell, kind) is not None or is_empty(cell) or _words(cell) == UNSAID:
        return ""
    what = "a finite number" if kind == "number" else "true or false"
    return f"{text_of(cell)[:80]!r} stands where the other rows have {what}"


def _words(cell: object) -> str:
    return str(cell).strip().casefold() if isinstance(cell, str | float | Decimal) else ""
