"""One query against one index: page by page, until enough of what came back passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.filters import matches
from snapshelf.stores.s3vectors.calls import Calls
from snapshelf.stores.s3vectors.grammar import Asked
from snapshelf.stores.s3vectors.limits import PAGE, TOP, attributes_of
from snapshelf.types import Filter, Kind, kind_of

SPARE = 8  # results asked for beyond k, to see whether there are ties at its end
WIDER = 4  # times more are asked for when too few of those that came back pass
Score = Callable[[Mapping[str, Any]], float]


@dataclass(frozen=True, slots=True)
class Query:
    """What every index is asked. ``enhanced``: say so, for an index that would check the filter while it searches."""

    asked: Asked
    where: Filter | None
    enhanced: bool
    kinds: dict[str, Kind]

    def parameters(self) -> dict[str, Any]:
        """The filter, and what has to come back to see whether a record passes."""
        found: dict[str, Any] = {}
        if self.asked.body is not None:
            found["filter"] = self.asked.body
            if self.enhanced:
                found["queryMode"] = "ENHANCED"
        if not self.asked.exact:
            found["returnMetadata"] = True
        return found

    def passes(self, one: Mapping[str, Any]) -> bool:
        """Whether a record that came back passes; the types it shows are learnt, for a sharper filter next time."""
        if self.asked.exact or self.where is None:
            return True
        attributes = attributes_of(one.get("metadata", {}))
        for name, value in attributes.items():
            self.kinds.setdefault(name, kind_of(value))
        return matches(self.where, attributes)


@dataclass(slots=True)
class Found:
    """(score, id) of what passes, best first; how many calls that took, and how many records came back in all."""

    hits: list[tuple[float, str]] = field(default_factory=list)
    pages: int = 0
    seen: int = 0


def nearest(calls: Calls, index: str, row: NDArray[np.float32], k: int, query: Query) -> Found:
    """The k nearest of an index that pass, by cosine, ties in id order, as the service finds them.

    Hardly more than k are asked for: the more of its passing vectors an approximate index is asked for, the smaller a
    share of them it finds. Ties at the end of the k are followed up to the end of their page.
    """
    asked = query.parameters() | {"returnDistance": True}
    return _widening(calls, index, row, k, query, asked, lambda one: 1.0 - one["distance"])


def by_words(
    calls: Calls, index: str, texts: dict[str, Any], row: NDArray[np.float32] | None, k: int, query: Query
) -> Found:
    """The k best by the service's text search; ``texts`` holds queryTexts. Scores are fused ones, or sums of BM25."""
    return _widening(calls, index, row, k, query, query.parameters() | texts, _score_of_words)


def _score_of_words(one: Mapping[str, Any]) -> float:
    scores = one.get("scores", {})
    return float(scores.get("fused", sum(part["score"] for part in scores.get("bm25Scores", []))))


def _widening(
    calls: Calls,
    index: str,
    row: NDArray[np.float32] | None,
    k: int,
    query: Query,
    asked: dict[str, Any],
    score: Score,
) -> Found:
    """Ask for more until k pass, where the service's filter is looser than ours, and where the end of k is a tie."""
    page = min(TOP, -(-k // PAGE) * PAGE)
    want, pages = min(page, k + SPARE), 0
    while True:
        top = want if calls.pages else min(PAGE, want)
        found = Found()
        if not query.asked.nothing and k > 0:
            found = _read(calls, index, row, asked | {"topK": top}, query, score)
        found.pages += pages
        hits = sorted(found.hits, key=lambda hit: (-hit[0], hit[1]))
        found.hits = hits[:k]
        tied = want < page and len(hits) > k and hits[k - 1][0] == hits[-1][0]
        if found.seen < want or want >= TOP or (not tied and (query.asked.exact or len(hits) >= k)):
            return found
        want, pages = page if tied else min(TOP, want * WIDER), found.pages


def _read(
    calls: Calls, index: str, row: NDArray[np.float32] | None, asked: dict[str, Any], query: Query, score: Score
) -> Found:
    found, token = Found(), dict[str, str]()
    while True:
        answer = calls.query(index, asked | token, row)
        vectors = answer.get("vectors", [])
        found.pages += 1
        found.seen += len(vectors)
        found.hits += [(score(one), one["key"]) for one in vectors if query.passes(one)]
        if "nextToken" not in answer or not vectors:
            return found
        token = {"nextToken": answer["nextToken"]}
