"""A photo, and words that ask for another size, another measure, or something left out."""

import pytest
from PIL import Image

import snapshelf
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.search.traits import traits, variants
from snapshelf.types import Product

TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
COLOURS = {"red": (220, 30, 30), "green": (30, 160, 60), "blue": (40, 80, 220)}


def picture(colour):
    return Image.new("RGB", (32, 32), COLOURS[colour])


def product(sku, title, family, file, held):
    return Product(sku, title, family=family, images=(file,), attributes=held)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Cables of two families in three lengths and shoes in numbered sizes, each in three colours; one has a hood."""
    folder, made = tmp_path_factory.mktemp("numbers"), []
    for colour in COLOURS:
        file = str(folder / f"{colour}.png")
        picture(colour).save(file)
        for length in (50, 100, 200):
            held = {"color": colour, "length_cm": float(length), "ends": 2.0}
            made.append(product(f"cable-{colour}-{length}", f"{colour} cable", "cable", file, held))
        for size in (40, 42):
            held = {"color": colour, "shoe_size": float(size)}
            made.append(product(f"shoe-{colour}-{size}", f"{colour} shoe", "shoe", file, held))
        for end in ("", "hooded "):
            made.append(product(f"{end.strip()}coat-{colour}", f"{end}{colour} coat", "coat", file, {}))
    with snapshelf.open(folder / "shelf", TOY) as opened:
        opened.index(made)
        yield opened


def skus(results):
    return [hit.sku for hit in results]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("this, but 2 m long", "cable-green-200"),
        ("this, but length 2 m", "cable-green-200"),
        ("the same 200 cm long", "cable-green-200"),
        ("this cable, but 0.5 m long", "cable-green-50"),
        ("this, but 50 cm long", "cable-green-50"),
        ("this, but shoe size 42", "shoe-green-42"),
    ],
)
def test_another_number_is_the_same_thing_with_that_number(shelf, words, first):
    found = shelf.search(words, picture("green"), k=5)
    assert skus(found)[0] == first
    name, value = ("shoe_size", 42.0) if "shoe" in first else ("length_cm", float(first.rpartition("-")[2]))
    assert all(hit.product.attributes.get(name) == value for hit in found), "a number that is said is demanded"


def test_a_number_and_a_colour_change_together(shelf):
    found = skus(shelf.search("this in blue, but 2 m long", picture("red"), k=3))
    assert found[0] == "cable-blue-200"


def test_a_number_that_no_product_has_is_said(shelf):
    found = shelf.search("this, but 1.5 m long", picture("red"))
    assert len(found) == 0
    assert "length" in found.nothing
    assert "red" in found.nearest[0].sku


def test_without_what_a_text_speaks_of(shelf):
    found = skus(shelf.search("this without the hood", picture("red"), k=30))
    hooded = [at for at, sku in enumerate(found) if sku.startswith("hooded")]
    assert found[0] in {"coat-red", "cable-red-50", "cable-red-100", "cable-red-200", "shoe-red-40", "shoe-red-42"}
    assert hooded
    assert min(hooded) == len(found) - len(hooded), "what was not wanted comes after all others"


def test_switched_off_a_number_demands_nothing(shelf):
    found = shelf.search("this, but 2 m long", picture("green"), off=["measure"], k=30)
    assert {hit.product.attributes.get("length_cm") for hit in found} > {50.0, 200.0}


def test_values_are_read_once_and_again_when_the_catalogue_changes(tmp_path, monkeypatch):
    from snapshelf.search import traits as module

    asked = []
    plain = module.asking.pairs
    monkeypatch.setattr(
        module.asking, "pairs", lambda c, skus, without: asked.append(list(skus)) or plain(c, skus, without)
    )
    with snapshelf.open(tmp_path / "shelf", TOY) as shelf:
        shelf.index([Product("A", "red mug", family="f", attributes={"tags": ("x", "x", "y"), "n": 2}, price=1.0)])
        for _ in range(2):
            with shelf.stack.catalogue.read() as connection:
                held = traits(shelf.stack, connection, ["A", "B"])
                assert sorted(held.of(0), key=str) == [("n", 2.0), ("tags", "x"), ("tags", "y")]
                assert held.of(1) == []
                assert held.families == ["f", ""]
                assert variants(shelf.stack, connection, ["f", "g"], 5) == ["A"]
                assert held.total(lambda pair: 2.0 if pair[0] == "tags" else 0.5).tolist() == [4.5, 0.0]
        assert asked == [["A", "B"]]
        shelf.index([Product("B", "blue mug", family="f", attributes={"tags": ("z",)})])
        with shelf.stack.catalogue.read() as connection:
            assert traits(shelf.stack, connection, ["B"]).of(0) == [("tags", "z")]
            assert variants(shelf.stack, connection, ["f"], 5) == ["A", "B"]
