"""A drawing → a customer's photo: another viewpoint, another light, a busy ground, things in the way, a cheap lens."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from snapshelf.sample.forms import noise_at

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 320
SKIN = ((224, 172, 138), (198, 134, 98), (141, 85, 54), (255, 205, 178))


def snap(drawing: Image, seed: str) -> Image:
    """A photo of the thing somewhere in the world, RGB."""
    from PIL import Image as pil
    from PIL import ImageFilter

    chance = Random(seed)
    picture = pil.fromarray(ground(chance))
    size = int(SIDE * chance.uniform(0.72, 1.05))
    thing = viewed(drawing.resize((size, size), pil.Resampling.LANCZOS), chance)
    middle = (SIDE - size) / 2
    at = (int(middle + chance.uniform(-0.08, 0.08) * SIDE), int(middle + chance.uniform(-0.08, 0.08) * SIDE))
    shade = pil.new("L", (SIDE, SIDE))
    shade.paste(thing.getchannel("A"), (at[0] + chance.randint(-12, 12), at[1] + chance.randint(4, 14)))
    picture.paste((15, 14, 18), (0, 0), shade.filter(ImageFilter.GaussianBlur(8)).point(lambda v: int(v * 0.5)))
    picture.paste(thing, at, thing)
    in_the_way(picture, chance)
    if chance.random() < 0.35:
        picture = picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.4, 1.3)))
    return pil.fromarray(lit(np.asarray(picture, np.float32), chance))


def ground(chance: Random) -> NDArray[np.uint8]:
    """A table, a cloth, tiles, grass, carpet or a wall, (SIDE, SIDE, 3)."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    dx, dy = chance.uniform(0, 60), chance.uniform(0, 60)
    kind = chance.choice(("wood", "cloth", "tiles", "grass", "carpet", "wall"))
    base = np.array(chance.choice(GROUND_COLOURS[kind]), np.float32)
    fine = noise_at(x * 0.4 + dx, y * 0.4 + dy)
    rough = noise_at(x * 0.03 + dx, y * 0.03 + dy)
    if kind == "wood":
        wave = noise_at(x * 0.012 + dx, y * 0.16 + dy + 1.5 * rough) + 0.4 * noise_at(x * 0.05, y * 0.7 + dx)
        light = 1 + 0.16 * wave - 0.35 * ((y + 40 * dx) % 80 < 2)
    elif kind == "tiles":
        step = chance.choice((50, 64, 90))
        light = 1 + 0.05 * rough - 0.35 * (((x + dx) % step < 3) | ((y + dy) % step < 3))
    elif kind == "cloth":
        light = (
            1 + 0.05 * np.sin(x * 0.9) * np.sin(y * 0.9) + 0.14 * noise_at(x * 0.015 + dx, y * 0.02 + dy) + 0.03 * fine
        )
    elif kind == "grass":
        light = 1 + 0.35 * noise_at(x * 0.25 + dx, y * 0.08 + dy) + 0.2 * fine
    else:
        light = 1 + (0.16 if kind == "carpet" else 0.03) * fine + 0.08 * rough
    return np.clip(base * light[..., None], 0, 255).astype(np.uint8)


GROUND_COLOURS = {
    "wood": ((150, 105, 66), (190, 150, 105), (96, 66, 44)),
    "cloth": ((90, 100, 130), (180, 60, 60), (210, 205, 195), (70, 110, 90)),
    "tiles": ((215, 215, 212), (150, 160, 168), (205, 180, 155)),
    "grass": ((86, 120, 52), (110, 135, 70)),
    "carpet": ((120, 110, 105), (85, 90, 110), (165, 150, 130)),
    "wall": ((225, 220, 210), (200, 210, 215), (170, 175, 165)),
}


def viewed(thing: Image, chance: Random) -> Image:
    """Turned, and seen from a little to the side."""
    from PIL import Image as pil

    turned = thing.rotate(chance.uniform(-24, 24), pil.Resampling.BICUBIC)
    size = turned.width
    lean = [chance.uniform(0, 0.14) * size for _ in range(8)]
    corners = (-lean[0], -lean[1], -lean[2], size + lean[3], size + lean[4], size + lean[5], size + lean[6], -lean[7])
    seen = turned.transform((size, size), pil.Transform.QUAD, corners, pil.Resampling.BICUBIC)
    return seen.transpose(pil.Transpose.FLIP_LEFT_RIGHT) if chance.random() < 0.25 else seen


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


def lit(pixels: NDArray[np.float32], chance: Random) -> NDArray[np.uint8]:
    """Warm or cold light, uneven, sometimes dim, with glare and the noise of a small sensor."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    warm = chance.uniform(-0.12, 0.14)
    pixels = pixels * np.array([1 + warm, 1 + warm * 0.15, 1 - warm], np.float32) * chance.uniform(0.55, 1.15)
    pixels *= (1 + chance.uniform(-0.3, 0.3) * (x - 0.5) + chance.uniform(-0.3, 0.3) * (y - 0.5))[..., None]
    if chance.random() < 0.3:
        gx, gy, wide = chance.uniform(0.2, 0.8), chance.uniform(0.2, 0.8), chance.uniform(0.05, 0.14)
        pixels += 190 * np.exp(-((x - gx) ** 2 + (y - gy) ** 2) / (2 * wide**2))[..., None]
    sensor = np.random.default_rng(chance.getrandbits(32))
    pixels += sensor.normal(0, chance.uniform(1, 7), pixels.shape).astype(np.float32)
    return np.clip(pixels, 0, 255).astype(np.uint8)
