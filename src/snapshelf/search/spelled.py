"""The words of a text as suggestions are looked up by, and which of many words are a typo away from what is typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from snapshelf.understand.tokens import fold

_WORD = r"[^\W_]+(?:['’´`][^\W_]+)*"
WORD = re.compile(_WORD)
HYPHENS = "-‐‑"
HYPHENED = re.compile(rf"{_WORD}(?:[{HYPHENS}]{_WORD})+")
SHORTEST, LONG = 4, 8  # letters from which one typo is forgiven, and two
WIDTH = 20  # letters of a word that are compared


@dataclass(frozen=True, slots=True)
class Place:
    """A folded word of a text, and where it stands; "t-shirt" gives "t", "shirt", and "tshirt"."""

    word: str
    start: int
    end: int


@lru_cache(maxsize=65_536)
def plain(word: str) -> str:
    """A word without case, accents and punctuation: "Müsli" → "musli"."""
    folded = fold(word)
    return folded if folded.isalnum() else "".join(letter for letter in folded if letter.isalnum())


@lru_cache(maxsize=8_192)
def places(text: str) -> tuple[Place, ...]:
    """The words of a text in order; those that a hyphen joins once more as one."""
    found = [Place(plain(one[0]), *one.span()) for one in WORD.finditer(text)]
    return tuple(one for one in (*found, *hyphened(text)) if one.word)


def hyphened(text: str) -> list[Place]:
    """The words that a hyphen joins, as one."""
    if not any(hyphen in text for hyphen in HYPHENS):
        return []
    return [Place(plain(one[0]), *one.span()) for one in HYPHENED.finditer(text)]


def allowed(word: str) -> int:
    """Typos forgiven in a word: none in short ones and in those with a digit."""
    if len(word) < SHORTEST or len(word) > WIDTH - 2 or not word.isalpha():
        return 0
    return 2 if len(word) >= LONG else 1


@dataclass(frozen=True, slots=True, eq=False)
class Letters:
    """The letters of many words: code points (words, `WIDTH`), lengths (words,), and as bits (`WIDTH`, words) which
    letters the first 1, 2 … of them are, so that most words are passed over without being compared.
    """

    codes: NDArray[np.uint32] = field(repr=False)
    lengths: NDArray[np.int64] = field(repr=False)
    seen: NDArray[np.uint64] = field(repr=False)

    @classmethod
    def of(cls, words: Iterable[str]) -> Letters:
        """Take words in, numbered as they come."""
        held = list(words)
        table = np.array([word[:WIDTH] for word in held] or [""], f"<U{WIDTH}")[: len(held)]
        codes = np.ascontiguousarray(table).view(np.uint32).reshape(len(held), WIDTH)
        bits = np.where(codes > 0, _bit(codes), np.uint64(0))
        seen = np.ascontiguousarray(np.bitwise_or.accumulate(bits, axis=1).T)
        return cls(codes, np.fromiter(map(len, held), np.int64, len(held)), seen)

    def near(self, typed: str, whole: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(numbers of words, typos) of those within the typos that `allowed` gives, in order of number.

        whole: the word itself is compared, otherwise the beginning of it that fits best. A typo is a letter left out,
        added or changed, or two neighbours swapped (optimal string alignment; Damerau 1964); the first letter counts
        like any other.
        """
        most, size = allowed(typed), len(typed)
        letters = np.array([ord(letter) for letter in typed], np.uint32)
        wanted = np.bitwise_or.reduce(_bit(letters)) if most else np.uint64(0)
        if not most or not len(self.lengths):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        likely = np.bitwise_count(wanted & ~self.seen[size + most - 1]) <= most
        likely &= self.lengths >= size - most
        if whole:
            likely &= self.lengths <= size + most
        some = np.flatnonzero(likely)
        table = typos(letters, self.codes[some, : size + most])
        far = table[np.arange(len(some)), self.lengths[some]] if whole else table.min(axis=1)
        kept = far <= most
        return some[kept], far[kept].astype(np.int64)


def typos(typed: NDArray[np.uint32], codes: NDArray[np.uint32]) -> NDArray[np.int16]:
    """(words, letters + 1) typos between all of ``typed`` (t,) and the first 0, 1 … letters of words (words, letters).

    The last row of the table of optimal string alignment, for all words at once.
    """
    steps = np.arange(codes.shape[1] + 1, dtype=np.int16)
    last = np.broadcast_to(steps, (len(codes), len(steps))).copy()
    before, same_before = last, np.zeros(codes.shape, bool)
    for number, letter in enumerate(typed, start=1):
        same = codes == letter
        now = np.empty_like(last)
        now[:, 0] = number
        np.minimum(last[:, :-1] + ~same, last[:, 1:] + np.int16(1), out=now[:, 1:])
        if number > 1:
            swapped = same[:, :-1] & same_before[:, 1:]
            np.minimum(now[:, 2:], np.where(swapped, before[:, :-2] + np.int16(1), np.int16(99)), out=now[:, 2:])
        now = np.minimum.accumulate(now - steps, axis=1) + steps  # letters that the word has and nobody typed
        before, last, same_before = last, now, same
    return last


@lru_cache(maxsize=8_192)
def reach(typed: str, word: str) -> int:
    """How many letters of a word stand for what is typed: of the beginnings that fit best the one nearest in length."""
    if word.startswith(typed):
        return len(typed)
    codes = np.array([[ord(letter) for letter in word]], np.uint32)
    row = typos(np.array([ord(letter) for letter in typed], np.uint32), codes)[0].tolist()
    return min(range(len(row)), key=lambda at: (row[at], abs(at - len(typed)), at))


def _bit(codes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    found: NDArray[np.uint64] = np.left_shift(np.uint64(1), (codes % np.uint32(64)).astype(np.uint64))
    return found
