"""What things are made of: the grain of a material as light, and wood, brushed metal and fades as paint."""

from __future__ import annotations

import numpy as np

from snapshelf.sample.canvas import Form, Paint, Patch, Pixels, blended
from snapshelf.sample.forms import noise_at
from snapshelf.sample.look import RGB
from snapshelf.sample.palette import darker, lighter, luminance


def grain(material: str) -> Form:
    """The small-scale light of a material; smooth for those that have none."""

    def form(patch: Patch) -> Pixels:
        x, y = patch.x, patch.y
        if material in ("wool", "merino", "knit", "acrylic"):
            rib = np.abs(np.sin(x * 2.6)) * 0.8 + 0.2 * np.sin(y * 3.4 + np.abs(np.sin(x * 2.6)) * 2)
            return (0.9 + 0.14 * rib).astype(np.float32)
        if material == "denim":
            return (1 + 0.07 * np.sin((x + y) * 3.4) + 0.05 * noise_at(x * 2, y * 0.6)).astype(np.float32)
        if material == "corduroy":
            return (0.93 + 0.12 * np.abs(np.sin(x * 1.45)) + 0 * y).astype(np.float32)
        if material in ("leather", "suede", "vegan leather"):
            return (1 + 0.045 * noise_at(x * 1.9, y * 1.9) + 0.03 * noise_at(x * 0.5, y * 0.5)).astype(np.float32)
        if material in ("linen", "canvas", "jute", "cotton canvas"):
            return (1 + 0.05 * np.sin(x * 4.1) * np.sin(y * 4.1) + 0.04 * noise_at(x * 3, y * 0.4)).astype(np.float32)
        if material in ("rattan", "wicker", "paper cord"):
            cross = np.sin(x * 2.0) * np.sin(y * 2.0)
            return (0.92 + 0.2 * np.clip(cross * 3, -1, 1)).astype(np.float32)
        if material in ("cast iron", "fleece", "stoneware", "terracotta", "velvet"):
            rough = {"fleece": 0.09, "velvet": 0.05}.get(material, 0.035)
            return (0.98 + rough * noise_at(x * 2.4, y * 2.4) + rough * noise_at(x * 0.9, y * 0.9)).astype(np.float32)
        if material == "nylon":
            return (1 - 0.1 * ((x % 2.6 < 0.35) | (y % 2.6 < 0.35))).astype(np.float32)
        if material == "silk":
            return (1.02 + 0.1 * np.sin((x + 0.6 * y) * 0.32 + 2 * noise_at(x * 0.05, y * 0.05))).astype(np.float32)
        return np.ones(patch.alpha.shape, np.float32)

    return form


def wood(base: RGB, lying: bool = True, size: float = 1.0, name: str = "") -> Paint:
    """Planed wood with its grain along the level axis, or the upright one."""
    phase = sum(map(ord, name)) % 61
    deep = 0.5 if luminance(base) < 0.8 else 0.2  # painted white, the grain hardly shows

    def paint(patch: Patch) -> Pixels:
        x, y = (patch.x / size, patch.y / size) if lying else (patch.y / size, patch.x / size)
        warp = 2.2 * noise_at(x * 0.03 + phase, y * 0.1) + 0.25 * noise_at(x * 0.1, y * 1.1)
        rings = np.sin((y + warp * 3) * 1.35 + phase)
        fine = noise_at(x * 0.16, y * 3.6 + phase)
        share = np.clip(0.25 + 0.16 * rings + 0.17 * fine, 0, 1)
        return blended(lighter(base, 0.1), darker(base, deep), np.broadcast_to(share, patch.alpha.shape))

    return paint


def brushed(base: RGB, lying: bool = True) -> Paint:
    """Brushed metal: fine streaks along one axis."""

    def paint(patch: Patch) -> Pixels:
        x, y = (patch.x, patch.y) if lying else (patch.y, patch.x)
        share = np.clip(0.5 + 0.4 * noise_at(x * 0.12, y * 4.3), 0, 1) * 0.14
        return blended(base, (1, 1, 1), np.broadcast_to(share, patch.alpha.shape))

    return paint


def fade(upper: RGB, lower: RGB) -> Paint:
    """From one colour at the top of the part to another at its bottom."""

    def paint(patch: Patch) -> Pixels:
        share = np.linspace(0, 1, patch.alpha.shape[0], dtype=np.float32)[:, None]
        return blended(upper, lower, np.broadcast_to(share, patch.alpha.shape))

    return paint
