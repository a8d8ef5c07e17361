"""Fit the trees: LambdaMART on estimated relevance, starting from the relevance that search gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import BadInput
from snapshelf.extras import need
from snapshelf.rerankers.lambdamart.model import About, LambdaMart

Floats = NDArray[np.float64]
LEVELS = 31  # steps into which an estimated relevance is cut: LightGBM wants whole labels
LEAST = 1e-3  # relevance below which the logarithm is not followed
ROUNDS = 100  # every search goes through all trees


@dataclass(frozen=True, slots=True, eq=False)
class List:
    """The candidates of one query: features (n, f), relevance by search (n,), gain to learn (n,) in [0, 1]."""

    features: Floats
    relevance: Floats
    gain: Floats


def fit(
    lists: Sequence[List],
    names: Sequence[str],
    monotone: Mapping[str, int] | None = None,
    seed: int = 0,
    told: Mapping[str, object] | None = None,
) -> LambdaMart:
    """LambdaMART (Burges 2010, From RankNet to LambdaRank to LambdaMART) with linear gain.

    The trees start from a · log relevance, a making its spread within a query 1, so that what they learn is a
    correction. monotone: feature → 1 (more of it never counts against) or −1. Every fifth list is held back to say
    when to stop. The same input and seed give the same trees. Raises BadInput for fewer than ten lists, MissingExtra.
    """
    lightgbm = need("lightgbm", extra="rank")
    if len(lists) < 10:
        raise BadInput(f"there are {len(lists)} queries to learn from; at least 10 with clicks and none are needed")
    logs = [np.log(np.maximum(one.relevance, LEAST)) for one in lists]
    spread = float(np.sqrt(np.mean(np.concatenate([log - log.mean() for log in logs]) ** 2)))
    scale = 1.0 / max(spread, 1e-6)
    order = np.random.default_rng(seed).permutation(len(lists))
    held = order[::5]
    parts = [[lists[n] for n in sorted(some)] for some in (set(order) - set(held), held)]

    settings = _settings(names, monotone or {}, seed)
    train = _data(lightgbm, parts[0], scale)
    booster = lightgbm.train(
        settings,
        train,
        ROUNDS,
        valid_sets=[_data(lightgbm, parts[1], scale, train)],
        callbacks=[lightgbm.early_stopping(30, verbose=False)],
    )
    booster.free_dataset()
    return LambdaMart(About(tuple(names), scale, told=dict(told or {})), booster)


def _data(lightgbm: Any, some: Sequence[List], scale: float, like: Any = None) -> Any:
    return lightgbm.Dataset(
        np.vstack([one.features for one in some]),
        label=np.concatenate([np.rint(one.gain * LEVELS).clip(0, LEVELS) for one in some]),
        group=[len(one.gain) for one in some],
        init_score=np.concatenate([scale * np.log(np.maximum(one.relevance, LEAST)) for one in some]),
        reference=like,
        params={"verbose": -1},
    )


def _settings(names: Sequence[str], monotone: Mapping[str, int], seed: int) -> dict[str, Any]:
    return {
        "objective": "lambdarank",
        "metric": "ndcg",
        "eval_at": [10],
        "label_gain": list(range(LEVELS + 1)),
        "lambdarank_truncation_level": 20,
        "learning_rate": 0.05,
        "num_leaves": 7,
        "min_data_in_leaf": 20,
        "lambda_l2": 1.0,
        "monotone_constraints": [monotone.get(name, 0) for name in names],
        "monotone_constraints_method": "intermediate",
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
    }
