"""Candidates → their order: relevance × bounded effects, then likeness, then what a person put by hand.

The bound, in one sentence: **no product stands above one that is more than b more relevant**. Precisely, for every
two products i, j without a label, j above i only if relevance(j) ≥ (1 − b) · relevance(i), with b = `bound`. It follows
that the DCG of the first k, for any k, is at least (1 − b) of the order by relevance: at place p stands a product whose
relevance is at least (1 − b) of the p-th highest, because of the p most relevant products at least one is not above it.

By construction: factors are clipped to [√(1 − b), 1/√(1 − b)], so the quotient of two never exceeds 1/(1 − b); and
among the first places, where likeness counts, only products within the bound of all that remain may be chosen.
Products with a label (pinned, sponsored, buried) stand where the rules file says, outside the bound.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from snapshelf.candidates import Candidate, Ranked
from snapshelf.errors import BadInput
from snapshelf.protocols import Effects, Reranker
from snapshelf.querytext import normal
from snapshelf.rank.likeness import spread
from snapshelf.rank.placed import place
from snapshelf.rerankers.rules import RuleReranker
from snapshelf.rerankers.rules.boosts import columns, effects
from snapshelf.rerankers.rules.shape import Rules

Floats = NDArray[np.float64]
LIMIT = "limit"  # the effect of the bound, where it cuts the others short
LIKENESS = "diversity"


def bound(rules: Rules, learned: bool) -> float:
    """b: how much less relevant, relative, a product may be than one below it, by rules and model together."""
    return 1.0 - (1.0 - rules.loss) * (1.0 - rules.learned_loss * learned)


def rerank(
    candidates: Sequence[Candidate],
    rules: RuleReranker | None = None,
    model: Reranker | None = None,
    query: str = "",
    now: float | None = None,
    explain: int = 0,
) -> list[Ranked]:
    """Every candidate in its place, best first; equal scores by relevance, then SKU.

    query: the words, for rules that hold for some queries. explain: of how many places, from the first, the model's
    effect is taken apart into its features. ``final`` is ``relevance`` times the product of ``parts``: to the last
    digit, or to 1e-6 where a model's effect is taken apart. Raises BadInput for a relevance outside [0, 1] or a SKU
    that comes twice.
    """
    said = rules.rules if rules else Rules(loss=0.0)
    words, moment = normal(query), time.time() if now is None else now
    base = _relevance(candidates)
    learned = model.score(candidates, words, moment) if model else {}
    table = columns(candidates, said.needs)
    wished = effects(said, table, words, moment)
    by_model, cut_model = _bounded(learned, len(base), said.learned_loss)
    by_rules, cut_rules = _bounded(wished, len(base), said.loss)
    told = [*learned.items(), *wished.items(), (LIMIT, cut_model * cut_rules)]
    skus = [one.sku for one in candidates]
    name = np.empty(len(skus), np.int64)  # place in the order of SKUs, for ties
    name[sorted(range(len(skus)), key=skus.__getitem__)] = np.arange(len(skus))
    corrected = base * by_model
    last = corrected * by_rules
    before = np.lexsort((name, -base)).tolist()
    order: list[int] = np.lexsort((name, -corrected, -last)).tolist()
    relevance, final = corrected.tolist(), last.tolist()
    hand = place(said, candidates, table, order, relevance, words, moment)
    taken = hand.taken
    free = [n for n in order if n not in taken] if taken else order
    free, likeness = spread(said.diversity, candidates, free, relevance, final, said.loss)
    order = hand.joined(free)
    fine = model.explain(candidates, words, moment, order[:explain]) if model and explain else []
    parts = _told(told, learned.keys(), order, fine, likeness)
    ranks = {n: rank for rank, n in enumerate(before, start=1)}
    scores = base.tolist()
    return [
        Ranked(rank, skus[n], scores[n] * prod(own.values()), scores[n], own, hand.labels.get(n, ""), ranks[n] - rank)
        for rank, (n, own) in enumerate(zip(order, parts, strict=True), start=1)
    ]


def _relevance(candidates: Sequence[Candidate]) -> Floats:
    base = np.array([one.score for one in candidates], np.float64)
    if not ((base >= 0.0) & (base <= 1.0)).all():
        wrong = next(one for one in candidates if not 0 <= one.score <= 1)
        raise BadInput(f"the relevance of {wrong.sku!r} is {wrong.score}; it lies between 0 and 1")
    if len({one.sku for one in candidates}) < len(candidates):
        raise BadInput("a SKU comes twice among the candidates; each product is ranked once")
    return base


def _bounded(effects: Effects, n: int, loss: float) -> tuple[Floats, Floats]:
    """(n,) the product of the effects within the bound, and the factor by which the bound cut it."""
    whole = np.ones(n)
    for factors in effects.values():
        whole = whole * factors
    side = (1.0 - loss) ** 0.5
    kept = np.clip(whole, side, 1.0 / side)
    return kept, kept / whole


def _told(
    effects: Sequence[tuple[str, Floats]],
    learned: Collection[str],
    order: Sequence[int],
    fine: Sequence[Mapping[str, float]],
    likeness: Mapping[int, float],
) -> list[dict[str, float]]:
    """The parts of each place, in order; an effect of 1 is none and left out."""
    told: list[dict[str, float]] = [{} for _ in order]
    at = np.argsort(order).tolist()
    for rank, row in enumerate(fine):
        told[rank].update(row)
    for name, factors in effects:
        values = factors.tolist()
        for n in np.flatnonzero(factors != 1.0).tolist():
            rank = at[n]
            if rank >= len(fine) or name not in learned:
                told[rank][name] = values[n]
    for n, factor in likeness.items():
        told[at[n]][LIKENESS] = factor
    return told
