"""Paints: patterns printed or woven in two or three colours."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin
from typing import TypeAlias

import numpy as np

from snapshelf.sample.canvas import Paint, Patch, Pixels, blended, planes
from snapshelf.sample.forms import noise_at
from snapshelf.sample.look import Look
from snapshelf.sample.palette import darker, lighter

Share: TypeAlias = Pixels  # (h, w) in [0, 1]: how much of a colour there is
Weave: TypeAlias = Callable[
    [Look, Pixels, Pixels], Pixels
]  # (look, x, y) → (3, h, w); x (1, w) and y (h, 1), or both (h, w)

PATTERNS = (
    "plain", "striped", "pinstriped", "checked", "tartan", "dotted", "floral", "zigzag", "starry", "leafy",
    "two-tone", "speckled", "camouflage", "heathered", "marbled",
)  # fmt: skip


def cloth(look: Look, turn: float = 0, size: float = 1, pattern: str | None = None) -> Paint:
    """The look's pattern, or another one, turned by degrees and enlarged."""
    weave = WEAVES[pattern or look.pattern]

    def paint(patch: Patch) -> Pixels:
        if turn == 0:
            return weave(look, (patch.x - 50) / size, (patch.y - 50) / size)
        c, s = cos(turn * pi / 180) / size, sin(turn * pi / 180) / size
        x = (patch.x - 50) * c + (patch.y - 50) * s
        y = (patch.y - 50) * c - (patch.x - 50) * s
        return weave(look, x, y)

    return paint


def _step(distance: Pixels, sharp: float = 0.28) -> Share:
    """1 where the distance is negative, 0 where it is positive, smooth over a pixel or so."""
    return np.clip(0.5 - distance / (2 * sharp), 0, 1)


def _bars(t: Pixels, period: float, share: float) -> Share:
    """Bars across t: ``share`` of each period."""
    off = np.abs((t / period) % 1 - 0.5) * period
    return _step(off - share * period / 2)


def _plain(look: Look, x: Pixels, y: Pixels) -> Pixels:
    return planes(look.base)


def _striped(look: Look, x: Pixels, y: Pixels) -> Pixels:
    period = look.vary("stripe", 6.0, 12.0)
    return blended(_plain(look, x, y), look.second, _bars(y + 0 * x, period, look.vary("bar", 0.32, 0.55)))


def _pinstriped(look: Look, x: Pixels, y: Pixels) -> Pixels:
    return blended(_plain(look, x, y), look.second, 0.85 * _bars(x + 0 * y, look.vary("pin", 3.6, 5.4), 0.17))


def _checked(look: Look, x: Pixels, y: Pixels) -> Pixels:
    period = look.vary("check", 5.0, 10.0)
    share = (_bars(x, period, 0.5) + _bars(y, period, 0.5)) / 2
    return blended(_plain(look, x, y), look.second, share)


def _tartan(look: Look, x: Pixels, y: Pixels) -> Pixels:
    period = look.vary("tartan", 13, 19)
    wide = (_bars(x, period, 0.46) + _bars(y, period, 0.46)) / 2
    thin = np.maximum(_bars(x + period / 2, period, 0.06), _bars(y + period / 2, period, 0.06))
    found = blended(_plain(look, x, y), darker(look.second, 0.1), 0.85 * wide)
    return blended(found, look.accent, 0.8 * thin)


def _lattice(x: Pixels, y: Pixels, period: float) -> tuple[Pixels, Pixels, Pixels]:
    """Offsets from the nearest point of a staggered lattice, and a number in [0, 1) that belongs to that point."""
    row = np.floor(y / period)
    shift = (row % 2) * 0.5
    column = np.floor(x / period + shift)
    dx = (x / period + shift - column - 0.5) * period
    dy = (y / period - row - 0.5) * period + 0 * x
    return dx, dy, (row * 0.618034 + column * 0.414214) % 1


def _dotted(look: Look, x: Pixels, y: Pixels) -> Pixels:
    period = look.vary("dots", 6.5, 12)
    dx, dy, _ = _lattice(x, y, period)
    return blended(_plain(look, x, y), look.second, _step(np.hypot(dx, dy) - period * look.vary("dot", 0.2, 0.3)))


def _floral(look: Look, x: Pixels, y: Pixels) -> Pixels:
    period = look.vary("flowers", 12, 17)
    dx, dy, own = _lattice(x, y, period)
    angle, far = np.arctan2(dy, dx) + own * 6, np.hypot(dx, dy)
    reach = period * 0.36 * (0.75 + 0.35 * own)
    found = _plain(look, x, y)
    ex, ey, other = _lattice(x + period * 0.55, y + period * 0.5, period)
    found = blended(found, darker(look.accent, 0.1), 0.8 * _step(np.hypot(ex * 0.55, ey * 1.4) - period * 0.09))
    petals = _step(far - reach * (0.72 + 0.28 * np.cos(angle * 5)))
    found = blended(found, look.second, petals)
    return blended(found, look.accent, _step(far - reach * 0.3) * (0.6 + 0.4 * (other < 2)))


def _zigzag(look: Look, x: Pixels, y: Pixels) -> Pixels:
    wave = np.abs((x / 7.0) % 1 - 0.5) * 7.0
    return blended(_plain(look, x, y), look.second, _bars(y + wave, look.vary("zigzag", 7, 11), 0.42))


def _starry(look: Look, x: Pixels, y: Pixels) -> Pixels:
    period = look.vary("stars", 10, 15)
    dx, dy, own = _lattice(x, y, period)
    angle = np.arctan2(dx, -dy) + own
    fold = np.abs((angle / (2 * pi / 5)) % 1 - 0.5) * 2
    return blended(_plain(look, x, y), look.second, _step(np.hypot(dx, dy) - period * (0.14 + 0.2 * fold**1.5)))


def _leafy(look: Look, x: Pixels, y: Pixels) -> Pixels:
    period = look.vary("leaves", 12, 17)
    dx, dy, own = _lattice(x, y, period)
    turn = own * 5
    u, v = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
    leaf = _step(np.abs(v) - period * 0.19 * np.clip(1 - (u / (period * 0.44)) ** 2, -0.2, 1))
    found = blended(_plain(look, x, y), look.second, leaf)
    return blended(found, look.base, 0.7 * leaf * _step(np.abs(v) - 0.25))


def _two_tone(look: Look, x: Pixels, y: Pixels) -> Pixels:
    edge = look.vary("dip", -4, 10) + 1.2 * noise_at(x * 0.12, 0 * y)
    return blended(_plain(look, x, y), look.second, _step(edge - y + 0 * x, 0.4))


def _speckled(look: Look, x: Pixels, y: Pixels) -> Pixels:
    found = _plain(look, x, y)
    for size, level in ((1.1, 0.62), (0.6, 0.5)):
        found = blended(found, look.second, 0.85 * _step((level - noise_at(x * size, y * size)) * 3, 0.5))
    return found


def _camouflage(look: Look, x: Pixels, y: Pixels) -> Pixels:
    size, place = look.vary("spots", 0.75, 1.3), look.vary("spots at", 0, 60)
    x, y = x / size + place, y / size
    one = noise_at(x * 0.11, y * 0.15) + 0.4 * noise_at(x * 0.3, y * 0.3)
    other = noise_at(x * 0.13 + 30, y * 0.12 + 9) + 0.4 * noise_at(x * 0.3 + 7, y * 0.3)
    found = blended(_plain(look, x, y), darker(look.base, 0.45), _step((0.15 - one) * 5, 0.3))
    return blended(found, lighter(look.base, 0.42), _step((0.25 - other) * 5, 0.3))


def _heathered(look: Look, x: Pixels, y: Pixels) -> Pixels:
    fleck = noise_at(x * 0.9, y * 3.6) + 0.6 * noise_at(x * 2.5 + 9, y * 5.1)
    return blended(_plain(look, x, y), lighter(look.base, 0.65), np.clip(0.16 + 0.3 * fleck, 0, 0.6))


def _marbled(look: Look, x: Pixels, y: Pixels) -> Pixels:
    warp = noise_at(x * 0.07, y * 0.07) * 9 + noise_at(x * 0.2, y * 0.2) * 2.5
    vein = np.abs(np.sin((x * 0.6 + y + warp * 1.6) * 0.16))
    return blended(_plain(look, x, y), look.second, 0.75 * np.clip(1 - vein * 3.2, 0, 1))


WEAVES: dict[str, Weave] = {
    "plain": _plain,
    "striped": _striped,
    "pinstriped": _pinstriped,
    "checked": _checked,
    "tartan": _tartan,
    "dotted": _dotted,
    "floral": _floral,
    "zigzag": _zigzag,
    "starry": _starry,
    "leafy": _leafy,
    "two-tone": _two_tone,
    "speckled": _speckled,
    "camouflage": _camouflage,
    "heathered": _heathered,
    "marbled": _marbled,
}
