"""Diversity: the first places go to products that are good and unlike each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from snapshelf.candidates import Candidate
from snapshelf.rerankers.rules.shape import Diversity

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
    vectors = _rows(rows) if cost else None
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
        if vectors is not None:  # one that points away is not unlike beyond 0, and a missing vector is like nothing
            factor = np.minimum(factor, 1.0 - cost * np.clip(vectors @ vectors[best], 0.0, 1.0))
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


def _rows(rows: Sequence[Candidate]) -> NDArray[np.float32] | None:
    """(n, d) the vectors, 0 where there is none; None where nobody has one."""
    known = [n for n, one in enumerate(rows) if one.vector is not None]
    if not known:
        return None
    vectors = np.array([rows[n].vector for n in known], np.float32)
    if len(known) == len(rows):
        return vectors
    found = np.zeros((len(rows), vectors.shape[1]), np.float32)
    found[known] = vectors
    return found
