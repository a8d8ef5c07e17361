"""Fusion of vectors and of rankings, against arithmetic written out."""

from math import cos, pi, sin, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshelf.errors import BadInput, BadQuery
from snapshelf.fusion import ranked, rrf, weighted_mean

X, Y = [1.0, 0.0], [0.0, 1.0]


def at(degrees):
    return [cos(degrees * pi / 180), sin(degrees * pi / 180)]


@pytest.mark.parametrize(
    ("vectors", "weights", "expected"),
    [
        ([X], [1], X),
        ([X], [0.001], X),
        ([X], [-1], [-1, 0]),
        ([X, Y], [1, 1], [1 / sqrt(2), 1 / sqrt(2)]),
        ([X, Y], [3, 4], [3 / 5, 4 / 5]),
        ([X, Y], [0.03, 0.04], [3 / 5, 4 / 5]),
        ([X, Y], [0, 2], Y),
        ([X, Y], [1, -1], [1 / sqrt(2), -1 / sqrt(2)]),
        ([at(20), at(80)], [1, 1], at(50)),
        ([X, Y, [-1.0, 0.0]], [1, 1, 1], Y),
        ([X, Y], [1e308, 1e308], [1 / sqrt(2), 1 / sqrt(2)]),
    ],
)
def test_weighted_mean_by_hand(vectors, weights, expected):
    got = weighted_mean(np.array(vectors, np.float32), weights)
    assert got.dtype == np.float32
    assert got.shape == (2,)
    assert got == pytest.approx(expected, abs=1e-6)


def test_negative_weight_moves_away_from_its_part():
    parts = np.array([at(0), at(60)], np.float32)
    plain, pushed = weighted_mean(parts, [1, 0]), weighted_mean(parts, [1, -0.5])
    assert pushed @ parts[1] < plain @ parts[1]
    assert pushed @ parts[0] > 0.5


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ([0, 0], "every part of the query has weight 0"),
        ([float("nan"), 1], "not a finite number"),
        ([float("inf"), 1], "not a finite number"),
        ([1, -1], "cancel each other out"),
        ([0.5, -0.50001], "cancel each other out"),
    ],
)
def test_weights_that_leave_no_direction(weights, reason):
    same = np.array([at(30), at(30)], np.float32)
    with pytest.raises(BadQuery, match=reason):
        weighted_mean(same, weights)


@pytest.mark.parametrize(
    ("vectors", "weights"), [([X, Y], [1]), ([X], [1, 2]), (X, [1, 1]), (np.empty((0, 2)), []), ([X], [[1]])]
)
def test_shapes_must_fit(vectors, weights):
    with pytest.raises(BadInput, match="one weight is needed for each part"):
        weighted_mean(np.array(vectors, np.float32), weights)


@given(st.lists(st.floats(-4, 4, width=32), min_size=3, max_size=3), st.floats(0.01, 100))
def test_only_proportions_and_never_order_matter(weights, scale):
    parts = np.array([[1, 0, 0], [0, 1, 0], [0.6, 0, 0.8]], np.float32)
    weights = [*weights[:2], abs(weights[2]) + 0.1]  # the third axis stays in the sum, so it cannot cancel
    mean = weighted_mean(parts, weights)
    assert np.linalg.norm(mean) == pytest.approx(1, abs=1e-6)
    assert weighted_mean(parts, np.array(weights) * scale) == pytest.approx(mean, abs=1e-5)
    assert weighted_mean(parts[::-1], weights[::-1]) == pytest.approx(mean, abs=1e-5)


def test_rrf_by_hand():
    got = rrf([["a", "b", "c"], ["b", "d"]])
    assert got == [
        ("b", pytest.approx(1 / (60 + 2) + 1 / (60 + 1))),
        ("a", pytest.approx(1 / (60 + 1))),
        ("d", pytest.approx(1 / (60 + 2))),
        ("c", pytest.approx(1 / (60 + 3))),
    ]


def test_rrf_weights_and_k_by_hand():
    got = dict(rrf([["a", "b"], ["b"], ["c"]], k=0, weights=[3, 1, 0]))
    assert got == {"a": pytest.approx(3 / 1), "b": pytest.approx(3 / 2 + 1 / 1), "c": 0.0}


def test_rrf_puts_ties_in_id_order():
    assert [id for id, _ in rrf([["b", "c"], ["a", "d"]])] == ["a", "b", "c", "d"]


def test_rrf_of_nothing_is_nothing():
    assert rrf([]) == []
    assert rrf([[], []]) == []


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=4), st.randoms())
def test_rrf_does_not_depend_on_the_order_of_two_lanes_and_keeps_every_id(rankings, random):
    shuffled = list(rankings)
    random.shuffle(shuffled)
    fused, again = dict(rrf(rankings)), dict(rrf(shuffled))
    assert set(fused) == {id for ranking in rankings for id in ranking}
    assert fused == pytest.approx(again)


@given(st.lists(st.text(max_size=3), unique=True))
def test_rrf_of_one_ranking_is_that_ranking(ranking):
    assert [id for id, _ in rrf([ranking])] == ranking


@pytest.mark.parametrize(
    ("rankings", "k", "weights", "reason"),
    [
        ([["a", "a"]], 60, None, "same id twice"),
        ([["a"]], -1, None, "must be 0 or more, not -1"),
        ([["a"]], 60, [1, 1], "for each of 1 rankings"),
        ([["a"]], 60, [-1], "weight of 0 or more"),
        ([["a"]], 60, [float("nan")], "weight of 0 or more"),
    ],
)
def test_rrf_refuses(rankings, k, weights, reason):
    with pytest.raises(BadInput, match=reason):
        rrf(rankings, k, weights)


def test_ranked_orders_by_score_then_id():
    assert ranked({"b": 1.0, "c": 2.0, "a": 1.0, "B": 1.0}) == [("c", 2.0), ("B", 1.0), ("a", 1.0), ("b", 1.0)]
