"""One query against one index: page by page, until enough of what came back passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.filters import matches
from snapshelf.stores.s3vectors.calls import Calls
from snapshelf.stores.s3vectors.grammar import Asked
from snapshelf.stores.s3vectors.limits import PAGE, TOP, attributes_of
from snapshelf.types import Filter

WIDER = 4  # times more are asked for when too few of a page pass


@dataclass(slots=True)
class Found:
    """(score, id) of what passes, best first, and how many calls that took."""

    hits: list[tuple[float, str]] = field(default_factory=list)
    pages: int = 0


def nearest(
    calls: Calls, index: str, row: NDArray[np.float32], k: int, asked: Asked, where: Filter | None, classic: bool
) -> Found:
    """The k nearest of an index that pass, by cosine, ties in id order, as the service finds them.

    Whole pages are asked for, since they cost no more, so ties at the end of the k are broken by id as well, unless k
    is a multiple of 100. Where the service's filter is looser than ours, more and more is asked for until k pass.
    """
    found, want = Found(), min(TOP, -(-k // PAGE) * PAGE)
    if asked.nothing or k <= 0:
        return found
    query = _query(asked, classic and "queryMode" in calls.members("QueryVectors"))
    while True:
        result = _read(calls, index, row, query | {"topK": want}, k, _verifier(asked, where))
        found.pages += result.pages
        found.hits = sorted(result.hits, key=lambda hit: (-hit[0], hit[1]))[:k]
        if asked.exact or len(found.hits) >= k or result.seen < want or want >= TOP or not calls.pages:
            return found
        want = min(TOP, want * WIDER)


@dataclass(slots=True)
class _Result:
    hits: list[tuple[float, str]]
    pages: int
    seen: int


def _query(asked: Asked, enhanced: bool) -> dict[str, Any]:
    query: dict[str, Any] = {"returnDistance": True}
    if asked.body is not None:
        query["filter"] = asked.body
        if enhanced:
            query["queryMode"] = "ENHANCED"  # or a filter would cost recall on an old index
    if not asked.exact:
        query["returnMetadata"] = True
    return query


def _verifier(asked: Asked, where: Filter | None) -> Callable[[Mapping[str, Any]], bool]:
    if asked.exact or where is None:
        return lambda _: True
    return lambda one: matches(where, attributes_of(one.get("metadata", {})))


def _read(
    calls: Calls,
    index: str,
    row: NDArray[np.float32],
    query: dict[str, Any],
    k: int,
    passes: Callable[[Mapping[str, Any]], bool],
) -> _Result:
    """Pages until ``k`` pass, or all that was asked for is read."""
    if not calls.pages:
        query = query | {"topK": min(PAGE, query["topK"])}
    result = _Result([], 0, 0)
    token: dict[str, str] = {}
    while True:
        answer = calls.query(index, query | token, row)
        result.pages += 1
        vectors: Sequence[Mapping[str, Any]] = answer.get("vectors", [])
        result.seen += len(vectors)
        result.hits += [(1.0 - one["distance"], one["key"]) for one in vectors if passes(one)]
        if "nextToken" not in answer or len(result.hits) >= max(k, 1) and result.seen >= k:
            return result
        token = {"nextToken": answer["nextToken"]}


def by_words(calls: Calls, index: str, query: dict[str, Any], row: NDArray[np.float32] | None) -> list[dict[str, Any]]:
    """What a query with texts finds, in the service's order: {"key", "scores"?, …}."""
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        answer = calls.query(index, query | token, row)
        found += answer.get("vectors", [])
        if "nextToken" not in answer:
            return found
        token = {"nextToken": answer["nextToken"]}
