"""A shopper's photo: the box that is meant, what stands out, and what is wrong with it."""

import io
import zipfile
from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

import snapshelf
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.errors import BadQuery
from snapshelf.photo import advice, checks, cut_out, proposals, read_box, shrunk
from snapshelf.photo.small import SIDE
from snapshelf.types import Product
from tests.unit.conftest import run  # noqa: F401

TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))


def chequered(size=200, cell=20):
    y, x = np.mgrid[0:size, 0:size] // cell
    return Image.fromarray(np.where(((x + y) % 2)[..., None], (40, 90, 160), (220, 210, 190)).astype(np.uint8))


def with_thing(ground, box, colour=(200, 30, 40)):
    made = ground.copy()
    ImageDraw.Draw(made).rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=colour)
    return made


def overlap(one, other):
    """Intersection over union."""
    wide = max(0, min(one[2], other[2]) - max(one[0], other[0]))
    high = max(0, min(one[3], other[3]) - max(one[1], other[1]))
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)]
    return wide * high / (sum(areas) - wide * high)


@pytest.fixture(scope="module")
def real(shared):
    """Forty phone photos."""
    with zipfile.ZipFile(shared / "grocery" / "test.zip") as archive:
        names = Random(4).sample(sorted(n for n in archive.namelist() if n.endswith(".jpg")), 40)
        return [Image.open(io.BytesIO(archive.read(name))).convert("RGB") for name in names]


# --- the box that is drawn --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "box"),
    [
        ((0, 0, 100, 80), (0, 0, 100, 80)),
        ([10, 20.0, 60, 70], (10, 20, 60, 70)),
        ((-1, 0, 101, 80), (0, 0, 100, 80)),
    ],
)
def test_a_box_is_read(given, box):
    assert read_box(given, 100, 80) == box


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("10,20,30,40", "is no box; the picture has 100 × 80 pixels"),
        ((1, 2, 3), "is no box"),
        ((0, 0, 50.5, 40), "holds 50.5, which is no whole number"),
        ((0, 0, True, 40), "holds True"),
        ((0, 0, float("nan"), 40), "holds nan"),
        ((0, 0, float("inf"), 40), "holds inf"),
        ((60, 0, 20, 40), "is empty or turned round"),
        ((5, 5, 5, 40), "is empty or turned round"),
        ((0, 0, 140, 40), "reaches outside the picture; the picture has 100 × 80"),
        ((-9, 0, 40, 40), "reaches outside"),
        ((0, 0, 7, 40), "smaller than 8 pixels"),
    ],
)
def test_a_bad_box_is_refused_in_words(given, reason):
    with pytest.raises(BadQuery, match=reason):
        read_box(given, 100, 80)


def test_a_box_is_in_pixels_of_the_whole_picture():
    whole = with_thing(Image.new("RGB", (400, 200), "white"), (100, 50, 300, 150))
    half = whole.resize((200, 100))
    cut = cut_out(half, (100, 50, 300, 150), 400, 200)
    assert cut.size == (100, 50)
    assert np.asarray(cut)[5:-5, 5:-5].reshape(-1, 3).mean(0) == pytest.approx([200, 30, 40], abs=2)


# --- what stands out --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ground", [Image.new("RGB", (200, 200), (235, 235, 230)), chequered()], ids=["plain", "chequered"]
)
@pytest.mark.parametrize("box", [(60, 70, 140, 150), (20, 90, 90, 180), (100, 30, 180, 80)])
def test_the_thing_is_found(ground, box):
    found = proposals(with_thing(ground, box))
    assert 1 <= len(found) <= 3
    assert overlap(found[0].box, box) > 0.75
    assert 0 < found[0].score <= 1


def test_two_things_are_proposed_together_and_each():
    one, other = (20, 30, 80, 100), (120, 110, 180, 170)
    found = [p.box for p in proposals(with_thing(with_thing(chequered(), one), other, (20, 160, 60)))]
    assert overlap(found[0], (20, 30, 180, 170)) > 0.75
    assert {box for box in (one, other) if any(overlap(box, p) > 0.6 for p in found[1:])} == {one, other}


def test_nothing_stands_out_of_a_wall_or_of_a_picture_without_ground():
    assert proposals(Image.new("RGB", (120, 90), (200, 190, 180))) == ()
    assert proposals(chequered()) == ()


def test_a_smaller_copy_gives_boxes_of_the_whole_picture():
    whole = with_thing(chequered(1200, 120), (300, 400, 800, 900))
    assert overlap(proposals(shrunk(whole), whole=whole.size)[0].box, (300, 400, 800, 900)) > 0.75


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (64, 64), (161, 40)])
def test_any_size_and_mode_is_measured(size):
    for mode in ("RGB", "L", "RGBA"):
        picture = Image.new(mode, size)
        assert proposals(picture) == ()
        assert len(checks(picture)) == 5
        assert max(shrunk(picture).size) <= SIDE


# --- what is wrong with it --------------------------------------------------------------------------------------------


def fault(name, photos):
    """Share of photos that fail one check."""
    return np.mean([next(check for check in checks(photo) if check.name == name).bad for photo in photos])


def test_real_photos_are_hardly_ever_found_fault_with(real):
    assert np.mean([bool(advice(photo, (1000, 1000))) for photo in real]) <= 0.05


@pytest.mark.parametrize(
    ("name", "worsen", "least"),
    [
        ("blurred", lambda p: p.filter(ImageFilter.GaussianBlur(max(p.size) * 0.02)), 0.95),
        ("dark", lambda p: p.point([v // 5 for v in range(256)] * 3), 0.95),
        ("empty", lambda p: Image.new("RGB", p.size, (180, 175, 168)), 1.0),
        ("small", lambda p: p.resize((40, 48)), 1.0),
    ],
)
def test_worsened_photos_are_caught(name, worsen, least, real):
    assert fault(name, real) <= 0.05
    assert fault(name, [worsen(photo) for photo in real]) >= least


def test_a_reflection_is_glare_and_a_white_ground_is_not():
    scene = with_thing(chequered(), (50, 50, 150, 150))
    shining = scene.copy()
    ImageDraw.Draw(shining).ellipse((80, 80, 130, 130), fill="white")
    ground = with_thing(Image.new("RGB", (200, 200), "white"), (50, 50, 150, 150))
    assert [fault("glare", [photo]) for photo in (scene, shining, ground)] == [0, 1, 0]


def test_advice_names_the_number_and_the_limit_and_not_what_follows_from_another_fault():
    said = advice(Image.new("RGB", (200, 200), (5, 5, 5)), (200, 200))
    assert said == ("The photo is dark; turn on a light or step to a window (dark: 0.0196, limit 0.3)",)
    assert advice(Image.new("RGB", (30, 40), (180, 170, 160)), (30, 40)) == (
        "The photo is very small; send it larger (small: 30, limit 64)",
        "The photo shows hardly anything; put the product in the middle (empty: 0, limit 0.03)",
    )


# --- in a search ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photo")
    made = []
    for name, colour in {"red": (220, 30, 30), "blue": (40, 80, 220), "green": (30, 160, 60)}.items():
        Image.new("RGB", (32, 32), colour).save(folder / f"{name}.png")
        made.append(Product(name, f"{name} mug", images=(str(folder / f"{name}.png"),)))
    with snapshelf.open(folder / "shelf", TOY) as opened:
        opened.index(made)
        yield opened


def first(results):
    return results[0].sku


def on_green():
    """Mostly green, with a blue thing in it."""
    return with_thing(Image.new("RGB", (400, 300), (30, 160, 60)), (100, 100, 220, 200), (40, 80, 220))


def test_what_is_in_the_box_is_searched_for(shelf):
    assert first(shelf.search(image=on_green())) == "green"
    assert first(shelf.search(image=on_green(), crop=(100, 100, 220, 200))) == "blue"
    assert (
        first(shelf.search(image=[on_green(), on_green()], crop=[(100, 100, 220, 200), (110, 110, 200, 190)])) == "blue"
    )


def test_a_crop_of_its_own_counts_where_it_is_nearer(shelf):
    cloth = np.where(np.array(chequered())[..., :1] > 100, (240, 220, 40), (0, 0, 0)).astype(np.uint8)
    photo = with_thing(Image.fromarray(cloth), (60, 60, 140, 150), (40, 80, 220))
    assert shelf.search(image=photo)[0].score < 0.6
    assert first(found := shelf.search(image=photo, crop="auto")) == "blue"
    assert found[0].score > 0.9
    assert first(shelf.search(image=Image.new("RGB", (90, 90), (220, 30, 30)), crop="auto")) == "red"


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"crop": "middle"}, "the crop 'middle' is none"),
        ({"crop": (0, 0, 900, 10)}, "reaches outside the picture; the picture has 400 × 300"),
        ({"crop": [(0, 0, 90, 90), (0, 0, 90, 90)]}, "1 photos and 2 crops"),
        ({"crop": 7}, "the crop 7 is no box"),
    ],
)
def test_bad_crops_are_refused(shelf, asked, reason):
    with pytest.raises(BadQuery, match=reason):
        shelf.search(image=on_green(), **asked)


def test_a_crop_without_a_photo_is_refused(shelf):
    with pytest.raises(BadQuery, match="there is a crop, but no photo"):
        shelf.search(text="mug", crop=(0, 0, 10, 10))


def test_results_carry_advice(shelf):
    dark = on_green().point([v // 8 for v in range(256)] * 3)
    assert "dark" in shelf.search(image=dark).advice[0]
    assert shelf.search(image=on_green()).advice == ()


def test_the_command_takes_a_crop_and_prints_advice(shelf, run, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    (tmp_path / "snapshelf.toml").write_text('[embedder]\nname = "toy"\n[store]\nname = "exact"\n')
    on_green().point([v // 3 for v in range(256)] * 3).save("dim.png")
    on_green().save("photo.png")
    line = ("search", "--image", "photo.png", "--shelf", shelf.stack.folder, "-k", 1)
    status, said, _ = run(*line, "--crop", "100,100,220,200")
    assert status == 0
    assert "blue" in said
    status, said, _ = run("search", "--image", "dim.png", "--shelf", shelf.stack.folder)
    assert "The photo is dark" in said
    status, _, complaint = run(*line, "--crop", "left")
    assert status == 2
    assert "the crop 'left' is none" in complaint
