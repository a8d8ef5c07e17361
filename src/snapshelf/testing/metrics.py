"""What every metric must do. Anyone's metric proves itself with a class of three lines.

class TestMine(MetricContract):
    @pytest.fixture
    def metric(self):
        return my_package.my_metric
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import numpy as np
import pytest

from snapshelf.errors import BadInput
from snapshelf.protocols import MetricModule

GRADES = {"a": 3, "b": 1, "c": 0, "d": 2, "e": -1}
CUTS = (1, 2, 3, 5, 10, 40)


def cases(seed: int = 7, n: int = 60) -> Iterator[tuple[list[str], dict[str, int]]]:
    """Rankings of up to 30 of 40 ids with grades from -1 to 3 for some of them; the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    ids = [f"p{number:02}" for number in range(40)]
    for _ in range(n):
        ranking = [str(id) for id in rng.permutation(ids)[: rng.integers(0, 31)]]
        judged = rng.permutation(ids)[: rng.integers(0, 25)]
        yield ranking, {str(id): int(rng.integers(-1, 4)) for id in judged}


class MetricContract:
    """Range, order, cut and refusals of a metric; each test asks the module's ``score`` alone."""

    @pytest.fixture
    def metric(self) -> MetricModule:
        """The module under test; a subclass returns its own."""
        raise NotImplementedError("return the metric's module from a fixture called 'metric'")

    def test_lies_in_0_to_1(self, metric: MetricModule) -> None:
        """Every score is a finite float in [0, 1]."""
        for ranking, grades in cases():
            for k in CUTS:
                score = metric.score(ranking, grades, k)
                assert isinstance(score, float)
                assert isfinite(score)
                assert 0.0 <= score <= 1.0

    def test_tells_good_from_bad(self, metric: MetricModule) -> None:
        """The best ranking scores above 0; without a relevant product in it a ranking scores 0."""
        assert metric.score(["a", "d", "b", "c", "e"], GRADES, 1) > 0
        assert metric.score(["c", "x", "e"], GRADES, 3) == 0.0

    def test_nothing_found_or_nothing_judged_is_0(self, metric: MetricModule) -> None:
        """An empty ranking, no judgement and no relevant judgement score 0.0 and do not fail."""
        assert metric.score([], GRADES, 5) == 0.0
        assert metric.score(["a", "b"], {}, 5) == 0.0
        assert metric.score(["c", "e"], {"c": 0, "e": -1}, 5) == 0.0
        assert metric.score([], {}, 5) == 0.0

    def test_better_moved_up_never_lowers(self, metric: MetricModule) -> None:
        """Swapping two neighbours so that the better-graded stands higher lowers no score."""
        for ranking, grades in cases(seed=8):
            for place in range(len(ranking) - 1):
                upper, lower = ranking[place], ranking[place + 1]
                if max(grades.get(lower, 0), 0) > max(grades.get(upper, 0), 0):
                    swapped = [*ranking[:place], lower, upper, *ranking[place + 2 :]]
                    for k in CUTS:
                        assert metric.score(swapped, grades, k) >= metric.score(ranking, grades, k) - 1e-12

    def test_sees_the_first_k_only(self, metric: MetricModule) -> None:
        """What stands behind place k changes nothing."""
        for ranking, grades in cases(seed=9):
            for k in CUTS:
                assert metric.score(ranking, grades, k) == metric.score(ranking[:k], grades, k)

    def test_unjudged_at_the_end_changes_nothing(self, metric: MetricModule) -> None:
        """A product that nobody judged, below all others, neither helps nor harms."""
        for ranking, grades in cases(seed=10):
            for k in CUTS:
                assert metric.score([*ranking, "never judged"], grades, k) == metric.score(ranking, grades, k)

    def test_grades_of_0_and_below_are_as_unjudged(self, metric: MetricModule) -> None:
        """Only grades above 0 count."""
        for ranking, grades in cases(seed=11):
            positive = {id: grade for id, grade in grades.items() if grade > 0}
            for k in CUTS:
                assert metric.score(ranking, grades, k) == metric.score(ranking, positive, k)

    def test_names_do_not_matter(self, metric: MetricModule) -> None:
        """Other ids in the same places with the same grades score the same, and the arguments stay as they were."""
        for ranking, grades in cases(seed=12):
            before = (list(ranking), dict(grades))
            renamed = {f"z{id[::-1]}": grade for id, grade in reversed(grades.items())}
            for k in CUTS:
                again = metric.score([f"z{id[::-1]}" for id in ranking], renamed, k)
                assert again == pytest.approx(metric.score(ranking, grades, k), abs=1e-12)
            assert (ranking, grades) == before

    def test_refuses_an_id_twice(self, metric: MetricModule) -> None:
        """A ranking with an id twice is refused, also when the second one stands behind k."""
        with pytest.raises(BadInput, match="'b' twice"):
            metric.score(["a", "b", "b"], GRADES, 3)
        with pytest.raises(BadInput, match="'a' twice"):
            metric.score(["a", "b", "a"], GRADES, 1)

    @pytest.mark.parametrize("k", [0, -1])
    def test_refuses_no_places(self, metric: MetricModule, k: int) -> None:
        """K counts places, so it is at least 1."""
        with pytest.raises(BadInput, match="at least 1"):
            metric.score(["a"], GRADES, k)
