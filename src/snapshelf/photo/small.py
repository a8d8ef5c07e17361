"""A small copy of a photo, which is all that measuring it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 160  # pixels of the longer side


def shrunk(image: Image) -> Image:
    """An RGB copy at most SIDE long; a picture that is no longer is given back as it is."""
    from PIL.Image import Resampling

    rgb = image if image.mode == "RGB" else image.convert("RGB")
    longer = max(rgb.size)
    if longer <= SIDE:
        return rgb
    if longer >= 2 * SIDE:
        rgb = rgb.reduce(longer // SIDE)
    scale = SIDE / max(rgb.size)
    return rgb.resize((max(3, round(rgb.width * scale)), max(3, round(rgb.height * scale))), Resampling.BILINEAR)


def pixels_of(image: Image) -> NDArray[np.float32]:
    """(h, w, 3) in [0, 255]."""
    return np.asarray(image, np.float32)
