"""Metadata by column, so that a filter looks at every distinct value once and not at every record.

A column is made when it is first asked for, and kept up from then on: ``codes[row]`` says which distinct value a row
has, -1 for none. A condition is decided for the distinct values and then looked up for all rows in one numpy step.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scalar = str | float | bool
Mask = NDArray[np.bool_]
STALE = 1000  # distinct values kept beyond twice the rows before a column is made anew


class Column:
    """One metadata key over all rows."""

    def __init__(self, values: Iterable[Any]) -> None:
        self.values: list[Any] = []
        self._code: dict[Any, int] = {}
        self._having: defaultdict[tuple[type, Scalar], list[int]] = defaultdict(list)
        self._plain: list[float] = []  # of values that are one number, else NaN
        self._lists: list[int] = []
        self._numbers: NDArray[np.float64] | None = None
        codes = [self._coded(value) for value in values]
        self._codes = np.full(max(64, len(codes)), -1, np.int32)
        self._codes[: len(codes)] = codes

    def set(self, row: int, value: Any) -> None:
        """Give a row its value; None for none."""
        if row >= len(self._codes):
            grown = np.full(max(row + 1, len(self._codes) * 3 // 2), -1, np.int32)
            grown[: len(self._codes)] = self._codes
            self._codes = grown
        self._codes[row] = self._coded(value)

    def move(self, last: int, row: int) -> None:
        """Give a row what the last one has, and the last one nothing."""
        self._codes[row] = self._codes[last]
        self._codes[last] = -1

    def mask(self, rows: int, true: Iterable[int], absent: bool = False) -> Mask:
        """(rows,) whether a row's value is among the codes that are true; ``absent`` is for rows that have none."""
        lookup = np.zeros(len(self.values) + 1, bool)
        lookup[-1] = absent  # code -1
        chosen = np.fromiter(true, np.int64) if not isinstance(true, np.ndarray) else true
        lookup[chosen] = True
        found: Mask = lookup[self._codes[:rows]]
        return found

    def having(self, scalar: Scalar) -> Sequence[int]:
        """Codes of the values that are a scalar or a list with it; the same type, and numbers by their value."""
        return self._having.get(_tagged(scalar), ())

    def codes_where(self, test: Callable[[Any], bool]) -> list[int]:
        """Codes of the values that pass a test."""
        return [code for code, value in enumerate(self.values) if test(value)]

    def numbers_where(self, test: Callable[[NDArray[np.float64]], Mask], each: Callable[[Any], bool]) -> list[int]:
        """Codes of the numbers that pass ``test``, an array at a time, and of the lists that pass ``each``."""
        if self._numbers is None:
            self._numbers = np.array(self._plain, np.float64)
        found: list[int] = np.flatnonzero(test(self._numbers)).tolist()
        return found + [code for code in self._lists if each(self.values[code])]

    def stale(self, rows: int) -> bool:
        """Whether most of its distinct values belong to no row any more."""
        return len(self.values) > 2 * rows + STALE

    def _coded(self, value: Any) -> int:
        if value is None:
            return -1
        scalars = tuple(map(_tagged, value if isinstance(value, list) else [value]))
        name = (isinstance(value, list), scalars)
        code = self._code.get(name)
        if code is None:
            code = self._code[name] = len(self.values)
            self.values.append(value)
            self._numbers = None
            one_number = type(value) in (int, float)
            self._plain.append(float(value) if one_number else np.nan)
            if isinstance(value, list):
                self._lists.append(code)
            for scalar in dict.fromkeys(scalars):
                self._having[scalar].append(code)
        return code


class Columns:
    """The columns of a table, each made from the rows' metadata when it is first needed."""

    def __init__(self, metadata: Sequence[bytes]) -> None:
        self._metadata = metadata
        self._made: dict[str, Column] = {}

    def column(self, key: str) -> Column:
        """The column of a metadata key."""
        found = self._made.get(key)
        if found is None or found.stale(len(self._metadata)):
            found = self._made[key] = Column(json.loads(one).get(key) for one in self._metadata)
        return found

    def set(self, row: int, metadata: bytes) -> None:
        """Follow a row that was put."""
        if self._made:
            values: Mapping[str, Any] = json.loads(metadata)
            for key, column in self._made.items():
                column.set(row, values.get(key))

    def move(self, last: int, row: int) -> None:
        """Follow the deletion of a row, whose place the last one takes."""
        for column in self._made.values():
            column.move(last, row)


def _tagged(value: Any) -> tuple[type, Scalar]:
    """A scalar with its kind: numbers are compared as float64, and true is no 1."""
    return (float, float(value)) if type(value) in (int, float) else (type(value), value)
