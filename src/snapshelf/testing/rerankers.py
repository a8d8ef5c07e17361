"""What every reranker must do. Anyone's reranker proves itself with a class of three lines.

class TestMine(RerankerContract):
    @pytest.fixture
    def reranker(self):
        return my_package.load(Path("mine.toml"), {"price": "number"})
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from snapshelf.candidates import Candidate
from snapshelf.protocols import Effects, Reranker
from snapshelf.types import Value

NOW = 1_764_000_000.0
QUERIES = ("", "lamp", "red running shoes", "日本語 \ud83d\ude00")


def shop(n: int = 40, seed: int = 5) -> list[Candidate]:
    """Candidates of many kinds: signals there and missing, relevance 0 and 1, with and without lanes and vectors."""
    rng = np.random.default_rng(seed)
    made = []
    for k in range(n):
        whole: dict[str, Value] = {
            "price": float(rng.choice([0.0, 9.99, 1e9])) if k % 7 == 0 else round(float(rng.gamma(2, 30)), 2),
            "stock": int(rng.integers(0, 50)),
            "in_stock": bool(rng.random() < 0.7),
            "brand": "abc"[int(rng.integers(3))],
            "ctr": float(rng.beta(2, 30)),
            "query_ctr": float(rng.beta(2, 30)),
            "tags": ("new", "sale")[: int(rng.integers(0, 3))],
        }
        held = {name: value for name, value in whole.items() if rng.random() < 0.8 and value != ()}
        lanes = {"vector": (k + 1, float(rng.normal(0.4, 0.1)))} if k % 3 else {}
        vector = rng.normal(size=8).astype(np.float32)
        score = 0.0 if k == n - 1 else 1.0 if k == 0 else round(float(rng.random()), 3)
        made.append(Candidate(f"S{k:03d}", score, lanes, "", vector / np.linalg.norm(vector), held))
    return made


class RerankerContract:
    """Factors that are finite and above 0, the same every time, whatever the order of the candidates."""

    @pytest.fixture
    def reranker(self) -> Reranker:
        """The reranker under test; a subclass returns its own."""
        raise NotImplementedError("return a loaded reranker from a fixture called 'reranker'")

    @pytest.mark.parametrize("query", QUERIES)
    def test_factors(self, reranker: Reranker, query: str) -> None:
        """One factor per candidate, finite and above 0."""
        given = shop()
        found = reranker.score(given, query, NOW)
        for name, factors in found.items():
            assert name, "an effect has a name, which a hit shows"
            assert factors.shape == (len(given),), f"{name!r} has {factors.shape} factors for {len(given)} candidates"
            assert np.isfinite(factors).all(), f"a factor of {name!r} is not finite"
            assert (factors > 0).all(), f"a factor of {name!r} is not above 0"

    def test_few_and_none(self, reranker: Reranker) -> None:
        """No candidates, one, and candidates of which nothing is known are no error."""
        assert all(len(factors) == 0 for factors in reranker.score([], "lamp", NOW).values())
        assert reranker.explain([], "lamp", NOW, []) == []
        for given in ([Candidate("A", 0.5)], [Candidate("A", 0.5), Candidate("B", 0.0)]):
            assert np.isfinite(_product(reranker.score(given, "lamp", NOW), len(given))).all()

    def test_same_again_in_any_order(self, reranker: Reranker) -> None:
        """A candidate's factors do not depend on its place in the list."""
        given = shop()
        whole = _product(reranker.score(given, "lamp", NOW), len(given))
        order = np.random.default_rng(1).permutation(len(given))
        mixed = _product(reranker.score([given[n] for n in order], "lamp", NOW), len(given))
        np.testing.assert_allclose(mixed, whole[order], rtol=1e-9)
        np.testing.assert_array_equal(_product(reranker.score(given, "lamp", NOW), len(given)), whole)

    def test_explained(self, reranker: Reranker) -> None:
        """What is told of a candidate multiplies to the factor it got."""
        given = shop()
        whole = _product(reranker.score(given, "lamp", NOW), len(given))
        places = [3, 0, len(given) - 1]
        told = reranker.explain(given, "lamp", NOW, places)
        assert len(told) == len(places)
        for parts, place in zip(told, places, strict=True):
            assert np.prod(list(parts.values())) == pytest.approx(whole[place], rel=1e-6)

    def test_reads_what_it_says(self, reranker: Reranker) -> None:
        """Signals that are not in ``needs`` have no influence."""
        given, needs = shop(), reranker.needs
        bare = [replace(one, signals={k: v for k, v in one.signals.items() if k in needs}) for one in given]
        whole = _product(reranker.score(given, "lamp", NOW), len(given))
        np.testing.assert_array_equal(_product(reranker.score(bare, "lamp", NOW), len(given)), whole)


def _product(effects: Effects, n: int) -> np.ndarray:
    whole = np.ones(n)
    for factors in effects.values():
        whole = whole * factors
    return whole
