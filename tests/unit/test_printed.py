"""Words on the thing in a photo, once they are read: said in the shop's own words, searched for, disagreed with."""

import pytest
from PIL import Image

import snapshelf
from snapshelf.config import EmbedderSettings, SearchSettings, Settings, StoreSettings
from snapshelf.errors import BadQuery, MissingExtra
from snapshelf.facts import facts_of
from snapshelf.media import printed as reader
from snapshelf.media.printed import Line
from snapshelf.sample.gtin import in_store
from snapshelf.search import printed as reading
from snapshelf.types import Product
from snapshelf.understand import Vocabulary, printed

TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
GTIN = in_store(7, 1)
GOODS = [
    Product("A", "Arla fresh milk", "whole milk in a carton", "Arla", "Milk", gtin=GTIN),
    Product("V", "Valio vanilla yoghurt", "creamy, with raspberry", "Valio", "Yoghurt"),
    Product("G", "Morning juice of oranges", "pressed", "God Morgon", "Juice"),
    Product("L", "Television 55", "a television", "LG", "Television", mpn="OLED55C34LA"),
    Product("C", "Case for Valio bottles", "a case", "Bolt", "Cases"),
]
VOCABULARY = Vocabulary.of(facts_of(GOODS))


PLAIN = Image.new("RGB", (100, 100), "white")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    with snapshelf.open(tmp_path_factory.mktemp("printed") / "shelf", TOY) as opened:
        opened.index(GOODS)
        yield opened


@pytest.fixture
def shown(monkeypatch):
    """What the reader finds, given by hand: how lines are put to use needs no reader."""

    def read(*lines):
        found = tuple(Line(text, 0.9, (10, 20 * n, 90, 20 * n + 15)) for n, text in enumerate(lines))
        monkeypatch.setattr(reader, "check_reader", lambda: None)
        monkeypatch.setattr(reader, "read_lines", lambda picture: found)
        return Image.new("RGB", (100, 100), "white")

    return read


# --- the shop's own words ---------------------------------------------------------------------------------------------


def test_only_the_shops_words_are_kept_and_slips_are_mended():
    found = printed(["VALI0", "Valio", "Vanilia Yoghurt", "NET WT 500 g", "xqzzy"], VOCABULARY)
    assert found.words == ("valio", "vanilla", "yoghurt")
    assert found.brands == ("Valio",)


def test_a_brand_may_stand_in_two_lines():
    assert printed(["GOD", "MORGON", "1L"], VOCABULARY).brands == ("God Morgon",)
    assert printed(["MORGON", "GOD"], VOCABULARY).brands == ()


def test_a_short_brand_must_stand_alone():
    assert printed(["LG"], VOCABULARY).brands == ("LG",)
    assert printed(["LG x4 mm"], VOCABULARY).brands == ()


def test_short_words_are_not_guessed_at():
    assert printed(["Aria", "mlk", "M1LK"], VOCABULARY).words == ()


def test_the_text_index_may_know_more_words():
    assert printed(["raspberry"], VOCABULARY).words == ()
    assert printed(["raspberry"], VOCABULARY, lambda word: word == "raspberry").words == ("raspberry",)


def test_codes_are_those_of_the_catalogue():
    gaps = f"{GTIN[0]} {GTIN[1:7]} {GTIN[7:]}"
    found = printed([gaps, "Model OLED55C34LA", "OLED55C99XX", in_store(7, 999), "55"], VOCABULARY)
    assert (found.gtins, found.codes) == ((GTIN,), ("OLED55C34LA",))


def test_nothing_and_too_much():
    assert printed([], VOCABULARY) == printed(["", "  ", "!!!", "福"], VOCABULARY) == type(printed([], VOCABULARY))()
    assert len(printed(["milk yoghurt juice"] * 5_000, VOCABULARY).words) == 3


# --- put to use -------------------------------------------------------------------------------------------------------


def test_words_find_what_the_picture_does_not(shelf, shown):
    photo = shown("Valio", "vanilla")
    plain, read = shelf.search(image=photo), shelf.search(image=photo, read_text=True)
    assert [hit.sku for hit in plain] != [hit.sku for hit in read]
    assert read[0].sku == "V"
    lane = next(lane for lane in read[0].receipt.lanes if lane.lane == "lexical")
    assert lane.rank == 1
    assert lane.effect == pytest.approx(reading.BRAND + reading.WORDS)  # its brand, and every word
    assert "words read in the photo were searched for: valio, vanilla" in read.notes


def test_another_brand_is_said(shelf, shown):
    found = shelf.search(image=shown("Valio"), read_text=True, cutoff=False)
    told = {hit.sku: hit.receipt.disagrees for hit in found}
    assert told["A"] == "the photo names Valio, this is of Arla"
    assert told["V"] == told["C"] == ""  # its own brand; a case for it
    assert "the photo names Valio" in found.notes


def test_words_of_the_shopper_come_first(shelf, shown):
    """With words of the shopper the printed ones are not searched for; what they name is still said."""
    found = shelf.search("milk", image=shown("Valio", "vanilla"), read_text=True, cutoff=False)
    assert not [note for note in found.notes if note.startswith("words read")]
    assert "the photo names Valio" in found.notes


def test_codes_go_to_the_exact_lane(shelf, shown):
    found = shelf.search(image=shown(f"{GTIN[0]} {GTIN[1:7]} {GTIN[7:]}"), read_text=True)
    assert found[0].sku == "A"
    assert found[0].receipt.code == "gtin"
    assert f"the photo shows the code {GTIN}" in found.notes
    part = shelf.search(image=shown("Model OLED55C34LA"), read_text=True)
    assert part[0].sku == "L"
    assert part[0].receipt.code == "mpn"


def test_a_filter_holds(shelf, shown):
    photo = shown("Valio vanilla", GTIN)
    assert {hit.sku for hit in shelf.search(image=photo, read_text=True, where='brand == "LG"')} == {"L"}


def test_lines_come_with_the_answer(shelf, shown):
    found = shelf.search(image=[shown("Valio"), Image.new("RGB", (50, 50))], read_text=True)
    assert found.printed["image2"][0].text == "Valio"
    assert found.printed["image"][0].box == (10, 0, 90, 15)


def test_a_photo_that_is_steered_away_from_is_not_read(shelf, shown):
    found = shelf.search("milk", image=shown("Valio"), weights={"image": -0.3}, read_text=True)
    assert not found.printed


def test_boxes_are_in_the_whole_photo(shelf, shown):
    shown("Valio")
    found = shelf.search(image=Image.new("RGB", (400, 300)), crop=(200, 100, 390, 290), read_text=True)
    assert found.printed["image"][0].box == (210, 100, 290, 115)


def test_it_is_off_unless_asked_for(shelf, monkeypatch):
    monkeypatch.setattr(reader, "read_lines", lambda picture: pytest.fail("read without being asked"))
    assert not shelf.search(image=PLAIN).printed
    assert not shelf.search(image=PLAIN, read_text=False).printed


def test_the_setting_reads(tmp_path, shown):
    photo = shown("Valio")
    settings = Settings(embedder=TOY.embedder, store=TOY.store, search=SearchSettings(read_text=True, understand=False))
    with snapshelf.open(tmp_path / "shelf", settings) as opened:
        opened.index(GOODS)
        assert opened.search(image=photo).printed
        assert not opened.search(image=photo, read_text=False).printed
        assert not opened.search("milk").printed
        assert any("the photo names Valio" in line for line in opened.explain("A", image=photo).said)


def test_without_a_photo_there_is_nothing_to_read(shelf):
    with pytest.raises(BadQuery, match="no photo to read"):
        shelf.search("milk", read_text=True)


def test_without_the_extra_it_is_named(shelf, monkeypatch):
    def missing(module, extra):
        raise MissingExtra(f"{module} is not installed; run: pip install 'snapshelf[{extra}]'")

    monkeypatch.setattr(reader, "need", missing)
    with pytest.raises(MissingExtra, match=r"rapidocr is not installed.*snapshelf\[ocr\]"):
        shelf.search(image=PLAIN, read_text=True)
    assert len(shelf.search(image=PLAIN))
