"""Intervals and tests: against scipy, against counting by hand, and against how often they ought to be wrong."""

import numpy as np
import pytest
import scipy.stats

from snapshelf.errors import BadInput
from snapshelf.stats import Interval, mean_interval, paired


def skewed(n, seed=5):
    return np.random.default_rng(seed).exponential(size=n)


@pytest.mark.parametrize("n", [8, 30, 400])
def test_interval_agrees_with_scipy(n):
    values = skewed(n)
    ours = mean_interval(values, resamples=20_000)
    theirs = scipy.stats.bootstrap((values,), np.mean, n_resamples=20_000, method="BCa", rng=0).confidence_interval
    spread = values.std() / np.sqrt(n)
    assert ours.mean == pytest.approx(values.mean())
    assert (ours.low, ours.high) == pytest.approx(
        (theirs.low, theirs.high), abs=0.15 * spread
    )  # 4 sigma of two independent draws


def test_interval_of_skewed_values_is_not_symmetric():
    """The plain percentile interval would be nearly so; the correction moves both ends to the long side."""
    got = mean_interval(skewed(30))
    assert got.high - got.mean > 1.15 * (got.mean - got.low)


def test_interval_covers_the_true_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    held = 0
    for seed in range(400):
        got = mean_interval(rng.binomial(1, 0.3, size=60), resamples=500, seed=seed)
        held += got.low <= 0.3 <= got.high
    assert 0.91 <= held / 400 <= 0.98


def test_interval_repeats_and_depends_on_the_seed_a_little():
    values = skewed(50)
    assert mean_interval(values) == mean_interval(values.tolist())
    other = mean_interval(values, seed=1)
    assert other != mean_interval(values)
    assert other.low == pytest.approx(mean_interval(values).low, abs=0.1)


def test_interval_narrows_with_more_values_and_widens_with_the_level():
    few, many, sure = mean_interval(skewed(20)), mean_interval(skewed(2000)), mean_interval(skewed(20), level=0.99)
    assert many.high - many.low < few.high - few.low < sure.high - sure.low


def test_more_values_than_one_portion_holds():
    values = np.tile([0.0, 1.0], 5_000)
    got = mean_interval(values)  # 2,000 x 10,000 numbers, drawn in portions
    assert got.n == 10_000
    assert got.high - got.low == pytest.approx(2 * 1.96 * 0.5 / 100, rel=0.1)


def test_one_value_has_no_interval_and_equal_values_have_width_0():
    assert mean_interval([0.25]) == Interval(0.25, None, None, 1)
    assert mean_interval([0.1] * 7) == Interval(pytest.approx(0.1), pytest.approx(0.1), pytest.approx(0.1), 7)


@pytest.mark.parametrize("values", [[], [float("nan")], [1.0, float("inf")], [[1.0, 2.0]]])
def test_interval_refuses_what_has_no_mean(values):
    with pytest.raises(BadInput, match="finite numbers only"):
        mean_interval(values)


@pytest.mark.parametrize(("level", "resamples"), [(0, 10), (1, 10), (95, 10), (0.95, 0)])
def test_interval_refuses_a_senseless_level(level, resamples):
    with pytest.raises(BadInput, match="level between 0 and 1"):
        mean_interval([1.0, 2.0], level=level, resamples=resamples)


def test_paired_by_hand():
    """Differences 1, 2, 3: of the 8 sign patterns only +++ and --- sum to 6 in size, so p = 2/8."""
    got = paired([0, 0, 0], [1, 2, 3])
    assert got.p == 2 / 8
    assert got.interval.mean == pytest.approx((1 + 2 + 3) / 3)


def test_paired_counts_ties_as_at_least_as_large():
    """Differences 1, 1, -1 sum to 1: patterns of size 3 (two) and of size 1 (six) all count, so p = 8/8."""
    assert paired([0, 0, 1], [1, 1, 0]).p == 1.0


def test_paired_is_not_fooled_by_the_last_digit():
    """All seven are positive, so two of 128 patterns reach their sum; added in another order it is 2e-16 larger."""
    assert paired([0] * 7, [0.6, 0.5, 0.3, 0.3, 0.1, 0.1, 0.1]).p == 2 / 128


def test_no_difference_is_p_1():
    assert paired([0.5, 0.2], [0.5, 0.2]).p == 1.0
    assert paired(np.ones(40), np.ones(40)).p == 1.0


@pytest.mark.parametrize("n", [10, 60])
def test_paired_agrees_with_scipy(n):
    """10 pairs: every pattern is counted, here and there. 60: both draw."""
    rng = np.random.default_rng(3)
    a = rng.uniform(size=n)
    b = a + rng.normal(0.12, 0.4, size=n)
    theirs = scipy.stats.permutation_test(
        (b, a), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples", n_resamples=10_000, rng=2
    )
    ours = paired(a, b)
    assert 0.01 < ours.p < 0.9
    assert ours.p == pytest.approx(theirs.pvalue, abs=1e-12 if n == 10 else 0.02)


def test_paired_is_two_sided_and_its_sign_says_which_is_better():
    rng = np.random.default_rng(4)
    a, b = rng.uniform(size=100), rng.uniform(0.3, 1.3, size=100)
    forth, back = paired(a, b), paired(b, a)
    assert forth.p == back.p == 1 / 10_001
    assert forth.interval.low > 0 > back.interval.high


def test_paired_is_wrong_about_as_often_as_it_says():
    rng = np.random.default_rng(6)
    p_values = [paired(rng.normal(size=25), rng.normal(size=25), resamples=400).p for _ in range(300)]
    assert 0.02 <= np.mean(np.array(p_values) <= 0.05) <= 0.09


@pytest.mark.parametrize(("a", "b"), [([1.0], [1.0, 2.0]), ([1.0, 2.0], [1.0])])
def test_paired_refuses_scores_without_partner(a, b):
    with pytest.raises(BadInput, match="two scores for each query"):
        paired(a, b)


def test_paired_refuses_nothing():
    with pytest.raises(BadInput, match="at least one value"):
        paired([], [])
