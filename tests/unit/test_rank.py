"""The order of candidates: never less relevant than the bound allows, and every final score told by its parts."""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshelf.candidates import Candidate
from snapshelf.errors import BadInput
from snapshelf.rank.order import bound, rerank
from snapshelf.rerankers.rules import RuleReranker
from snapshelf.rerankers.rules.read import parse

SLACK = 1e-9
relevances = st.one_of(st.just(0.0), st.floats(1e-6, 1.0)).map(lambda x: round(x, 6))
boosts = st.lists(st.tuples(st.floats(-0.99, 20).map(lambda x: round(x, 3)), st.floats(0, 1)), max_size=3)


@st.composite
def shelves(draw):
    """Candidates with signals and vectors."""
    scores = draw(st.lists(relevances, min_size=1, max_size=30))
    seed = draw(st.integers(0, 2**20))
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(len(scores), 3)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    signals = [{"m": float(rng.random()), "brand": "xyz"[int(rng.integers(3))]} for _ in scores]
    return [Candidate(f"S{n:02d}", score, vector=rows[n], signals=signals[n]) for n, score in enumerate(scores)]


@dataclass(frozen=True)
class Shouting:
    """A model without manners."""

    seed: int
    needs = frozenset()

    def score(self, candidates, query, now):
        return {"learned": np.exp(np.random.default_rng(self.seed).normal(0, 3, len(candidates)))}

    def explain(self, candidates, query, now, places):
        made = self.score(candidates, query, now)["learned"]
        return [{"learned: a": float(made[n]) ** 0.5, "learned: b": float(made[n]) ** 0.5} for n in places]


def written(wishes, loss, weight, most):
    text = f"max_relevance_loss = {loss}\nmax_learned_loss = 0.3\n"
    for n, (by, least) in enumerate(wishes):
        text += f'[[boost]]\nname = "b{n}"\nwhen = "m > {least:f}"\nby = {by}\n'
    text += '[[boost]]\nsignal = "m"\nby = 0.5\n'
    text += f"[diversity]\nrelevance_weight = {weight}\nwindow = 8\n" + (f"most = {{brand = {most}}}\n" if most else "")
    return text


def dcg(gains):
    return sum(gain / math.log2(n + 2) for n, gain in enumerate(gains))


@settings(max_examples=300, deadline=None)
@given(
    shelves(),
    boosts,
    st.sampled_from([0.0, 0.01, 0.1, 0.3, 0.9]),
    st.sampled_from([0.0, 0.3, 0.7, 1.0]),
    st.sampled_from([0, 1, 2]),
    st.one_of(st.none(), st.integers(0, 99)),
)
def test_relevance_is_never_lost_beyond_the_bound(rows, wishes, loss, weight, most, seed):
    rules = RuleReranker(parse(written(wishes, loss, weight, most)))
    model = None if seed is None else Shouting(seed)
    found = rerank(rows, rules, model, now=0.0)
    b = bound(rules.rules, model is not None)
    placed = [one.relevance for one in found]
    for n, above in enumerate(placed):
        assert above >= (1 - b) * max(placed[n:]) - SLACK
    ideal = sorted(placed, reverse=True)
    for k in range(1, len(placed) + 1):
        assert dcg(placed[:k]) >= (1 - b) * dcg(ideal[:k]) - SLACK
    assert sorted(one.sku for one in found) == [row.sku for row in rows]
    assert [one.rank for one in found] == list(range(1, len(rows) + 1))
    for one in found:
        assert one.final == one.relevance * math.prod(one.parts.values())
    if weight == 1.0 and not most:
        finals = [one.final for one in found]
        assert all(a >= b * (1 - 1e-12) for a, b in itertools.pairwise(finals))


def test_a_bound_of_nothing_leaves_the_order_by_relevance():
    rows = [Candidate(f"S{n}", 1 - n / 100, signals={"m": n / 10}) for n in range(10)]
    rules = RuleReranker(parse('max_relevance_loss = 0\n[[boost]]\nsignal = "m"\nby = 9'))
    assert [one.sku for one in rerank(rows, rules)] == [row.sku for row in rows]


def test_the_bound_would_be_broken_without_it():
    """The property above can fail: the same wishes with a wide bound break a narrow one."""
    rows = [Candidate("A", 1.0, signals={"m": 0.0}), Candidate("B", 0.5, signals={"m": 1.0})]
    rules = RuleReranker(parse('max_relevance_loss = 0.9\n[[boost]]\nwhen = "m > 0.5"\nby = 9'))
    assert [one.sku for one in rerank(rows, rules)] == ["B", "A"]


def test_parts_of_a_model_are_taken_apart_where_asked():
    rows = [Candidate(f"S{n}", 0.5) for n in range(5)]
    found = rerank(rows, None, Shouting(1), explain=2)
    told = [sorted(set(one.parts) - {"limit"}) for one in found]
    assert told == [["learned: a", "learned: b"]] * 2 + [["learned"]] * 3
    whole = rerank(rows, None, Shouting(1))
    assert [one.final for one in found] == pytest.approx([one.final for one in whole])


def test_the_order_given_has_no_influence():
    rng = np.random.default_rng(0)
    rows = [Candidate(f"S{n}", round(float(rng.random()), 1), signals={"m": float(rng.random())}) for n in range(40)]
    rules = RuleReranker(parse('[[boost]]\nsignal = "m"\nby = 0.05'))
    mixed = [rows[n] for n in rng.permutation(len(rows))]
    assert rerank(rows, rules, now=0) == rerank(mixed, rules, now=0)


def test_nothing_to_rank():
    assert rerank([], RuleReranker(parse('[[pin]]\nquery = "*"\nsku = "A"\nposition = 1'))) == []


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_a_relevance_that_is_none(score):
    with pytest.raises(BadInput, match="the relevance of 'A' is .*; it lies between 0 and 1"):
        rerank([Candidate("A", score)])


def test_a_sku_twice():
    with pytest.raises(BadInput, match="a SKU comes twice"):
        rerank([Candidate("A", 0.5), Candidate("A", 0.4)])
