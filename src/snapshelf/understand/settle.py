"""Constraints that contradict each other are said, and none of them is applied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from snapshelf.types import And, Compare, Filter, Not, Or, Truth
from snapshelf.understand.understood import Constraint

_ENDLESS = float("inf")


def contradictions(made: Sequence[Constraint]) -> tuple[list[Constraint], list[str]]:
    """The constraints that cannot hold together, and a sentence for each such pair."""
    wrong: list[Constraint] = []
    faults: list[str] = []
    for number, one in enumerate(made):
        for other in made[number + 1 :]:
            if one not in wrong and other not in wrong and _clash(one, other):
                wrong += [one, other]
                faults.append(
                    f"{one.words!r} and {other.words!r} contradict each other, so neither is applied; leave one out"
                )
    return wrong, faults


def _clash(one: Constraint, other: Constraint) -> bool:
    if one.where is None or other.where is None:
        return False
    if one.hard and other.hard and _apart(one.where, other.where):
        return True
    if "negation" not in (one.kind, other.kind) or one.kind == other.kind:
        return False
    denying, asking = (one, other) if one.kind == "negation" else (other, one)
    if denying.where is None or asking.where is None:
        return False
    ruled_out = set(_pairs(denying.where, denying=True))
    asked = set(_pairs(asking.where, denying=False))
    return bool(asked) and asked <= ruled_out


def _apart(one: Filter, other: Filter) -> bool:
    """Whether two filters leave no number, or no value, for an attribute of both."""
    for name in _names(one) & _names(other):
        low, high = _range(And((one, other)), name)
        if low[0] > high[0] or (low[0] == high[0] and (low[1] or high[1])):
            return True
        first, second = ({value for n, value in _pairs(where, denying=False) if n == name} for where in (one, other))
        if first and second and not first & second:
            return True
    return False


def _names(where: Filter) -> set[str]:
    if isinstance(where, And):
        return {name for part in where.parts for name in _names(part)}
    return {where.name} if isinstance(where, Compare) else set()


def _range(where: Filter, name: str) -> tuple[tuple[float, bool], tuple[float, bool]]:
    """((least, itself left out), (greatest, itself left out)) that comparisons leave for a number attribute."""
    low, high = (-_ENDLESS, False), (_ENDLESS, False)
    for part in _flat(where):
        if isinstance(part, Compare) and part.name == name and isinstance(part.value, int | float):
            if part.op in (">", ">="):
                low = max(low, (float(part.value), part.op == ">"))
            elif part.op in ("<", "<="):
                high = min(high, (float(part.value), part.op != "<"))
                high = (high[0], part.op == "<" if high[0] == part.value else high[1])
    return low, high


def _flat(where: Filter) -> Iterator[Filter]:
    if isinstance(where, And):
        for part in where.parts:
            yield from _flat(part)
    else:
        yield where


def _pairs(where: Filter, denying: bool) -> Iterator[tuple[str, bool | float | str]]:
    """(attribute, value) of everything that a filter asks for, or rules out."""
    if isinstance(where, And | Or):
        for part in where.parts:
            yield from _pairs(part, denying)
    elif isinstance(where, Not):
        if denying:
            yield from _pairs(where.part, denying=False)
    elif isinstance(where, Truth):
        yield where.name, True
    elif isinstance(where, Compare) and where.op in (("!=", "not in") if denying else ("==", "in")):
        for value in where.value if isinstance(where.value, tuple) else (where.value,):
            yield where.name, value
