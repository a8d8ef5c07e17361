"""Ranking metrics, one file each: ``score(ranking, grades, k)``, asked for as ``name@k``; here what they share.

A ranking is a list of product ids, best first, none twice. A metric sees no scores: whoever makes the ranking orders
equal scores by id, ascending (`snapshelf.fusion.ranked`), so a ranking repeats on every machine. A product is relevant
when its grade is above 0; one that nobody judged counts as grade 0, and so does a grade below 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log2

from snapshelf.errors import BadInput


def top(ranking: Sequence[str], k: int) -> Sequence[str]:
    """The first k ids, or all where there are fewer. Raises BadInput for k < 1 and for an id that stands there twice.

    The whole ranking is checked, not only its first k: an id twice means that the ranking was put together wrongly.
    """
    if k < 1:
        raise BadInput(f"a metric looks at the first k products, so k must be at least 1, not {k}")
    if len(set(ranking)) < len(ranking):
        seen: set[str] = set()
        twice = next(id for id in ranking if id in seen or seen.add(id))  # type: ignore[func-returns-value]
        raise BadInput(f"the ranking holds {twice!r} twice; a product can stand in one place only")
    return ranking[:k]


def discounted(gains: Iterable[float]) -> float:
    """Discounted cumulative gain: the sum of gain / log2(rank + 1), ranks from 1."""
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))
