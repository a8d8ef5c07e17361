"""Colours as axes, for tests whose expected answers are worked out by eye.

"red shoe" and a picture that is mostly red point nearly the same way. The other words of a text are hashed to axes of
their own with a small weight, so that different texts differ. Of no use for a real shop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import BadSettings, Unsupported
from snapshelf.protocols import Options
from snapshelf.types import Item, ModelCard, Purpose, Vectors
from snapshelf.vectors import cut, unit

EXTRA = ""
CARDS = (
    ModelCard(
        name="toy",
        revision="1",
        licence="Apache-2.0",
        dims=(16, 8),
        modalities=frozenset({"text", "image"}),
        matryoshka=True,
        source="made by hand for tests",
    ),
)

# Axis by axis: the word, and the colour that a pixel must be nearest to.
COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 160, 60),
    "blue": (40, 80, 220),
    "yellow": (240, 220, 40),
    "black": (0, 0, 0),
    "white": (255, 255, 255),
}
_WORDS = len(COLOURS)  # axes 6 and 7 are hashed words seen at 8 dims, axes 8 to 15 the same words told apart better
_WEIGHT = 0.2  # of all words that name no colour, against 1 for the colours
_PALETTE = np.asarray(list(COLOURS.values()), np.float32)


def load(card: ModelCard, options: Options) -> Toy:
    """The embedder; it has nothing to set. Raises BadSettings for any option."""
    if options:
        raise BadSettings(f"the toy embedder has no setting {min(options)!r}; it has none at all")
    return Toy(card)


class Toy:
    """See the module. Deterministic; holds nothing open."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card

    def embed(self, items: Sequence[Item], purpose: Purpose, dim: int) -> Vectors:
        """(n, dim) float32 unit rows in the order of ``items``; both purposes give the same.

        Raises Unsupported for a dim the card does not list, and for what is neither words nor a picture.
        """
        if dim not in self.card.dims:
            raise Unsupported(f"the toy embedder has no {dim} dimensions; choose one of {self.card.dims}")
        rows = np.zeros((len(items), self.card.dims[0]), np.float32)
        for row, item in zip(rows, items, strict=True):
            row[:] = _words(item) if isinstance(item, str) else _picture(item)
        return cut(unit(rows), dim) if len(rows) else rows[:, :dim]


def _words(text: str) -> NDArray[np.float32]:
    """Equal shares for the colours named; the other words, or the lack of any, together a fifth of that."""
    found = re.findall(r"\w+", text.lower())
    colours = np.asarray([name in found for name in COLOURS], np.float32)
    rest = np.zeros(10, np.float32)
    for word in [word for word in found if word not in COLOURS] or [""]:
        code = crc32(word.encode("utf-8", "surrogatepass"))
        rest[code % 2] += 1
        rest[2 + code // 2 % 8] += 1
    return np.concatenate([_length_one(colours), _WEIGHT * _length_one(rest)])


def _picture(item: object) -> NDArray[np.float32]:
    """How many pixels are nearest to each colour, on a 32 × 32 copy."""
    if not hasattr(item, "resize"):
        raise Unsupported(f"the toy embedder takes words and pictures, not {type(item).__name__}")
    pixels = np.asarray(item.convert("RGB").resize((32, 32)), np.float32).reshape(-1, 1, 3)  # type: ignore[attr-defined]
    nearest = np.square(pixels - _PALETTE).sum(2).argmin(1)
    counts = np.bincount(nearest, minlength=_WORDS).astype(np.float32)
    return np.concatenate([_length_one(counts), np.zeros(10, np.float32)])


def _length_one(values: NDArray[np.float32]) -> NDArray[np.float32]:
    length = float(np.linalg.norm(values))
    return values / np.float32(length) if length else values
