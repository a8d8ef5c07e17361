"""nDCG with linear gain: better products should stand higher, in proportion to their grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from snapshelf.metrics import discounted, top


def score(ranking: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """nDCG@k of one ranking, in [0, 1]; 0.0 when no product is relevant.

    Gain is the grade itself (0 for grades below 0), discount log2(rank + 1), the ideal taken over all judged products,
    found or not: Järvelin & Kekäläinen 2002, ACM TOIS 20(4), in the form of trec_eval's ``ndcg_cut_k``. For gain
    2^grade - 1 see `snapshelf.metrics.ndcg_exp`. Raises BadInput as `top`.
    """
    gains = {id: max(grade, 0) for id, grade in grades.items()}
    got = discounted(gains.get(id, 0) for id in top(ranking, k))
    ideal = discounted(sorted(gains.values(), reverse=True)[:k])
    return min(got / ideal, 1.0) if ideal else 0.0  # summing in another order can end 1e-16 above 1
