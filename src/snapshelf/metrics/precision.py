"""Precision at k: how many of the k places hold a relevant product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from snapshelf.metrics import top


def score(ranking: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """P@k of one ranking, in [0, 1]: relevant among the first k / k.

    Always divided by k, so a ranking shorter than k pays for its empty places, as in trec_eval's ``P_k``
    (Manning, Raghavan & Schütze 2008, Introduction to Information Retrieval, section 8.4). Raises BadInput as `top`.
    """
    return sum(grades.get(id, 0) > 0 for id in top(ranking, k)) / k
