"""Frequent word sequences of titles: what things are called here, such as "red running shoes"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapshelf.lexical import FUNCTION_WORDS
from snapshelf.search.spelled import WORD, plain
from snapshelf.understand.vocabulary import LITTLE

LONGEST = 5  # words
LEAST = 2  # families of variants that must have a sequence in their titles
MOST = 50_000
PART = 0.9  # a sequence that is so often part of one longer sequence is not worth suggesting beside it
# Words, those that a hyphen joins as one; the ends of titles, and what no sequence goes across.
_PIECES = re.compile(rf"{WORD.pattern}(?:[-‐‑]{WORD.pattern})*|\n|[,;:|/()\[\]{{}}\"“”–—•]| - ")
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Titles:
    """The words of titles one after another: ``words`` (n,) as numbers, -1 between what belongs together; ``titles``
    (n,) which title each stands in, ``starts`` (titles,) where each begins; ``known`` the words, in order.
    """

    known: list[str]
    words: Ints
    titles: Ints
    starts: Ints


@dataclass(frozen=True, slots=True)
class Frequent:
    """A sequence of words as some title writes it, in small letters; in how many titles, and the first and last."""

    text: str
    count: int
    titles: tuple[int, int]


def read(titles: Sequence[str]) -> Titles:
    """Part titles into words."""
    pieces = _PIECES.findall("\n".join(" ".join(title.split()) for title in titles))
    folded = {piece: plain(piece) for piece in set(pieces)}
    known = sorted(set(folded.values()) - {""})
    number = {word: at for at, word in enumerate(known)} | {"": -1}
    of_piece = {piece: number[word] for piece, word in folded.items()}
    of_piece["\n"] = -2
    words = np.fromiter(map(of_piece.__getitem__, pieces), np.int64, len(pieces))
    ends = words == -2
    starts = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(ends) + 1])
    return Titles(known, np.where(ends, -1, words), np.cumsum(ends), starts)


def frequent(titles: Sequence[str], families: Ints) -> list[Frequent]:
    """The sequences of one to `LONGEST` words in the titles of `LEAST` families and more, the most frequent first.

    families: (titles,) a number for each product's family. None begins or ends with a function word or crosses a comma;
    one that is nearly always part of the same longer sequence is left out.
    """
    if not titles:
        return []
    read_ = read(titles)
    layers = _layers(read_, families)
    fits = _speaking(read_.known)
    found: list[Frequent] = []
    for size, layer in enumerate(layers, start=1):
        good = fits.begins[read_.words[layer.at]] & fits.ends[read_.words[layer.at + size - 1]]
        good &= fits.alone[read_.words[layer.at]] if size == 1 else True
        longer = layers[size] if size < len(layers) else None
        if longer is not None:
            good &= ~_parts(layer, longer, fits, read_.words, size)
        for at in np.flatnonzero(good).tolist():
            first, last = int(layer.first[at]), int(layer.last[at])
            start = int(layer.at[at]) - int(read_.starts[first])
            found.append(Frequent(_as_written(titles[first], start, size), int(layer.count[at]), (first, last)))
    found.sort(key=lambda one: (-one.count, one.text))
    return found[:MOST]


@dataclass(frozen=True, slots=True)
class _Layer:
    """Sequences of one length: of each a place ``at`` in the words, titles with it, first and last. ``of`` (n,): which
    sequence begins at each word, -1 for none.
    """

    at: Ints
    count: Ints
    first: Ints
    last: Ints
    of: Ints


def _layers(titles: Titles, families: Ints) -> list[_Layer]:
    """The frequent sequences by length: a longer one is made only of shorter ones that are frequent themselves."""
    words, found = titles.words, list[_Layer]()
    key = words.copy()
    for size in range(1, LONGEST + 1):
        begins = np.flatnonzero(key >= 0)
        if not len(begins):
            break
        layer = _counted(key, begins, titles.titles, families)
        found.append(layer)
        if size == LONGEST or not len(layer.at):
            break
        head, tail = layer.of[:-size], layer.of[1 : len(layer.of) - size + 1]
        both = (head >= 0) & (tail >= 0)
        key = np.full(len(words), -1, np.int64)
        key[: len(words) - size][both] = head[both] * len(titles.known) + words[size:][both]
    return found


def _counted(key: Ints, begins: Ints, titles: Ints, families: Ints) -> _Layer:
    _, first, number = np.unique(key[begins], return_index=True, return_inverse=True)
    where = titles[begins]
    pairs = np.unique(number * len(families) + where)
    of, title = pairs // len(families), pairs % len(families)
    kin = np.unique(of * (int(families.max()) + 1) + families[title]) // (int(families.max()) + 1)
    kept = np.flatnonzero(np.bincount(kin, minlength=len(first)) >= LEAST)
    renamed = np.full(len(first), -1, np.int64)
    renamed[kept] = np.arange(len(kept))
    starts = np.searchsorted(of, kept)
    ends = np.searchsorted(of, kept, "right")
    every = np.full(len(key), -1, np.int64)
    every[begins] = renamed[number]
    return _Layer(begins[first[kept]], ends - starts, title[starts], title[ends - 1], every)


@dataclass(frozen=True, slots=True)
class _Speaking:
    """(words,) which words a sequence may begin with, end with, and consist of."""

    begins: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    alone: NDArray[np.bool_]


def _speaking(known: Sequence[str]) -> _Speaking:
    bare = np.array([word not in FUNCTION_WORDS for word in known], bool)
    letters = np.array([word.isalpha() for word in known], bool)
    long = np.array([len(word) > 2 for word in known], bool)
    digits = np.array([word.isdecimal() for word in known], bool)
    little = np.array([word in LITTLE for word in known], bool)
    return _Speaking(bare & ~digits, bare & (long | ~letters), bare & letters & long & ~little)


def _parts(layer: _Layer, longer: _Layer, fits: _Speaking, words: Ints, size: int) -> NDArray[np.bool_]:
    """Which sequences are nearly always the beginning or end of one longer sequence that is suggested itself."""
    told = fits.begins[words[longer.at]] & fits.ends[words[longer.at + size]]
    found = np.zeros(len(layer.at), bool)
    for shift in (0, 1):
        part = layer.of[longer.at[told] + shift]
        found[part[longer.count[told] >= PART * layer.count[part]]] = True
    return found


def _as_written(title: str, start: int, size: int) -> str:
    """Words ``start`` to ``start + size`` of a title, counted as `read` counts them, in small letters."""
    pieces = list(_PIECES.finditer(" ".join(title.split())))
    text = pieces[start].string[pieces[start].start() : pieces[start + size - 1].end()]
    return unicodedata.normalize("NFC", text.lower())
