"""Hits by a number instead of relevance: pages cut from one list, gaps last, families by the variant that is shown."""

import pytest

import snapshelf
from snapshelf.errors import BadQuery
from snapshelf.search import lanes
from snapshelf.types import Product
from tests.unit.test_ingest import TOY

PRICES = {"A": 30.0, "B": 10.0, "C": None, "D": 20.0, "E": 10.0, "F": None, "G": 5.0}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    with snapshelf.open(tmp_path_factory.mktemp("sorting") / "shelf", TOY) as opened:
        opened.index(
            Product(sku, f"red shoe {sku}", price=price, family="" if sku in "ABC" else "FAMILY", stock=3,
                    attributes={"rating": len(PRICES) - n, "maker": "x"})
            for n, (sku, price) in enumerate(PRICES.items())
        )  # fmt: skip
        yield opened


def skus(found):
    return [hit.sku for hit in found]


def ask(shelf, **given):
    return shelf.search("red shoe", understand=False, cutoff=False, **given)


@pytest.mark.parametrize(("sort", "way"), [("price", 1), ("-price", -1)])
def test_by_price_with_gaps_last_and_those_alike_as_they_were(shelf, sort, way):
    usual = skus(ask(shelf, k=10))
    wanted = sorted(usual, key=lambda sku: (PRICES[sku] is None, way * (PRICES[sku] or 0)))
    found = ask(shelf, k=10, sort=sort)
    assert skus(found) == wanted
    assert [hit.rank for hit in found] == list(range(1, 8))
    assert [sku for offset in (0, 2, 4, 6) for sku in skus(ask(shelf, k=2, offset=offset, sort=sort))] == wanted


def test_by_any_number_and_by_family(shelf):
    assert skus(ask(shelf, k=10, sort="rating")) == list(reversed(PRICES))
    shown = ask(shelf, k=10, collapse="family", sort="price")
    prices = [PRICES[sku] for sku in skus(shown)]
    assert len(shown) == shown.total == 4
    assert prices == sorted(prices, key=lambda price: (price is None, price or 0))


def test_what_lies_deeper_follows_as_it_fits(shelf, monkeypatch):
    monkeypatch.setattr(lanes, "DEPTH", 3)
    monkeypatch.setattr("snapshelf.search.run.STEP", 3)
    usual = skus(ask(shelf, k=7))
    pages = [ask(shelf, k=3, offset=offset, sort="price") for offset in (0, 3, 6)]
    found = [sku for page in pages for sku in skus(page)]
    assert sorted(found) == sorted(usual)
    first = pages[0].total
    assert found[first:] == usual[first:]
    assert found[:first] == sorted(usual[:first], key=lambda sku: (PRICES[sku] is None, PRICES[sku] or 0))


@pytest.mark.parametrize("sort", ["prices", "maker", "--price", "brand", 3])
def test_nothing_else_can_be_sorted_by(shelf, sort):
    with pytest.raises(BadQuery, match="sorted"):
        ask(shelf, sort=sort)
