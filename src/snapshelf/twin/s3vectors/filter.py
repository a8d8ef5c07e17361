"""The filter grammar of S3 Vectors, exactly: anything else is an "Invalid filter", with nothing more said.

One key in every object; ``$and`` and ``$or`` over filters; a field with a value, or with one or several operators.
What AWS does not say is read in the way that returns least: `docs/twin.md` lists it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from snapshelf.twin.s3vectors import wording
from snapshelf.twin.s3vectors.columns import Column, Columns, Mask

MOST = 100  # constraints in a filter of an ENHANCED index
DEEPEST = 64  # levels of $and and $or; AWS names no limit
ORDER: Mapping[str, Callable[[Any, Any], Any]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}


@dataclass(frozen=True, slots=True)
class Test:
    """One operator on one field."""

    field: str
    operator: str
    operand: Any

    def constraints(self) -> int:
        """How many of the 100 it takes: one, or one for each value of a list."""
        return len(self.operand) if self.operator in ("$in", "$nin") else 1


@dataclass(frozen=True, slots=True)
class Group:
    """Filters of which all or any must hold."""

    all: bool
    parts: tuple[Group | Test, ...]

    def constraints(self) -> int:
        """How many of the 100 it takes: those of its parts."""
        return sum(part.constraints() for part in self.parts)


def parsed(given: Any, fixed: Collection[str], enhanced: bool) -> Group | Test:
    """The filter of a request. ``fixed`` are the keys that cannot be filtered on. Raises Refusal."""
    found = _filter(given, enhanced, 0)
    if any(field in fixed for field in _fields(found)):
        raise wording.invalid(wording.FILTER_KEY, "filter")
    if enhanced and found.constraints() > MOST:
        raise wording.invalid(f"Filter must have at most {MOST} constraints", "filter")
    return found


def passing(where: Group | Test, columns: Columns, rows: int) -> Mask:
    """(rows,) whether each row passes."""
    if isinstance(where, Test):
        column = columns.column(where.field)
        if where.operator == "$exists":
            return column.mask(rows, range(len(column.values)) if where.operand else (), absent=not where.operand)
        return column.mask(rows, _codes(where, column))
    joined = passing(where.parts[0], columns, rows)
    for part in where.parts[1:]:
        mask = passing(part, columns, rows)
        joined = joined & mask if where.all else joined | mask
    return joined


def _codes(test: Test, column: Column) -> Collection[int]:
    """Codes of the values that pass a test; a list passes if any of its elements does, except for $ne and $nin."""
    name, operand = test.operator, test.operand
    if name in ("$eq", "$in"):
        wanted = operand if name == "$in" else [operand]
        return {code for one in wanted for code in column.having(one)}
    if name in ("$ne", "$nin"):
        unwanted = operand if name == "$nin" else [operand]
        kinds = set(map(_kind, unwanted))
        bad = {code for one in unwanted for code in column.having(one)}
        return [code for code in column.codes_where(lambda value: _kinds(value) <= kinds) if code not in bad]
    if name == "$startsWith":
        return column.codes_where(
            lambda value: any(isinstance(one, str) and one.startswith(operand) for one in _listed(value))
        )
    compare = ORDER[name]
    return column.numbers_where(
        lambda numbers: compare(numbers, float(operand)),
        lambda value: any(_kind(one) == "number" and compare(float(one), float(operand)) for one in value),
    )


def _filter(given: Any, enhanced: bool, depth: int) -> Group | Test:
    if not isinstance(given, dict) or len(given) != 1 or depth > DEEPEST:
        raise _bad()
    name, value = next(iter(given.items()))
    if name in ("$and", "$or"):
        if not isinstance(value, list) or not value:
            raise _bad()
        return Group(name == "$and", tuple(_filter(one, enhanced, depth + 1) for one in value))
    if name.startswith("$"):
        raise _bad()
    if isinstance(value, dict):
        if not value:
            raise _bad()
        tests = tuple(_test(name, key, operand, enhanced) for key, operand in value.items())
        return tests[0] if len(tests) == 1 else Group(True, tests)
    return _test(name, "$eq", value, enhanced)


def _test(field: str, name: str, operand: Any, enhanced: bool) -> Test:
    if name in ("$eq", "$ne"):
        good = _kind(operand) != ""
    elif name in ORDER:
        good = _kind(operand) == "number"
    elif name in ("$in", "$nin"):
        good = isinstance(operand, list) and bool(operand) and all(map(_kind, operand))
    elif name == "$exists":
        good = isinstance(operand, bool)
    else:
        good = name == "$startsWith" and enhanced and isinstance(operand, str)
    if not good:
        raise _bad()
    return Test(field, name, operand)


def _bad() -> Exception:
    return wording.invalid(wording.FILTER, "filter")


def _fields(where: Group | Test) -> set[str]:
    return {where.field} if isinstance(where, Test) else {field for part in where.parts for field in _fields(part)}


def _kind(value: Any) -> str:
    """string, number or boolean; "" for anything else, and for a number that float64 cannot hold."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    return "number" if isinstance(value, int | float) and _finite(value) else ""


def _finite(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _kinds(value: Any) -> set[str]:
    return set(map(_kind, _listed(value)))
