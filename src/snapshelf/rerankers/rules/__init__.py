"""The shop's rules: boosts and promotions as factors, from a readable TOML file (docs/ranking.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from snapshelf.candidates import Candidate
from snapshelf.protocols import Effects
from snapshelf.rerankers.rules.boosts import columns, effects
from snapshelf.rerankers.rules.check import check
from snapshelf.rerankers.rules.read import read
from snapshelf.rerankers.rules.shape import Rules
from snapshelf.types import Kind

EXTRA = ""


@dataclass(frozen=True, slots=True)
class RuleReranker:
    """The boosts of a rules file; pins, slots and diversity are applied by who orders (`snapshelf.rank.order`)."""

    rules: Rules

    @property
    def needs(self) -> frozenset[str]:
        """The signals that any rule reads."""
        return self.rules.needs

    def score(self, candidates: Sequence[Candidate], query: str, now: float) -> Effects:
        """Factor by boost, of those that hold now and for this query."""
        return effects(self.rules, columns(candidates, self.needs), query, now)

    def explain(
        self, candidates: Sequence[Candidate], query: str, now: float, places: Sequence[int]
    ) -> list[Mapping[str, float]]:
        """The same, by candidate, without the boosts that have no effect on it."""
        found = self.score(candidates, query, now)
        return [{name: float(row[n]) for name, row in found.items() if row[n] != 1.0} for n in places]


def load(location: Path, known: Mapping[str, Kind]) -> RuleReranker:
    """Read a rules file and hold it against the signals there are. Raises NotHere, BadSettings."""
    rules = read(location)
    check(rules, known)
    return RuleReranker(rules)
