"""Fruit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from snapshelf.sample.brands import tint
from snapshelf.sample.canvas import Canvas
from snapshelf.sample.curves import box, curve, ellipse, star
from snapshelf.sample.forms import ball, both, flat, puff, tube
from snapshelf.sample.look import RGB, Look
from snapshelf.sample.materials import grain
from snapshelf.sample.palette import darker, ink_on, lighter, mix
from snapshelf.sample.shapes.marks import mark, sticker

LEAF = (0.30, 0.52, 0.22)
STEM = (0.38, 0.26, 0.14)


def packed(c: Canvas, look: Look, one: Callable[[Canvas, Look], None], label: float = 60) -> None:
    """A fruit as it is sold: one, a pair, or three on a tray; each with the brand's label, each of its own growth.

    label: how far down the brand's label sits.
    """
    ripe = replace(look, base=_ripe(look))
    single = Canvas()
    one(single, ripe)
    sticker(single, look, look.vary("label_x", 38, 60), label + look.vary("label_y", -5, 5), look.vary("label", 9, 12))
    pack = look.trait("pack")
    places = {
        "pair": ((32, 55, 0.60), (68, 57, 0.62)),
        "tray of three": ((24, 46, 0.46), (76, 46, 0.46), (50, 48, 0.48)),
    }
    if pack == "tray of three":
        c.fill([(6, 44), (94, 44), (98, 62), (2, 62)], (0.55, 0.42, 0.30), flat())
    for n, (x, y, size) in enumerate(places.get(pack, ((50, 50, 0.92),))):
        wide, high = size * look.vary(f"wide{n}", 0.90, 1.06), size * look.vary(f"high{n}", 0.90, 1.06)
        c.stamp(single, x, y, wide, high, look.vary(f"turn{n}", -24, 24))
    if pack == "tray of three":
        front = c.fill([(2, 58), (98, 58), (92, 84), (8, 84)], tint(look.brand), flat(0.2))
        c.write(look.brand.upper(), 54, 71, 9, ink_on(tint(look.brand)), 56, front)
        mark(c, look, 18, 71, 6, front, ink_on(tint(look.brand)))


def _ripe(look: Look) -> RGB:
    """The skin of this sort: a little paler or deeper, warmer or greener than others of its colour."""
    deep = look.vary("deep", -0.22, 0.1)
    shade = darker(look.base, deep) if deep > 0 else lighter(look.base, -deep)
    return mix(shade, look.choose("hue", ((0.9, 0.3, 0.15), (0.5, 0.62, 0.2))), look.vary("ripe", 0, 0.2))


def _cheek(look: Look) -> RGB:
    """The side of an apple or a pear that saw the sun."""
    return look.choose("cheek", ((0.85, 0.25, 0.18), (0.95, 0.75, 0.25), (0.62, 0.72, 0.25), (0.75, 0.12, 0.2)))


def apple(c: Canvas, look: Look) -> None:
    packed(c, look, _apple)


def _apple(c: Canvas, look: Look) -> None:
    c.stroke(curve([(50, 30), (51, 18), (56, 10)], closed=False), 2.6, STEM, tube())
    if look.chance("leaf", 0.6):
        c.fill(curve([(53, 20, "c"), (64, 8), (80, 10, "c"), (70, 21)]), LEAF, puff(2, 0.7))
    body = c.fill(
        curve(
            [
                (50, 31),
                (34, 24),
                (16, 36),
                (14, 58),
                (26, 82),
                (40, 89),
                (50, 86),
                (60, 89),
                (74, 82),
                (86, 58),
                (84, 36),
                (66, 24),
            ]
        ),
        look.base,
        ball(0.45),
    )
    c.fill(ellipse(look.vary("blush", 30, 70), 60, 20, 26), _cheek(look), within=body, opacity=0.5, soft=5)
    c.fill(ellipse(50, 31, 10, 4), darker(look.base, 0.5), within=body, opacity=0.7, soft=1.5)
    for n in range(16):
        c.fill(
            ellipse(look.vary(f"sx{n}", 22, 78), look.vary(f"sy{n}", 38, 82), 0.6, 0.6),
            lighter(look.base, 0.5),
            within=body,
            opacity=0.6,
        )


def pear(c: Canvas, look: Look) -> None:
    packed(c, look, _pear)


def _pear(c: Canvas, look: Look) -> None:
    c.stroke(curve([(50, 18), (52, 9), (57, 4)], closed=False), 2.4, STEM, tube())
    body = c.fill(
        curve(
            [
                (50, 14),
                (41, 19),
                (37, 36),
                (24, 52),
                (20, 72),
                (32, 90),
                (50, 94),
                (68, 90),
                (80, 72),
                (76, 52),
                (63, 36),
                (59, 19),
            ]
        ),
        look.base,
        ball(0.4),
    )
    c.fill(ellipse(66, 64, 14, 22), _cheek(look), within=body, opacity=0.4, soft=5)
    for n in range(22):
        c.fill(
            ellipse(look.vary(f"sx{n}", 26, 74), look.vary(f"sy{n}", 40, 88), 0.6, 0.6),
            darker(look.base, 0.4),
            within=body,
            opacity=0.5,
        )


def orange(c: Canvas, look: Look) -> None:
    packed(c, look, _orange)


def _orange(c: Canvas, look: Look) -> None:
    body = c.fill(ellipse(50, 54, 38, 37), look.base, both(ball(0.4), grain("leather")))
    c.fill(ellipse(49, 22, 5, 2.4), (0.42, 0.5, 0.2), within=body)
    c.fill(star(49, 22, 4, 5), (0.35, 0.42, 0.18))
    if look.chance("leaf", 0.5):
        c.fill(curve([(50, 21, "c"), (60, 8), (78, 8, "c"), (68, 20)]), LEAF, puff(2, 0.7))


def lemon(c: Canvas, look: Look) -> None:
    packed(c, look, _lemon)


def _lemon(c: Canvas, look: Look) -> None:
    body = c.fill(
        curve(
            [
                (6, 56),
                (14, 52),
                (26, 36),
                (50, 28),
                (74, 36),
                (86, 50),
                (95, 54),
                (95, 60),
                (86, 64),
                (74, 78),
                (50, 85),
                (26, 78),
                (14, 63),
                (7, 61),
            ]
        ),
        look.base,
        both(ball(0.4), grain("leather")),
    )
    c.fill(ellipse(8, 58, 4, 4), LEAF, within=body, opacity=0.6, soft=1)


def banana(c: Canvas, look: Look) -> None:
    packed(c, look, _banana, 74)


def _banana(c: Canvas, look: Look) -> None:
    for turn in range(3 if look.trait("pack") == "bunch" else 1):
        dy = turn * 6.0 - (4 if look.trait("pack") == "bunch" else 0)
        outline = curve(
            [
                (14, 24 - dy / 2, "c"),
                (20, 21 - dy / 2, "c"),
                (26, 46 + dy / 3),
                (46, 66 + dy / 2),
                (74, 72 + dy),
                (90, 66 + dy, "c"),
                (93, 71 + dy, "c"),
                (76, 86 + dy),
                (46, 84 + dy),
                (22, 62 + dy / 2),
            ]
        )
        body = c.fill(outline, look.base if turn == 0 else lighter(look.base, 0.1), puff(5, 0.75, 0.2))
        c.stroke(
            curve([(20, 30), (28, 56 + dy / 2), (48, 75 + dy / 2), (88, 70 + dy)], closed=False),
            0.8,
            darker(look.base, 0.3),
            None,
            body,
            0.6,
            0.3,
        )
        c.fill(ellipse(91, 69 + dy, 3, 3.4), STEM, within=body)
    c.fill(box(12, 14, 21, 28, 2), mix(STEM, LEAF, 0.4), puff(1.5, 0.6))
