"""A drawing → a catalogue picture: pale ground, soft shadow."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 360  # pixels of a catalogue picture
GROUNDS = ((247, 247, 246), (243, 244, 246), (248, 245, 240), (240, 241, 242), (250, 250, 250))


def shoot(drawing: Image, seed: str, closer: bool = False) -> Image:
    """The drawing on a studio ground, RGB; ``closer`` shows it larger, turned a little, as a second picture."""
    from PIL import Image as pil
    from PIL import ImageFilter

    chance = Random(seed)
    ground = chance.choice(GROUNDS)
    sheet = pil.linear_gradient("L").resize((SIDE, SIDE)).point(lambda v: 255 - int(v * 0.06))
    picture = pil.merge("RGB", [sheet.point(lambda v, g=g: int(v * g / 255)) for g in ground])
    size = int(SIDE * (1.25 if closer else 0.86))
    thing = drawing.resize((size, size), pil.Resampling.LANCZOS)
    if closer:
        thing = thing.rotate(chance.choice((-14, -9, 9, 14)), pil.Resampling.BICUBIC)
    at = ((SIDE - size) // 2, (SIDE - size) // 2 + (0 if closer else -4))
    alpha = thing.getchannel("A")
    shade = pil.new("L", (SIDE, SIDE))
    shade.paste(alpha, (at[0] + 5, at[1] + 9))
    low = pil.new("L", (SIDE, SIDE))
    box = alpha.getbbox() or (0, 0, size, size)
    foot = alpha.crop((box[0], box[3] - max(4, size // 12), box[2], box[3])).resize((box[2] - box[0], 12))
    low.paste(foot, (at[0] + box[0], min(SIDE - 12, at[1] + box[3] - 5)))
    for mask, blur, strength in ((shade, 9, 0.20), (low, 6, 0.42)):
        soft = mask.filter(ImageFilter.GaussianBlur(blur)).point(lambda v, s=strength: int(v * s))
        picture.paste((38, 36, 40), (0, 0), soft)
    picture.paste(thing, at, thing)
    return picture
