"""What a word or an amount may stand for in a catalogue, and the filter that says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from snapshelf.facts import Spread
from snapshelf.types import And, Compare, Filter, Not, Or, Truth
from snapshelf.understand.units import UNITS, Unit, amount_of, unit_in
from snapshelf.understand.words import Words

MOSTLY = 0.8  # share of a text attribute's values that are amounts, for it to be a measure


@dataclass(frozen=True, slots=True)
class Reading:
    """One attribute in which a word stands: the values that it means, and how many products have one of them."""

    kind: str
    name: str
    values: tuple[bool | float | str, ...]
    count: int

    def wanted(self) -> Filter:
        """The filter that asks for it."""
        if self.values == (True,):
            return Truth(self.name)
        return (
            Compare(self.name, "==", self.values[0]) if len(self.values) == 1 else Compare(self.name, "in", self.values)
        )

    def denied(self) -> Filter:
        """The filter that rules it out."""
        if self.values == (True,):
            return Not(Truth(self.name))
        if len(self.values) == 1:
            return Compare(self.name, "!=", self.values[0])
        return Compare(self.name, "not in", self.values)


@dataclass(frozen=True, slots=True)
class Measured:
    """An attribute that holds amounts in ``unit``, from ``low`` to ``high``; ``texts``: amount → as it is written."""

    name: str
    unit: Unit
    count: int
    low: float
    high: float
    texts: Mapping[str, float] | None = None

    def within(self, low: float | None, high: float | None, strict: tuple[bool, bool]) -> Filter | None:
        """low ≤ amount < high in its own unit, None where there is no limit; strict: whether the limits themselves are
        left out. None when it holds texts and none is within.
        """
        if self.texts is None:
            parts: list[Filter] = []
            if low is not None:
                parts.append(Compare(self.name, ">" if strict[0] else ">=", rounded(low)))
            if high is not None:
                parts.append(Compare(self.name, "<" if strict[1] else "<=", rounded(high)))
            return parts[0] if len(parts) == 1 else And(tuple(parts))
        fits = [
            text
            for text, amount in self.texts.items()
            if (low is None or amount > low or (amount == low and not strict[0]))
            and (high is None or amount < high or (amount == high and not strict[1]))
        ]
        return Compare(self.name, "in", tuple(sorted(fits))) if fits else None


def measured(name: str, held: Spread | Mapping[str, int], unit: str) -> Measured | None:
    """An attribute as a measure, None where it is none. ``unit``: stated for it, else its name or its texts say it."""
    if isinstance(held, Spread):
        known = UNITS.get(unit.lower()) if unit else unit_in(name)
        return Measured(name, known, held.count, held.low, held.high) if known else None
    amounts = {value: amount for value in held if (amount := amount_of(value))}
    if not amounts or len(amounts) < MOSTLY * len(held):
        return None
    kinds = {amount.unit[0] for amount in amounts.values()}
    first = next(iter(amounts.values())).unit
    if len(kinds) > 1:
        return None
    texts = {value: amount.basic / first[1] for value, amount in amounts.items()}
    return Measured(name, first, sum(held.values()), min(texts.values()), max(texts.values()), texts)


def named_like(name: str, words: Words) -> str:
    """The kind of constraint that an attribute's name makes: "colour", "size", else "attribute"."""
    parts = set(name.split("_"))
    if parts & words.colours:
        return "colour"
    return "size" if name in words.sized or (parts & words.sized and parts & words.systems) else "attribute"


def any_of(filters: list[Filter]) -> Filter:
    """At least one of them."""
    return filters[0] if len(filters) == 1 else Or(tuple(filters))


def all_of(filters: list[Filter]) -> Filter:
    """All of them."""
    return filters[0] if len(filters) == 1 else And(tuple(filters))


def rounded(value: float) -> float:
    """Without the dust of converting units."""
    return float(f"{value:.10g}")
