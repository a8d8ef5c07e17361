"""Reciprocal rank: how far down the first relevant product stands; its mean over queries is the MRR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from snapshelf.metrics import top


def score(ranking: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """1 / rank of the first relevant product, 0.0 when none stands in the first k; in [0, 1].

    trec_eval's ``recip_rank`` knows no k; cut its run to k documents for the same value (Voorhees 1999, The TREC-8
    Question Answering Track Report). Raises BadInput as `top`.
    """
    for rank, id in enumerate(top(ranking, k), start=1):
        if grades.get(id, 0) > 0:
            return 1 / rank
    return 0.0
