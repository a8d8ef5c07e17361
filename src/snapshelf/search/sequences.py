"""Frequent word sequences of titles: what things are called here, such as "red running shoes"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapshelf.lexical import FUNCTION_WORDS
from snapshelf.search.spelled import HYPHENS, WORD, plain
from snapshelf.understand.vocabulary import LITTLE

LONGEST = 5  # words
LEAST = 2  # families of variants that must have a sequence in their titles
MOST = 20_000
PART = 0.9  # a sequence that is so often part of one longer sequence is not worth suggesting beside it
# Words, those that a hyphen joins as one; the ends of titles, and what no sequence goes across.
_PIECES = re.compile(rf"{WORD.pattern}(?:[{HYPHENS}]{WORD.pattern})*|\n|[,;:|/()\[\]{{}}\"“”–—•]| - ")
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
    parted = read(titles)
    layers = _layers(parted, families)
    good = _worth(parted, layers)
    count = np.concatenate([layer.count[some] for layer, some in zip(layers, good, strict=True)])
    size = np.repeat(np.arange(1, len(layers) + 1), [int(some.sum()) for some in good])
    at, first, last = (
        np.concatenate([getattr(layer, name)[some] for layer, some in zip(layers, good, strict=True)])
        for name in ("at", "first", "last")
    )
    chosen = np.lexsort((at, -size, -count))[:MOST]
    found = [
        Frequent(_as_written(titles[a], where - parted.starts[a], length), number, (a, b))
        for where, length, number, a, b in zip(
            *(values[chosen].tolist() for values in (at, size, count, first, last)), strict=True
        )
    ]
    return sorted(found, key=lambda one: (-one.count, one.text))


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
    order = begins[np.argsort(key[begins], kind="stable")]
    fresh = _fresh(key[order])
    number = np.cumsum(fresh) - 1
    where = titles[order]  # in order, too, within each sequence
    of, title = (values[_fresh(number * len(families) + where)] for values in (number, where))
    most = int(families.max()) + 1
    kin = np.sort(of * most + families[title])
    several = np.bincount(kin[_fresh(kin)] // most, minlength=int(fresh.sum()))
    kept = np.flatnonzero(several >= LEAST)
    renamed = np.full(len(several), -1, np.int64)
    renamed[kept] = np.arange(len(kept))
    starts, ends = np.searchsorted(of, kept), np.searchsorted(of, kept, "right")
    every = np.full(len(key), -1, np.int64)
    every[order] = renamed[number]
    return _Layer(order[fresh][kept], ends - starts, title[starts], title[ends - 1], every)


def _fresh(values: Ints) -> NDArray[np.bool_]:
    """(n,) which of values in order are not the same as the one before."""
    return np.concatenate([np.ones(min(1, len(values)), bool), np.diff(values) != 0])


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


def _worth(titles: Titles, layers: Sequence[_Layer]) -> list[NDArray[np.bool_]]:
    """Which sequences of each length are worth suggesting."""
    fits, words, found = _speaking(titles.known), titles.words, list[NDArray[np.bool_]]()
    for size, layer in enumerate(layers, start=1):
        good = fits.begins[words[layer.at]] & fits.ends[words[layer.at + size - 1]]
        if size == 1:
            good &= fits.alone[words[layer.at]]
        if size < len(layers):
            good &= ~_parts(layer, layers[size], fits, words, size)
        found.append(good)
    return found


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
