"""The compact encoder: preprocessing as in training, agreement with the unrounded towers, and sense in its answers."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from snapshelf.embedders import compact
from snapshelf.errors import BadSettings, Unsupported
from snapshelf.vectors import cut

FACTS = json.loads((Path(compact.__file__).parent / "_compact" / "card.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def encoder():
    return compact.load(compact.CARDS[0], {})


def test_letterbox_centres_on_the_mean_colour():
    image = Image.new("RGB", (200, 100), (10, 20, 30))
    image.paste((30, 40, 50), (0, 0, 100, 100))
    pixels = compact.letterbox(image, 80)
    assert pixels.shape == (80, 80, 3)
    assert pixels.dtype == np.uint8
    assert pixels[0, 0].tolist() == [20, 30, 40]  # above the picture: the mean
    assert pixels[79, 79].tolist() == [20, 30, 40]
    assert pixels[40, 4].tolist() == [10 + 20, 20 + 20, 30 + 20]
    assert pixels[40, 75].tolist() == [10, 20, 30]
    assert (pixels[20:60] != pixels[0, 0]).all()  # 80 × 40 pixels of picture


@pytest.mark.parametrize(("size", "inside"), [((1000, 1), (80, 1)), ((1, 1000), (1, 80)), ((5, 5), (80, 80))])
def test_letterbox_keeps_at_least_a_line(size, inside):
    half = Image.new("RGB", size, "red")
    half.paste((0, 0, 255), (0, 0, (size[0] + 1) // 2, size[1]) if size[0] > 1 else (0, 0, 1, 500))
    pixels = compact.letterbox(half, 80).astype(int)
    picture = (np.abs(pixels - pixels[0, 0]).sum(2) > 30) if size != (5, 5) else pixels.sum(2) > 0
    assert (int(picture.any(0).sum()), int(picture.any(1).sum())) == inside


def test_training_prepares_pictures_with_the_same_function(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).resolve().parents[2])
    from training import pictures

    assert pictures.letterbox is compact.letterbox


def test_pictures_agree_with_the_unrounded_tower(encoder):
    sums = np.add.outer(np.arange(80), np.arange(120))
    picture = Image.fromarray(np.stack([2 * sums % 256, sums % 256, (255 - sums) % 256], 2).astype(np.uint8))
    assert encoder.embed([picture], "index", 256)[0][:16] == pytest.approx(FACTS["golden"]["image"], abs=0.01)


@pytest.mark.parametrize("text", FACTS["golden"]["text"])
def test_texts_agree_with_the_unrounded_tower(encoder, text):
    assert encoder.embed([text], "index", 256)[0][:16] == pytest.approx(FACTS["golden"]["text"][text], abs=0.01)


def test_card_names_the_weights_it_ships():
    assert compact.CARDS[0].revision == FACTS["revision"]
    assert compact.CARDS[0].dims == (256, 128, 64)


def test_weights_are_small():
    folder = Path(compact.__file__).parent / "_compact"
    assert sum(file.stat().st_size for file in folder.iterdir()) < 12_000_000


def test_case_and_spaces_do_not_matter(encoder):
    one, other = encoder.embed(["Red  Running SHOES ", "red running shoes"], "query", 256)
    assert one == pytest.approx(other, abs=1e-6)


def test_a_large_batch_equals_single_items(encoder):
    rng = np.random.default_rng(3)
    images = [
        Image.fromarray(rng.integers(0, 256, (h, w, 3), dtype=np.uint8)) for h, w in rng.integers(8, 300, (24, 2))
    ]
    items = [item for pair in zip(images, [f"product {n} " * (n + 1) for n in range(24)], strict=True) for item in pair]
    together = encoder.embed(items, "index", 256)
    for place in (0, 1, 22, 47):
        assert np.abs(encoder.embed([items[place]], "index", 256)[0] - together[place]).max() <= 1e-5


def test_padding_and_company_do_not_matter(encoder):
    """A short text comes out the same alone, among long ones, and in any place of a batch."""
    texts = ["mug", "red running shoes", "walnut table " * 9, "shoe " * 300, "", "usb cable for printers"]
    alone = np.concatenate([encoder.embed([text], "query", 256) for text in texts])
    for order in ([5, 4, 3, 2, 1, 0], [3, 0, 3, 1, 3, 2, 4, 5]):
        together = encoder.embed([texts[place] for place in order], "query", 256)
        assert np.abs(together - alone[order]).max() <= 1e-5


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "🛍️👟", "\ud800", "\x00", "рубашка красная", "赤い靴", "ﷺ" * 50, "a" * 10_000, "shoe " * 5_000],
)
def test_any_text_has_a_vector(encoder, text):
    for dim in (256, 64):
        row = encoder.embed([text], "index", dim)[0]
        assert np.isfinite(row).all()
        assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5)


def test_what_is_past_the_last_piece_read_does_not_count(encoder):
    start = "walnut table " * compact.PIECES
    one, other = encoder.embed([start + "red shoes", start + "usb cable"], "index", 256)
    assert one == pytest.approx(other, abs=1e-6)


@pytest.mark.parametrize(
    ("query", "right", "wrong"),
    [
        ("burgundy camouflage cap", "cotton cap, burgundy camouflage", "cotton cap, plain navy"),
        ("teal zigzag crew neck", "teal zigzag cotton crew neck t-shirt", "teal striped cotton v-neck t-shirt"),
    ],
)
def test_tells_near_misses_apart(encoder, query, right, wrong):
    asked, near, far = encoder.embed([query, right, wrong], "query", 256)
    assert asked @ near > asked @ far


def test_the_order_of_words_counts(encoder):
    one, other = encoder.embed(["shirt dress", "dress shirt"], "query", 256)
    assert one @ other < 0.999


def test_threads_do_not_matter(encoder):
    single = compact.load(compact.CARDS[0], {"threads": 1})
    items = ["walnut table", Image.new("RGB", (300, 200), "green")]
    assert np.abs(single.embed(items, "index", 128) - encoder.embed(items, "index", 128)).max() <= 1e-5


def test_may_be_used_from_several_threads():
    fresh = compact.load(compact.CARDS[0], {"threads": 1})
    items = ["walnut table", Image.new("RGB", (300, 200), "green")]
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _: fresh.embed(items, "query", 64), range(8)))
    assert all(np.abs(found - rows[0]).max() <= 1e-6 for found in rows)


@pytest.mark.parametrize("threads", [-1, 1.5, True, "two"])
def test_threads_must_be_a_count(threads):
    with pytest.raises(BadSettings, match="whole number from 0 up"):
        compact.load(compact.CARDS[0], {"threads": threads})


def test_refuses_an_array(encoder):
    with pytest.raises(Unsupported, match="not ndarray"):
        encoder.embed([np.zeros((4, 4, 3))], "query", 64)


def test_words_alone_open_no_image_model():
    script = (
        "import sys; from snapshelf.embedders import compact as c; assert 'onnxruntime' not in sys.modules; "
        "e = c.load(c.CARDS[0], {}); assert 'onnxruntime' not in sys.modules; e.embed(['shoe'], 'query', 64); "
        "print('_image_session' in vars(e), 'torch' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("query", "right", "wrong"),
    [
        ("sneakers", "running shoes for women", "stainless steel kettle"),
        ("printer ink", "HP 301 black cartridge", "cotton t-shirt"),
        ("fruit", "granny smith apple", "usb cable"),
        ("laptop", "notebook computer 15 inch", "wooden dining table"),
    ],
)
@pytest.mark.parametrize("dim", [256, 128, 64])
def test_knows_common_goods_by_words(encoder, query, right, wrong, dim):
    asked, near, far = encoder.embed([query, right, wrong], "query", dim)
    assert asked @ near > asked @ far + 0.05  # the teacher keeps 0.15 between fruit, an apple and a cable


def test_sees_what_grocery_photos_show(encoder, shared):
    """Of 81 products, the right one is among the first five for a fair share of photos never trained on."""
    with (shared / "grocery/products.csv").open(encoding="utf-8", newline="") as file:
        products = list(csv.DictReader(file))
    with (shared / "grocery/manifest.csv").open(encoding="utf-8", newline="") as file:
        tests = [row for row in csv.DictReader(file) if row["split"] == "test"][::12]
    with zipfile.ZipFile(shared / "grocery/test.zip") as archive:
        photos = [Image.open(io.BytesIO(archive.read(row["file"]))).convert("RGB") for row in tests]
    names = encoder.embed([f"{row['name']}, {row['coarse_name']}" for row in products], "index", 256)
    for dim in (256, 64):
        scores = encoder.embed(photos, "query", dim) @ cut(names, dim).T
        ids = [row["product_id"] for row in products]
        found = [
            row["fine_id"] in {ids[at] for at in np.argsort(-line)[:5]} for row, line in zip(tests, scores, strict=True)
        ]
        assert np.mean(found) > 0.7
