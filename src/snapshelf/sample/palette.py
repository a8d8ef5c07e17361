"""The colours of the shop: a name as on a label, the plain colour a customer would say, and the paint."""

from __future__ import annotations

from dataclasses import dataclass

from snapshelf.sample.look import RGB


@dataclass(frozen=True, slots=True)
class Colour:
    """``name`` as printed on a label, ``plain`` as people say it, ``rgb`` sRGB in [0, 1]."""

    name: str
    plain: str
    rgb: RGB


def _colour(name: str, plain: str, code: str) -> Colour:
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return Colour(name, plain, (red, green, blue))


COLOURS = {
    colour.name: colour
    for colour in (
        _colour("red", "red", "c8322f"),
        _colour("crimson", "red", "a81f33"),
        _colour("burgundy", "red", "6e1f2e"),
        _colour("coral", "orange", "ee7a5c"),
        _colour("orange", "orange", "e9822b"),
        _colour("rust", "orange", "b5542a"),
        _colour("mustard", "yellow", "d9a520"),
        _colour("yellow", "yellow", "f3ca3e"),
        _colour("lemon", "yellow", "f5df63"),
        _colour("green", "green", "3d8f4f"),
        _colour("forest green", "green", "24523a"),
        _colour("olive", "green", "6f7440"),
        _colour("mint", "green", "a5d8c0"),
        _colour("sage", "green", "9db394"),
        _colour("teal", "blue", "1f7f86"),
        _colour("turquoise", "blue", "3fb5bd"),
        _colour("sky blue", "blue", "8abfe6"),
        _colour("blue", "blue", "2f63b8"),
        _colour("cobalt", "blue", "2043a0"),
        _colour("navy", "blue", "22304f"),
        _colour("lilac", "purple", "b9a3d9"),
        _colour("purple", "purple", "6c4499"),
        _colour("plum", "purple", "58294f"),
        _colour("pink", "pink", "ee9fb8"),
        _colour("fuchsia", "pink", "cf3c82"),
        _colour("blush", "pink", "edc4bf"),
        _colour("tan", "brown", "b98a5a"),
        _colour("brown", "brown", "7a4f31"),
        _colour("chocolate", "brown", "4c3226"),
        _colour("beige", "beige", "ddcbb0"),
        _colour("cream", "beige", "f1e6d0"),
        _colour("white", "white", "f6f5f2"),
        _colour("light grey", "grey", "c3c5c8"),
        _colour("grey", "grey", "8c8f94"),
        _colour("charcoal", "grey", "484b51"),
        _colour("black", "black", "232427"),
        _colour("silver", "grey", "c4c8cc"),
        _colour("steel", "grey", "aab0b5"),
        _colour("gold", "yellow", "cfa64e"),
        _colour("copper", "orange", "b9704a"),
        _colour("oak", "brown", "c39a66"),
        _colour("walnut", "brown", "74502f"),
        _colour("pine", "beige", "dcb981"),
        _colour("terracotta", "orange", "c26a45"),
    )
}

BRIGHT = ("red", "orange", "yellow", "green", "turquoise", "sky blue", "blue", "purple", "pink", "fuchsia", "coral")
DEEP = (
    "crimson",
    "burgundy",
    "rust",
    "mustard",
    "forest green",
    "olive",
    "teal",
    "cobalt",
    "navy",
    "plum",
    "chocolate",
)
SOFT = ("mint", "sage", "lilac", "blush", "beige", "cream", "sky blue", "lemon", "light grey")
PLAIN = ("white", "black", "grey", "charcoal", "navy", "beige")
CLOTHES = tuple(dict.fromkeys((*BRIGHT, *DEEP, *SOFT, *PLAIN)))
LEATHERS = ("black", "tan", "brown", "chocolate", "burgundy", "navy", "red", "beige", "white", "forest green", "grey")
GLAZES = ("white", "red", "mustard", "yellow", "teal", "turquoise", "blue", "navy", "sage", "mint", "coral", "blush",
          "black", "cream", "terracotta", "plum", "forest green", "light grey", "pink", "orange")  # fmt: skip
METALS = ("silver", "steel", "black", "gold", "copper", "white")
WOODS = ("oak", "walnut", "pine", "black", "white")


def apart(one: Colour, other: Colour) -> bool:
    """Whether people have different words for two colours and see the difference in a small picture."""
    far = sum((a - b) ** 2 for a, b in zip(one.rgb, other.rgb, strict=True)) ** 0.5
    return one.plain != other.plain and far > 0.25


def luminance(rgb: RGB) -> float:
    """How light a colour looks, 0 to 1 (weights of Rec. 709, on the encoded values)."""
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """The colour between two: ``one`` at share 0, ``other`` at share 1."""
    return (
        one[0] + (other[0] - one[0]) * share,
        one[1] + (other[1] - one[1]) * share,
        one[2] + (other[2] - one[2]) * share,
    )


def darker(rgb: RGB, share: float = 0.3) -> RGB:
    """The colour with this share of black."""
    return mix(rgb, (0.04, 0.04, 0.06), share)


def lighter(rgb: RGB, share: float = 0.3) -> RGB:
    """The colour with this share of white."""
    return mix(rgb, (1.0, 0.99, 0.97), share)


def ink_on(rgb: RGB) -> RGB:
    """Near-black or near-white, whichever reads on this colour."""
    return (0.13, 0.13, 0.15) if luminance(rgb) > 0.5 else (0.97, 0.96, 0.93)
