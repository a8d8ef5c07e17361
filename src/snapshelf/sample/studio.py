"""A drawing → a catalogue picture: pale ground, soft shadow."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

    from snapshelf.sample.look import RGB

SIDE = 360  # pixels of a catalogue picture
GROUNDS = ((247, 247, 246), (243, 244, 246), (248, 245, 240), (240, 241, 242), (250, 250, 250))
COARSE = 4  # shadows are blurred this many times smaller


def shoot(drawing: Image, seed: str, closer: bool = False) -> Image:
    """The drawing (RGBa) on a studio ground, RGB; ``closer`` shows it larger, turned a little, as a second picture."""
    from PIL import Image as pil

    chance = Random(seed)
    picture = _ground(chance.choice(GROUNDS)).copy()
    thing, size = drawing, drawing.width
    if closer:
        size = int(SIDE * 1.12)
        thing = drawing.resize((size, size), pil.Resampling.BICUBIC)
        thing = thing.rotate(chance.choice((-14, -9, 9, 14)), pil.Resampling.BICUBIC)
    at = ((SIDE - size) // 2, (SIDE - size) // 2 + (0 if closer else -4))
    thing = thing.convert("RGBA")
    alpha = thing.getchannel("A")
    picture.paste((38, 36, 40), (0, 0), _shadow(alpha, at))
    picture.paste(thing, at, alpha)
    return picture


@lru_cache(maxsize=len(GROUNDS))
def _ground(colour: RGB) -> Image:
    """Paper of this colour that gets a little darker downwards."""
    from PIL import Image as pil

    sheet = pil.linear_gradient("L").resize((SIDE, SIDE)).point(lambda v: 255 - int(v * 0.06))
    return pil.merge("RGB", [sheet.point(lambda v, g=g: int(v * g / 255)) for g in colour])


def _shadow(alpha: Image, at: tuple[int, int]) -> Image:
    """How dark the ground is under and behind a thing that lies ``at``, L."""
    from PIL import Image as pil
    from PIL import ImageChops, ImageFilter

    size = alpha.width
    behind, below = pil.new("L", (SIDE, SIDE)), pil.new("L", (SIDE, SIDE))
    behind.paste(alpha, (at[0] + 5, at[1] + 9))
    left, _, right, bottom = alpha.getbbox() or (0, 0, size, size)
    foot = alpha.crop((left, bottom - max(4, size // 12), right, bottom)).resize((right - left, 12))
    below.paste(foot, (at[0] + left, min(SIDE - 12, at[1] + bottom - 5)))
    soft = [
        mask.reduce(COARSE)
        .filter(ImageFilter.GaussianBlur(blur / COARSE))
        .point([int(v * strength) for v in range(256)])
        for mask, blur, strength in ((behind, 9, 0.20), (below, 6, 0.42))
    ]
    return ImageChops.screen(*soft).resize((SIDE, SIDE), pil.Resampling.BILINEAR)
