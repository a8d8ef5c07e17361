"""What words change about a photo: the values of the catalogue that they name, and those that the photo shows."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = Mapping[str, tuple[str, ...]]  # attribute → the values of one product
SHARPNESS = 20.0  # of the votes of products near a photo: 0.05 less of cosine, e times less of a vote
SHORTEST = 3  # letters of a stem that a longer word may begin with
SMALL = frozenset("a an and any but for have in it not of on or same the this to with without no".split())


@dataclass(frozen=True, slots=True)
class Votes:
    """What a photo shows, as the products nearest to it say, each share in [0, 1].

    ``shares``: attribute → value → its share among those of them that have the attribute; ``having``: attribute → the
    share of those that have it.
    """

    shares: Mapping[str, Mapping[str, float]]
    having: Mapping[str, float]

    def share(self, name: str, values: Collection[str]) -> float:
        """How much speaks for one of these values."""
        held = self.shares.get(name, {})
        return sum(held.get(value, 0.0) for value in values)

    def kept(self, values: Values, without: Collection[str]) -> float:
        """How much of what the photo shows a product of these values has, on the mean of the attributes shown."""
        names = [name for name in self.shares if name not in without]
        parts = [self.share(name, set(values.get(name, ()))) * self.having[name] for name in names]
        return sum(parts) / len(parts) if parts else 0.0


def named(words: str, products: Collection[Values]) -> dict[str, frozenset[str]]:
    """Attribute → its values among these products that the words name, whole or by their last word.

    "in green" names "Green" and "forest green". Letters' case and punctuation count for nothing.
    """
    text = f" {' '.join(_words(words))} "
    known: dict[str, set[str]] = {}
    for values in products:
        for name, some in values.items():
            known.setdefault(name, set()).update(some)
    found: dict[str, frozenset[str]] = {}
    for name, all_of_it in known.items():
        said = frozenset(value for value in all_of_it if _is_said(value, text))
        if said:
            found[name] = said
    return found


def votes(products: Sequence[Values], cosines: NDArray[np.floating]) -> Votes:
    """What products (n,) at these cosines with a photo say that it shows; the nearest say most."""
    if not len(products):
        return Votes({}, {})
    weights = np.exp(SHARPNESS * (np.asarray(cosines, np.float64) - float(np.max(cosines))))
    weights /= weights.sum()
    shares: dict[str, dict[str, float]] = {}
    for values, weight in zip(products, weights.tolist(), strict=True):
        for name, some in values.items():
            held = shares.setdefault(name, {})
            for value in some:
                held[value] = held.get(value, 0.0) + weight / len(some)
    having = {name: sum(held.values()) for name, held in shares.items()}
    return Votes({name: {v: s / having[name] for v, s in held.items()} for name, held in shares.items()}, having)


def changed(wanted: Mapping[str, frozenset[str]], shown: Votes) -> dict[str, frozenset[str]]:
    """Those of the named values that the photo does not show already; empty when the words only say what is there."""
    return {name: values for name, values in wanted.items() if name in shown.shares and shown.share(name, values) < 0.5}


def mentions(text: str, words: str) -> bool:
    """Whether a text speaks of all that the words name: "hood" is in "hoodie", "striped" in "stripes".

    Small words ("the", "no") are passed over; words of nothing else are in no text.
    """
    stems = [_stem(word) for word in _words(words) if word not in SMALL]
    there = _words(text)
    return bool(stems) and all(
        any(word == stem or (len(stem) >= SHORTEST and word.startswith(stem)) for word in there) for stem in stems
    )


def _is_said(value: str, text: str) -> bool:
    words = _words(value)
    if not words or (len(words) == 1 and words[0] in SMALL):
        return False
    return f" {' '.join(words)} " in text or (len(words) > 1 and words[-1].isalpha() and f" {words[-1]} " in text)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+(?:[-'.]\w+)*", text.lower())


def _stem(word: str) -> str:
    for end in ("ies", "ing", "ed", "es", "s", "e"):
        if word.endswith(end) and len(word) - len(end) >= SHORTEST:
            return word[: -len(end)]
    return word
