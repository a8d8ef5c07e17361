"""A shopper's box around the thing that is meant: read, checked, cut out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from snapshelf.errors import BadQuery

if TYPE_CHECKING:
    from PIL.Image import Image

Box: TypeAlias = tuple[int, int, int, int]  # left, top, right, bottom in pixels; right and bottom are outside
LEAST = 8  # pixels of a box's side; less shows nothing
AUTO = "auto"


def read_box(crop: object, width: int, height: int) -> Box:
    """A box within an upright picture of this size; one that reaches over the edge by rounding is cut to it.

    Raises BadQuery for what is no four whole numbers, turned round, outside the picture, or too small.
    """
    shown = f"the picture has {width} × {height} pixels, and a box is (left, top, right, bottom) in them"
    if not isinstance(crop, Sequence) or isinstance(crop, str | bytes) or len(crop) != 4:
        raise BadQuery(f"the crop {crop!r} is no box; {shown}")
    for value in crop:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise BadQuery(f"the crop {tuple(crop)} holds {value!r}, which is no whole number; {shown}")
    left, top, right, bottom = (int(value) for value in crop)
    if right <= left or bottom <= top:
        raise BadQuery(f"the crop {(left, top, right, bottom)} is empty or turned round; {shown}")
    if left < -1 or top < -1 or right > width + 1 or bottom > height + 1:
        raise BadQuery(f"the crop {(left, top, right, bottom)} reaches outside the picture; {shown}")
    box = (max(0, left), max(0, top), min(width, right), min(height, bottom))
    if box[2] - box[0] < LEAST or box[3] - box[1] < LEAST:
        raise BadQuery(f"the crop {box} is smaller than {LEAST} pixels, which shows nothing; draw a larger box")
    return box


def cut_out(image: Image, box: Box, width: int, height: int) -> Image:
    """What is inside a box of the picture of ``width`` × ``height`` pixels, of which ``image`` is a smaller copy."""
    across, down = image.width / width, image.height / height
    left, top = int(box[0] * across), int(box[1] * down)
    right, bottom = max(left + 1, round(box[2] * across)), max(top + 1, round(box[3] * down))
    return image.crop((left, top, min(right, image.width), min(bottom, image.height)))
