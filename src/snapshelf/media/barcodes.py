"""Barcodes in a photo, read by zxing-cpp where the extra ``barcode`` is installed; without it there are none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 800  # pixels of the longer side at which a photo is looked at; more costs time and reads hardly more
# What stands on goods and on their cartons; no UPC-E, which is so short that lines across other codes pass for it.
FORMATS = ("EAN13", "EAN8", "UPCA", "ITF14", "Code128", "DataBarOmni")

SQUARE, WAYS = 16, 12  # pixels of a square; directions that are told apart
EDGES, ALIKE, STRIPED = 150.0, 0.6, 15  # energy of a pixel's edge, share of it in one direction, squares that have both
LEANING = 8.0  # degrees from upright up to which bars are read as they are


def read_barcodes(picture: Image) -> tuple[str, ...]:
    """The texts of the barcodes in an upright picture, each once, the largest first; () without the extra.

    What the bars say is checked by their own check digit; a code that cannot be read whole is left out.
    """
    reader = _reader()
    if reader is None:
        return ()
    grey = picture.convert("L")
    if max(grey.size) > SIDE:
        grey.thumbnail((SIDE, SIDE))
    zxing, formats = reader
    found: Any = ()
    lean = _lean(grey)
    if lean is None:
        return ()
    for shown in _looks(grey, lean):
        found = zxing.read_barcodes(shown, formats=formats, try_downscale=False, try_invert=False)
        if found:
            break
    ordered = sorted(found, key=lambda one: -_length(one.position))
    return tuple(dict.fromkeys(one.text for one in ordered if one.valid and one.text))


def _lean(grey: Image) -> float | None:
    """By how many degrees, in [-45, 45], the stripes of a picture lean clockwise; None where it has none.

    Stripes are many places with strong edges that all run the same way, which is what is left of a label's bars.

    The structure tensor of squares of 16 pixels (Bigün & Granlund 1987), in every other band of them. Most photos have
    no such place, and end here for a fraction of what looking for codes costs.
    """
    import numpy as np

    pixels = np.asarray(grey, np.int16)
    high, wide = pixels.shape[0] // 32, pixels.shape[1] // SQUARE
    if not high or not wide:
        return None
    bands = pixels[: high * 32, : wide * SQUARE].reshape(high, 32, wide * SQUARE)[:, : SQUARE + 1]
    across = np.diff(bands[:, :SQUARE], axis=2, append=0).astype(np.float32)
    across[:, :, -1] = 0
    down = np.diff(bands, axis=1).astype(np.float32)
    xx, yy, xy = (
        one.reshape(high, SQUARE, wide, SQUARE).sum(axis=(1, 3))
        for one in (across * across, down * down, across * down)
    )
    energy, turned = xx + yy, np.hypot(xx - yy, 2 * xy)
    striped = (energy > EDGES * SQUARE**2) & (turned > ALIKE * energy)
    doubled = np.arctan2(2 * xy, xx - yy)[striped]  # of the edges' angle, for which a half turn makes no difference
    ways = np.floor((doubled + np.pi) / (2 * np.pi) * WAYS).astype(int) % WAYS
    counts = np.bincount(ways, minlength=WAYS)
    both = counts + np.roll(counts, 1)
    if np.max(both) < STRIPED:
        return None
    way = int(np.argmax(both))
    of_most = doubled[(ways == way) | (ways == (way - 1) % WAYS)]
    angle = np.degrees(np.angle(np.exp(1j * of_most).sum())) / 2
    return float((angle + 45) % 90 - 45)


def _looks(grey: Image, lean: float) -> Iterator[Image]:
    """The photo as it is, then sharpened, then turned upright: the reader looks along rows and columns only."""
    from PIL import Image as pil
    from PIL import ImageFilter

    yield grey
    sharpened = ImageFilter.UnsharpMask(radius=3, percent=300, threshold=0)
    yield grey.filter(sharpened)
    if abs(lean) > LEANING:
        yield grey.rotate(lean, expand=True, resample=pil.Resampling.BICUBIC, fillcolor=128).filter(sharpened)


@cache
def _reader() -> Any:
    if find_spec("zxingcpp") is None:
        return None
    from snapshelf.extras import need

    zxing = need("zxingcpp", extra="barcode")
    return zxing, [getattr(zxing.BarcodeFormat, name) for name in FORMATS]


def _length(position: Any) -> float:
    corners = (position.top_left, position.bottom_right)
    return float(abs(corners[0].x - corners[1].x) + abs(corners[0].y - corners[1].y))
