"""What is kept between queries: bounded, of one state of the catalogue, and the same as what the catalogue says."""

import pytest

import snapshelf
from snapshelf.catalogue import asking, products
from snapshelf.filters import parse
from snapshelf.search import remembered
from snapshelf.search.facets import counts
from snapshelf.types import Product
from tests.unit.test_ingest import TOY

COLOURS = ("red", "green", "blue")


def goods(n):
    for number in range(n):
        colour = COLOURS[number % 3]
        yield Product(
            f"P{number:03}", f"{colour} shoe", price=float(number), family=f"F{number // 3}",
            attributes={"color": colour, "sizes": (str(number % 5), "all")},
        )  # fmt: skip


@pytest.fixture
def shelf(tmp_path):
    with snapshelf.open(tmp_path / "shelf", TOY) as opened:
        opened.index(goods(60))
        yield opened


def test_it_says_what_the_catalogue_says_and_follows_it(shelf, monkeypatch):
    stack, cheap, families = shelf.stack, parse("price < 20"), ["F0", "F1", "nothing"]
    for few in (5_000, 10):  # known one by one, and only counted
        monkeypatch.setattr(remembered, "FEW", few)
        for _ in range(2):
            with stack.catalogue.read() as connection:
                assert remembered.count(stack, connection, cheap) == 20
                assert set(remembered.among(stack, connection, cheap, ["P019", "P020", "X"])) == {"P019"}
                every = [one.sku for one in goods(60)]
                assert set(remembered.among(stack, connection, cheap, every)) == set(asking.skus(connection, cheap))
                given = remembered.products_of(stack, connection, ["P001", "X"])
                assert given == products.get(connection, ["P001", "X"])
                held = remembered.variants(stack, connection, families)
                assert {family: [one.sku for one in those] for family, those in held.items()} == {
                    "F0": ["P000", "P001", "P002"], "F1": ["P003", "P004", "P005"], "nothing": [],
                }  # fmt: skip
                seq = stack.memory["kept"].seq
                assert remembered.known_variants(stack, seq, families) == held
                assert remembered.known_variants(stack, seq, ["F2"]) is None
        stack.memory.clear()
    shelf.remove("P001")
    with stack.catalogue.read() as connection:
        assert remembered.known_variants(stack, seq + 1, families) is None
        assert remembered.count(stack, connection, cheap) == 19
        assert remembered.products_of(stack, connection, ["P001"]) == {}
        assert [one.sku for one in remembered.variants(stack, connection, ["F0"])["F0"]] == ["P000", "P002"]


def test_it_stays_within_its_bounds(shelf, monkeypatch):
    monkeypatch.setattr(remembered, "MOST", 10)
    monkeypatch.setattr(remembered, "MOST_FAMILIES", 4)
    monkeypatch.setattr(remembered, "FILTERS", 5)
    monkeypatch.setattr(remembered, "PASSING", 40)
    monkeypatch.setattr(remembered, "VALUES", 20)
    stack = shelf.stack
    with stack.catalogue.read() as connection:
        for number in range(30):
            where = parse(f"price < {number}")
            assert remembered.count(stack, connection, where) == number
            assert len(remembered.among(stack, connection, where, [f"P{n:03}" for n in range(60)])) == number
            assert len(remembered.products_of(stack, connection, [f"P{number:03}", f"P{number + 1:03}"])) == 2
            assert remembered.variants(stack, connection, [f"F{number % 20}"])
            some = [f"P{n:03}" for n in range(number, number + 5)]
            held = remembered.values(stack, connection, ["price", "sizes"], some)
            assert [held["price"][sku] for sku in some] == [[float(sku[1:])] for sku in some]
            assert all(held["sizes"][sku] == [str(int(sku[1:]) % 5), "all"] for sku in some)
            kept = stack.memory["kept"]
            assert sum(map(len, kept.values.values())) <= 20 + 2 * len(some)
            assert len(kept.passing) <= 5
            assert kept.held == sum(len(one or ()) for one in kept.passing.values())
            assert kept.held <= 40 or len(kept.passing) == 1
            assert len(kept.products) <= 10
            assert len(kept.families) <= 4


@pytest.mark.parametrize("fold", [False, True])
def test_facets_are_counted_as_one_would_by_hand(shelf, fold):
    skus = [f"P{number:03}" for number in range(0, 50, 2)]
    given = [one for one in goods(60) if one.sku in skus]
    for _ in range(2):
        with shelf.stack.catalogue.read() as connection:
            found = counts(shelf.stack, connection, ["color", "sizes", "in_stock"], skus, fold)
        for name in ("color", "sizes"):
            by_hand = {}
            for one in given:
                values = one.attributes[name]
                for value in {values} if isinstance(values, str) else set(values):
                    by_hand.setdefault(value, set()).add(one.family if fold else one.sku)
            assert found[name] == {value: len(cards) for value, cards in by_hand.items()}
        assert found["in_stock"] == {}
