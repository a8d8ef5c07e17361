"""The contract of snapshelf.testing over every recogniser there is, on real speech too, and that it catches faults."""

import csv
import zipfile

import pytest

from snapshelf import plugins
from snapshelf.errors import BadSettings, MissingExtra
from snapshelf.media.sound import open_clip
from snapshelf.protocols import Heard
from snapshelf.testing.recognisers import RecogniserContract, phrases, without_speech

ALL = plugins.names("recognisers")
BAR = ("light roast espresso", "twelve ounce latte", "dark roast mocha", "iced coffee", "house coffee with milk")


@pytest.fixture(params=ALL, scope="module")
def loaded(request):
    try:
        return plugins.find("recognisers", request.param).load({})
    except MissingExtra as missing:
        pytest.skip(str(missing))


class TestAll(RecogniserContract):
    @pytest.fixture
    def recogniser(self, loaded):
        return loaded

    def test_speech(self, recogniser, shared):
        """Of real orders that name a drink of this shop most drinks are heard."""
        with (shared / "speech" / "orders.csv").open(newline="") as file:
            orders = [row for row in csv.DictReader(file) if row["wav"] and row["drink"].split()[-1] in " ".join(BAR)]
        with zipfile.ZipFile(shared / "speech" / "orders_wav24.zip") as archive:
            clips = [(open_clip(archive.read(row["wav"])).clip, row["drink"].split()[-1]) for row in orders[:8]]
        found = [drink in recogniser.hear(clip, phrases(*BAR)).words.split() for clip, drink in clips]
        assert len(found) == 8
        assert sum(found) >= 6


def test_the_folder_is_listed():
    assert "pocketsphinx" in ALL


@pytest.mark.parametrize("name", ALL)
def test_module_attributes(name):
    module = plugins.find("recognisers", name)
    assert isinstance(module.EXTRA, str)
    with pytest.raises(BadSettings, match="'colour'"):
        module.load({"colour": "red"})


@pytest.mark.parametrize("value", [-0.1, 1.1, "high", True])
def test_pocketsphinx_wants_a_sensible_confidence(value):
    with pytest.raises(BadSettings, match="number from 0 to 1"):
        plugins.find("recognisers", "pocketsphinx").load({"confidence": value})


class _Wrong:
    """A recogniser with one fault."""

    def __init__(self, fault):
        self.fault, self.calls = fault, 0

    def hear(self, clip, phrases):
        self.calls += 1
        words = {"inventive": "red shoes", "loud": "RED  Shoes", "fickle": f"red {self.calls}"}.get(self.fault, "")
        if self.fault == "careless":
            clip.samples[:] = 0
        return Heard(words, 2.0 if self.fault == "certain" else 0.0)


@pytest.mark.parametrize(
    ("fault", "test", "rest"),
    [
        ("inventive", "test_no_words_where_nobody_speaks", ("silence",)),
        ("loud", "test_odd_clips", ("a click",)),
        ("certain", "test_odd_clips", ("a click",)),
        ("certain", "test_a_shop_without_words", ()),
        ("careless", "test_leaves_the_clip_as_it_was", ()),
    ],
)
def test_the_contract_catches(fault, test, rest):
    with pytest.raises(AssertionError):
        getattr(RecogniserContract(), test)(_Wrong(fault), *rest)


def test_the_contract_catches_a_fickle_one(tmp_path):
    with pytest.raises(AssertionError):
        RecogniserContract().test_same_again(_Wrong("fickle"), tmp_path)


def test_sounds_of_the_contract_are_loud_enough_to_be_heard():
    assert all(abs(clip.samples).max() > 0.05 for name, clip in without_speech().items() if "silence" not in name)
