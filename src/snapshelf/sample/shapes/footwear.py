"""Shoes seen from the side."""

from __future__ import annotations

from snapshelf.sample.canvas import Canvas, Patch
from snapshelf.sample.curves import Knot, box, curve, ellipse
from snapshelf.sample.forms import both, puff, tube
from snapshelf.sample.look import Look
from snapshelf.sample.materials import grain
from snapshelf.sample.palette import darker, lighter
from snapshelf.sample.patterns import cloth
from snapshelf.sample.shapes.marks import mark, showing, sign

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
    top = {"ankle": 34.0, "knee-high": 8.0}.get(look.trait("style"), 22.0) + look.vary("top", -3, 3)
    sole = look.choose("sole", (darker(look.base, 0.65), (0.2, 0.18, 0.17), (0.86, 0.83, 0.76), (0.62, 0.45, 0.28)))
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
    if look.chance("toe cap", 0.35):
        c.fill(ellipse(88, 80, 15, 12), darker(look.base, 0.3), leather, within=patch)
    low = look.vary("heel", 90, 96)
    c.fill(box(13, 81, 91, 87, 2), sole, puff(1.5, 0.5))
    c.fill(box(14, 84, 34, low, 1.5), darker(sole, 0.1), puff(1.5, 0.5))
    c.fill(box(50, 84, 90, look.vary("tread", 87, 91), 2), darker(sole, 0.1), puff(1.5, 0.5))
    if look.chance("fur", 0.3):
        c.fill(box(16, top - 3, 52, top + 5, 4), (0.9, 0.86, 0.78), both(puff(2, 0.7), grain("fleece")), soft=0.3)
    mark(c, look, 25, look.vary("mark y", 56, 74), look.vary("mark", 3.5, 5.5), patch)
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
    high = {"kitten": 66.0, "block": 58.0, "stiletto": 48.0}.get(look.trait("heel"), 56) + look.vary("high", -3, 3)
    suede = look.material == "suede"
    shine = both(puff(4, 0.75, 0 if suede else 0.6), grain(look.material))
    wide = 9.0 if look.trait("heel") == "block" else 0
    post: list[Knot] = [
        (10, high - 2, "c"),
        (22 + wide, high + 3),
        (19 + wide, 90, "c"),
        (15.5, 90, "c"),
        (12, high + 12),
    ]
    c.fill(
        curve(post),
        look.choose("post", (darker(look.base, 0.15), look.base, (0.3, 0.2, 0.14), darker(look.second, 0.1))),
        tube(0.4),
    )
    inner: list[Knot] = [(9, high - 8), (24, high - 4), (44, high + 10), (66, 80), (92, 86), (93, 90, "c"), (66, 90), (44, high + 22),
             (24, high + 8), (10, high + 2)]  # fmt: skip
    c.fill(
        curve(inner), look.choose("inner", (darker(look.base, 0.5), (0.82, 0.7, 0.55), (0.62, 0.2, 0.2))), puff(2, 0.5)
    )
    back = curve([(7, high - 14, "c"), (20, high - 12), (28, high + 4), (22, high + 6), (10, high + 2)])
    c.fill(back, cloth(look), shine)
    style = look.choose("cut", ("closed", "open toe", "full"))
    tip = {"closed": 95.0, "open toe": 87.0, "full": 96.0}[style]
    start = 40.0 if style == "full" else 56.0
    toe: list[Knot] = [
        (start, 56 + (high - 48) * 0.45 if style == "full" else 74, "c"),
        (66, 68),
        (80, 74),
        (tip, 86),
        (tip - 1, 89.5, "c"),
        (70, 89),
        (58, 82),
    ]
    upper = c.fill(curve(toe), cloth(look), shine)
    if style == "full":
        c.fill(
            curve([(14, high - 4), (30, high + 1), (48, high + 14), (60, 82), (40, high + 24), (20, high + 8)]),
            cloth(look),
            shine,
        )
    _heel_trim(c, look, upper, high)


def _heel_trim(c: Canvas, look: Look, upper: Patch | None, high: float) -> None:
    suede = look.material == "suede"
    shine = both(puff(4, 0.75, 0 if suede else 0.6), grain(look.material))
    if look.chance("cap", 0.35):
        c.fill(ellipse(95, 88, 11, 10), look.second, shine, within=upper)
    if look.chance("strap", 0.5):
        peak = look.vary("strap", -24, -15)
        c.stroke(
            curve([(12, high - 10), (24, high + peak), (34, high - 2)], closed=False), 1.9, look.base, puff(0.8, 0.6)
        )
        c.fill(ellipse(31, high - 8, 1.7, 1.7), (0.85, 0.72, 0.38), puff(0.8, 0.7))
    if look.chance("bow", 0.35):
        for outline in (curve([(74, 74), (66, 68), (67, 78)]), curve([(74, 74), (82, 70), (81, 80)])):
            c.fill(outline, look.second, puff(1.5, 0.6))
    else:
        mark(c, look, 75, 80, look.vary("mark", 2.6, 4), upper)


def sandal(c: Canvas, look: Look) -> None:
    c.fill(
        curve([(8, 74), (30, 70), (60, 74), (90, 74), (94, 79), (90, 84), (50, 85), (10, 84)]),
        look.choose("insole", ((0.72, 0.55, 0.38), (0.86, 0.76, 0.6), (0.35, 0.27, 0.22))),
        puff(2.5, 0.6),
    )
    low = look.vary("sole", 86, 93)
    sole = look.choose("sole", (darker(look.second, 0.55), WHITE, (0.2, 0.19, 0.19), (0.62, 0.45, 0.28)))
    c.fill(curve([(8, 82), (50, 83), (93, 80), (92, low - 2), (50, low), (9, low - 1)]), sole, puff(2, 0.5))
    leather = both(puff(2.5, 0.7, 0.2), grain(look.material))
    style, rise = look.trait("style"), look.vary("rise", -4, 4)
    if style == "strappy":
        c.fill(curve([(9, 77, "c"), (9, 58 + rise), (14, 52 + rise), (21, 60), (25, 77, "c")]), look.base, leather)
        sling = curve([(13, 57 + rise), (26, 52 + rise), (40, 58), (46, 77)], closed=False)
        c.stroke(sling, look.vary("sling", 3.5, 6), look.base, leather)
    dome = curve([(44, 79, "c"), (51, 60 + rise), (63, 52 + rise), (76, 57 + rise), (91, 78, "c")])
    inside = (
        None
        if style == "slide"
        else c.fill(dome, darker(look.base, 0.6), puff(2, 0.5), opacity=0.0 if style == "strappy" else 1)
    )
    if style == "slide":
        inside = c.fill(dome, cloth(look), leather)
    elif style == "crossed":
        for line in ([(42, 84), (82, 50)], [(93, 84), (54, 48)]):
            c.stroke([(float(x), y + rise) for x, y in line], look.vary("wide", 12, 16), look.base, leather, inside)
    else:
        for x in (48.0, 61.0, 75.0):
            wide = look.vary(f"wide{x}", 7, 10)
            c.fill([(x, 80), (x + 5, 46), (x + 5 + wide, 46), (x + wide + 2, 80)], look.base, leather, within=inside)
    if look.chance("stitched", 0.5):
        c.stroke(
            [*dome, dome[0]],
            1.4,
            lighter(look.base, 0.5),
            None,
            inside if style == "slide" else None,
            0.6 if style == "slide" else 0,
        )
    trim = look.choose("metal", ((0.85, 0.75, 0.4), (0.8, 0.81, 0.83), darker(look.second, 0.1)))
    x, y = {"strappy": (24, 53 + rise), "slide": (66, 62), "crossed": (68, 62)}.get(style, (68, 62))
    if look.chance("buckle", 0.5):
        c.fill(box(x - 4, y - 4.5, x + 4, y + 4.5, 1), trim, puff(1, 0.7), holes=[box(x - 2, y - 2.5, x + 2, y + 2.5)])
    else:
        mark(c, look, x, y, 5, None, trim)
