"""Boosts over a list of candidates, as numpy columns: a filter over 200 candidates takes microseconds."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType

import numpy as np
from numpy.typing import NDArray

from snapshelf.candidates import Candidate
from snapshelf.filters import Columns
from snapshelf.filters.column import Lists, Numbers, Texts, of_kind
from snapshelf.rerankers.rules.shape import Boost, Rules
from snapshelf.types import Value, kind_of

Floats = NDArray[np.float64]
LOW, HIGH = 0.1, 0.9  # percentiles between which a boost grows where the rule sets no bounds


def effects(rules: Rules, table: Columns, query: str, now: float) -> dict[str, Floats]:
    """Name of a boost → (n,) factors; boosts that do not hold now, or change nobody, are left out.

    table: the candidates' signals, from `columns`.
    """
    found: dict[str, Floats] = {}
    for boost in rules.boosts:
        if boost.scope.holds(query, now):
            factors = 1.0 + boost.by * _share(boost, table)
            if (factors != 1.0).any():
                found[boost.name] = factors
    return found


def columns(candidates: Sequence[Candidate], names: frozenset[str]) -> Columns:
    """The named signals of the candidates, so that filters can be asked of all at once.

    A value of another type than the first of its name is taken as missing: one type per signal is the catalogue's rule.
    """
    table, signals = Columns(), [one.signals for one in candidates]
    table.rows = len(candidates)
    for name in names:
        values = [held.get(name) for held in signals]
        types = set(map(type, values)) - {NoneType}
        if types <= {int, float}:
            if types:
                table.columns[name] = Numbers("number", np.array(values, np.float64))  # None becomes NaN
        elif types == {bool}:
            table.columns[name] = Numbers("bool", np.array(values, np.float64))
        else:
            table.columns[name] = _mixed(values)
    return table


def _mixed(values: Sequence[Value | None]) -> Numbers | Texts | Lists:
    kind = kind_of(next(value for value in values if value is not None))
    fitting = [(n, value) for n, value in enumerate(values) if value is not None and kind_of(value) == kind]
    column = of_kind(kind, {})
    column.grow(len(values))
    column.put([n for n, _ in fitting], [value for _, value in fitting])
    return column


def _share(boost: Boost, table: Columns) -> Floats:
    """(n,) how much of a boost each candidate gets, in [0, 1]."""
    passing = np.ones(table.rows) if boost.when is None else table.mask(boost.when).astype(np.float64)
    if not boost.signal:
        return passing
    column = table.columns.get(boost.signal)
    values = column.values if isinstance(column, Numbers) else np.full(table.rows, np.nan)
    return passing * scaled(values, boost.low, boost.high)


def scaled(values: Floats, low: float | None, high: float | None) -> Floats:
    """(n,) each value's place between ``low`` and ``high``, in [0, 1]; 0 where it is missing, or the two are equal."""
    known = np.sort(values[~np.isnan(values)])
    if not len(known):
        return np.zeros(len(values))
    bottom = _percentile(known, LOW) if low is None else low
    top = _percentile(known, HIGH) if high is None else high
    if not top > bottom:
        return np.zeros(len(values))
    placed = np.clip((values - bottom) / (top - bottom), 0.0, 1.0)
    return np.where(np.isnan(placed), 0.0, placed)


def _percentile(ordered: Floats, share: float) -> float:
    """Linear between neighbours, as numpy's own, at a twentieth of its cost for short rows."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (place - below) * (ordered[above] - ordered[below]))
