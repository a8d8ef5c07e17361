"""Diversity: the first places go to products that are good and unlike each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from snapshelf.rerankers.rules.shape import Diversity
from snapshelf.types import Candidate

Mask: TypeAlias = NDArray[np.bool_]


def spread(
    wish: Diversity,
    candidates: Sequence[Candidate],
    order: Sequence[int],
    relevance: Sequence[float],
    final: Sequence[float],
    loss: float,
) -> tuple[list[int], dict[int, float]]:
    """The order with likeness minded among its first ``window`` places, and candidate → the factor that it cost.

    Maximal marginal relevance (Carbonell & Goldstein 1998, The Use of MMR, SIGIR) in a multiplicative form, so that its
    effect stands beside the others as a factor: the next place goes to the highest final · (1 − (1 − λ) · s), s being
    the largest cosine, if above 0, with a product chosen before. A candidate that any product left over exceeds by more
    than the bound cannot be chosen; of those that can, one whose value of a text signal has had its ``most`` places
    waits as long as there is another. Ties go to the earlier one.
    """
    window = min(wish.window, len(order))
    if (wish.relevance_weight >= 1.0 and not wish.most) or window < 2:
        return list(order), {}
    cost, rows = 1.0 - wish.relevance_weight, [candidates[n] for n in order]
    alike = _cosines(rows) if cost else None
    finals, relevances = np.array([final[n] for n in order]), np.array([relevance[n] for n in order])
    factor, left = np.ones(len(rows)), np.ones(len(rows), bool)
    held = {name: [one.signals.get(name) for one in rows] for name in wish.most}
    seen: dict[str, Counter[object]] = {name: Counter() for name in wish.most}
    full = np.zeros(len(rows), bool)
    chosen: list[int] = []
    told: dict[int, float] = {}
    for _ in range(window):
        may = left & (relevances >= (1.0 - loss) * relevances[left].max())
        fresh = may & ~full
        worth = np.where(fresh if fresh.any() else may, finals * factor, -1.0)
        best = int(worth.argmax())
        chosen.append(best)
        left[best] = False
        if factor[best] != 1.0:
            told[order[best]] = float(factor[best])
        if alike is not None:
            factor = np.minimum(factor, 1.0 - cost * alike[best])
        if held:
            full |= _full(held, seen, wish.most, best)
    rest = [n for n in range(len(rows)) if left[n]]
    return [order[n] for n in (*chosen, *rest)], told


def _full(
    held: Mapping[str, Sequence[object]], seen: Mapping[str, Counter[object]], most: Mapping[str, int], best: int
) -> Mask:
    """Who has to wait now that ``best`` is chosen: those that share a value whose places are taken."""
    waits: Mask = np.zeros(len(next(iter(held.values()), ())), bool)
    for name, values in held.items():
        value = values[best]
        seen[name][value] += 1
        if value is not None and seen[name][value] == most[name]:
            waits = waits | np.array([one == value for one in values])
    return waits


def _cosines(rows: Sequence[Candidate]) -> NDArray[np.float64]:
    """(n, n) cosine of every two, 0 where one has no vector, where they point apart, and of each with itself."""
    known = [n for n, one in enumerate(rows) if one.vector is not None]
    found = np.zeros((len(rows), len(rows)))
    if known:
        vectors = np.array([rows[n].vector for n in known], np.float32)
        found[np.ix_(known, known)] = np.clip(vectors @ vectors.T, 0.0, 1.0)
        np.fill_diagonal(found, 0.0)
    return found
