"""Learn a shelf's own lane weights from its judged queries; use them only if held-out queries say that they help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from snapshelf.catalogue import changes, journal
from snapshelf.errors import BadInput
from snapshelf.fusion import weighted_mean
from snapshelf.search import lanes, relevance
from snapshelf.search.background import background
from snapshelf.search.relevance import SLOPES, Floats, Slopes
from snapshelf.search.run import embed
from snapshelf.search.views import chosen
from snapshelf.stack import Stack
from snapshelf.stats import Difference, paired
from snapshelf.types import Part

LEAST = 20  # judged queries of one kind, without which nothing is learnt
PULL = 2.0  # how firmly slopes are held to those that everybody has: as firmly as this many queries speak
SURE = 0.05  # p at which a difference counts
K = 10


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """The candidates of one judged query: z by words, z by sight, share of BM25, grade, each (n,)."""

    skus: tuple[str, ...]
    words: Floats
    sight: Floats
    share: Floats
    grades: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of one kind of query: slopes of its own, the change of nDCG@10 on held-out queries, whether kept."""

    kind: str
    queries: int
    slopes: Slopes
    change: Difference
    kept: bool


def features(
    stack: Stack, connection: Connection, parts: Sequence[Part], grades: Mapping[str, int], total: int
) -> Features:
    """Ask the lanes, and measure what they find."""
    fused = weighted_mean(embed(stack, parts), [part.weight for part in parts])
    asked = lanes.Asked(parts, fused, None, lanes.DEPTH, False, total, total)
    found = lanes.ask(stack, connection, asked, ("vector", "lexical"), True)
    views = chosen(stack, connection, list(found.blocks()))
    words, sight = relevance.distances(views, fused, background(stack, connection))
    bm25 = stack.lexical.scores(asked.text, views.skus)
    share = np.array([bm25.get(sku, 0.0) for sku in views.skus]) / (found.ideal or 1.0)
    return Features(tuple(views.skus), words, sight, share, np.array([grades.get(sku, 0) for sku in views.skus]))


def fit(queries: Sequence[Features], start: Slopes, pull: float = PULL) -> Slopes:
    """Logistic regression by Newton's method; every query weighs the same, and no slope goes below 0.

    A product fits when its grade is above 0. pull: ridge towards ``start``, in queries.
    """
    rows = np.concatenate([_matrix(query, start.tie) for query in queries])
    label = np.concatenate([query.grades > 0 for query in queries]).astype(np.float64)
    weight = np.concatenate([np.full(len(query.skus), 1 / max(1, len(query.skus))) for query in queries])
    first = np.array([start.constant, start.words, start.sight, start.lexical])
    found = first.copy()
    hold = pull * np.diag([0.01, 0.1, 0.1, 0.01])

    def loss(slopes: Floats) -> float:
        z = rows @ slopes
        return float(weight @ (np.logaddexp(0, z) - label * z) + (slopes - first) @ hold @ (slopes - first) / 2)

    for _ in range(100):
        p = relevance.likelihood(rows @ found)
        curve = (rows * (weight * p * (1 - p))[:, None]).T @ rows + hold
        step = np.linalg.solve(curve, rows.T @ (weight * (label - p)) - hold @ (found - first))
        while loss(found + step) > loss(found) and np.abs(step).max() > 1e-9:
            step = step / 2  # Newton's step goes too far where the curve is flat
        found = found + step
        if np.abs(step).max() < 1e-8:
            break
    constant, words, sight, lexical = found
    return Slopes(float(constant), max(0.0, float(words)), max(0.0, float(sight)), max(0.0, float(lexical)), start.tie)


def learn(stack: Stack, judged: Sequence[tuple[Sequence[Part], Mapping[str, int]]]) -> list[Learned]:
    """Learn from (parts, grades) of judged queries, for each kind of query there is enough of; keep what helps.

    Held out: slopes fitted on every second query order the others, and the other way round; they are kept, fitted on
    all, if nDCG@10 is higher with p below `SURE`. Raises BadInput when no kind has `LEAST` queries with a good answer.
    """
    kinds: dict[str, list[Features]] = {}
    with stack.catalogue.read() as connection:
        total = stack.count(connection)
        for parts, grades in judged:
            if any(grade > 0 for grade in grades.values()):
                found = features(stack, connection, parts, grades, total)
                kinds.setdefault(relevance.kind_of_query(parts), []).append(found)
    enough = {kind: some for kind, some in kinds.items() if len(some) >= LEAST}
    if not enough:
        counts = ", ".join(f"{len(some)} of {kind}" for kind, some in sorted(kinds.items())) or "none"
        raise BadInput(f"weights are learnt from {LEAST} judged queries of one kind and more; there are {counts}")
    made = [_learned(kind, some) for kind, some in sorted(enough.items())]
    with stack.catalogue.write() as connection:
        for one in made:
            if one.kept:
                journal.set_fact(connection, relevance.fact_of(one.kind, stack.model), asdict(one.slopes))
        changes.learn(connection)
    return made


def _learned(kind: str, queries: Sequence[Features]) -> Learned:
    start = SLOPES[kind]
    before, after = np.zeros(len(queries)), np.zeros(len(queries))
    for fold in (0, 1):
        slopes = fit(queries[1 - fold :: 2], start)
        for n in range(fold, len(queries), 2):
            before[n], after[n] = _ndcg(queries[n], start), _ndcg(queries[n], slopes)
    change = paired(before, after)
    return Learned(kind, len(queries), fit(queries, start), change, change.interval.mean > 0 and change.p < SURE)


def _matrix(query: Features, tie: float) -> Floats:
    words, sight = relevance.filled(query.words, query.sight, tie)
    return np.column_stack([np.ones(len(words)), words, sight, query.share])


def _ndcg(query: Features, slopes: Slopes) -> float:
    """nDCG@10 among the candidates, gain = grade (Järvelin & Kekäläinen 2002), ties in order of SKU."""
    total = relevance.evidence(slopes, query.words, query.sight, query.share).total
    order = np.lexsort((np.array(query.skus), -np.round(total, 6)))
    gains = np.maximum(query.grades, 0)
    discount = 1 / np.log2(np.arange(2, K + 2))
    best, got = np.sort(gains)[::-1][:K], gains[order][:K]
    ideal = float(best @ discount[: len(best)])
    return float(got @ discount[: len(got)]) / ideal if ideal else 0.0
