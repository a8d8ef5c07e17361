"""What is said in a product's video finds it, at the second where it is said; noise adds nothing."""

import csv
import zipfile
from dataclasses import replace

import numpy as np
import pytest

import snapshelf
from snapshelf.config import Settings, SpeechSettings, StoreSettings
from snapshelf.media.sound import open_clip
from snapshelf.types import RATE, Product
from tests.clips import film, tone

pytest.importorskip("pocketsphinx")
EXACT = Settings(store=StoreSettings(name="exact"))
DRINKS = ("eight ounce iced mocha", "light roast iced mocha", "light roast house coffee", "iced mocha", "mug rack")


@pytest.fixture(scope="module")
def spoken(shared):
    """A real order for an iced mocha, as samples at 48 kHz."""
    with (shared / "speech/orders.csv").open(newline="", encoding="utf-8") as file:
        order = next(row for row in csv.DictReader(file) if row["drink"] == "iced mocha" and row["size"])
    with zipfile.ZipFile(shared / "speech/orders_opus.zip") as archive:
        clip = open_clip(archive.read(order["file"])).clip
    return np.repeat(clip.samples, 48_000 // RATE)


def goods(video):
    yield from (Product(f"D{n}", title) for n, title in enumerate(DRINKS))
    yield Product("FILM", "set of three cups", videos=(str(video),))


def opened(folder, video, settings=EXACT):
    shelf = snapshelf.open(folder, settings)
    summary = shelf.index(goods(video))
    assert not summary.refused
    return shelf


def views(shelf):
    return {
        hit.view: hit for hit in shelf.search("iced mocha", k=20, lanes="vector", understand=False) if hit.sku == "FILM"
    }


def test_what_is_said_is_a_view_with_its_second(tmp_path, spoken):
    silence = np.zeros(3 * 48_000, np.float32)
    video = tmp_path / "film.mp4"
    said = np.concatenate([silence, spoken])
    seconds = len(said) / 48_000
    video.write_bytes(film(["red", "green"], seconds / 2 if seconds < 6 else 3.0, sound=said))
    with opened(tmp_path / "shelf", video) as shelf:
        found = views(shelf)
        assert set(found) == {"sound1"}
        assert found["sound1"].span
        assert found["sound1"].span[1] > 3.0
        again = shelf.index(goods(video))
        assert (again.embedded, again.unchanged) == (0, len(DRINKS) + 1)


def test_tones_say_nothing_and_a_shop_may_not_listen(tmp_path, spoken):
    video = tmp_path / "film.mp4"
    video.write_bytes(film(["red", "green"], 3.0, sound=tone(6.0, 48_000)))
    with opened(tmp_path / "tones", video) as shelf:
        assert "sound1" not in views(shelf)
    video.write_bytes(film(["red", "green"], 3.0, sound=spoken))
    deaf = replace(EXACT, speech=SpeechSettings(videos=False))
    with opened(tmp_path / "deaf", video, deaf) as shelf:
        assert "sound1" not in views(shelf)
