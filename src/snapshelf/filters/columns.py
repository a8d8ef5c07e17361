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
from snapshelf.filters.match import ORDER
from snapshelf.types import And, Attributes, Compare, Exists, Filter, Kind, Not, Or, Value, kind_of

Mask = NDArray[np.bool_]


class Columns:
    """Rows of attributes that can be appended, replaced and asked. One attribute has one type in all rows."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns: dict[str, _Numbers | _Texts | _Lists] = {}

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
            made.columns[name] = _of_kind(kind, found)
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
                self.columns[name] = _of_kind(kind_of(values[0]), {})
                self.columns[name].grow(self.rows)
            self.columns[name].put(where, values)


class _Numbers:
    """float64 with NaN for missing; booleans are 0 and 1."""

    def __init__(self, kind: Kind, values: NDArray[np.float64]) -> None:
        self.kind, self.values = kind, values

    def grow(self, rows: int) -> None:
        self.values = _grown(self.values, rows, np.nan)

    def clear(self, positions: Sequence[int]) -> None:
        self.values = _writable(self.values)
        self.values[list(positions)] = np.nan

    def put(self, positions: Sequence[int], values: Sequence[Any]) -> None:
        self.values = _writable(self.values)
        self.values[list(positions)] = np.array(values, np.float64)

    def take(self, positions: NDArray[np.int64]) -> _Numbers:
        return _Numbers(self.kind, self.values[positions])

    def present(self) -> Mask:
        return ~np.isnan(self.values)

    def compare(self, op: str, value: Any) -> Mask:
        boolean = self.kind == "bool"
        wanted = [v for v in (value if isinstance(value, tuple) else (value,)) if _fits(v, boolean)]
        if op in ORDER:
            return ORDER[op](self.values, wanted[0]) if wanted else np.zeros(len(self.values), bool)  # type: ignore[return-value]
        found = np.zeros(len(self.values), bool)
        for one in wanted:
            found |= self.values == one
        return ~found if op in ("!=", "not in") else found

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"values": self.values}


class _Words:
    """A dictionary from text to code, in order of first appearance."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)
        self.codes = {word: code for code, word in enumerate(self.words)}

    def code(self, word: str) -> int:
        code = self.codes.setdefault(word, len(self.words))
        if code == len(self.words):
            self.words.append(word)
        return code

    def passing(self, op: str, value: Any) -> Mask:
        """(len(words) + 1,) booleans by code; the last one, reached by code -1, stands for missing and is False."""
        found = np.zeros(len(self.words) + 1, bool)
        wanted = [v for v in (value if isinstance(value, tuple) else (value,)) if isinstance(v, str)]
        if op in ORDER:
            for code, word in enumerate(self.words):
                found[code] = bool(wanted) and ORDER[op](word, wanted[0])
        else:
            found[[self.codes[word] for word in wanted if word in self.codes]] = True
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        encoded = [word.encode() for word in self.words]
        ends = np.cumsum([len(word) for word in encoded], dtype=np.int64)
        return {"words": np.frombuffer(b"".join(encoded), np.uint8), "ends": ends}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> _Words:
        ends = arrays["ends"].tolist() if "ends" in arrays else []
        blob = bytes(arrays["words"]) if ends else b""
        return cls([blob[start:end].decode() for start, end in zip([0, *ends], ends, strict=False)])


class _Texts:
    """int32 codes, -1 for missing."""

    kind: Kind = "text"

    def __init__(self, codes: NDArray[np.int32], words: _Words) -> None:
        self.codes, self.words = codes, words

    def grow(self, rows: int) -> None:
        self.codes = _grown(self.codes, rows, -1)

    def clear(self, positions: Sequence[int]) -> None:
        self.codes = _writable(self.codes)
        self.codes[list(positions)] = -1

    def put(self, positions: Sequence[int], values: Sequence[Any]) -> None:
        self.codes = _writable(self.codes)
        self.codes[list(positions)] = [self.words.code(value) for value in values]

    def take(self, positions: NDArray[np.int64]) -> _Texts:
        return _Texts(self.codes[positions], self.words)

    def present(self) -> Mask:
        return self.codes >= 0

    def compare(self, op: str, value: Any) -> Mask:
        passing = self.words.passing(op, value)
        hits = np.flatnonzero(passing)
        found = self.codes == hits[0] if len(hits) == 1 else passing[self.codes]
        return ~found if op in ("!=", "not in") else found

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"codes": self.codes, **self.words.arrays()}


class _Lists:
    """Row starts into a flat array of codes; writing rebuilds both, which is rare enough."""

    kind: Kind = "list"

    def __init__(self, starts: NDArray[np.int64], codes: NDArray[np.int32], words: _Words, rows: int) -> None:
        self.starts, self.codes, self.words, self.changed = starts, codes, words, dict[int, tuple[int, ...]]()
        self.rows = rows

    def grow(self, rows: int) -> None:
        self.rows = rows

    def clear(self, positions: Sequence[int]) -> None:
        self.changed.update(dict.fromkeys(positions, ()))

    def put(self, positions: Sequence[int], values: Sequence[Any]) -> None:
        for position, value in zip(positions, values, strict=True):
            self.changed[position] = tuple(self.words.code(word) for word in value)

    def take(self, positions: NDArray[np.int64]) -> _Lists:
        self._settle()
        counts = self.starts[positions + 1] - self.starts[positions]
        starts = np.concatenate([[0], np.cumsum(counts)])
        picked = np.arange(starts[-1]) + np.repeat(self.starts[positions] - starts[:-1], counts)
        return _Lists(starts, self.codes[picked], self.words, len(positions))

    def present(self) -> Mask:
        self._settle()
        return np.diff(self.starts) > 0

    def compare(self, op: str, value: Any) -> Mask:
        self._settle()
        ends = np.concatenate([[0], np.cumsum(self.words.passing(op, value)[self.codes])])
        found = ends[self.starts[1:]] > ends[self.starts[:-1]]
        return ~found if op in ("!=", "not in") else found

    def arrays(self) -> dict[str, NDArray[Any]]:
        self._settle()
        return {"starts": self.starts, "codes": self.codes, **self.words.arrays()}

    def _settle(self) -> None:
        if not self.changed and len(self.starts) == self.rows + 1:
            return
        old = len(self.starts) - 1
        counts = np.zeros(self.rows, np.int64)
        counts[:old] = np.diff(self.starts)
        for position, codes in self.changed.items():
            counts[position] = len(codes)
        starts = np.concatenate([[0], np.cumsum(counts)])
        merged = np.empty(starts[-1], np.int32)
        kept = np.ones(old, bool)
        kept[[p for p in self.changed if p < old]] = False
        for row in np.flatnonzero(kept):
            merged[starts[row] : starts[row + 1]] = self.codes[self.starts[row] : self.starts[row + 1]]
        for position, codes in self.changed.items():
            merged[starts[position] : starts[position + 1]] = codes
        self.starts, self.codes, self.changed = starts, merged, {}


def _of_kind(kind: str, arrays: Mapping[str, NDArray[Any]]) -> _Numbers | _Texts | _Lists:
    if kind in ("bool", "number"):
        return _Numbers("bool" if kind == "bool" else "number", arrays.get("values", np.empty(0)))
    words = _Words.from_arrays(arrays)
    codes = arrays.get("codes", np.empty(0, np.int32))
    if kind == "text":
        return _Texts(codes, words)
    starts = arrays.get("starts", np.zeros(1, np.int64))
    return _Lists(starts, codes, words, len(starts) - 1)


def _grown(array: NDArray[Any], rows: int, missing: float) -> NDArray[Any]:
    more = np.full(rows - len(array), missing, array.dtype)
    return np.concatenate([array, more])


def _writable(array: NDArray[Any]) -> NDArray[Any]:
    return array if array.flags.writeable else array.copy()


def _fits(value: Any, boolean: bool) -> bool:
    return isinstance(value, bool) == boolean and not isinstance(value, str)
