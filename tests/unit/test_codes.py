"""Codes: GTIN arithmetic, the table, exact look-ups, near ones, and the exact lane of a search."""

import random
import time

import pytest
from sqlalchemy import text

import snapshelf
from snapshelf.catalogue import codes, open_catalogue, products
from snapshelf.catalogue.migrations.versions import v0005_codes
from snapshelf.catalogue.products import Entry
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.gtin import check_digit
from snapshelf.sample.gtin import in_store
from snapshelf.types import Product

TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))


def entry(product):
    return Entry(product, "", "text of " + product.sku, (), "mark")


@pytest.fixture
def catalogue(tmp_path):
    opened = open_catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("5901234123457", "05901234123457"),  # the examples of GS1's and Wikipedia's pages on the numbers
        ("036000291452", "00036000291452"),
        ("73513537", "00000073513537"),
        ("10012345678902", "10012345678902"),
        ("5901234123458", ""),  # wrong check digit
        ("59012341234", ""),  # no length of a GTIN
        ("590123412345x", ""),
        ("", ""),
        ("５９０１２３４１２３４５７", ""),  # full-width digits are made plain by `bare` first
    ],
)
def test_gtins(code, wanted):
    assert codes.gtin14(code) == wanted


def test_a_gtin_is_one_number_in_every_length():
    assert codes.gtin14("036000291452") == codes.gtin14("0036000291452") == codes.gtin14("00036000291452")
    assert codes.gtin14(codes.bare("５９０ 1234-123457")) == "05901234123457"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("CF-283 a", "cf283a"), ("WH‑1000XM4", "wh1000xm4"), ("Ä/1", "ä1"), ("--", ""), ("x" * 65, ""), ("-" * 9000, "")],
)
def test_bare(text, wanted):
    assert codes.bare(text) == wanted


def test_finding(catalogue):
    gtin = in_store(1, 5)
    with catalogue.write() as connection:
        products.put(
            connection,
            [
                entry(Product("A-1", "one", gtin=gtin, mpn="CF-283A")),
                entry(Product("A1", "two", mpn="Pavilion")),
                entry(Product("B", "three", gtin="0036000291452; 5901234123457", mpn="A-1")),
            ],
        )
    with catalogue.read() as connection:
        found = codes.find(connection, ["a-1", "cf283a", gtin, "36000291452", "036000291452", "pavilion", "nothing"])
        assert [m.sku for m in found["a-1"]] == ["A-1", "A1", "B"], "SKUs before part numbers"
        assert [(m.sku, m.kind) for m in found["cf283a"]] == [("A-1", "mpn")]
        assert [(m.sku, m.kind) for m in found[gtin]] == [("A-1", "gtin")]
        assert [m.sku for m in found["036000291452"]] == ["B"]
        assert "pavilion" not in found, "a part number without a digit is a word"
        assert "nothing" not in found
        assert codes.find(connection, ["A1"])["A1"][0].sku == "A1", "written just so: first"
        assert [m.sku for m in codes.find(connection, ["5901234123457"])["5901234123457"]] == ["B"]


def test_they_go_with_their_product(catalogue):
    with catalogue.write() as connection:
        products.put(connection, [entry(Product("A", "one", mpn="X-100"))])
        products.put(connection, [entry(Product("A", "one", mpn="X-200"))])
    with catalogue.read() as connection:
        assert not codes.find(connection, ["X-100"])
        assert codes.find(connection, ["X-200"])
    with catalogue.write() as connection:
        products.remove(connection, ["A"])
    with catalogue.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM codes")).scalar() == 0


def test_an_older_catalogue_gains_them(tmp_path):
    place = f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    opened = open_catalogue(place)
    with opened.write() as connection:
        products.put(connection, [entry(Product("A", "one", gtin="5901234123457", mpn="X-100"))])
        for newer in ("codes", "keys", "consents", "queries", "jobs"):
            connection.exec_driver_sql(f"DROP TABLE {newer}")
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{v0005_codes.down_revision}'")
    opened.close()
    opened = open_catalogue(place)
    with opened.read() as connection:
        found = codes.find(connection, ["x100", "5901234123457", "a"])
    opened.close()
    assert {said: [m.kind for m in some] for said, some in found.items()} == {
        "x100": ["mpn"],
        "5901234123457": ["gtin"],
        "a": ["sku"],
    }


@pytest.mark.parametrize("typed", ["CF238A", "CF28A", "CF2833A", "CF283B", "CF-28 3E"])
def test_one_typo_away(catalogue, typed):
    with catalogue.write() as connection:
        products.put(connection, [entry(Product("P", "one", mpn="CF283A")), entry(Product("Q", "two", mpn="ZZ999Z"))])
    with catalogue.read() as connection:
        assert [m.sku for m in codes.near(connection, typed)] == ["P"]
        assert not codes.near(connection, "ZZ-111-Z"), "three characters away"
        assert not codes.near(connection, "C28"), "too short"
        assert not codes.near(connection, "toner"), "a word"


def test_a_mistyped_gtin_finds_only_those_with_a_right_check_digit(catalogue):
    with catalogue.write() as connection:
        products.put(connection, [entry(Product("P", "one", gtin="5901234123457"))])
    with catalogue.read() as connection:
        assert [m.sku for m in codes.near(connection, "5901234123475")] == ["P"]
        assert [m.sku for m in codes.near(connection, "5901234123451")] == ["P"]


def test_thousands_of_codes_are_found_and_nothing_else(catalogue):
    chance = random.Random(4)
    made = []
    for n in range(2000):
        mpn = f"{chance.choice('ABCDEF')}{chance.choice('XYZ')}-{n:04d}{chance.choice('QRS')}"
        made.append(Product(f"SKU-{n:05d}", f"thing {n}", gtin=in_store(3, n), mpn=mpn))
    with catalogue.write() as connection:
        products.put(connection, [entry(product) for product in made])
    with catalogue.read() as connection:
        began = time.process_time()
        for product in made:
            asked = [product.sku.lower(), product.gtin, product.mpn.replace("-", " ")]
            found = codes.find(connection, asked)
            assert [[m.sku for m in found[one]] for one in asked] == [[product.sku]] * 3
        print(f"{(time.process_time() - began) / 6000 * 1e3:.3f} ms of processor time a code, three at a time")
        wrong = made[7].gtin[:-1] + str((int(made[7].gtin[-1]) + 1) % 10)
        assert check_digit(wrong[:-1]) != wrong[-1]
        assert not codes.find(connection, [wrong])


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    made = [
        Product("RED-1", "red shoe", gtin="5901234123457", mpn="CF-283A", price=10.0),
        Product("RED-2", "red toner like CF-283A", mpn="CF-289X", price=20.0),
        Product("BLUE-1", "blue shoe", mpn="CF-283B", price=30.0),
    ]
    with snapshelf.open(tmp_path_factory.mktemp("codes") / "shelf", TOY) as opened:
        opened.index(made)
        yield opened


@pytest.mark.parametrize("asked", ["cf283a", "CF 283 A", "5901234123457", "590-1234-123457", "red-1", "RED 1"])
def test_a_code_answers_first(shelf, asked):
    found = shelf.search(asked)
    assert found[0].sku == "RED-1"
    assert found[0].receipt.code in {"mpn", "gtin", "sku"}
    assert [one.lane for one in found[0].receipt.lanes][-1] == "exact"
    assert all(not hit.receipt.code for hit in found[1:])
    assert "exact: 1 by code" in found.path
    assert found.did_you_mean == ()


def test_a_code_within_words(shelf):
    found = shelf.search("toner CF283A")
    assert found[0].sku == "RED-1"
    assert found[0].receipt.code == "mpn"


def test_a_typo_is_offered_and_not_assumed(shelf):
    found = shelf.search("CF283C")
    assert {one.code for one in found.did_you_mean} == {"CF-283A", "CF-283B"}
    assert {one.kind for one in found.did_you_mean} == {"mpn"}
    assert not any(hit.receipt.code for hit in found)
    assert shelf.search("red shoe").did_you_mean == ()


def test_a_code_obeys_the_filter(shelf):
    found = shelf.search("cf283a", where="price > 15")
    assert "RED-1" not in [hit.sku for hit in found]
    assert not any(hit.receipt.code for hit in found)


def test_the_exact_lane_alone(shelf):
    assert [hit.sku for hit in shelf.search("cf283a", lanes="exact")] == ["RED-1"]
    assert len(shelf.search("shoe", lanes="exact")) == 0
