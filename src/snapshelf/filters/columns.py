"""The attributes of many rows as numpy columns, so that a filter over a million rows takes a millisecond or two.

Numbers and booleans are float64 with NaN for "missing"; texts are int32 codes into a dictionary with -1 for missing;
lists are codes with row offsets, kept as one small tuple of codes per row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import BadInput
from snapshelf.filters.column import Lists, Mask, Numbers, Texts, of_kind
from snapshelf.types import And, Attributes, Compare, Exists, Filter, Kind, Not, Or, Value, kind_of


class Columns:
    """Rows of attributes that can be appended, replaced and asked. One attribute has one type in all rows."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns: dict[str, Numbers | Texts | Lists] = {}

    def append(self, rows: Sequence[Attributes]) -> None:
        """Add rows at the end. Raises BadInput, adding nothing, for a value of another type than its column's."""
        self.check(rows)
        start, self.rows = self.rows, self.rows + len(rows)
        for column in self.columns.values():
            column.grow(self.rows)
        self._write(range(start, self.rows), rows)

    def replace(self, positions: Sequence[int], rows: Sequence[Attributes]) -> None:
        """Put other attributes into existing rows. Raises BadInput as `append` does."""
        self.check(rows)
        for column in self.columns.values():
            column.clear(positions)
        self._write(positions, rows)

    def check(self, rows: Sequence[Attributes]) -> None:
        """Raise BadInput if any value has another type than its column, or than an earlier of ``rows``."""
        kinds: dict[str, Kind] = {name: column.kind for name, column in self.columns.items()}
        for row in rows:
            for name, value in row.items():
                kind = kind_of(value)
                if kinds.setdefault(name, kind) != kind:
                    raise BadInput(f"attribute {name!r} holds {kinds[name]} values, but here stands {value!r}")

    def take(self, positions: NDArray[np.int64]) -> Columns:
        """A copy that holds only these rows, in this order."""
        taken = Columns()
        taken.rows = len(positions)
        taken.columns = {name: column.take(positions) for name, column in self.columns.items()}
        return taken

    def mask(self, where: Filter) -> Mask:
        """(rows,) booleans: which rows pass; means exactly what `snapshelf.filters.matches` means."""
        if isinstance(where, And):
            return np.asarray(np.all([self.mask(part) for part in where.parts], axis=0))
        if isinstance(where, Or):
            return np.asarray(np.any([self.mask(part) for part in where.parts], axis=0))
        if isinstance(where, Not):
            return ~self.mask(where.part)
        column = self.columns.get(where.name)
        if column is None:  # no row has it
            negated = isinstance(where, Compare) and where.op in ("!=", "not in")
            return np.full(self.rows, negated)
        if isinstance(where, Exists):
            return column.present()
        if isinstance(where, Compare):
            return column.compare(where.op, where.value)
        return column.compare("==", True)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as named arrays without objects, for `numpy.savez`; `from_arrays` reads them back."""
        found: dict[str, NDArray[Any]] = {"rows": np.array(self.rows)}
        for name, column in self.columns.items():
            for part, array in column.arrays().items():
                found[f"{column.kind}:{part}:{name}"] = array
        return found

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Columns:
        """The columns that `arrays` described; the arrays may be read-only, they are copied when first written to."""
        made = cls()
        made.rows = int(arrays["rows"])
        parts: dict[tuple[str, str], dict[str, NDArray[Any]]] = {}
        for key, array in arrays.items():
            if key != "rows":
                kind, part, name = key.split(":", 2)
                parts.setdefault((kind, name), {})[part] = array
        for (kind, name), found in parts.items():
            made.columns[name] = of_kind(kind, found)
        return made

    def _write(self, positions: Sequence[int], rows: Sequence[Attributes]) -> None:
        gathered: dict[str, tuple[list[int], list[Value]]] = {}
        for position, row in zip(positions, rows, strict=True):
            for name, value in row.items():
                where, values = gathered.setdefault(name, ([], []))
                where.append(position)
                values.append(value)
        for name, (where, values) in gathered.items():
            if name not in self.columns:
                self.columns[name] = of_kind(kind_of(values[0]), {})
                self.columns[name].grow(self.rows)
            self.columns[name].put(where, values)
