"""Every metric: the contract, hand arithmetic, and trec_eval (pytrec-eval-terrier) as referee."""

from math import log2

import numpy as np
import pytest
import pytrec_eval

from snapshelf import plugins
from snapshelf.errors import UnknownAdapter
from snapshelf.fusion import ranked
from snapshelf.metrics import mrr, ndcg, ndcg_exp, precision, recall
from snapshelf.testing.metrics import MetricContract

GRADES = {"a": 3, "b": 1, "c": 0, "d": 2}
RANKING = ["x", "b", "c", "a"]  # d was missed, nobody judged x


@pytest.mark.parametrize("name", plugins.names("metrics"))
class TestContract(MetricContract):
    @pytest.fixture
    def metric(self, name):
        return plugins.find("metrics", name)


def test_the_metrics_we_ship_are_found_by_name():
    assert {"mrr", "ndcg", "ndcg_exp", "precision", "recall"} <= set(plugins.names("metrics"))
    with pytest.raises(UnknownAdapter, match="Did you mean 'ndcg'"):
        plugins.find("metrics", "nDGC")


@pytest.mark.parametrize(
    ("metric", "k", "expected"),
    [
        (precision, 1, 0 / 1),
        (precision, 2, 1 / 2),
        (precision, 4, 2 / 4),
        (precision, 10, 2 / 10),  # six empty places count
        (recall, 1, 0 / 3),
        (recall, 2, 1 / 3),
        (recall, 10, 2 / 3),
        (mrr, 1, 0.0),
        (mrr, 2, 1 / 2),
        (mrr, 10, 1 / 2),
        (ndcg, 1, 0 / 3),
        (ndcg, 2, (1 / log2(3)) / (3 / log2(2) + 2 / log2(3))),
        (ndcg, 4, (1 / log2(3) + 3 / log2(5)) / (3 / log2(2) + 2 / log2(3) + 1 / log2(4))),
        (ndcg_exp, 2, (1 / log2(3)) / (7 / log2(2) + 3 / log2(3))),
        (ndcg_exp, 4, (1 / log2(3) + 7 / log2(5)) / (7 / log2(2) + 3 / log2(3) + 1 / log2(4))),
    ],
)
def test_by_hand(metric, k, expected):
    assert metric.score(RANKING, GRADES, k) == pytest.approx(expected, abs=1e-12)


def test_the_ideal_counts_what_was_missed():
    """An ideal made of the returned list alone would call this perfect."""
    assert ndcg.score(["b"], {"a": 1, "b": 1}, 2) == pytest.approx((1 / log2(2)) / (1 / log2(2) + 1 / log2(3)))


def test_linear_and_exponential_gain_agree_on_yes_and_no():
    grades = {"a": 1, "b": 0, "c": 1}
    assert ndcg.score(["b", "a"], grades, 3) == ndcg_exp.score(["b", "a"], grades, 3)
    assert ndcg.score(["a", "b"], {"a": 1, "b": 3}, 2) > ndcg_exp.score(["a", "b"], {"a": 1, "b": 3}, 2)


def tied_runs(seed):
    """40 queries of up to 60 scored products; scores from 8 values, exact in float32, so most are tied."""
    rng = np.random.default_rng(seed)
    ids = [f"p{number:03}" for number in range(100)]
    for query in range(40):
        found = rng.permutation(ids)[: rng.integers(1, 61)]
        judged = rng.permutation(ids)[: rng.integers(1, 50)]
        scores = {str(id): int(rng.integers(8)) / 8 for id in found}
        yield f"q{query}", scores, {str(id): int(rng.integers(-1, 4)) for id in judged}


def mirrored(ids):
    """Ids in the opposite alphabetical order: p003 → p996. trec_eval puts equal scores in descending order of id."""
    return {f"p{999 - int(id[1:]):03}": value for id, value in ids.items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("k", [1, 5, 10, 100])
def test_agrees_with_trec_eval_on_tied_scores(seed, k):
    runs = {query: (scores, grades) for query, scores, grades in tied_runs(seed)}
    run = {query: mirrored(scores) for query, (scores, _) in runs.items()}
    qrels = {query: mirrored(grades) for query, (_, grades) in runs.items()}
    exponential = {q: {id: 2 ** max(g, 0) - 1 for id, g in grades.items()} for q, grades in qrels.items()}
    wanted = {f"P.{k}", f"recall.{k}", f"ndcg_cut.{k}"}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, wanted).evaluate(run)
    their_exp = pytrec_eval.RelevanceEvaluator(exponential, {f"ndcg_cut.{k}"}).evaluate(run)
    for query, (scores, grades) in runs.items():
        ranking = [id for id, _ in ranked(scores)]
        got = [metric.score(ranking, grades, k) for metric in (precision, recall, ndcg)]
        assert got == pytest.approx([theirs[query][f"{name}_{k}"] for name in ("P", "recall", "ndcg_cut")], abs=1e-6)
        assert ndcg_exp.score(ranking, grades, k) == pytest.approx(their_exp[query][f"ndcg_cut_{k}"], abs=1e-6)
        cut = {id: float(-place) for place, id in enumerate(ranking[:k])}  # recip_rank knows no k
        reciprocal = pytrec_eval.RelevanceEvaluator({query: grades}, {"recip_rank"}).evaluate({query: cut})
        assert mrr.score(ranking, grades, k) == pytest.approx(reciprocal[query]["recip_rank"], abs=1e-6)


def test_without_mirrored_ids_the_tie_rules_differ():
    """The figures above agree because of the mirroring, not because ties do not matter."""
    scores, grades = {"a": 0.5, "b": 0.5}, {"a": 1, "b": 0}
    theirs = pytrec_eval.RelevanceEvaluator({"q": grades}, {"P.1"}).evaluate({"q": scores})["q"]["P_1"]
    assert [id for id, _ in ranked(scores)] == ["a", "b"]
    assert (precision.score(["a", "b"], grades, 1), theirs) == (1.0, 0.0)
