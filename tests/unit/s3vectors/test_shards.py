"""Shards: which values a filter binds, where ids lie, and what it saves."""

import pytest

from snapshelf.filters import parse
from snapshelf.stores.s3vectors.costs import query_cost, saving
from snapshelf.stores.s3vectors.shards import Placed, bound


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('c == "a"', {"a"}),
        ('c in ["a", "b"] and n < 3', {"a", "b"}),
        ('c in ["a", "b"] and c in ["b", "d"]', {"b"}),
        ('c == "a" and c == "b"', set()),
        ('c == "a" or c == "b"', {"a", "b"}),
        ('c == "a" or n < 3', None),
        ('c != "a"', None),
        ('not c == "a"', None),
        ("n < 3", None),
        ("c", {True}),
        ('(c == "a" or c == "b") and not c == "a"', {"a", "b"}),
    ],
)
def test_values_that_a_filter_leaves(text, values):
    assert bound(parse(text), "c") == values


def test_no_filter_binds_nothing():
    assert bound(None, "c") is None


def test_places_outlive_the_process(tmp_path):
    first = Placed(tmp_path / "a" / "places.sqlite")
    assert first.writer == ""
    first.fill([(f"P{n}", "a" if n % 2 else "b") for n in range(1_300)], "me")
    first.put({"P0": "c", "new": "a"})
    first.drop(["P1", "nobody"])
    first.close()
    again = Placed(tmp_path / "a" / "places.sqlite")
    assert again.writer == "me"
    assert again.of([f"P{n}" for n in range(4)]) == {"P0": "c", "P2": "b", "P3": "a"}
    assert len(again.of([f"P{n}" for n in range(1_300)])) == 1_299
    again.close()


def test_the_published_example_of_a_price():
    """40 indexes of 250,000 vectors of 1,024 dimensions, each query to one: 5.87 dollars for a million queries."""
    each = query_cost(250_000, 1_024, 1_177, 0)  # 5.17 kB scanned of each vector, as in AWS's example
    assert 1_000_000 * each == pytest.approx(5.87, abs=0.15)


def test_tiers():
    scanned = 4 * 1_024 + 424
    assert query_cost(50_000, 1_024, 24, 400) == pytest.approx(2.5e-6 + 50_000 * scanned / 2**40 * 0.004)
    wanted = 2.5e-6 + (100_000 * 0.004 + 9_900_000 * 0.002 + 10_000_000 * 0.0004) * scanned / 2**40
    assert query_cost(20_000_000, 1_024, 24, 400) == pytest.approx(wanted)


def test_sharding_saves_where_the_field_is_bound_and_costs_where_it_is_not():
    sizes = {f"shard{n}": 100_000 for n in range(20)}
    bound_always = saving(sizes, 1_024, 1e6)
    assert bound_always.whole == pytest.approx(19.77, abs=0.02)  # the reference's million products, two views each
    assert bound_always.sharded == pytest.approx(4.14, abs=0.02)
    assert bound_always.times > 4
    assert saving(sizes, 1_024, 1e6, bound=0.0).times < 1
    assert saving({}, 1_024, 1e6).times == 1.0
