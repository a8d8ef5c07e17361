"""Shoes seen from the side."""

from __future__ import annotations

from snapshelf.sample.canvas import Canvas
from snapshelf.sample.curves import box, curve, ellipse
from snapshelf.sample.forms import both, puff, tube
from snapshelf.sample.look import Look
from snapshelf.sample.palette import darker, lighter
from snapshelf.sample.patterns import cloth, grain
from snapshelf.sample.shapes.marks import showing, sign

WHITE = (0.96, 0.95, 0.93)


def sneaker(c: Canvas, look: Look) -> None:
    high = look.vary("ankle", 34, 38) if look.trait("style") == "high-top" else look.vary("ankle", 43, 47)
    thick = look.vary("sole", 6, 9)
    c.fill(
        curve([(11, high + 6), (22, high - 3), (36, high, "c"), (37, high + 12), (14, high + 14, "c")]),
        darker(look.base, 0.5),
        puff(2, 0.5),
    )
    upper = curve(
        [
            (9, 76, "c"),
            (8, 62),
            (12, high + 4),
            (17, high, "c"),
            (35, high + 2, "c"),
            (43, 55),
            (60, 61),
            (80, 65),
            (93, 72),
            (94, 77, "c"),
        ]
    )
    patch = c.fill(upper, cloth(look), both(puff(5, 0.75), grain(look.material)))
    trim = look.second
    c.fill(curve([(7, 78, "c"), (7, 64), (16, 58), (22, 66), (24, 78, "c")]), trim, puff(2, 0.5), within=patch)
    c.fill(
        curve([(76, 79, "c"), (78, 66), (88, 66), (97, 76, "c"), (96, 80, "c")]),
        trim if look.chance("toe") else lighter(look.base, 0.25),
        puff(2, 0.5),
        within=patch,
    )
    stripe = showing(look)
    if look.chance("mark", 0.55):
        for at in range(3):
            c.stroke([(38 + at * 6, 76), (46 + at * 6, 58)], 2.4, stripe, puff(1, 0.3), patch)
    else:
        sign(c, look.choose("sign", ("bolt", "wave", "leaf", "star", "diamond")), look, 46, 68, 8, stripe, patch)
    _laces_and_sole(c, look, high, thick)


def _laces_and_sole(c: Canvas, look: Look, high: float, thick: float) -> None:
    laces = look.second if look.chance("laces", 0.4) else WHITE
    for at in range(5):
        x, y = 37 + at * 4.6, high + 7 + (58 - high) * at / 6
        c.stroke([(x - 3, y + 3.4), (x + 4, y - 0.6)], 1.7, laces, puff(0.8, 0.6))
    sole = curve(
        [
            (6, 75, "c"),
            (50, 77),
            (95, 74.5, "c"),
            (96, 76 + thick * 0.6),
            (92, 75 + thick, "c"),
            (50, 76 + thick),
            (9, 75.5 + thick, "c"),
        ]
    )
    band = c.fill(sole, WHITE if look.chance("white sole", 0.75) else darker(look.second, 0.1), puff(2, 0.5))
    c.stroke([(8, 78 + thick * 0.3), (94, 77.5 + thick * 0.3)], 0.7, darker(look.base, 0.1), None, band, 0.7)


def boot(c: Canvas, look: Look) -> None:
    top = {"ankle": 34.0, "knee-high": 8.0}.get(look.trait("style"), 22.0)
    leather = both(puff(5, 0.8, 0.25), grain(look.material))
    c.fill(ellipse(34, top + 1, 15.5, 3), darker(look.base, 0.6))
    shaft = curve(
        [
            (18, top, "c"),
            (19, 50),
            (16, 66),
            (15, 82, "c"),
            (60, 82, "c"),
            (90, 82, "c"),
            (89, 70),
            (72, 64),
            (53, 58),
            (50, 40),
            (50, top, "c"),
            (34, top + 3),
        ]
    )
    patch = c.fill(shaft, cloth(look), leather)
    c.fill(box(13, 81, 91, 87, 2), darker(look.base, 0.65), puff(1.5, 0.5))
    c.fill(box(14, 84, 34, 93, 1.5), darker(look.base, 0.7), puff(1.5, 0.5))
    c.fill(box(50, 84, 90, 90, 2), darker(look.base, 0.7), puff(1.5, 0.5))
    if look.chance("laces", 0.6):
        for at in range(6):
            y = top + 7 + at * (58 - top) / 7
            c.stroke([(42 + at * 0.8, y + 2.6), (52 + at * 1.2, y)], 1.5, lighter(look.second, 0.2), puff(0.7, 0.5))
    else:
        c.fill(
            curve([(31, top + 4, "c"), (41, top + 4, "c"), (40, 60), (32, 60)]),
            darker(look.base, 0.45),
            puff(1.5, 0.4),
            within=patch,
        )
        c.stroke([(20, 62), (50, 56)], 3, look.second, puff(1, 0.6), patch)
    c.stroke(curve([(60, 81), (66, 71), (80, 68)], closed=False), 0.6, darker(look.base, 0.5), None, patch, 0.7)


def heel(c: Canvas, look: Look) -> None:
    high = {"low": 72.0, "mid": 60.0, "high": 48.0}.get(look.trait("heel"), 56)
    shine = both(puff(4, 0.75, 0.5), grain(look.material))
    c.fill(
        curve([(10, high - 2, "c"), (22, high + 1), (20, 90, "c"), (15.5, 90, "c"), (12, high + 12)]),
        darker(look.base, 0.15),
        tube(0.4),
    )
    c.fill(
        curve(
            [
                (9, high - 8),
                (24, high - 4),
                (44, high + 10),
                (66, 80),
                (92, 86),
                (93, 90, "c"),
                (66, 90),
                (44, high + 22),
                (24, high + 8),
                (10, high + 2),
            ]
        ),
        darker(look.base, 0.5),
        puff(2, 0.5),
    )
    c.fill(
        curve([(7, high - 14, "c"), (20, high - 12), (28, high + 4), (22, high + 6), (10, high + 2)]),
        cloth(look),
        shine,
    )
    c.fill(
        curve([(56, 74, "c"), (66, 68), (80, 74), (95, 86), (94, 89.5, "c"), (70, 89), (58, 80)]), cloth(look), shine
    )
    if look.chance("strap", 0.5):
        c.stroke(
            curve([(14, high - 12), (24, high - 18), (30, high - 6)], closed=False), 1.6, look.base, puff(0.8, 0.6)
        )
    if look.chance("bow", 0.4):
        for outline in (curve([(74, 74), (66, 68), (67, 78)]), curve([(74, 74), (82, 70), (81, 80)])):
            c.fill(outline, look.second, puff(1.5, 0.6))


def sandal(c: Canvas, look: Look) -> None:
    c.fill(
        curve([(8, 74), (30, 70), (60, 74), (90, 74), (94, 79), (90, 84), (50, 85), (10, 84)]),
        (0.72, 0.55, 0.38),
        puff(2.5, 0.6),
    )
    c.fill(curve([(8, 82), (50, 83), (93, 80), (92, 88), (50, 90), (9, 89)]), darker(look.second, 0.55), puff(2, 0.5))
    leather = both(puff(2.5, 0.7, 0.2), grain(look.material))
    for start, peak, end, wide in ((14, 50, 32, 4.5), (34, 46, 62, 7.0), (60, 56, 86, 8.0)):
        line = curve(
            [
                (float(start), 78.0),
                ((start + end) / 2 - 3, float(peak)),
                ((start + end) / 2 + 6, peak + 3.0),
                (float(end), 80.0),
            ],
            closed=False,
        )
        c.stroke(line, wide, look.base if look.pattern == "plain" else look.second, leather)
    c.fill(box(44, 45, 51, 53, 1), (0.85, 0.75, 0.4), puff(1, 0.7), holes=[box(46, 47, 49, 51)])
