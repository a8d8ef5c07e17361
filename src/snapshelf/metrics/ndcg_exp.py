"""nDCG with exponential gain: one perfect product is worth several that will do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from snapshelf.metrics import discounted, top


def score(ranking: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """nDCG@k of one ranking with gain 2^grade - 1, in [0, 1]; 0.0 when no product is relevant.

    Grade 3 counts 7, grade 1 counts 1; with grades 0 and 1 alone it equals `snapshelf.metrics.ndcg`. Discount and
    ideal as there; gain after Burges et al. 2005, Learning to Rank using Gradient Descent. Raises BadInput as `top`.
    """
    gains = {id: 2.0 ** max(grade, 0) - 1 for id, grade in grades.items()}
    got = discounted(gains.get(id, 0.0) for id in top(ranking, k))
    ideal = discounted(sorted(gains.values(), reverse=True)[:k])
    return min(got / ideal, 1.0) if ideal else 0.0  # summing in another order can end 1e-16 above 1
