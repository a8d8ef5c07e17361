"""The cost model against worked examples, and its edges."""

import pytest

from snapshelf.aws.cost import Load, Rates, bill, by_dim, by_shards, scan


def load(products, dim, shards=1):
    """Two vectors a product, a key of 24 bytes, 400 bytes to filter by and 1,200 others; 60 tokens and a picture each.

    A million queries of 12 tokens in a month.
    """
    once = products * (60 / 1000 * 0.000135 + 0.00006)
    return Load(
        vectors=2 * products,
        dim=dim,
        key=24,
        filterable=400,
        other=1200,
        shards=shards,
        embed=once,
        embed_query=12 / 1000 * 0.000135,
    )


@pytest.mark.parametrize(
    ("products", "dim", "shards", "embed", "put", "storage", "queries"),
    [
        (10_000, 1024, 1, 0.68, 0.02, 0.01, 2.83 + 1.62),
        (100_000, 256, 1, 6.81, 0.10, 0.03, 3.29 + 1.62),
        (100_000, 1024, 1, 6.81, 0.21, 0.06, 4.97 + 1.62),
        (100_000, 3072, 1, 6.81, 0.52, 0.16, 9.44 + 1.62),
        (1_000_000, 384, 1, 68.1, 1.18, 0.35, 9.99 + 1.62),
        (1_000_000, 1024, 1, 68.1, 2.13, 0.64, 19.77 + 1.62),
        (1_000_000, 1024, 20, 68.1, 2.13, 0.64, 4.14 + 1.62),
        (10_000_000, 3072, 1, 681, 51.8, 15.6, 282),
    ],
)
def test_worked_examples(products, dim, shards, embed, put, storage, queries):
    found = bill(load(products, dim, shards))
    assert found.embed == pytest.approx(embed, rel=0.02)
    assert found.put == pytest.approx(put, rel=0.03, abs=0.005)
    assert found.storage == pytest.approx(storage, rel=0.02, abs=0.005)
    assert found.queries == pytest.approx(queries, rel=0.01)


def test_ten_million_vectors_in_forty_indexes():
    """The total that is published for such a load: 11.38 dollars a month."""
    sixth = Load(
        vectors=10_000_000,
        dim=1024,
        key=0,
        filterable=5.17 * 1024 - 4096,
        other=1024,
        shards=40,
        rewritten=1 / 6,
    )
    assert bill(sixth).month == pytest.approx(11.38, rel=0.01)


def test_a_vector_a_call_is_paid_for_as_128_kib():
    one, many = (bill(Load(1000, 1024, 24, 400, batch=batch)) for batch in (1, 500))
    assert one.put / many.put == pytest.approx(131_072 / (4096 + 424), rel=0.01)


def test_each_tier_of_a_scan_has_its_price():
    rates = Rates()
    assert scan(1e5, rates) == pytest.approx(400)
    assert scan(1e7, rates) - scan(1e5, rates) == pytest.approx(9.9e6 * 0.002)
    assert scan(2e7, rates) - scan(1e7, rates) == pytest.approx(1e7 * 0.0004)
    assert scan(0, rates) == 0


def test_the_part_that_no_query_reads_costs_storage_only():
    plain, told = bill(Load(1000, 1024, 24, 400)), bill(Load(1000, 1024, 24, 400, other=30_000))
    assert told.scans == plain.scans
    assert told.storage > plain.storage


def test_an_empty_catalogue_costs_its_fees():
    empty = bill(Load(0, 1024, 0, 0))
    assert (empty.once, empty.storage, empty.scans) == (0, 0, 0)
    assert empty.month == pytest.approx(2.5)


def test_smaller_vectors_and_more_indexes_cost_less():
    dims = by_dim(load(1_000_000, 3072), (3072, 1024, 384, 256))
    assert [found.month for found in dims.values()] == sorted((b.month for b in dims.values()), reverse=True)
    assert len({found.embed for found in dims.values()}) == 1
    shards = by_shards(load(1_000_000, 1024), (1, 5, 20))
    assert shards[1].scans > 4 * shards[5].scans > 4 * shards[20].scans
