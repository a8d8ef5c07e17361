"""Recall at k: how many of all relevant products stand in the first k places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from snapshelf.metrics import top


def score(ranking: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """R@k of one ranking, in [0, 1]: relevant among the first k / all that were judged relevant.

    With more than k relevant products even the best ranking stays below 1, as in trec_eval's ``recall_k``
    (Manning, Raghavan & Schütze 2008, section 8.3). With none the quotient does not exist; then 0.0 comes back, and
    `snapshelf.evaluate` leaves such queries out of every mean and counts them. Raises BadInput as `top`.
    """
    relevant = sum(grade > 0 for grade in grades.values())
    found = sum(grades.get(id, 0) > 0 for id in top(ranking, k))
    return found / relevant if relevant else 0.0
