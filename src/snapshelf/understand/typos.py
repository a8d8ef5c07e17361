"""The nearest known word to a misspelt one.

Deleting letters from both words until they meet finds all within a distance without comparing with each of them
(symmetric delete; W. Garbe, SymSpell, 2012). Kept are only 64-bit hashes of what is left after deleting, sorted, with
the numbers of their words: 12 bytes each. Distance: optimal string alignment, in which two neighbours that changed
places are one mistake (Damerau 1964).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

SHORTEST = 4  # letters below which a word may be anything
LONG = 8  # letters from which two mistakes are forgiven
PREFIX = 8  # letters from which deletions are made; the rest is compared
LONGEST = 30
RARE = 2  # products that must know a word before a short word is corrected to it


@dataclass(frozen=True, eq=False)
class Spelling:
    """Known words and what they become when letters are left out."""

    words: tuple[str, ...]
    counts: tuple[int, ...]
    hashes: NDArray[np.int64] = field(repr=False)
    owners: NDArray[np.int32] = field(repr=False)

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Spelling:
        """Index words, given with how often each is used."""
        words = tuple(word for word in counts if SHORTEST - 1 <= len(word) <= LONGEST)
        hashes: list[int] = []
        owners: list[int] = []
        for number, word in enumerate(words):
            made = [hash(left) for left in shortened(word)]
            hashes += made
            owners += [number] * len(made)
        order = np.argsort(np.array(hashes, np.int64), kind="stable")
        sorted_hashes, sorted_owners = np.array(hashes, np.int64)[order], np.array(owners, np.int32)[order]
        return cls(words, tuple(counts[word] for word in words), sorted_hashes, sorted_owners)

    def nearest(self, word: str) -> str | None:
        """The known word within one mistake (two from `LONG` letters on), the nearest, then the most usual, then in
        order of the alphabet; None when there is none. A first letter is never taken for a mistake, unless it changed
        places with the second.
        """
        if not SHORTEST <= len(word) <= LONGEST or not len(self.hashes):
            return None
        most = 2 if len(word) >= LONG else 1
        best: tuple[int, int, str] | None = None
        for number in self._near(word):
            known, count = self.words[number], self.counts[number]
            if abs(len(known) - len(word)) > most or not _begins_alike(word, known):
                continue
            far = distance(word, known, most)
            if far <= most and (len(word) >= 6 or count >= RARE):
                found = (far, -count, known)
                best = min(best, found) if best else found
        return best[2] if best else None

    def _near(self, word: str) -> list[int]:
        wanted = np.fromiter((hash(left) for left in shortened(word)), np.int64)
        starts, ends = np.searchsorted(self.hashes, wanted, "left"), np.searchsorted(self.hashes, wanted, "right")
        found: set[int] = set()
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            found.update(self.owners[start:end].tolist())
        return sorted(found)


def shortened(word: str) -> set[str]:
    """The first `PREFIX` letters of a word, without one letter, and of a long one without two."""
    head = word[:PREFIX]
    found = {head}
    for deleted in (1, 2) if len(word) >= LONG - 1 else (1,):
        for gone in combinations(range(len(head)), deleted):
            found.add("".join(letter for at, letter in enumerate(head) if at not in gone))
    return found


def _begins_alike(word: str, known: str) -> bool:
    return word[0] == known[0] or (word[0] == known[1] and word[1] == known[0])


def distance(a: str, b: str, most: int) -> int:
    """Mistakes between two words: letters left out, added, changed, or swapped with a neighbour; ``most`` + 1 when
    there are more than ``most``.
    """
    before, last = list[int](), list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        now = [i]
        for j, other in enumerate(b, start=1):
            cost = min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return min(last[-1], most + 1)
