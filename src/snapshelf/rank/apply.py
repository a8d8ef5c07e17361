"""Reranking for an open shelf: its rules, its model, its signals."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from snapshelf import plugins
from snapshelf.candidates import Candidate, Ranked
from snapshelf.catalogue import changes
from snapshelf.protocols import Reranker
from snapshelf.querytext import normal
from snapshelf.rank import signals
from snapshelf.rank.order import rerank
from snapshelf.rerankers.rules import RuleReranker
from snapshelf.stack import Stack

REMEMBERED = 100_000  # products whose attributes are kept in memory while the catalogue does not change
MODEL = "reranker"  # folder of the trained model, in the shelf


@dataclass(frozen=True, slots=True)
class Rerankers:
    """What a shelf reranks with: None for what it does not have."""

    rules: RuleReranker | None = None
    model: Reranker | None = None

    @property
    def needs(self) -> frozenset[str]:
        """The signals that they read."""
        return (self.rules.needs if self.rules else frozenset()) | (self.model.needs if self.model else frozenset())

    def __bool__(self) -> bool:
        return bool(self.rules or self.model)


def rules_of(stack: Stack, connection: Connection) -> RuleReranker | None:
    """The rules that the settings name, read now. Raises NotHere, BadSettings."""
    file = stack.settings.ranking.rules
    if not file:
        return None
    read: RuleReranker = plugins.find("rerankers", "rules").load(Path(file), signals.known(connection))
    return read


def of_shelf(stack: Stack, connection: Connection) -> Rerankers:
    """The rules that the settings name and the model that was trained, read again when a file changes.

    Raises NotHere, BadSettings for rules that cannot be used, Mismatch for a model of other features, MissingExtra.
    """
    ranking, kept = stack.settings.ranking, stack.folder / MODEL
    rules_file = Path(ranking.rules) if ranking.rules else None
    stamps = (_stamp(rules_file), _stamp(kept / "model.json") if ranking.learned else 0)
    if not any(stamps) and rules_file is None:
        return Rerankers()
    mark = (rules_file, stamps)
    held: tuple[object, Rerankers] | None = stack.rerankers  # type: ignore[assignment]
    if held is None or held[0] != mark:
        known = signals.known(connection)
        model = plugins.find("rerankers", "lambdamart").load(kept, known) if stamps[1] else None
        held = (mark, Rerankers(rules_of(stack, connection), model))
        stack.rerankers = held
    return held[1]


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
    if stack.signals is None or stack.signals[0] != mark or len(stack.signals[1]) > REMEMBERED:
        stack.signals = (mark, {})
    held = stack.signals[1]
    found = signals.join(connection, skus, using.needs, normal(query), now, smoothing, sources, held)
    return [replace(one, signals={**found[one.sku], **one.signals}) for one in candidates]


def _stamp(file: Path | None) -> int:
    """When a file was last written; 0 where there is none."""
    try:
        return file.stat().st_mtime_ns if file else 0
    except OSError:
        return 0
