"""A transparent picture onto which parts are laid, back to front: an outline, a paint and a form that catches light."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from snapshelf.sample.curves import Point
from snapshelf.sample.look import RGB

Pixels: TypeAlias = NDArray[np.floating]

SIDE = 310  # pixels of a drawing: as large as the catalogue picture shows it
FINER = 3  # outlines are drawn this many times larger, then reduced, so that edges are smooth
UNIT = SIDE / 100


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Where a part lies: ``left`` and ``top`` in pixels, ``alpha`` (h, w) in [0, 1]."""

    left: int
    top: int
    alpha: Pixels

    @property
    def x(self) -> Pixels:
        """(1, w) units of the pixel centres."""
        return ((np.arange(self.alpha.shape[1], dtype=np.float32) + self.left + 0.5) / UNIT)[None, :]

    @property
    def y(self) -> Pixels:
        """(h, 1) units of the pixel centres."""
        return ((np.arange(self.alpha.shape[0], dtype=np.float32) + self.top + 0.5) / UNIT)[:, None]

    def blurred(self, radius: float) -> Pixels:
        """``alpha`` blurred by a Gaussian of ``radius`` units; outside of the patch counts as empty."""
        pad = int(radius * UNIT * 2) + 1
        shrink = max(1, int(radius * UNIT / 3))
        wide = np.pad(self.alpha, pad)
        picture = Image.fromarray((wide * 255).astype(np.uint8))
        small = picture.reduce(shrink).filter(ImageFilter.GaussianBlur(radius * UNIT / shrink))
        again = small.resize(picture.size, Image.Resampling.BILINEAR)
        inner = np.asarray(again, np.float32)[pad : -pad or None, pad : -pad or None]
        return np.asarray(inner / np.float32(255), np.float32)


Paint: TypeAlias = RGB | Callable[[Patch], Pixels]  # a colour, or (3, h, w) for a patch
Form: TypeAlias = Callable[[Patch], Pixels]  # (h, w) light: 0 black, 1 the paint itself, 2 white


class Canvas:
    """``pixels`` is (4, SIDE, SIDE) float32: a plane each for red, green and blue, multiplied by alpha, and for alpha."""

    def __init__(self) -> None:
        self.pixels: Pixels = np.zeros((4, SIDE, SIDE), np.float32)

    def fill(
        self,
        outline: Sequence[Point],
        paint: Paint,
        form: Form | None = None,
        holes: Sequence[Sequence[Point]] = (),
        within: Patch | None = None,
        opacity: float = 1.0,
        soft: float = 0.0,
    ) -> Patch | None:
        """Lay one part down and return where it lies; None when nothing of it is on the canvas.

        within: a part that clips this one. soft: blur of the outline in units.
        """
        patch = outlined(outline, holes, soft)
        return self.lay(patch, paint, form, within, opacity)

    def stroke(
        self,
        line: Sequence[Point],
        width: float,
        paint: Paint,
        form: Form | None = None,
        within: Patch | None = None,
        opacity: float = 1.0,
        soft: float = 0.0,
    ) -> Patch | None:
        """Lay down a line of ``width`` units with round ends; otherwise as `fill`."""
        return self.lay(stroked(line, width, soft), paint, form, within, opacity)

    def write(
        self,
        text: str,
        x: float,
        y: float,
        height: float,
        colour: RGB,
        widest: float = 100,
        within: Patch | None = None,
        opacity: float = 1.0,
        upright: bool = False,
    ) -> None:
        """Text centred on (x, y), capitals about ``height`` units high, made smaller to fit ``widest`` units."""
        self.lay(lettered(text, x, y, height, widest, upright), colour, None, within, opacity)

    def stamp(self, other: Canvas, x: float, y: float, wide: float, high: float, turn: float = 0) -> None:
        """Lay a whole drawing down, centred on (x, y), ``wide`` and ``high`` as shares of its size, turned by degrees."""
        size = (round(SIDE * wide), round(SIDE * high))
        left, top = round(x * UNIT - size[0] / 2), round(y * UNIT - size[1] / 2)
        a, b, right, bottom = max(0, left), max(0, top), min(SIDE, left + size[0]), min(SIDE, top + size[1])
        parts = [Image.fromarray(part).rotate(turn, Image.Resampling.BILINEAR) for part in other.pixels]
        small = np.stack([np.asarray(part.resize(size, Image.Resampling.BILINEAR)) for part in parts])
        over = small[:, b - top : bottom - top, a - left : right - left]
        under = self.pixels[:, b:bottom, a:right]
        under *= 1 - over[3]
        under += over

    def lay(
        self, patch: Patch | None, paint: Paint, form: Form | None, within: Patch | None = None, opacity: float = 1.0
    ) -> Patch | None:
        """Lay paint down where ``patch`` says; as `fill`."""
        patch = clipped(patch, within) if patch and within else patch
        if patch is None:
            return None
        colour = paint(patch) if callable(paint) else planes(paint)
        if form is not None:
            light = form(patch)
            white = np.clip(light - 1, 0, 1)
            colour = white + colour * (np.clip(light, 0, 1) - white)
        alpha = patch.alpha * np.float32(opacity)
        height, width = patch.alpha.shape
        under = self.pixels[:, patch.top : patch.top + height, patch.left : patch.left + width]
        under *= 1 - alpha
        under[:3] += colour * alpha
        under[3] += alpha
        return patch

    def picture(self) -> Image.Image:
        """The drawing as RGBa: colours multiplied by alpha, as `studio` and `street` scale and turn it."""
        bytes_ = (np.clip(self.pixels, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
        height, width = bytes_.shape[1:]
        return Image.frombuffer("RGBa", (width, height), np.stack(list(bytes_), 2).tobytes(), "raw", "RGBa", 0, 1)


def planes(colour: RGB) -> Pixels:
    """A colour as (3, 1, 1) float32."""
    return np.asarray(colour, np.float32)[:, None, None]


def blended(one: Pixels | RGB, other: RGB, share: Pixels) -> Pixels:
    """(3, h, w): ``one`` where ``share`` (h, w) is 0, ``other`` where it is 1."""
    base = one if isinstance(one, np.ndarray) else planes(one)
    return base + (planes(other) - base) * np.asarray(share, np.float32)


def outlined(outline: Sequence[Point], holes: Sequence[Sequence[Point]] = (), soft: float = 0) -> Patch | None:
    """The inside of an outline, without the holes."""
    frame = _frame(outline, 0.5 + 2 * soft)
    if frame is None:
        return None
    left, top, width, height = frame
    sheet = Image.new("L", (width * FINER, height * FINER))
    pen = ImageDraw.Draw(sheet)
    pen.polygon(_fine(outline, left, top), fill=255)
    for hole in holes:
        pen.polygon(_fine(hole, left, top), fill=0)
    return _patch(sheet, left, top, soft)


def stroked(line: Sequence[Point], width: float, soft: float = 0) -> Patch | None:
    """A line with round ends."""
    frame = _frame(line, width / 2 + 0.5 + 2 * soft)
    if frame is None:
        return None
    left, top, wide, high = frame
    sheet = Image.new("L", (wide * FINER, high * FINER))
    pen = ImageDraw.Draw(sheet)
    points = _fine(line, left, top)
    thick = max(1, round(width * UNIT * FINER))
    pen.line(points, fill=255, width=thick, joint="curve")
    for x, y in (points[0], points[-1]):
        pen.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=255)
    return _patch(sheet, left, top, soft)


def lettered(text: str, x: float, y: float, height: float, widest: float, upright: bool = False) -> Patch | None:
    """The shape of a line of text; ``upright`` reads from bottom to top."""
    size = height * UNIT * FINER / 0.72
    long = font(64).getlength(text) / 64
    size = max(4.0, min(size, widest * UNIT * FINER / max(long, 0.1)))
    letters = font(round(size))
    sheet = Image.new("L", (int(long * size) + 2 * FINER, int(size * 1.3)))
    ImageDraw.Draw(sheet).text((FINER, sheet.height / 2), text, fill=255, font=letters, anchor="lm")
    sheet = sheet.transpose(Image.Transpose.ROTATE_90) if upright else sheet
    left = round(x * UNIT - sheet.width / FINER / 2)
    top = round(y * UNIT - sheet.height / FINER / 2)
    return _patch(sheet, left, top, 0)


@lru_cache(maxsize=64)
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font that comes with Pillow, in pixels."""
    return ImageFont.load_default(size)


def clipped(patch: Patch, within: Patch) -> Patch | None:
    """The part of a patch that lies in another one."""
    left, top = max(patch.left, within.left), max(patch.top, within.top)
    right = min(patch.left + patch.alpha.shape[1], within.left + within.alpha.shape[1])
    bottom = min(patch.top + patch.alpha.shape[0], within.top + within.alpha.shape[0])
    if left >= right or top >= bottom:
        return None
    one = patch.alpha[top - patch.top : bottom - patch.top, left - patch.left : right - patch.left]
    other = within.alpha[top - within.top : bottom - within.top, left - within.left : right - within.left]
    return Patch(left, top, one * other)


def _frame(points: Sequence[Point], margin: float) -> tuple[int, int, int, int] | None:
    left = max(0, int((min(x for x, _ in points) - margin) * UNIT))
    top = max(0, int((min(y for _, y in points) - margin) * UNIT))
    right = min(SIDE, int((max(x for x, _ in points) + margin) * UNIT) + 1)
    bottom = min(SIDE, int((max(y for _, y in points) + margin) * UNIT) + 1)
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def _fine(points: Sequence[Point], left: int, top: int) -> list[Point]:
    return [((x * UNIT - left) * FINER, (y * UNIT - top) * FINER) for x, y in points]


def _patch(sheet: Image.Image, left: int, top: int, soft: float) -> Patch | None:
    small = sheet.reduce(FINER)
    if soft:
        small = small.filter(ImageFilter.GaussianBlur(soft * UNIT))
    alpha = np.asarray(small, np.float32) / np.float32(255)
    up, back = max(0, -top), max(0, -left)
    alpha = alpha[up : max(0, SIDE - top), back : max(0, SIDE - left)]
    return Patch(left + back, top + up, alpha) if alpha.size else None
