"""The contract of snapshelf.testing over every embedder there is, and that it catches embedders that break it."""

import numpy as np
import pytest
from PIL import Image

from snapshelf import plugins
from snapshelf.embedders import toy
from snapshelf.errors import BadSettings, MissingExtra
from snapshelf.testing.embedders import PICTURES, EmbedderContract, picture
from snapshelf.vectors import unit

PAID = ("nova",)  # embedders behind an account; each has this contract among its own tests, over a wire
FREE = [name for name in plugins.names("embedders") if name not in PAID]
ALL = [(name, card) for name in FREE for card in plugins.find("embedders", name).CARDS]


@pytest.fixture(params=ALL, ids=[f"{name}:{card.name}" for name, card in ALL], scope="module")
def loaded(request):
    name, card = request.param
    try:
        return plugins.find("embedders", name).load(card, {})
    except MissingExtra as missing:
        pytest.skip(str(missing))


class TestAll(EmbedderContract):
    @pytest.fixture
    def embedder(self, loaded):
        return loaded


def test_the_folder_is_listed():
    assert {"compact", "toy"} <= set(plugins.names("embedders"))


@pytest.mark.parametrize("name", plugins.names("embedders"))
def test_module_attributes(name):
    module = plugins.find("embedders", name)
    assert isinstance(module.EXTRA, str)
    assert module.CARDS or callable(module.card)
    assert len({card.name for card in module.CARDS}) == len(module.CARDS)


@pytest.mark.parametrize("name", ["compact", "toy"])
def test_unknown_options_are_refused(name):
    module = plugins.find("embedders", name)
    with pytest.raises(BadSettings, match="'colour'"):
        module.load(module.CARDS[0], {"colour": "red"})


class _Wrong(toy.Toy):
    """The toy embedder with one fault."""

    def __init__(self, fault):
        super().__init__(toy.CARDS[0])
        self.fault = fault

    def embed(self, items, purpose, dim):
        rows = super().embed(items, purpose, dim)
        if self.fault == "batch" and len(items) > 1:
            return unit(rows + rows.mean(0))
        if self.fault == "order":
            return rows[::-1]
        if self.fault == "prefix" and dim == 8:
            return rows[:, ::-1]
        if self.fault == "long":
            return rows * 2
        if self.fault == "wide":
            return rows.astype(np.float64)
        return rows


@pytest.mark.parametrize(
    ("fault", "test", "says"),
    [
        ("batch", "test_order_and_company_do_not_matter", "one by one give other rows"),
        ("order", "test_order_and_company_do_not_matter", "one by one give other rows"),
        ("prefix", "test_smaller_dims_are_prefixes", "first 8 coordinates"),
        ("long", "test_unit_rows_at_every_dim", "unit length"),
        ("wide", "test_unit_rows_at_every_dim", "float64 instead of float32"),
    ],
)
def test_the_contract_catches(fault, test, says):
    with pytest.raises(AssertionError, match=says):
        getattr(EmbedderContract(), test)(_Wrong(fault))


def _toy():
    return toy.load(toy.CARDS[0], {})


@pytest.mark.parametrize("dim", [16, 8])
@pytest.mark.parametrize("colour", ["red", "blue", "green", "yellow"])
def test_toy_words_and_pictures_of_a_colour_agree(colour, dim):
    named = _toy().embed([f"{word} shoe" for word in ("red", "blue", "green", "yellow")], "query", dim)
    seen = _toy().embed([picture(colour, mark=colour)], "index", dim)
    assert int((named @ seen[0]).argmax()) == ["red", "blue", "green", "yellow"].index(colour)
    assert (named @ seen[0]).max() > 0.95


def test_toy_by_hand():
    row = _toy().embed(["red blue"], "query", 8)[0]
    assert row[:6] == pytest.approx(np.array([1, 0, 1, 0, 0, 0]) * row[0])
    half = Image.new("RGB", (10, 10), "black")
    half.paste((255, 255, 255), (0, 0, 5, 10))
    assert _toy().embed([half], "index", 8)[0] == pytest.approx([0, 0, 0, 0, 0.5**0.5, 0.5**0.5, 0, 0], abs=0.1)


def test_toy_texts_without_a_colour_differ():
    shoe, mug = _toy().embed(["shoe", "mug of tea"], "query", 16)
    assert float(shoe @ mug) < 0.99


def test_contract_pictures_differ():
    assert len({image.tobytes() for image in PICTURES}) == len(PICTURES)
