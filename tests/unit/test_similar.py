"""More like this: from what is kept of a product, without its family, without a model, under any filter."""

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import delete

import snapshelf
from snapshelf.catalogue import embeddings
from snapshelf.catalogue.schema import embeddings as kept
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.errors import BadFilter, BadQuery, NotHere
from snapshelf.stack import Stack
from snapshelf.types import Product

COLOURS = {"red": (200, 30, 30), "blue": (30, 60, 200), "green": (30, 150, 60), "black": (20, 20, 20)}
KINDS = ("mug", "running shoe", "backpack", "desk lamp")


def goods(folder):
    for name, colour in COLOURS.items():
        Image.new("RGB", (48, 40), colour).save(folder / f"{name}.png")
    for kind in KINDS:
        for n, colour in enumerate(COLOURS):
            for size in range(3):
                yield Product(
                    f"{kind[:3].upper()}-{colour}-{size}",
                    f"{colour} {kind} {size}",
                    category=kind,
                    price=10.0 * n + size,
                    stock=size,
                    family=f"{kind}-{colour}",
                    images=(str(folder / f"{colour}.png"),),
                )
    yield Product("PLAIN", "red mug", category="mug")


@pytest.fixture(scope="module", params=["exact", "funnel"])
def shelf(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("similar")
    with snapshelf.open(folder / "shelf", Settings(store=StoreSettings(name=request.param))) as opened:
        opened.index(list(goods(folder)))
        yield opened


def skus(found):
    return [hit.sku for hit in found]


def test_what_is_alike_comes_first_and_the_family_is_left_out(shelf):
    found = shelf.similar("MUG-red-1", k=4)
    assert found[0].sku == "PLAIN"
    assert {hit.product.category for hit in found} == {"mug"}
    assert not any(sku.startswith("MUG-red") for sku in skus(shelf.similar("MUG-red-1", k=100)))


def test_one_card_for_each_family_or_every_variant(shelf):
    found = shelf.similar("MUG-red-1", k=100)
    assert len(found) == found.total == 16, "15 other families, and one product without"
    assert sorted(hit.siblings for hit in found) == [0, *[2] * 15]
    assert all(hit.product.stock for hit in found if hit.sku != "PLAIN"), "one that is there stands for the others"
    every = shelf.similar("MUG-red-1", k=100, family=True)
    assert len(every) == every.total == 48
    assert "MUG-red-1" not in skus(every)
    assert {"MUG-red-0", "MUG-red-2"} <= set(skus(every)[:4])


def test_scores_are_the_cosines_of_the_nearest_views(shelf):
    found = shelf.similar("MUG-red-1", k=20, family=True)
    with shelf.stack.catalogue.read() as connection:
        for hit in [*found, *shelf.similar("PLAIN", k=20)]:
            own = "MUG-red-1" if hit in found.hits else "PLAIN"
            a, b = (embeddings.of_products(connection, [s], shelf.stack.model, 256, 256) for s in (own, hit.sku))
            each = b.vectors @ a.vectors.T
            assert hit.score == pytest.approx(float(each.max()), abs=1e-5)
            assert hit.view == b.aspects[int(np.argmax(each.max(axis=1)))]
            assert hit.scores.keys() == set(a.aspects)
            assert hit.scores["text"] == pytest.approx(float(each[:, a.aspects.index("text")].max()), abs=1e-5)
            assert hit.receipt.lanes[0].lane == "vector"
    assert [hit.relevance for hit in found] == sorted((hit.relevance for hit in found), reverse=True)


@pytest.mark.parametrize("where", ["price < 12", "in_stock and price >= 30", "category == 'desk lamp'", "price > 999"])
def test_filters_lose_nothing(shelf, where):
    from snapshelf.filters import matches, parse

    everything = shelf.similar("BAC-blue-0", k=100, family=True)
    expected = [hit.sku for hit in everything if matches(parse(where), hit.product.filterable())]
    found = shelf.similar("BAC-blue-0", k=100, where=where, family=True)
    assert skus(found) == expected
    assert all(hit.receipt.filtered == where for hit in found)
    assert found.matching >= len(expected)


def test_pages_are_cut_from_one_list(shelf):
    whole = shelf.similar("DES-green-2", k=15)
    pages = [hit for at in range(0, 15, 5) for hit in shelf.similar("DES-green-2", k=5, offset=at)]
    assert skus(pages) == skus(whole)
    assert [hit.rank for hit in pages] == list(range(1, 16))
    assert len(shelf.similar("DES-green-2", offset=500)) == 0


def test_no_model_is_loaded(shelf, monkeypatch):
    settings = shelf.stack.settings
    with snapshelf.open(shelf.stack.folder, settings) as again:
        assert len(again.similar("MUG-red-1")) == 12
        assert "embedder" not in again.stack.__dict__
    assert isinstance(shelf.stack, Stack)


@pytest.mark.parametrize(
    ("asked", "error", "reason"),
    [
        ({"sku": "NONE"}, NotHere, "no product 'NONE'"),
        ({"sku": ""}, BadQuery, "SKU"),
        ({"sku": 7}, BadQuery, "SKU"),
        ({"sku": "PLAIN", "k": 0}, BadQuery, "from 1 to"),
        ({"sku": "PLAIN", "offset": -1}, BadQuery, "offset"),
        ({"sku": "PLAIN", "where": "prise < 3"}, BadFilter, "Did you mean 'price'"),
    ],
)
def test_questions_that_cannot_be_answered(shelf, asked, error, reason):
    with pytest.raises(error, match=reason):
        shelf.similar(**asked)


def test_a_product_without_embeddings_is_said_plainly(tmp_path):
    toy = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
    with snapshelf.open(tmp_path / "shelf", toy) as opened:
        opened.index([Product("A", "red shoe"), Product("B", "blue shoe")])
        with opened.stack.catalogue.write() as connection:
            connection.execute(delete(kept))
        with pytest.raises(NotHere, match="'A' has no embedding yet"):
            opened.similar("A")


def test_an_empty_shelf_and_a_single_product(tmp_path):
    toy = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
    with snapshelf.open(tmp_path / "shelf", toy) as opened:
        with pytest.raises(NotHere, match="no product 'A'"):
            opened.similar("A")
        opened.index([Product("A", "red shoe")])
        assert skus(opened.similar("A")) == []
