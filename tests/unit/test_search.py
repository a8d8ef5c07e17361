"""Searching: words, pictures, both; weights, filters, families, pages; and one meaning on every path."""

import http.server
import io
import threading
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PIL import Image

import snapshelf
from snapshelf.config import EmbedderSettings, MediaSettings, Settings, StoreSettings
from snapshelf.errors import BadFilter, BadMedia, BadQuery, NotHere
from snapshelf.types import Product

TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
COLOURS = {"red": (220, 30, 30), "green": (30, 160, 60), "blue": (40, 80, 220)}


def picture(colour):
    return Image.new("RGB", (32, 32), COLOURS[colour])


def as_png(colour):
    held = io.BytesIO()
    picture(colour).save(held, "PNG")
    return held.getvalue()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("search")
    made = []
    for n, colour in enumerate(COLOURS):
        file = folder / f"{colour}.png"
        file.write_bytes(as_png(colour))
        for size in (40, 41, 42):
            made.append(
                Product(
                    sku=f"{colour}-{size}",
                    title=f"{colour} shoe",
                    description=f"size {size}",
                    brand="Acme" if colour == "red" else "Bolt",
                    price=10.0 * (n + 1) + size - 40,
                    stock=size - 40,
                    family=colour,
                    images=(str(file),),
                    attributes={"size": float(size)},
                )
            )
    made.append(Product("bare", "a thing without a colour", price=99.0))
    with snapshelf.open(folder / "shelf", TOY) as opened:
        opened.index(made)
        yield opened


def skus(results):
    return [hit.sku for hit in results]


def test_words(shelf):
    found = shelf.search(text="red shoe", k=3)
    assert sorted(skus(found)) == ["red-40", "red-41", "red-42"]
    assert found[0].product.brand == "Acme"
    assert found.matching == 10
    assert found.recall == 1.0
    assert [hit.rank for hit in found] == [1, 2, 3]
    assert 0.9 < found[0].score <= 1
    assert found[0].scores == {"text": found[0].score}


@pytest.mark.parametrize("given", [as_png("blue"), picture("blue"), picture("blue").convert("CMYK")])
def test_a_picture_in_any_form(shelf, given):
    found = shelf.search(image=given, k=3)
    assert {sku.split("-")[0] for sku in skus(found)} == {"blue"}
    assert found[0].view == "image1"


def test_a_picture_by_path(shelf):
    path = shelf.show("green-40").images[0]
    assert skus(shelf.search(image=path, k=3)) == ["green-40", "green-41", "green-42"], "one picture: in order of SKU"


def test_both_and_the_score_of_each_part(shelf):
    found = shelf.search(text="red", image=picture("blue"), weights={"text": 0.2}, k=10)
    assert found[0].sku.startswith("blue")
    assert set(found[0].scores) == {"text", "image"}
    by_sku = {hit.sku: hit for hit in found}
    assert by_sku["red-40"].scores["text"] > by_sku["blue-40"].scores["text"]
    assert by_sku["blue-40"].scores["image"] > by_sku["red-40"].scores["image"]
    more = shelf.search(text="red", image=picture("blue"), weights={"text": 5}, k=10)
    assert more[0].sku.startswith("red")


def test_several_of_each_and_negative_weights(shelf):
    away = shelf.search(text=["red", "blue"], weights={"text2": -0.9}, k=10)
    assert set(away[0].scores) == {"text", "text2"}
    assert away[0].sku.startswith("red")
    assert skus(away)[-1].startswith("blue")
    both = shelf.search(image=[picture("red"), picture("green")], k=6)
    assert {sku.split("-")[0] for sku in skus(both)} == {"red", "green"}


def test_filters(shelf):
    found = shelf.search(text="shoe", where='price < 25 and brand in ["Bolt"] and in_stock and size >= 41', k=9)
    assert sorted(skus(found)) == ["green-41", "green-42"]
    assert found.matching == 2
    assert skus(shelf.search(text="shoe", where="price > 1000")) == []
    assert skus(shelf.search(text="thing", where="not exists(stock)")) == ["bare"]


def test_families_and_pages(shelf):
    cards = shelf.search(text="green shoe", collapse="family", k=10)
    assert len(cards) == 4
    assert cards[0].siblings == 2
    assert cards[0].product.family == "green"
    whole = shelf.search(text="green shoe", k=10)
    pages = [shelf.search(text="green shoe", k=4, offset=offset) for offset in (0, 4, 8)]
    assert [sku for page in pages for sku in skus(page)] == skus(whole)
    assert pages[1][0].rank == 5
    assert skus(shelf.search(text="shoe", offset=100)) == []


def test_lanes(shelf):
    assert skus(shelf.search(text="without", lanes=("lexical",))) == ["bare"]
    both = shelf.search(text="red thing", lanes=("vector", "lexical"), k=10)
    assert "joined by calibrated evidence" in both.path
    assert skus(shelf.search(text="colours thing", lanes=("lexical",), where="price < 50")) == []


def test_every_path_gives_the_same_answer(shelf, monkeypatch):
    """A store without filters, or with unsafe ones, answers as the exact one does."""
    import snapshelf.search.retrieve as retrieve

    where = "size >= 41 and price < 35"
    expected = [(hit.sku, hit.score) for hit in shelf.search(text="red", where=where, k=4)]
    store = shelf.stack.store
    for can in ({"reopen"}, {"reopen", "filter"}):
        for exact in (0, 5000):
            monkeypatch.setattr(type(store), "can", frozenset(can), raising=False)
            monkeypatch.setattr(retrieve, "EXACT", exact)
            found = shelf.search(text="red", where=where, k=4)
            assert [(hit.sku, hit.score) for hit in found] == expected
            assert ("exact over" in found.path) == bool(exact) or exact == 0


@pytest.mark.parametrize(
    ("asked", "error", "reason"),
    [
        ({}, BadQuery, "nothing to search for"),
        ({"text": "  "}, BadQuery, "nothing to search for"),
        ({"text": "x" * 20_000}, BadQuery, "20,000 characters"),
        ({"text": "red", "k": 0}, BadQuery, "from 1 to"),
        ({"text": "red", "offset": -1}, BadQuery, "offset"),
        ({"text": "red", "weights": {"image": 1}}, BadQuery, "no such part. Did you mean|no such part"),
        ({"text": "red", "weights": {"text": float("nan")}}, BadQuery, "plain number"),
        ({"text": "red", "weights": {"text": 0}}, BadQuery, "weight 0"),
        ({"text": "red", "collapse": "brand"}, BadQuery, "by family"),
        ({"text": "red", "lanes": ("magic",)}, BadQuery, "magic"),
        ({"text": "red", "where": "prise < 3"}, BadFilter, "Did you mean 'price'"),
        ({"text": "red", "where": "price < "}, BadFilter, "expected a number"),
        ({"image": "nowhere.jpg"}, BadMedia, "nowhere.jpg"),
        ({"image": b"only words"}, BadMedia, "."),
        ({"audio": "order.wav"}, BadMedia, "there is no sound order.wav"),
        ({"video": "clip.mp4"}, BadMedia, "there is no video clip.mp4"),
    ],
)
def test_questions_that_cannot_be_answered(shelf, asked, error, reason):
    with pytest.raises(error, match=reason):
        shelf.search(**asked)


def test_an_empty_shelf(tmp_path):
    with snapshelf.open(tmp_path / "new", TOY) as opened, pytest.raises(NotHere, match="nothing is indexed"):
        opened.search(text="red")
    with pytest.raises(NotHere, match="there is no shelf"):
        snapshelf.open(tmp_path / "other", TOY, create=False)


def test_scores_are_cosines(shelf):
    found = shelf.search(text="green", k=10)
    (query,) = shelf.stack.embedder.embed(["green"], "query", 16)
    for hit in found:
        item = picture(hit.product.family) if hit.view == "image1" else None
        if item:
            (row,) = shelf.stack.embedder.embed([item], "index", 16)
            assert hit.score == pytest.approx(float(np.dot(query, row)), abs=2e-3)


def test_a_photo_by_its_address(tmp_path):
    """An address is fetched within the limits of the settings; a private one only where they allow it."""

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    Image.new("RGB", (40, 30), "red").save(tmp_path / "red.png")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=tmp_path))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = Settings(
        embedder=EmbedderSettings(name="toy"),
        store=StoreSettings(name="exact"),
        media=MediaSettings(allow_private=True),
    )
    address = f"http://127.0.0.1:{server.server_port}/red.png"
    try:
        with snapshelf.open(tmp_path / "shelf", settings) as opened:
            opened.index([Product("A", "a red thing"), Product("B", "a blue thing")])
            by_file = opened.search(image=tmp_path / "red.png")
            assert [(hit.sku, hit.score) for hit in opened.search(image=address)] == [
                (hit.sku, hit.score) for hit in by_file
            ]
        with (
            snapshelf.open(tmp_path / "shelf", replace(settings, media=MediaSettings())) as opened,
            pytest.raises(BadMedia, match="private network"),
        ):
            opened.search(image=address)
    finally:
        server.shutdown()
        server.server_close()
