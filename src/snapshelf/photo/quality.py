"""Is a shopper's photo good enough to search with? Five measurements, each with its limit and a sentence of advice.

Limits were chosen on real phone photos so that few of them are found fault with; how many, and how many worsened copies
are caught, is printed by ``benchmarks/photos.py`` into docs/photos.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from snapshelf.photo.small import pixels_of, shrunk

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.float32]
WHITE = 250  # of 255: a pixel whose three channels reach this is blown out
APART = 24.0  # of 255: a pixel this far from a photo's middle colour is something other than ground


@dataclass(frozen=True, slots=True)
class Check:
    """One measurement: ``value`` beyond ``limit`` is a fault, and ``advice`` says what to do about it.

    ``high``: whether too much of it is the fault, else too little.
    """

    name: str
    value: float
    limit: float
    high: bool
    advice: str

    @property
    def bad(self) -> bool:
        """Whether it is beyond the limit."""
        return self.value > self.limit if self.high else self.value < self.limit


def checks(image: Image, whole: tuple[int, int] | None = None) -> tuple[Check, ...]:
    """The five measurements of an upright RGB picture; ``whole``: its size in pixels before it was made smaller.

    "small": pixels of the shorter side. "dark": brightness, in [0, 1], that a tenth of the photo exceeds. "blurred":
    variance of the Laplacian over the variance of the brightness (Pech-Pacheco et al. 2000, Diatom Autofocusing in
    Brightfield Microscopy, ICPR; divided, so that contrast counts for nothing). "glare": share blown out within the
    picture, white grounds that reach its edge left out. "empty": share that is not of the middle colour.
    """
    pixels = pixels_of(shrunk(image))
    light = pixels @ np.array([0.299, 0.587, 0.114], np.float32)
    measured: dict[str, float] = {"small": float(min(whole or image.size))}
    measured |= {name: measure(pixels, light) for name, measure in _MEASURES.items()}
    return tuple(Check(name, round(measured[name], 4), *rule) for name, rule in _RULES.items())


def advice(image: Image, whole: tuple[int, int] | None = None) -> tuple[str, ...]:
    """What to do for a better photo, a sentence for each fault, the graver first; empty for a good photo.

    An empty photo is said to be empty, and not blurred as well.
    """
    faults = {check.name: check for check in checks(image, whole) if check.bad}
    if "dark" in faults or "empty" in faults:
        faults.pop("blurred", None)
    if "dark" in faults:
        faults.pop("empty", None)
    return tuple(f"{check.advice} ({check.name}: {check.value:g}, limit {check.limit:g})" for check in faults.values())


def _dark(pixels: Pixels, light: Pixels) -> float:
    return float(np.percentile(light[::2, ::2], 90)) / 255


def _sharp(pixels: Pixels, light: Pixels) -> float:
    if min(light.shape) < 3:
        return 1.0  # too small to tell, which "small" says
    middle = light[1:-1, 1:-1]
    around = light[:-2, 1:-1] + light[2:, 1:-1] + light[1:-1, :-2] + light[1:-1, 2:]
    return float((around - 4 * middle).var() / (light.var() + 1.0))


def _glare(pixels: Pixels, light: Pixels) -> float:
    white = (pixels[..., 0] >= WHITE) & (pixels[..., 1] >= WHITE) & (pixels[..., 2] >= WHITE)
    if not white.any():
        return 0.0
    ground = np.zeros_like(white)
    ground[0], ground[-1], ground[:, 0], ground[:, -1] = white[0], white[-1], white[:, 0], white[:, -1]
    while True:  # what is white and reaches the edge is a white ground, not a reflection
        grown = ground.copy()
        grown[1:] |= ground[:-1]
        grown[:-1] |= grown[1:]
        grown[:, 1:] |= grown[:, :-1]
        grown[:, :-1] |= grown[:, 1:]
        grown &= white
        if (grown == ground).all():
            return float((white & ~ground).mean())
        ground = grown


def _busy(pixels: Pixels, light: Pixels) -> float:
    some = pixels[::2, ::2].reshape(-1, 3).T
    far = [np.abs(channel - np.median(channel[::2])) > APART for channel in some]
    return float((far[0] | far[1] | far[2]).mean())


_MEASURES: dict[str, Callable[[Pixels, Pixels], float]] = {
    "dark": _dark,
    "empty": _busy,
    "blurred": _sharp,
    "glare": _glare,
}
# name → limit, whether more than it is the fault, advice
_RULES: dict[str, tuple[float, bool, str]] = {
    "small": (64.0, False, "The photo is very small; send it larger"),
    "dark": (0.3, False, "The photo is dark; turn on a light or step to a window"),
    "empty": (0.03, False, "The photo shows hardly anything; put the product in the middle"),
    "blurred": (0.06, False, "The photo is blurred; hold still and tap the product to focus"),
    "glare": (0.015, True, "A bright reflection hides part of the product; tilt it or turn off the flash"),
}
