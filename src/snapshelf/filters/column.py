"""One attribute over many rows, by type: numbers and booleans, texts, lists. `Columns` holds one of these per name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.filters.match import ORDER
from snapshelf.types import Kind

Mask = NDArray[np.bool_]


class Numbers:
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

    def take(self, positions: NDArray[np.int64]) -> Numbers:
        return Numbers(self.kind, self.values[positions])

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


class Texts:
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

    def take(self, positions: NDArray[np.int64]) -> Texts:
        return Texts(self.codes[positions], self.words)

    def present(self) -> Mask:
        return self.codes >= 0

    def compare(self, op: str, value: Any) -> Mask:
        passing = self.words.passing(op, value)
        hits = np.flatnonzero(passing)
        found = self.codes == hits[0] if len(hits) == 1 else passing[self.codes]
        return ~found if op in ("!=", "not in") else found

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"codes": self.codes, **self.words.arrays()}


class Lists:
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

    def take(self, positions: NDArray[np.int64]) -> Lists:
        self._settle()
        counts = self.starts[positions + 1] - self.starts[positions]
        starts = np.concatenate([[0], np.cumsum(counts)])
        picked = np.arange(starts[-1]) + np.repeat(self.starts[positions] - starts[:-1], counts)
        return Lists(starts, self.codes[picked], self.words, len(positions))

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


def of_kind(kind: str, arrays: Mapping[str, NDArray[Any]]) -> Numbers | Texts | Lists:
    """An empty column, or the one that its `arrays` described."""
    if kind in ("bool", "number"):
        return Numbers("bool" if kind == "bool" else "number", arrays.get("values", np.empty(0)))
    words = _Words.from_arrays(arrays)
    codes = arrays.get("codes", np.empty(0, np.int32))
    if kind == "text":
        return Texts(codes, words)
    starts = arrays.get("starts", np.zeros(1, np.int64))
    return Lists(starts, codes, words, len(starts) - 1)


def _grown(array: NDArray[Any], rows: int, missing: float) -> NDArray[Any]:
    more = np.full(rows - len(array), missing, array.dtype)
    return np.concatenate([array, more])


def _writable(array: NDArray[Any]) -> NDArray[Any]:
    return array if array.flags.writeable else array.copy()


def _fits(value: Any, boolean: bool) -> bool:
    return isinstance(value, bool) == boolean and not isinstance(value, str)
