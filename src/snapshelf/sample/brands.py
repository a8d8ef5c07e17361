"""The invented brands, each with a mark of its own, and the names of their models."""

from __future__ import annotations

from snapshelf.sample.look import RGB
from snapshelf.sample.palette import BRIGHT, COLOURS

BRANDS = ("Norrvik", "Paloma", "Brightwell", "Kestrel", "Osmo", "Tamarind", "Lumo", "Halden", "Verano", "Quill", "Mirabel",
          "Fjordan", "Casabo", "Zephyr", "Ondine", "Ravel", "Solenne", "Tarn", "Wilder", "Juno")  # fmt: skip
MODELS = ("Alder", "Bask", "Cinder", "Dune", "Ember", "Fable", "Grove", "Harbor", "Iris", "Jasper", "Kodiak", "Lark",
          "Meadow", "Nomad", "Opal", "Pebble", "Quarry", "Ridge", "Sable", "Thistle", "Union", "Vesper", "Willow",
          "Xenia", "Yarrow", "Zinnia", "Aster", "Bravo", "Comet", "Delta", "Echo", "Falcon", "Glade", "Heron", "Isle",
          "Juniper", "Kite", "Linden", "Mistral", "Nova", "Orchid", "Prairie", "Rowan", "Sierra", "Tundra", "Tansy",
          "Wren", "Zest")  # fmt: skip
SHAPES = ("star", "rings", "peak", "leaf", "wave", "bolt", "sun", "bars", "heart", "diamond", "moon")


def logo(brand: str) -> tuple[str, bool]:
    """(one of SHAPES, whether it is cut out of a disc): different for every one of BRANDS."""
    number = BRANDS.index(brand)
    return SHAPES[number % len(SHAPES)], number >= len(SHAPES)


def tint(brand: str) -> RGB:
    """The colour in which a brand prints its labels."""
    return COLOURS[BRIGHT[BRANDS.index(brand) * 3 % len(BRIGHT)]].rgb
