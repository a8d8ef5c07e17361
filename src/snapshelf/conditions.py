"""Filters as values: what `where` becomes. `snapshelf.filters` parses, matches and translates them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Compare:
    """``name op value``. A product without the attribute matches no comparison; a list matches if any element does.

    ``!=`` and ``not in`` are the negations of ``==`` and ``in``, and so match where the attribute is missing.
    """

    name: str
    op: Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
    value: bool | float | str | tuple[bool | float | str, ...]
    at: int = field(default=0, compare=False)  # character of the filter's text where the comparison begins


@dataclass(frozen=True, slots=True)
class Truth:
    """A bare name: true where the boolean attribute is true."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Exists:
    """``exists(name)``: true where the product has the attribute."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Plain negation: true exactly where ``part`` is not."""

    part: Filter


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds."""

    parts: tuple[Filter, ...]


Filter: TypeAlias = Compare | Truth | Exists | Not | And | Or
