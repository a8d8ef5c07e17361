"""A drawing → a customer's photo: another viewpoint, another light, a busy ground, things in the way, a cheap lens."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from snapshelf.sample.forms import noise_at

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 320
GRAIN = 512  # pixels of the sheet of sensor noise of which each photo takes a part
SKIN = ((224, 172, 138), (198, 134, 98), (141, 85, 54), (255, 205, 178))


def snap(drawing: Image, seed: str) -> Image:
    """A photo of the drawn thing (RGBa) somewhere in the world, RGB; another seed is another photo of it."""
    from PIL import Image as pil
    from PIL import ImageFilter

    chance = Random(seed)
    picture = ground(chance)
    size = int(SIDE * chance.uniform(0.72, 1.05))
    thing = viewed(drawing, size, chance)
    middle = (SIDE - size) / 2
    at = (int(middle + chance.uniform(-0.08, 0.08) * SIDE), int(middle + chance.uniform(-0.08, 0.08) * SIDE))
    alpha = thing.getchannel("A")
    shade = pil.new("L", (SIDE, SIDE))
    shade.paste(alpha, (at[0] + chance.randint(-12, 12), at[1] + chance.randint(4, 14)))
    soft = shade.reduce(4).filter(ImageFilter.GaussianBlur(2)).point([v // 2 for v in range(256)])
    picture.paste((15, 14, 18), (0, 0), soft.resize((SIDE, SIDE), pil.Resampling.BILINEAR))
    picture.paste(thing, at, alpha)
    in_the_way(picture, chance)
    if chance.random() < 0.35:
        picture = picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.4, 1.3)))
    return pil.fromarray(lit(np.asarray(picture), chance))


def ground(chance: Random) -> Image:
    """A table, a cloth, tiles, grass, carpet or a wall, SIDE pixels square, RGB."""
    from PIL import Image as pil

    x, y = _axes()
    dx, dy = chance.uniform(0, 60), chance.uniform(0, 60)
    kind = chance.choice(tuple(GROUND_COLOURS))
    base = chance.choice(GROUND_COLOURS[kind])
    if kind == "wood":
        rough = noise_at(x * 0.03 + dx, y * 0.03 + dy)
        wave = noise_at(x * 0.012 + dx, y * 0.16 + dy + 1.5 * rough) + 0.4 * noise_at(x * 0.05, y * 0.7 + dx)
        light = 1 + 0.16 * wave - 0.35 * ((y + 40 * dx) % 80 < 2)
    elif kind == "tiles":
        step = chance.choice((50, 64, 90))
        joints = ((x + dx) % step < 3) | ((y + dy) % step < 3)
        light = 1 + 0.05 * noise_at(x * 0.03 + dx, y * 0.03 + dy) - 0.35 * joints
    elif kind == "cloth":
        thread = 0.05 * np.sin(x * 0.9) * np.sin(y * 0.9) + 0.03 * noise_at(x * 0.4 + dx, y * 0.4 + dy)
        light = 1 + thread + 0.14 * noise_at(x * 0.015 + dx, y * 0.02 + dy)
    elif kind == "grass":
        light = 1 + 0.35 * noise_at(x * 0.25 + dx, y * 0.08 + dy) + 0.2 * noise_at(x * 0.4 + dx, y * 0.4 + dy)
    else:
        fine, rough = noise_at(x * 0.4 + dx, y * 0.4 + dy), noise_at(x * 0.03 + dx, y * 0.03 + dy)
        light = 1 + (0.16 if kind == "carpet" else 0.03) * fine + 0.08 * rough
    sheet = pil.fromarray(np.clip(light * 150, 0, 255).astype(np.uint8))
    return pil.merge("RGB", [sheet.point([min(255, int(v * part / 150)) for v in range(256)]) for part in base])


@lru_cache(maxsize=1)
def _axes() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The pixels' columns (1, SIDE) and rows (SIDE, 1)."""
    line = np.arange(SIDE, dtype=np.float32)
    return line[None, :], line[:, None]


@lru_cache(maxsize=1)
def _grain() -> NDArray[np.float32]:
    """(GRAIN, GRAIN * 3) normal noise."""
    return np.random.default_rng(11).standard_normal((GRAIN, GRAIN * 3), dtype=np.float32)


GROUND_COLOURS = {
    "wood": ((150, 105, 66), (190, 150, 105), (96, 66, 44)),
    "cloth": ((90, 100, 130), (180, 60, 60), (210, 205, 195), (70, 110, 90)),
    "tiles": ((215, 215, 212), (150, 160, 168), (205, 180, 155)),
    "grass": ((86, 120, 52), (110, 135, 70)),
    "carpet": ((120, 110, 105), (85, 90, 110), (165, 150, 130)),
    "wall": ((225, 220, 210), (200, 210, 215), (170, 175, 165)),
}


def viewed(drawing: Image, size: int, chance: Random) -> Image:
    """Turned, and seen from a little to the side: ``size`` pixels square, RGBa. One resampling does it all."""
    from PIL import Image as pil

    near = drawing.width if size * 1.5 > drawing.width else int(size * 1.25)  # smaller first, against jagged edges
    thing = drawing if near == drawing.width else drawing.resize((near, near), pil.Resampling.BILINEAR)
    turn = chance.uniform(-24, 24) * pi / 180
    lean = [chance.uniform(0, 0.14) for _ in range(8)]
    corners = [(-lean[0], -lean[1]), (-lean[2], 1 + lean[3]), (1 + lean[4], 1 + lean[5]), (1 + lean[6], -lean[7])]
    turned = [
        (0.5 + (x - 0.5) * cos(turn) - (y - 0.5) * sin(turn), 0.5 + (x - 0.5) * sin(turn) + (y - 0.5) * cos(turn))
        for x, y in corners
    ]
    places = [part * near for corner in turned for part in corner]
    return thing.transform((size, size), pil.Transform.QUAD, places, pil.Resampling.BILINEAR).convert("RGBA")


def in_the_way(picture: Image, chance: Random) -> None:
    """Sometimes fingers at the edge, or another thing that covers a corner."""
    from PIL import Image as pil
    from PIL import ImageDraw, ImageFilter

    kind = chance.random()
    if kind > 0.55:
        return
    cover, colour = pil.new("L", (SIDE, SIDE)), chance.choice(SKIN)
    pen = ImageDraw.Draw(cover)
    if kind < 0.3:
        for n in range(chance.randint(2, 4)):
            y = SIDE * chance.uniform(0.45, 0.6) + n * 24
            pen.line((-10, y + 20, SIDE * chance.uniform(0.10, 0.22), y), fill=255, width=22)
    else:
        colour = (chance.randint(30, 220), chance.randint(30, 220), chance.randint(30, 220))
        x, y = chance.choice((0, SIDE)), chance.choice((0, SIDE))
        r = SIDE * chance.uniform(0.12, 0.24)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=255)
    turn = chance.choice((0, 90, 180, 270)) if kind < 0.3 else 0
    picture.paste(colour, (0, 0), cover.rotate(turn).filter(ImageFilter.GaussianBlur(1.5)))


def lit(pixels: NDArray[np.uint8], chance: Random) -> NDArray[np.uint8]:
    """Warm or cold light, uneven, sometimes dim, with glare and the noise of a small sensor; (SIDE, SIDE, 3) both."""
    x, y = (axis / SIDE for axis in _axes())
    warm = chance.uniform(-0.12, 0.14)
    colour = np.array([1 + warm, 1 + warm * 0.15, 1 - warm], np.float32) * np.float32(chance.uniform(0.55, 1.15))
    across = 1 + chance.uniform(-0.3, 0.3) * (x[0] - 0.5)
    down = chance.uniform(-0.3, 0.3) * (y - 0.5)
    level = (across[:, None] * colour).ravel()[None, :] + down * np.tile(colour, SIDE)[None, :]  # rows of r, g, b, r …
    light = pixels.reshape(SIDE, -1) * level
    if chance.random() < 0.3:
        gx, gy, wide = chance.uniform(0.2, 0.8), chance.uniform(0.2, 0.8), chance.uniform(0.05, 0.14)
        glare = np.repeat(190 * np.exp(-((x - gx) ** 2) / (2 * wide**2)), 3, axis=1)
        light += glare * np.exp(-((y - gy) ** 2) / (2 * wide**2))
    left, top = 3 * chance.randrange(GRAIN - SIDE), chance.randrange(GRAIN - SIDE)
    light += _grain()[top : top + SIDE, left : left + 3 * SIDE] * np.float32(chance.uniform(1, 7))
    return np.clip(light, 0, 255, out=light).astype(np.uint8).reshape(pixels.shape)
