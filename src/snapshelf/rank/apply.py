"""Reranking for an open shelf: its rules and its model upon its signals."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from snapshelf.candidates import Candidate, Ranked
from snapshelf.catalogue import changes
from snapshelf.querytext import normal
from snapshelf.rank import signals
from snapshelf.rank.order import rerank
from snapshelf.rank.own import Rerankers, of_shelf
from snapshelf.stack import Stack

REMEMBERED = 100_000  # products whose attributes are kept in memory while the catalogue does not change


def apply(
    stack: Stack,
    connection: Connection,
    candidates: Sequence[Candidate],
    query: str = "",
    now: float | None = None,
    explain: int = 0,
    using: Rerankers | None = None,
) -> list[Ranked]:
    """The candidates in the order that relevance, rules and model give them (`rerank`), signals joined here.

    Signals that a candidate already carries are kept. using: other rules or another model than the shelf's own.
    Raises what `of_shelf` and `rerank` raise.
    """
    made = of_shelf(stack, connection) if using is None else using
    moment = time.time() if now is None else now
    return rerank(
        joined(stack, connection, candidates, query, moment, made), made.rules, made.model, query, moment, explain
    )


def joined(
    stack: Stack, connection: Connection, candidates: Sequence[Candidate], query: str, now: float, using: Rerankers
) -> list[Candidate]:
    """The candidates with the signals that ``using`` reads."""
    if not using.needs:
        return list(candidates)
    ranking = stack.settings.ranking
    smoothing = signals.Smoothing(ranking.half_life_days, ranking.prior_strength)
    sources = using.rules.rules.sources if using.rules else {}
    skus = [one.sku for one in candidates]
    mark = (changes.now(connection), using.needs, tuple(sorted(sources.items())))
    kept = stack.signals
    if kept is None or kept[0] != mark or len(kept[1]) > REMEMBERED:
        kept = stack.signals = (mark, {})
    held = kept[1]
    found = signals.join(connection, skus, using.needs, normal(query), now, smoothing, sources, held)
    return [replace(one, signals={**found[one.sku], **one.signals}) for one in candidates]
