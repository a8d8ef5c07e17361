"""Sound and video from end to end: products that have them, queries that are them, shelves from before them."""

import csv
import json
import sqlite3
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from alembic import command
from alembic.config import Config
from PIL import Image
from sqlalchemy import create_engine

import snapshelf
from snapshelf import catalogue as catalogue_package
from snapshelf import plugins, translate
from snapshelf.catalogue import open_catalogue, products
from snapshelf.config import EmbedderSettings, MediaSettings, Settings, SpeechSettings, StoreSettings
from snapshelf.embedders import toy
from snapshelf.errors import BadMedia, BadQuery, MissingExtra, Unsupported
from snapshelf.types import Clip, Product, Segment, aspect_of, split_aspect
from snapshelf.vectors import unit
from tests.clips import COLOURS, film, tone, wav

TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
ORDER = "00e09cf0-a01d-453e-9b89-dc6e6d31d362.wav"  # "… light roast triple shot iced coffee"
DRINKS = ("light roast triple shot iced coffee", "dark roast espresso", "iced mocha", "single shot latte")


def order(shared) -> bytes:
    with zipfile.ZipFile(shared / "speech" / "orders_wav24.zip") as archive:
        return archive.read(ORDER)


@pytest.fixture
def shelf(tmp_path):
    with snapshelf.open(tmp_path / "shelf", TOY) as opened:
        yield opened


def write(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


# --- aspects ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aspect", "medium", "span"),
    [("text", "text", None), ("image2", "image2", None), ("video1@12.4-16.0", "video1", (12.4, 16.0))],
)
def test_an_aspect_says_what_and_when(aspect, medium, span):
    assert split_aspect(aspect) == (medium, span)
    if medium != "text":
        assert aspect_of(medium[:-1], int(medium[-1]), span) == aspect


# --- products ---------------------------------------------------------------------------------------------------------


def test_a_scene_of_a_video_is_found_and_its_seconds_said(shelf, tmp_path):
    shown = write(tmp_path / "a.mp4", film(["red", "green", "blue"]))
    first = shelf.index([Product("V", "a thing", videos=(shown,)), Product("T", "another thing")])
    assert (first.added, first.embedded, first.refused) == (2, 5, [])
    for n, colour in enumerate(COLOURS):
        hit = shelf.search(image=Image.new("RGB", (20, 20), COLOURS[colour]))[0]
        assert (hit.sku, hit.view) == ("V", "video1")
        assert hit.span == pytest.approx((2 * n, 2 * n + 2), abs=0.3)
    assert shelf.search(text="another thing")[0].span is None
    assert shelf.show("V").videos == (shown,)


def test_what_is_known_is_neither_cut_nor_embedded_again(shelf, tmp_path):
    shown = write(tmp_path / "a.mp4", film(["red", "green"]))
    assert shelf.index([Product("V", "a thing", videos=(shown,))]).embedded == 3
    assert shelf.index([Product("V", "a thing", videos=(shown,))]).unchanged == 1
    dearer = shelf.index([Product("V", "a thing", videos=(shown,), price=3.0)])
    assert (dearer.updated, dearer.embedded) == (1, 0)
    Path(tmp_path / "b.mp4").write_bytes(Path(shown).read_bytes())
    twin = shelf.index([Product("W", "a thing", videos=(str(tmp_path / "b.mp4"),))])
    assert (twin.added, twin.embedded) == (1, 0), "the same film elsewhere costs nothing"
    write(tmp_path / "a.mp4", film(["red", "blue"]))
    again = shelf.index([Product("V", "a thing", videos=(shown,), price=3.0)])
    assert (again.changed, again.embedded) == (1, 2)
    hit = shelf.search(image=Image.new("RGB", (20, 20), COLOURS["green"]))[0]
    assert hit.sku == "W"


def test_spoken_words_of_a_product_are_found(tmp_path, shared):
    """Even in its first indexing, since products with sound come last."""
    spoken = write(tmp_path / "order.wav", order(shared))
    made = [Product("S", "number one", audios=(spoken,)), *(Product(f"D{n}", name) for n, name in enumerate(DRINKS))]
    with snapshelf.open(tmp_path / "shelf") as shelf:
        assert shelf.index(made).refused == []
        hits = {hit.sku: hit for hit in shelf.search(text="light roast triple shot iced coffee")}
        assert hits["S"].view == "audio1"
        assert hits["S"].score > 0.8
        assert shelf.index(made).unchanged == len(made)
        assert list((tmp_path / "shelf" / "speech").glob("pocketsphinx-*"))


def test_one_bad_file_costs_its_product_alone(shelf, tmp_path):
    good, words = write(tmp_path / "good.mp4", film(["red"])), write(tmp_path / "words.mp4", b"only words")
    silence = write(tmp_path / "silence.wav", wav(np.zeros(16_000)))
    made = [
        Product("A", "red shoe", videos=(good,)),
        Product("B", "blue shoe", videos=(good, words)),
        Product("C", "green shoe", videos=(str(tmp_path / "none.mp4"),)),
        Product("D", "black shoe", audios=(silence,)),
        Product("E", "white shoe", audios=(good,)),
    ]
    found = {row.sku: (row.column, row.reason) for row in shelf.index(made).refused}
    assert found.keys() == {"B", "C", "D", "E"}
    assert found["B"] == ("videos", "words.mp4 is no video that can be read: it holds data of no format that is known")
    assert "none.mp4 is not there" in found["C"][1]
    assert found["D"][0] == "audios"
    assert "nothing is understood in the sound silence.wav" in found["D"][1]
    assert "good.mp4 holds no sound track" in found["E"][1]
    assert shelf.info().products == 1


def test_columns_of_a_catalogue(shelf, tmp_path):
    for name in ("a.mp4", "b.mp4"):
        write(tmp_path / name, film(["red"], 0.5))
    with (tmp_path / "p.csv").open("w", newline="") as file:
        rows = [["sku", "title", "video", "sound"], ["A", "red", "a.mp4, b.mp4", ""], ["B", "x", "../a.mp4", ""]]
        csv.writer(file).writerows([*rows, ["C", "x", "", "ftp://a/b.wav"]])
    summary = shelf.index(tmp_path / "p.csv")
    assert (summary.columns["video"], summary.columns["sound"]) == ("videos", "audios")
    assert shelf.show("A").videos == (str(tmp_path / "a.mp4"), str(tmp_path / "b.mp4"))
    reasons = {row.sku: (row.column, row.reason) for row in summary.refused}
    assert reasons["B"][0] == "video"
    assert "the video '../a.mp4' lies outside" in reasons["B"][1]
    assert reasons["C"][0] == "sound"
    assert "the sound 'ftp://a/b.wav' begins with 'ftp:'" in reasons["C"][1]


@pytest.mark.parametrize("field", ["audios", "videos"])
@pytest.mark.parametrize("value", ["a.mp4", (1,), None, 7])
def test_a_program_may_put_anything_into_a_field(shelf, field, value):
    (row,) = shelf.index([Product("A", "red", **{field: value})]).refused
    assert row.column == field
    assert "give a tuple of paths or URLs" in row.reason


# --- queries ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bar(tmp_path_factory):
    with snapshelf.open(tmp_path_factory.mktemp("bar") / "shelf") as opened:
        opened.index(Product(f"D{n}", name) for n, name in enumerate(DRINKS))
        yield opened


def test_a_spoken_query(bar, shared, tmp_path):
    data = order(shared)
    path = write(tmp_path / "order.wav", data)
    for given in (data, path, Path(path)):
        found = bar.search(audio=given)
        assert found[0].sku == "D0"
        assert "iced coffee" in found.heard["audio"]
        assert found[0].scores == {"audio": pytest.approx(found[0].score, abs=1e-5)}
    assert found.heard["audio"] == bar.search(audio=data).heard["audio"]
    corrected = bar.search(text=found.heard["audio"])
    assert corrected.heard == {}
    assert [hit.sku for hit in corrected] == [hit.sku for hit in found]
    by_words = bar.search(audio=data, lanes="lexical", k=1)
    assert by_words[0].sku == "D0", "recognised words are words to the lexical lane too"
    both = bar.search(text="espresso", audio=data, weights={"audio": 0.1})
    assert both[0].sku == "D1"
    assert set(both[0].scores) == {"text", "audio"}


@pytest.mark.parametrize("samples", [np.zeros(16_000), tone(2.0), np.random.default_rng(1).normal(0, 0.1, 32_000)])
def test_a_query_in_which_nobody_speaks(bar, samples):
    with pytest.raises(BadQuery, match="nothing is understood in the sound"):
        bar.search(audio=wav(samples))


def test_a_query_that_is_too_long(bar):
    with pytest.raises(BadMedia, match="longer than 60 seconds"):
        bar.search(audio=wav(np.zeros(16_000 * 61)))


def test_a_video_query(shelf, tmp_path):
    shelf.index(
        Product(colour, f"{colour} thing", videos=(write(tmp_path / f"{colour}.mp4", film([colour])),))
        for colour in COLOURS
    )
    found = shelf.search(video=film(["blue"]))
    assert found[0].sku == "blue"
    assert found.heard == {}
    assert set(found[0].scores) == {"video"}
    mixed = shelf.search(video=film(["red", "green"]), weights={"video": 1, "speech": 0})
    assert {hit.sku for hit in mixed[:2]} == {"red", "green"}


def test_what_is_said_in_a_video_counts(bar, shared, tmp_path):
    import av

    with av.open(write(tmp_path / "order.wav", order(shared))) as file:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=48_000)
        parts = [part.to_ndarray()[0] for frame in file.decode(audio=0) for part in resampler.resample(frame)]
    sound = np.concatenate(parts)
    found = bar.search(video=film(["red"], len(sound) / 48_000, sound=sound), weights={"video": 0.2})
    assert "iced coffee" in found.heard["speech"]
    assert found[0].sku == "D0"
    silent = bar.search(video=film(["red"], 1.0), weights={"speech": 3})
    assert silent.heard == {}


def test_the_fruit_of_a_real_video(shared, tmp_path):
    """A still finds the second it was taken from, among all scenes of three real clips."""
    names = ["bottle-detection.mp4", "fruit-and-vegetable-detection.gif", "store-aisle-detection.gif"]
    with snapshelf.open(tmp_path / "shelf") as shelf:
        shelf.index(Product(name, "a clip", videos=(str(shared / "video" / name),)) for name in names)
        with Image.open(shared / "video" / names[1]) as film_of_fruit:
            for frame in (30, 50, 70):
                film_of_fruit.seek(frame)
                hit = shelf.search(image=film_of_fruit.convert("RGB"))[0]
                assert (hit.sku, hit.view) == (names[1], "video1")
                assert hit.span[0] - 0.3 <= frame * 6.74 / 101 <= hit.span[1] + 0.3


# --- models and settings ----------------------------------------------------------------------------------------------


class _Hearing(toy.Toy):
    """The toy embedder, that also takes clips and segments: loudness and length as axes."""

    def embed(self, items, purpose, dim):
        rows = np.zeros((len(items), dim), np.float32)
        for row, item in zip(rows, items, strict=True):
            if isinstance(item, Clip):
                row[6:8] = 1.0, np.abs(item.samples).max()
            elif isinstance(item, Segment):
                row[6:8] = 1.0, -(item.end - item.start)
            else:
                row[:] = super().embed([item], purpose, dim)[0]
        return unit(rows)


@pytest.fixture
def hearing(tmp_path, monkeypatch):
    card = replace(toy.CARDS[0], modalities=frozenset({"text", "image", "audio", "video"}))
    monkeypatch.setattr(toy, "CARDS", (card,))
    monkeypatch.setattr(toy, "load", lambda card, options: _Hearing(card))
    with snapshelf.open(tmp_path / "shelf", replace(TOY, speech=SpeechSettings(recogniser=""))) as opened:
        yield opened


def test_a_model_that_hears_and_sees_gets_the_thing_itself(hearing, tmp_path):
    loud, quiet = (write(tmp_path / f"{n}.wav", wav(tone(loudness=n))) for n in (0.9, 0.1))
    summary = hearing.index(
        [
            Product("L", "loud", audios=(loud,)),
            Product("Q", "quiet", audios=(quiet,)),
            Product("V", "seen", videos=(write(tmp_path / "a.mp4", film(["red"])),)),
        ]
    )
    assert (summary.refused, summary.embedded) == ([], 6)
    found = hearing.search(audio=wav(tone(loudness=0.88)))
    assert (found[0].sku, found[0].view, found.heard) == ("L", "audio1", {})
    assert hearing.search(video=film(["blue"]))[0].view == "video1"


def test_a_model_that_hears_nothing_and_no_recogniser(tmp_path):
    with snapshelf.open(tmp_path / "shelf", replace(TOY, speech=SpeechSettings(recogniser=""))) as shelf:
        (row,) = shelf.index(
            [Product("A", "red"), Product("B", "blue", audios=(write(tmp_path / "a.wav", wav(tone())),))]
        ).refused
        assert "no recogniser is set; set speech.recogniser" in row.reason
        with pytest.raises(Unsupported, match="no recogniser is set"):
            shelf.search(audio=wav(tone()))
        assert shelf.search(video=film(["red"], sound=tone(2.0, 48_000)))[0].sku == "A"


@pytest.mark.parametrize("missing", ["av", "pocketsphinx"])
def test_a_missing_package_says_what_to_install(shelf, tmp_path, monkeypatch, missing):
    shelf.index([Product("A", "red")])
    monkeypatch.setitem(__import__("sys").modules, missing, None)
    with pytest.raises(MissingExtra, match=r"pip install 'snapshelf\[media\]'"):
        shelf.search(audio=wav(tone(2.0)))


def test_phrases_of_a_shop(shelf, tmp_path):
    said = write(tmp_path / "said.txt", b"for my grandmother\n\nsomething warm\n")
    shelf.stack.settings = replace(TOY, speech=SpeechSettings(phrases=said))
    before = translate.phrases_of(shelf.stack)
    shelf.index([Product("A", "red shoe", brand="Acme", category="Shoes", attributes={"sole": "rubber", "size": 42.0})])
    after = translate.phrases_of(shelf.stack, ["also this"])
    assert before.mark != after.mark
    assert before.read() == translate.phrases_of(shelf.stack).read() == [*after.read()[:-1]]
    assert set(after.read()) >= {
        "red shoe",
        "Acme",
        "Shoes",
        "rubber",
        "for my grandmother",
        "something warm",
        "also this",
    }


def test_limits_of_the_settings(tmp_path):
    settings = replace(TOY, media=MediaSettings(max_seconds=1.0))
    with snapshelf.open(tmp_path / "shelf", settings) as shelf:
        (row,) = shelf.index([Product("A", "red", videos=(write(tmp_path / "a.mp4", film(["red"])),))]).refused
    assert "a.mp4 is longer than 1 seconds" in row.reason


def test_every_recogniser_is_listed():
    assert plugins.names("recognisers") == ["pocketsphinx"]


# --- shelves from before ----------------------------------------------------------------------------------------------


def test_a_shelf_from_before_sound_and_video_is_read(tmp_path):
    """Migrated where it stands: its products are there, unchanged, and nothing of them is embedded again."""
    picture = tmp_path / "red.png"
    Image.new("RGB", (40, 30), COLOURS["red"]).save(picture)
    made = [Product("A", "red shoe", images=(str(picture),)), Product("B", "blue shoe")]
    with snapshelf.open(tmp_path / "shelf", TOY) as shelf:
        shelf.index(made)
    downgrade(tmp_path / "shelf" / "catalogue.sqlite")
    with snapshelf.open(tmp_path / "shelf", TOY) as shelf:
        assert shelf.show("A") == made[0]
        hit = shelf.search(image=Image.open(picture))[0]
        assert (hit.sku, hit.view, hit.span) == ("A", "image1", None)
        again = shelf.index(made)
        assert (again.unchanged, again.embedded) == (2, 0)


def downgrade(database: Path) -> None:
    """Put the tables back to what the first migration made, with their rows."""
    old = database.with_name("old.sqlite")
    config = Config()
    config.set_main_option("script_location", str(Path(catalogue_package.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with sqlite3.connect(old) as link:
        link.execute("ATTACH ? AS new", (str(database),))
        for (table,) in link.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
            if table not in ("alembic_version", "sqlite_sequence"):
                names = ", ".join(f'"{row[1]}"' for row in link.execute(f"PRAGMA main.table_info({table})"))
                link.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}")
    link.close()
    for left in database.parent.glob("catalogue.sqlite*"):
        left.unlink()
    old.rename(database)


def test_the_fingerprint_of_a_product_without_clips_is_what_it_was():
    """Worked out as it was before there were any: another one would make every catalogue look changed."""
    import hashlib

    product = Product("A", "red shoe", price=3.0, images=("a.png",), attributes={"size": 42.0})
    old = ["A", "red shoe", "", "", "", 3.0, "", None, "", "", "", ("a.png",), [("size", 42.0)]]
    assert products.fingerprint(product) == hashlib.sha256(json.dumps(old).encode()).hexdigest()
    assert products.fingerprint(replace(product, videos=("a.mp4",))) != products.fingerprint(product)
    assert products.fingerprint(replace(product, audios=("a.mp4",))) != products.fingerprint(
        replace(product, videos=("a.mp4",))
    )


def test_clips_come_back_from_the_catalogue(tmp_path):
    opened = open_catalogue(f"sqlite:///{tmp_path / 'c.sqlite'}")
    product = Product("A", "red", audios=("a.wav", "b.wav"), videos=("v.mp4",))
    media = (
        products.Medium("a.wav", "1:2", "c1", kind="audio"),
        products.Medium("b.wav", "1:2", "c2", kind="audio"),
        products.Medium("v.mp4", "1:2", "c3", 64, 48, "video", 0.0, 1.5),
        products.Medium("v.mp4", "1:2", "c4", 64, 48, "video", 1.5, 3.0),
    )
    entry = products.Entry(product, "", "text", media, products.fingerprint(product))
    aspects = [view.aspect for view in entry.views()]
    assert aspects == ["text", "audio1", "audio2", "video1@0.0-1.5", "video1@1.5-3.0"]
    with opened.write() as connection:
        products.put(connection, [entry])
    with opened.read() as connection:
        assert products.get(connection, ["A"])["A"] == product
        assert products.media_of(connection, ["A"])["A"] == {
            "a.wav": [media[0]],
            "b.wav": [media[1]],
            "v.mp4": [*media[2:]],
        }
    opened.close()


# --- the command line -------------------------------------------------------------------------------------------------


def test_the_command_line(home, run, shared, tmp_path):
    (home / "order.wav").write_bytes(order(shared))
    (home / "clip.mp4").write_bytes(film(["red", "green"]))
    (home / "p.csv").write_text("sku,title,video\nA,light roast iced coffee,\nB,green thing,clip.mp4\n")
    assert run("index", "p.csv", "--shelf", "bar")[0] == 0
    status, said, _ = run("search", "--audio", "order.wav", "--shelf", "bar")
    assert status == 0
    assert "heard: " in said
    assert "iced coffee" in said.splitlines()[0]
    status, said, _ = run("search", "--audio", "order.wav", "--shelf", "bar", "--json")
    assert "iced coffee" in json.loads(said)["heard"]["audio"]
    status, said, _ = run("search", "--video", "clip.mp4", "--shelf", "bar")
    assert status == 0
    assert "video1 at 0:0" in said
    status, said, _ = run("search", "--video", "clip.mp4", "--shelf", "bar", "--json")
    assert json.loads(said)["hits"][0]["span"] is not None
    (home / "silence.wav").write_bytes(wav(np.zeros(16_000)))
    status, _, complaint = run("search", "--audio", "silence.wav", "--shelf", "bar")
    assert status == 2
    assert "nothing is understood in silence.wav" in complaint
