"""What orders candidates, and what measures an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from snapshelf.candidates import Candidate
from snapshelf.types import (
    Kind,
)

Effects: TypeAlias = Mapping[str, NDArray[np.float64]]  # name of an effect → (n,) its factor for each candidate


class Reranker(Protocol):
    """Says what speaks for or against candidates beside their relevance, as factors."""

    @property
    def needs(self) -> frozenset[str]:
        """The signals that it reads; candidates without them are taken as unknown."""

    def score(self, candidates: Sequence[Candidate], query: str, now: float) -> Effects:
        """The effects, each with one factor per candidate, in order: finite, above 0, and 1 where there is none.

        A candidate's place in the list has no influence. now: seconds since 1970, UTC.
        """

    def explain(
        self, candidates: Sequence[Candidate], query: str, now: float, places: Sequence[int]
    ) -> list[Mapping[str, float]]:
        """For the candidates at ``places``: effect → factor, as fine as can be told.

        The product of a candidate's factors is that of its factors of `score`, to 1e-6 relative.
        """


class RerankerModule(Protocol):
    """A file of ``rerankers/``."""

    EXTRA: str

    def load(self, location: Path, known: Mapping[str, Kind]) -> Reranker:
        """Open what is kept at ``location``; ``known``: every signal there is, with its type.

        Raises NotHere, BadSettings, Mismatch (made for other signals), MissingExtra.
        """


class MetricModule(Protocol):
    """A file of ``metrics/``."""

    def score(self, ranking: Sequence[str], grades: Mapping[str, int], k: int) -> float:
        """The metric of one query's ranking (SKUs, best first, none twice) against its judged grades; in [0, 1]."""
