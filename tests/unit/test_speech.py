"""From a shop's phrases to a language model and a dictionary, and from a clip to words."""

import math
import re
import zipfile

import numpy as np
import pytest

from snapshelf.media.sound import open_clip
from snapshelf.recognisers import pocketsphinx
from snapshelf.recognisers.pocketsphinx import language, sounds
from snapshelf.recognisers.pocketsphinx.listen import utterances
from snapshelf.recognisers.pocketsphinx.prepared import prepare
from snapshelf.testing.recognisers import phrases
from snapshelf.types import RATE, Clip
from tests.clips import wav

TITLES = ["red running shoes", "red coffee mug", "espresso machine 15 bar", "red running shoes"]


def grams(arpa):
    """n-gram → (log10 of its probability, log10 of its back-off weight) of an ARPA text."""
    found = {}
    for size, part in enumerate(re.split(r"\n\\\d-grams:\n", arpa)[1:], start=1):
        for line in part.split("\n\n")[0].splitlines():
            cells = line.split()
            found[tuple(cells[1 : size + 1])] = (float(cells[0]), float(cells[size + 1]) if size < 3 else 0.0)
    return found


def chance(table, history, word):
    """log10 P(word | history), backing off as a reader of the format does."""
    gram = (*history, word)
    if gram in table:
        return table[gram][0]
    if not history:
        return -99.0
    return table.get(tuple(history), (0, 0))[1] + chance(table, history[1:], word)


@pytest.fixture(scope="module")
def table():
    return grams(language.model(TITLES).arpa)


@pytest.mark.parametrize("history", [(), ("red",), ("red", "running"), ("<s>",), ("<s>", "red"), ("shoes",)])
def test_chances_after_any_history_add_up_to_one(table, history):
    words = {gram[0] for gram in table if len(gram) == 1} - {"<s>"}
    total = sum(10 ** chance(table, history, word) for word in words)
    assert total == pytest.approx(1.0, abs=0.01)


def test_what_the_shop_says_is_likelier_than_what_it_does_not(table):
    assert chance(table, ("red",), "running") > chance(table, ("red",), "machine") + 1
    assert chance(table, ("red", "running"), "shoes") > chance(table, ("red", "running"), "mug") + 1


def test_every_gram_begins_with_a_shorter_one(table):
    for gram in table:
        if len(gram) > 1:
            assert gram[:-1] in table
            assert gram[1:] in table
    assert all(math.isfinite(value) for pair in table.values() for value in pair)


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("Red Running-Shoes, size 42", ["red", "running", "shoes", "size", "42"]),
        ("Café crème 55in", ["cafe", "creme", "55", "in"]),
        ("Levi's 501®", ["levi's", "501"]),
        ("日本語", []),
        ("\ud800 mug", ["mug"]),
        ("", []),
    ],
)
def test_words_of_a_phrase(phrase, words):
    assert language.words_of(phrase) == words


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("can i have a latte please", "latte"),
        ("give me two lattes for me please", "two lattes"),
        ("i would like to order a two seater sofa thank you", "a two seater sofa"),
        ("under table lamp", "table lamp"),
        ("a latte with milk", "a latte with milk"),
        ("can i have a", ""),
        ("", ""),
    ],
)
def test_words_of_asking_are_left_out_at_both_ends(said, left):
    shop = frozenset("a two latte lattes seater sofa table lamp with milk me i have".split())
    assert language.trimmed(said.split(), shop) == left.split()


def test_vocabulary_is_bounded_to_the_most_frequent(monkeypatch):
    monkeypatch.setattr(language, "VOCABULARY", 2)
    made = language.model(["red shoes", "red mug", "blue mug"])
    assert made.words[:2] == ("mug", "red")
    assert made.shop == {"mug", "red"}
    assert "blue" not in made.arpa


@pytest.mark.parametrize(
    ("digits", "ways"),
    [
        ("7", ["seven"]),
        ("12", ["twelve", "one two"]),
        ("42", ["forty two", "four two"]),
        ("501", ["five hundred one", "five zero one"]),
        ("1080", ["one thousand eighty", "ten eighty", "one zero eight zero"]),
        ("007", ["zero zero seven"]),
        ("73513537", ["seven three five one three five three seven"]),
    ],
)
def test_numbers_are_read_out(digits, ways):
    assert [" ".join(words) for words in sounds.read_out(digits)] == ways


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("frother", "F R AA TH ER"),
        ("snapshelf", "S N AE P SH EH L F"),
        ("gizmo", "JH IH Z M OW"),
        ("knafeh", "N AE F EH HH"),
        ("brake", "B R EY K"),
        ("blotter", "B L AA T ER"),
        ("station", "S T AE SH AH N"),
    ],
)
def test_words_that_no_dictionary_has_are_said_by_rule(word, said):
    assert sounds.by_rule(word) == said


def test_every_word_has_sounds_that_the_model_knows(tmp_path):
    library = pytest.importorskip("pocketsphinx")
    known = sounds.cmudict(next(iter_files(library)))
    alphabet = {sound for ways in known.values() for way in ways for sound in way.split()}
    words = ["frother", "55", "xl", "usb", "oz", "shoes", "qqq", "x", "a", "zzyzx", "o'brien's", "90210"]
    made = dict(sounds.dictionary(words, known))
    assert {name.partition("(")[0] for name in made} == set(words)
    for word, said in made.items():
        assert said, word
        assert set(said.split()) <= alphabet, word


def iter_files(library):
    from pathlib import Path

    yield Path(library.get_model_path()) / "en-us" / "cmudict-en-us.dict"


def test_rules_agree_with_the_dictionary_more_often_than_not():
    """Not by much: English spelling is what it is. Measured as sounds that must be changed, of those there are."""
    library = pytest.importorskip("pocketsphinx")
    known = sounds.cmudict(next(iter_files(library)))
    words = sorted(word for word in known if word.isalpha() and 4 <= len(word) <= 9)[::400]
    wrong = sum(edits(sounds.by_rule(word).split(), known[word][0].split()) for word in words)
    assert wrong / sum(len(known[word][0].split()) for word in words) < 0.5


def edits(one, other):
    row = list(range(len(other) + 1))
    for n, a in enumerate(one, start=1):
        before, row[0] = row[0], n
        for m, b in enumerate(other, start=1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (a != b))
    return row[-1]


def test_files_are_made_once_and_those_of_another_state_dropped(tmp_path):
    library = pytest.importorskip("pocketsphinx")
    cmudict, asked = next(iter_files(library)), []

    def state(mark):
        made = phrases(*TITLES, folder=tmp_path / "speech")
        return type(made)(mark, lambda: asked.append(mark) or TITLES, made.folder)

    for mark in ("one", "one", "two"):
        with prepare(state(mark), cmudict) as prepared:
            assert prepared.shop >= {"red", "espresso", "15"}
            assert prepared.model.read_text().startswith("\\data\\")
    assert asked == ["one", "two"]
    assert len(list((tmp_path / "speech").iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"no model", b"\xff\xfe" * 100])
@pytest.mark.parametrize("file", ["model.arpa", "words.dict", "shop.txt", "sha256"])
def test_damaged_files_are_made_again(tmp_path, shared, file, damage):
    kept = phrases(*BAR, folder=tmp_path / "speech")
    before = pocketsphinx.load({}).hear(order(shared), kept)
    (folder,) = (tmp_path / "speech").iterdir()
    good = (folder / file).read_bytes()
    (folder / file).write_bytes(damage)
    again = pocketsphinx.load({}).hear(order(shared), kept)
    assert again == before
    assert (folder / file).read_bytes() == good


def test_a_folder_that_cannot_be_written_to_is_no_reason_to_fail(tmp_path):
    library = pytest.importorskip("pocketsphinx")
    (tmp_path / "file").write_text("in the way")
    with prepare(phrases(*TITLES, folder=tmp_path / "file" / "speech"), next(iter_files(library))) as prepared:
        assert prepared.shop


def test_utterances_are_parted_by_pauses(shared):
    library = pytest.importorskip("pocketsphinx")
    pcm = (np.concatenate([order(shared).samples, np.zeros(2 * RATE), order(shared).samples]) * 20_000).astype(np.int16)
    found = list(utterances(pcm, library.Vad()))
    assert len(found) == 2
    assert list(utterances(np.zeros(RATE, np.int16), library.Vad())) == []


def order(shared):
    with zipfile.ZipFile(shared / "speech" / "orders_wav24.zip") as archive:
        return open_clip(archive.read("00e09cf0-a01d-453e-9b89-dc6e6d31d362.wav")).clip


BAR = ("light roast triple shot iced coffee", "dark roast espresso", "iced mocha", "single shot latte")


def test_a_real_order_as_people_send_them(shared):
    """The same words at 8 kHz, in stereo, much quieter, and twice with a pause between."""
    recogniser, clip = pocketsphinx.load({}), order(shared)
    plain = recogniser.hear(clip, phrases(*BAR))
    for wanted in ("iced coffee", "light roast", "triple shot"):
        assert wanted in plain.words
    assert plain.confidence > 0.2
    assert not plain.words.startswith(("can", "may", "i "))
    stereo = open_clip(wav(np.stack([clip.samples, clip.samples], 1), channels=2)).clip
    telephone = open_clip(wav(clip.samples[::2], 8_000)).clip
    quiet = Clip(clip.samples * 0.02, 0.0, clip.end)
    twice = Clip(np.concatenate([clip.samples, np.zeros(2 * RATE, np.float32), clip.samples]), 0.0, 2 * clip.end + 2)
    assert recogniser.hear(stereo, phrases(*BAR)).words == plain.words
    assert recogniser.hear(quiet, phrases(*BAR)).words == plain.words
    assert "coffee" in recogniser.hear(telephone, phrases(*BAR)).words
    assert recogniser.hear(twice, phrases(*BAR)).words.count("iced coffee") == 2
    assert recogniser.hear(clip, phrases("garden hose", "lawn mower")).words != plain.words


def test_spoken_digits(shared):
    """A shop whose SKUs are digits: far more are understood than one in ten, by voices it never heard."""
    recogniser = pocketsphinx.load({"confidence": 0.0})
    with zipfile.ZipFile(shared / "speech" / "digits_wav.zip") as archive:
        names = [name for name in sorted(archive.namelist()) if name.endswith(".wav")][::17]
        heard = [recogniser.hear(open_clip(archive.read(name)).clip, phrases(*"0123456789")).words for name in names]
    right = sum(name.rpartition("/")[2][0] in words.split() for name, words in zip(names, heard, strict=True))
    assert right / len(names) > 0.4
