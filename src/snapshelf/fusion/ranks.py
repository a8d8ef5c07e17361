"""Several rankings → one, and the one rule for ties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from snapshelf.errors import BadInput


def rrf(
    rankings: Sequence[Sequence[str]], k: int = 60, weights: Sequence[float] | None = None
) -> list[tuple[str, float]]:
    """Reciprocal rank fusion: (id, score) of every id that stands in any ranking, best first, ties by id.

    score = Σ weight / (k + rank) over the rankings that hold the id, ranks from 1, weights 1 unless given
    (Cormack, Clarke & Büttcher 2009, Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
    Methods, SIGIR; k = 60 is theirs). Raises BadInput for an id twice in one ranking, k < 0, or weights that are
    negative, not finite, or not one per ranking.
    """
    shares = [1.0] * len(rankings) if weights is None else list(weights)
    if len(shares) != len(rankings) or not all(0 <= share < float("inf") for share in shares):
        raise BadInput(f"one weight of 0 or more is needed for each of {len(rankings)} rankings, not {shares}")
    if k < 0:
        raise BadInput(f"k of reciprocal rank fusion must be 0 or more, not {k}")
    scores: dict[str, float] = {}
    for ranking, share in zip(rankings, shares, strict=True):
        if len(set(ranking)) < len(ranking):
            raise BadInput("a ranking holds the same id twice; a product can stand in one place only")
        for rank, id in enumerate(ranking, start=1):
            scores[id] = scores.get(id, 0.0) + share / (k + rank)
    return ranked(scores)


def ranked(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    """(id, score), highest first, equal scores by id ascending: the one rule for ties.

    trec_eval breaks ties by document id descending, so on tied scores its figures differ from ours.
    """
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
