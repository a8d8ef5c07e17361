"""Barcodes in photos: read where the extra is there, answered by the product that has them."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

import snapshelf
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.media import barcodes
from snapshelf.media.barcodes import read_barcodes
from snapshelf.sample.gtin import in_store
from snapshelf.types import Product

zxingcpp = pytest.importorskip("zxingcpp")
TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
GTINS = [in_store(7, number) for number in range(3)]


def label(code, scale=3):
    made = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13)
    return Image.fromarray(np.array(zxingcpp.write_barcode_to_image(made, scale=scale))).convert("RGB")


def photo(code, angle=0.0, blur=0.0, scale=3):
    """A label lying on grey ground, turned and out of focus."""
    ground = Image.new("RGB", (700, 700), (120, 120, 120))
    shown = label(code, scale)
    padded = Image.new("RGB", (shown.width + 60, shown.height + 60), "white")
    padded.paste(shown, (30, 30))
    turned = padded.convert("RGBA").rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    ground.paste(turned, ((700 - turned.width) // 2, (700 - turned.height) // 2), turned)
    return ground.filter(ImageFilter.GaussianBlur(blur)) if blur else ground


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    with snapshelf.open(tmp_path_factory.mktemp("barcodes") / "shelf", TOY) as opened:
        opened.index([Product(f"P{n}", f"thing {n}", gtin=code, price=float(n)) for n, code in enumerate(GTINS)])
        yield opened


@pytest.mark.parametrize("angle", [0, 90, 180, 270, 15])
def test_a_label_is_read(angle):
    assert read_barcodes(photo(GTINS[0], angle)) == (GTINS[0],)


def test_the_larger_of_two_comes_first():
    both = Image.new("RGB", (900, 700), "white")
    both.paste(label(GTINS[0], 2), (20, 20))
    both.paste(label(GTINS[1], 4), (20, 350))
    assert read_barcodes(both) == (GTINS[1], GTINS[0])


def test_nothing_is_read_where_nothing_is():
    assert read_barcodes(Image.new("RGB", (300, 200), "red")) == ()
    assert read_barcodes(Image.new("RGB", (1, 1))) == ()
    assert read_barcodes(photo(GTINS[0], blur=12)) == ()
    noise = np.random.default_rng(1).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    assert read_barcodes(Image.fromarray(noise)) == ()


def test_the_product_with_the_barcode_answers(shelf):
    found = shelf.search(image=photo(GTINS[1]))
    assert found[0].sku == "P1"
    assert found[0].receipt.code == "gtin"
    assert f"the photo shows the barcode {GTINS[1]}" in found.notes


def test_an_unknown_barcode_is_said(shelf):
    unknown = in_store(7, 999)
    found = shelf.search(image=photo(unknown))
    assert f"the photo shows the barcode {unknown}, which no product here has" in found.notes
    assert not any(hit.receipt.code for hit in found)


def test_a_filter_holds_for_it_too(shelf):
    assert "P1" not in [hit.sku for hit in shelf.search(image=photo(GTINS[1]), where="price > 1")]


def test_without_the_extra_there_are_none(shelf, monkeypatch):
    barcodes._reader.cache_clear()
    monkeypatch.setattr(barcodes, "find_spec", lambda name: None)
    try:
        assert read_barcodes(photo(GTINS[0])) == ()
        assert len(shelf.search(image=photo(GTINS[0]))) == 3
    finally:
        barcodes._reader.cache_clear()
