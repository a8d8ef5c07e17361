"""How light falls on a part. Every form gives (h, w) light: 0 black, 1 the paint itself, 2 white; from the upper left."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from snapshelf.sample.canvas import UNIT, Form, Patch, Pixels

HALF_WAY = (-0.38, -0.50, 0.78)  # between the light and the eye, where things shine
LIGHT = (-0.50, -0.62, 0.60)


def flat(fall: float = 0.12) -> Form:
    """A plane that gets darker towards the lower right, by ``fall`` from corner to corner."""

    def form(patch: Patch) -> Pixels:
        along = np.linspace(0, 1, patch.alpha.shape[1], dtype=np.float32)[None, :]
        down = np.linspace(0, 1, patch.alpha.shape[0], dtype=np.float32)[:, None]
        return (1 + fall / 2 - fall * (0.4 * along + 0.6 * down)).astype(np.float32)

    return form


def puff(radius: float = 3.0, depth: float = 0.5, shine: float = 0.0) -> Form:
    """A filled, soft body: edges turn away from the eye over ``radius`` units."""

    def form(patch: Patch) -> Pixels:
        height = np.sqrt(np.clip(patch.blurred(radius) * 2 - 0.75, 0.001, 1))
        dy, dx = np.gradient(height)
        reach = np.float32(radius * UNIT)
        return _lit(-dx * reach, -dy * reach, depth, shine)

    return form


def ball(shine: float = 0.5, depth: float = 0.55) -> Form:
    """A sphere, or an ellipsoid, that fills the frame of its part."""

    def form(patch: Patch) -> Pixels:
        height, width = patch.alpha.shape
        x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
        y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
        z = np.sqrt(np.clip(1 - x * x - y * y, 0.02, 1))
        return _lit(x / z, y / z, depth, shine)

    return form


def tube(shine: float = 0.3, depth: float = 0.5, lying: bool = False) -> Form:
    """A round body about an upright axis (or a level one), as wide as the part is in each row."""

    def form(patch: Patch) -> Pixels:
        u = _across(patch.alpha.T).T if lying else _across(patch.alpha)
        light = 1.04 - depth * np.clip(u + 0.25, 0, 2) ** 2 * 0.62 - depth * np.clip(-u - 0.55, 0, 1) ** 2 * 1.2
        bright = np.exp(-(((u + 0.45) / 0.13) ** 2)) + 0.45 * np.exp(-(((u - 0.72) / 0.1) ** 2))
        return (np.clip(light, 0.08, 1.1) + shine * bright).astype(np.float32)

    return form


def metal(depth: float = 0.55, lying: bool = False, streaks: int = 3) -> Form:
    """A polished round body: bright and dark streaks along its axis."""

    def form(patch: Patch) -> Pixels:
        u = _across(patch.alpha.T).T if lying else _across(patch.alpha)
        wave = np.cos(u * np.pi * streaks * 0.62 + 0.9)
        return (0.92 + 0.33 * depth * wave - depth * 0.45 * u * u + 0.5 * np.exp(-(((u + 0.5) / 0.09) ** 2))).astype(
            np.float32
        )

    return form


def folds(name: str, strength: float = 0.10, count: float = 7, lean: float = 0.25) -> Form:
    """Folds of hanging cloth: soft upright waves that wander; ``lean`` tips them."""
    phase = sum(map(ord, name)) % 97

    def form(patch: Patch) -> Pixels:
        x, y = patch.x, patch.y
        warp = 3.0 * noise_at(x * 0.35 + phase, y * 0.35) + 2.2 * noise_at(x * 0.12, y * 0.12 + phase)
        wave = np.sin((x + lean * (y - 50) + warp * 4.5) * count * 0.063 + phase)
        return (1 + strength * (wave - 0.15) + strength * 0.7 * noise_at(x * 0.5, y * 0.5 + phase)).astype(np.float32)

    return form


def both(*forms: Form) -> Form:
    """Several forms over each other: their lights multiply below white, and their shine adds."""

    def form(patch: Patch) -> Pixels:
        light = np.ones(patch.alpha.shape, np.float32)
        shine = np.zeros(patch.alpha.shape, np.float32)
        for one in forms:
            found = one(patch)
            light *= np.minimum(found, 1.12)
            shine += np.clip(found - 1.12, 0, 1)
        return light + shine

    return form


def pane(angle: float = 0.6, strength: float = 0.25) -> Form:
    """Flat glass: a pale diagonal reflection."""

    def form(patch: Patch) -> Pixels:
        t = (patch.x - 50) + angle * (patch.y - 50)
        sheen = 0.5 + 0.5 * np.tanh((-t - 4) / 1.2) * np.tanh((t + 26) / 1.2)
        return (1 + strength * sheen * (patch.y < 200)).astype(np.float32)

    return form


def noise_at(x: Pixels, y: Pixels) -> Pixels:
    """Smooth noise in about [-1, 1] at any coordinates, one bump per unit or so; repeats after 64 units."""
    fx, fy = np.floor(x), np.floor(y)
    tx, ty = (x - fx).astype(np.float32), (y - fy).astype(np.float32)
    tx, ty = tx * tx * (3 - 2 * tx), ty * ty * (3 - 2 * ty)
    ix, iy = fx.astype(np.int32) & 63, fy.astype(np.int32) & 63
    table = _table()
    if ix.shape[0] == 1 and iy.shape[1] == 1:  # a plain grid: mix whole rows of the table, then whole columns
        rows = table[iy[:, 0]]
        rows += (table[(iy[:, 0] + 1) & 63] - rows) * ty
        left = rows[:, ix[0]]
        left += (rows[:, (ix[0] + 1) & 63] - left) * tx
        return left
    flat, row, below = table.ravel(), iy * 64, ((iy + 1) & 63) * 64
    right = (ix + 1) & 63
    upper, lower = flat[row + ix], flat[below + ix]
    upper += (flat[row + right] - upper) * tx
    lower += (flat[below + right] - lower) * tx
    return upper + (lower - upper) * ty


@lru_cache(maxsize=1)
def _table() -> Pixels:
    return np.random.default_rng(64).uniform(-1, 1, (64, 64)).astype(np.float32)


def _across(alpha: Pixels) -> Pixels:
    """(h, w): -1 at the left end of each row of a part, 1 at its right end."""
    inside = alpha > 0.5
    width = alpha.shape[1]
    first = np.where(inside.any(1), inside.argmax(1), 0).astype(np.float32)[:, None]
    last = np.where(inside.any(1), width - 1 - inside[:, ::-1].argmax(1), width - 1).astype(np.float32)[:, None]
    place = np.arange(width, dtype=np.float32)[None, :]
    return np.clip((place - first) / np.maximum(last - first, 1) * 2 - 1, -1, 1)


def _lit(slope_x: Pixels, slope_y: Pixels, depth: float, shine: float) -> Pixels:
    """Lambert's light on a surface whose normal is (slope_x, slope_y, 1), and Blinn's shine."""
    long = np.sqrt(slope_x**2 + slope_y**2 + 1)
    towards = (slope_x * LIGHT[0] + slope_y * LIGHT[1] + LIGHT[2]) / long
    light = 1 + depth * (towards - LIGHT[2])
    if shine:
        gleam = np.clip((slope_x * HALF_WAY[0] + slope_y * HALF_WAY[1] + HALF_WAY[2]) / long, 0, 1)
        fourth = (gleam * gleam) ** 2
        eighth = fourth * fourth
        light = np.minimum(light, 1.1) + shine * (eighth**4) * (eighth**2) * eighth * fourth  # the 60th power
    return np.clip(light, 0.1, 2).astype(np.float32)
