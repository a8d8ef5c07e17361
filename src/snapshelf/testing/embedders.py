"""What every embedder must do. Anyone's embedder proves itself with a class of three lines.

class TestMine(EmbedderContract):
    @pytest.fixture
    def embedder(self):
        return my_package.load(my_package.CARDS[0], {})
"""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from snapshelf.errors import BadInput, Unsupported
from snapshelf.protocols import Embedder
from snapshelf.types import RATE, Clip, Item, Segment, Vectors
from snapshelf.vectors import cut

TEXTS = ("red running shoe", "a blue coffee mug", "tomato", "Espresso machine, 15 bar, black")
ODD_TEXTS = ("", " \n\t", "🙂👟", "äöü ñ 日本語 العربية", "!!!", "\x00", "\ud800", "x" * 3_000, "long words " * 1_000)
ODD_SIZES = ((1, 1), (1, 900), (900, 1), (2, 3), (7, 301), (1200, 900))
ALIKE = 1e-5  # largest difference of a coordinate between two runs over the same item


def picture(colour: str, size: tuple[int, int] = (120, 90), mark: str = "white") -> Image.Image:
    """A picture of one colour with a disc in its middle."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse((size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4), fill=mark)
    return image


PICTURES = (picture("red"), picture("blue", (60, 200)), picture("green", (64, 64), "black"), picture("yellow"))


def clip(pitch: float, seconds: float = 1.2) -> Clip:
    """A tone that swells and fades."""
    time = np.arange(round(seconds * RATE)) / RATE
    return Clip(
        (0.5 * np.sin(2 * np.pi * pitch * time) * np.sin(np.pi * time / seconds)).astype(np.float32), 0.0, seconds
    )


def segment(colour: str, mark: str) -> Segment:
    """A scene of four frames in which a disc goes."""
    frames = [
        picture(colour, (96, 64), mark),
        picture(colour, (96, 64), "gray"),
        *(picture(colour, (96, 64), mark),) * 2,
    ]
    return Segment(tuple(frames), 0.0, 2.0)


CLIPS = (clip(220), clip(880), clip(1760, 0.7), clip(330, 2.5))
SEGMENTS = (segment("red", "white"), segment("blue", "white"), segment("green", "black"), segment("yellow", "navy"))
ITEMS: dict[str, tuple[Item, ...]] = {"text": TEXTS, "image": PICTURES, "audio": CLIPS, "video": SEGMENTS}


class EmbedderContract:
    """Shape, length, order and refusals of an embedder; what its card does not promise must be refused."""

    @pytest.fixture
    def embedder(self) -> Embedder:
        """The embedder under test; a subclass returns its own."""
        raise NotImplementedError("return a loaded embedder from a fixture called 'embedder'")

    def test_card_is_whole(self, embedder: Embedder) -> None:
        """The card says what a shop must know, and lists its dimensions from largest to smallest."""
        card = embedder.card
        assert all((card.name, card.revision, card.licence, card.source))
        assert card.modalities
        assert card.batch >= 1
        assert list(card.dims) == sorted(set(card.dims), reverse=True)

    def test_unit_rows_at_every_dim(self, embedder: Embedder) -> None:
        """(n, dim) float32, finite, of length 1, for both purposes."""
        for dim in embedder.card.dims:
            for purpose in ("index", "query"):
                rows = embedder.embed(_items(embedder), purpose, dim)
                _check_rows(rows, len(_items(embedder)), dim)

    def test_nothing_in_nothing_out(self, embedder: Embedder) -> None:
        """No items give no rows, of the width asked for."""
        rows = embedder.embed([], "query", embedder.card.dims[0])
        assert rows.shape == (0, embedder.card.dims[0])
        assert rows.dtype == np.float32

    def test_order_and_company_do_not_matter(self, embedder: Embedder) -> None:
        """An item's row is the same alone, in a mixed batch, backwards, and beside itself."""
        items, dim = _items(embedder), embedder.card.dims[0]
        together = embedder.embed(items, "index", dim)
        backwards = embedder.embed(items[::-1], "index", dim)[::-1]
        alone = np.concatenate([embedder.embed([item], "index", dim) for item in items])
        doubled = embedder.embed([items[0], *items, items[0]], "index", dim)
        _alike(together, backwards, "items in another order")
        _alike(together, alone, "items one by one")
        _alike(doubled[0], doubled[-1], "an item beside itself")
        _alike(doubled[1:-1], together, "items in a larger batch")

    def test_same_again(self, embedder: Embedder) -> None:
        """The same call gives the same rows."""
        dim = embedder.card.dims[-1]
        first, second = (embedder.embed(_items(embedder), "query", dim) for _ in range(2))
        _alike(first, second, "the same call again")

    def test_items_differ(self, embedder: Embedder) -> None:
        """Different texts, and different pictures, get different rows."""
        for some in _kinds(embedder):
            rows = embedder.embed(some, "index", embedder.card.dims[0])
            scores = rows @ rows.T - 2 * np.eye(len(some), dtype=np.float32)
            assert scores.max() < 1 - 1e-4

    def test_smaller_dims_are_prefixes(self, embedder: Embedder) -> None:
        """With ``matryoshka`` a smaller dim is the larger one, cut and renormalised."""
        card = embedder.card
        largest = embedder.embed(_items(embedder), "index", card.dims[0])
        for dim in card.dims[1:]:
            asked = embedder.embed(_items(embedder), "index", dim)
            if card.matryoshka:
                _alike(cut(largest, dim), asked, f"the first {dim} coordinates, renormalised,")
            _check_rows(asked, len(largest), dim)

    def test_purposes_differ_only_if_the_card_says_so(self, embedder: Embedder) -> None:
        """Without ``purposes_differ`` an item has one row, whatever it is for."""
        items, dim = _items(embedder), embedder.card.dims[0]
        apart = np.abs(embedder.embed(items, "index", dim) - embedder.embed(items, "query", dim)).max()
        assert (apart > ALIKE) == embedder.card.purposes_differ
        for kind in ("text", "image", "audio", "video"):
            rows = embedder.embed(items[:1], f"query {kind}", dim)  # type: ignore[arg-type]
            _check_rows(rows, 1, dim)
            if not embedder.card.purposes_differ:
                _alike(rows, embedder.embed(items[:1], "query", dim), f"queries among views of {kind} alone")

    def test_refuses_a_dim_not_on_the_card(self, embedder: Embedder) -> None:
        """A dimension nobody promised is refused, naming it."""
        for dim in (embedder.card.dims[0] + 1, 0, -1):
            with pytest.raises(Unsupported, match=str(dim)):
                embedder.embed(_items(embedder), "index", dim)

    def test_refuses_a_modality_not_on_the_card(self, embedder: Embedder) -> None:
        """Words, pictures, sound or video that the card does not list are refused, and so is what is none of them."""
        dim = embedder.card.dims[0]
        refused: list[object] = [b"bytes", 7, None]
        refused += [items[0] for modality, items in ITEMS.items() if modality not in embedder.card.modalities]
        for item in refused:
            with pytest.raises(Unsupported, match=r"\w+ \w+"):
                embedder.embed([item], "query", dim)  # type: ignore[list-item]

    def test_odd_texts(self, embedder: Embedder) -> None:
        """Empty, endless, foreign and broken texts give a unit row or are refused in words; never NaN."""
        if "text" in embedder.card.modalities:
            for text in ODD_TEXTS:
                _row_or_refusal(embedder, text)

    def test_odd_pictures(self, embedder: Embedder) -> None:
        """Blank, tiny, very long and grey pictures give a unit row or are refused in words; never NaN."""
        if "image" in embedder.card.modalities:
            for size in ODD_SIZES:
                _row_or_refusal(embedder, Image.new("RGB", size, "white"))
                _row_or_refusal(embedder, Image.new("RGB", size, "black"))
            _row_or_refusal(embedder, PICTURES[0].convert("L"))

    def test_odd_sounds(self, embedder: Embedder) -> None:
        """Silence, a click, clipped sound: a unit row or a refusal in words; never NaN."""
        if "audio" in embedder.card.modalities:
            for samples in (np.zeros(RATE), np.zeros(1), np.zeros(0), np.sign(np.sin(np.arange(RATE) / 9.0))):
                _row_or_refusal(embedder, Clip(samples.astype(np.float32), 0.0, len(samples) / RATE))

    def test_odd_scenes(self, embedder: Embedder) -> None:
        """A single frame, a tiny one, no time at all: a unit row or a refusal in words; never NaN."""
        if "video" in embedder.card.modalities:
            for size in ODD_SIZES[:3]:
                _row_or_refusal(embedder, Segment((Image.new("RGB", size, "white"),), 1.0, 1.0))

    def test_leaves_items_as_they_were(self, embedder: Embedder) -> None:
        """Neither the list nor a picture in it is changed."""
        items = _items(embedder)
        before = [item.tobytes() if isinstance(item, Image.Image) else item for item in items]
        embedder.embed(items, "index", embedder.card.dims[0])
        assert before == [item.tobytes() if isinstance(item, Image.Image) else item for item in items]


def _kinds(embedder: Embedder) -> list[list[Item]]:
    """The plain test items of each modality that the card lists."""
    return [list(items) for modality, items in ITEMS.items() if modality in embedder.card.modalities]


def _items(embedder: Embedder) -> list[Item]:
    """The same, one of each kind in turn."""
    kinds = _kinds(embedder)
    return [item for row in zip(*kinds, strict=True) for item in row]


def _check_rows(rows: Vectors, n: int, dim: int) -> None:
    assert rows.shape == (n, dim), f"shape {rows.shape} instead of {(n, dim)}"
    assert rows.dtype == np.float32, f"{rows.dtype} instead of float32"
    assert np.all(np.isfinite(rows)), "a row is not finite"
    assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() <= 1e-4, "a row is not of unit length"


def _alike(rows: Vectors, others: Vectors, what: str) -> None:
    apart = float(np.abs(rows - others).max())
    assert apart <= ALIKE, f"{what} give other rows: a coordinate differs by {apart:.2g}"


def _row_or_refusal(embedder: Embedder, item: Item) -> None:
    dim = embedder.card.dims[-1]
    try:
        rows = embedder.embed([item], "index", dim)
    except BadInput as error:
        refusal = str(error)
    else:
        _check_rows(rows, 1, dim)
        return
    assert len(refusal.split()) >= 4, "a refusal must say what is wrong and what to do"
