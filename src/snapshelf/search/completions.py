"""Texts indexed by their words, so that what fits a typed beginning is found while the next letter is typed.

Words are kept in order of the alphabet, and for each the texts that hold it: those of all words that begin alike lie
side by side. Texts are numbered from the one with the most weight on, so that the lowest numbers are the best.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.search.spelled import WORD, Letters, Place, allowed, hyphened, places, plain, reach
from snapshelf.understand.english import ENGLISH
from snapshelf.understand.tokens import stemmed

LOOKED_AT = 16  # texts of a kind that are weighed against each other for one answer
MOST_NEAR = 400  # words a typo away that are looked up, the ones in the most texts first
FRONT = 1.5  # logarithm of how many times more must stand behind a text that does not begin with what was typed
LONG_WINDED = 0.1  # the same for each word more
Ints = NDArray[np.int64]
_PIECES = re.compile(rf"{WORD.pattern}|\n")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to suggest. ``kind`` as in `Suggested`; ``weight`` says how much stands behind it.

    ``products``: how many it leads to. ``skus``: some of them, while one of which is here it leads somewhere.
    """

    text: str
    kind: str
    weight: float
    products: int
    skus: tuple[str, ...] = ()
    family: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What is typed: ``done`` words, and the ``last`` one, which goes on unless it is finished, then ""."""

    done: tuple[str, ...]
    last: str


@dataclass(frozen=True, slots=True)
class Fit:
    """An entry that fits: typos in all words together, its ``score``, and which word stands for which typed one."""

    entry: Entry
    typos: int
    score: float
    places: tuple[tuple[Place, _Meant], ...]

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The letters (start, end) of the text that stand for what was typed, in order, apart from each other."""
        return _apart([_span(self.entry.text, place, meant) for place, meant in self.places])


@dataclass(frozen=True, eq=False)
class Completions:
    """See the module. Made by `of`."""

    entries: tuple[Entry, ...]
    words: list[str]
    starts: Ints  # (words + 1,) where the texts of each word begin in ``held``
    held: NDArray[np.int32] = field(repr=False)
    front: NDArray[np.bool_] = field(repr=False)  # whether it is the text's first word
    letters: Letters = field(repr=False)
    stems: dict[str, list[int]] = field(repr=False)

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Completions:
        """Index entries; the same entries in any order give the same answers."""
        ordered = tuple(sorted(entries, key=lambda one: (-one.weight, one.text, one.kind, one.skus)))
        words, numbers, texts, front = _words([one.text for one in ordered])
        order = np.lexsort((~front, texts, numbers))
        numbers, texts, front = numbers[order], texts[order], front[order]
        fresh = np.ones(len(numbers), bool)
        fresh[1:] = (np.diff(numbers) != 0) | (np.diff(texts) != 0)
        starts = np.searchsorted(numbers[fresh], np.arange(len(words) + 1))
        stems: dict[str, list[int]] = {}
        for number, word in enumerate(words):
            stems.setdefault(stemmed(word, ENGLISH), []).append(number)
        held = texts[fresh].astype(np.int32)
        return cls(ordered, words, starts, held, front[fresh], Letters.of(words), stems)

    def find(self, typed: Typed, loosely: bool) -> list[Fit]:
        """Entries with every typed word, best first: fewest typos, then score, then in order of text.

        A word that is here is taken as it stands, one that is not as those that are fewest typos away; ``loosely``
        takes all that are within the typos allowed, in both cases.
        """
        meant = [self._meant(word, False, loosely) for word in typed.done]
        meant += [self._meant(typed.last, True, loosely)] if typed.last else []
        slices = [self._slices(one) for one in meant]
        if not meant or not all(slices):
            return []
        rows, first = _joined(self.held, slices[0]), _joined(self.front, slices[0])
        if len(meant) > 1:
            passing = np.logical_and.reduce([self._mask(some) for some in slices])
            rows, first = rows[passing[rows]], first[passing[rows]]
        best = np.concatenate([_lowest(rows), _lowest(rows[first])])
        made = [_fit(self.entries[at], meant) for at in dict.fromkeys(best.tolist())]
        return sorted(made, key=lambda one: (one.typos, -one.score, one.entry.text, one.entry.skus))

    def _meant(self, word: str, goes_on: bool, loosely: bool) -> _Meant:
        at = bisect_left(self.words, word)
        end = bisect_left(self.words, word + "\U0010ffff") if goes_on else at + (self.words[at : at + 1] == [word])
        same = [] if goes_on else self.stems.get(stemmed(word, ENGLISH), [])
        found = _Meant(word, goes_on, (at, end), {self.words[n]: (n, 0) for n in same if not at <= n < end})
        if not allowed(word) or ((end > at or same) and not loosely):
            return found
        numbers, typos = self.letters.near(word, not goes_on)
        if not loosely and len(typos):
            numbers, typos = numbers[typos == typos.min()], typos[typos == typos.min()]
        sizes = self.starts[numbers + 1] - self.starts[numbers]
        some = np.lexsort((numbers, -sizes, typos))[:MOST_NEAR]
        pairs = zip(numbers[some].tolist(), typos[some].tolist(), strict=True)
        others = {self.words[n]: (n, far) for n, far in pairs if not at <= n < end}
        return _Meant(word, goes_on, (at, end), {**others, **found.others})

    def _slices(self, meant: _Meant) -> list[tuple[int, int]]:
        """Where in ``held`` the texts are that hold what is meant."""
        at, end = meant.span
        numbers = [(at, end)] * (end > at) + [(n, n + 1) for n, _ in meant.others.values()]
        return [(int(self.starts[a]), int(self.starts[b])) for a, b in numbers]

    def _mask(self, slices: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
        found = np.zeros(len(self.entries), bool)
        for start, end in slices:
            found[self.held[start:end]] = True
        return found


@dataclass(frozen=True, slots=True)
class _Meant:
    """The words of the index that a typed one may be: those numbered from ``span[0]`` up to ``span[1]``, which are it
    or begin with it, and others → (number, typos).
    """

    typed: str
    goes_on: bool
    span: tuple[int, int]
    others: dict[str, tuple[int, int]]

    def far(self, word: str) -> int | None:
        """Typos between a word of a text and what was typed; None for one that is not meant."""
        if word == self.typed or (self.goes_on and word.startswith(self.typed)):
            return 0
        return self.others[word][1] if word in self.others else None


def _fit(entry: Entry, meant: Sequence[_Meant]) -> Fit:
    here = places(entry.text)
    typos, found, taken = 0, list[tuple[Place, _Meant]](), set[int]()
    for one in meant:
        far = [(d, at in taken, at) for at, place in enumerate(here) if (d := one.far(place.word)) is not None]
        away, _, at = min(far)
        typos += away
        taken.add(at)
        found.append((here[at], one))
    front = FRONT if found[0][0].start == here[0].start else 0.0
    return Fit(entry, typos, math.log1p(entry.weight) + front - LONG_WINDED * len(here), tuple(found))


def _words(texts: Sequence[str]) -> tuple[list[str], Ints, Ints, NDArray[np.bool_]]:
    """(the different words in order, and of every word in the texts its number, its text, whether it is the first)."""
    pieces = _PIECES.findall("\n".join(text.replace("\n", " ") for text in texts))
    folded = {piece: plain(piece) for piece in set(pieces) if piece != "\n"}
    joined = [(at, place.word) for at, text in enumerate(texts) for place in hyphened(text) if place.word]
    known = sorted({*folded.values(), *(word for _, word in joined)} - {""})
    number = {word: at for at, word in enumerate(known)} | {"": -1}
    of_piece = {piece: number[word] for piece, word in folded.items()} | {"\n": -2}
    found = np.fromiter(map(of_piece.__getitem__, pieces), np.int64, len(pieces))
    ends = found == -2
    text_of = np.cumsum(ends)
    real = found >= 0
    first = np.zeros(len(found), bool)
    first[np.flatnonzero(real)[np.unique(text_of[real], return_index=True)[1]]] = True
    numbers = np.concatenate([found[real], np.array([number[word] for _, word in joined], np.int64)])
    where = np.concatenate([text_of[real], np.array([at for at, _ in joined], np.int64)])
    front = np.concatenate([first[real], np.zeros(len(joined), bool)])
    return known, numbers, where, front


def _joined(values: NDArray[np.generic], slices: Sequence[tuple[int, int]]) -> NDArray[Any]:
    parts = [values[start:end] for start, end in slices]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _lowest(rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """The `LOOKED_AT` lowest different ones; a few less where one stands there often."""
    some = 4 * LOOKED_AT
    return np.unique(np.partition(rows, some)[:some] if len(rows) > some else rows)[:LOOKED_AT]


def _span(text: str, place: Place, meant: _Meant) -> tuple[int, int]:
    """The letters of a word that stand for what was typed: all of a finished one."""
    if not meant.goes_on:
        return place.start, place.end
    letters, end = reach(meant.typed, place.word), place.start
    while letters > 0 and end < place.end:
        letters -= len(plain(text[end]))
        end += 1
    return place.start, end


def _apart(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans in order, joined where they touch."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        elif end > start:
            found.append((start, end))
    return tuple(found)
