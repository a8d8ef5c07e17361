"""Barcodes in a photo, read by zxing-cpp where the extra ``barcode`` is installed; without it there are none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 800  # pixels of the longer side at which a photo is looked at; more costs time and reads hardly more
# What stands on goods and on their cartons. UPC-E is left out: it is so short that lines across other codes pass for it.
FORMATS = ("EAN13", "EAN8", "UPCA", "ITF14", "Code128", "DataBarOmni")


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
    for shown in _looks(grey):
        found = zxing.read_barcodes(shown, formats=formats, try_downscale=False, try_invert=False)
        if found:
            break
    ordered = sorted(found, key=lambda one: -_length(one.position))
    return tuple(dict.fromkeys(one.text for one in ordered if one.valid and one.text))


def _looks(grey: Image) -> Iterator[Image]:
    """The photo as it is, then sharpened, then turned by an eighth: the reader looks along rows and columns only."""
    from PIL import Image as pil
    from PIL import ImageFilter

    yield grey
    sharp = grey.filter(ImageFilter.UnsharpMask(radius=3, percent=300, threshold=0))
    yield sharp
    yield sharp.rotate(45, expand=True, resample=pil.Resampling.BICUBIC, fillcolor=128)


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
