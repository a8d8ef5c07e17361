"""Clothes for the legs, and what goes on head, neck and feet: trousers, jeans, shorts, skirt, socks, cap, beanie, scarf."""

from __future__ import annotations

from dataclasses import replace

from snapshelf.sample.brands import tint
from snapshelf.sample.canvas import Canvas
from snapshelf.sample.curves import Knot, Point, Points, box, curve, ellipse, flipped, mirrored
from snapshelf.sample.forms import both, flat, folds, puff
from snapshelf.sample.look import Look
from snapshelf.sample.materials import grain
from snapshelf.sample.palette import darker, ink_on, lighter
from snapshelf.sample.patterns import cloth
from snapshelf.sample.shapes.marks import emblem, mark
from snapshelf.sample.shapes.tops import seam


def trousers(c: Canvas, look: Look) -> None:
    _legs(c, look, 95, look.vary("foot", 6, 8.5) + (3.5 if look.trait("fit") == "wide leg" else 0))


def jeans(c: Canvas, look: Look) -> None:
    deep = look.vary("wash", -0.28, 0.22)
    washed = replace(look, base=darker(look.base, deep) if deep > 0 else lighter(look.base, -deep))
    foot = {"skinny": 5.2, "straight": 7.4, "bootcut": 9.4}.get(look.trait("fit"), 7) + look.vary("foot", -0.6, 0.6)
    _legs(c, washed, 95, foot, stitched=True)
    for side in (-1, 1):
        x = 50 + side * (5 + foot)
        if look.chance("faded", 0.5):
            spot = ellipse(x + side * 1.5, look.vary("fade y", 34, 48), foot * 0.55, look.vary("fade", 8, 17))
            c.fill(spot, lighter(washed.base, 0.6), opacity=0.45, soft=2.5)
        for n in range(look.choose("rips", (0, 0, 0, 2))):
            c.fill(ellipse(x, 58 + n * 5 + 3 * side, foot * 0.6, 1.1), (0.93, 0.92, 0.9), opacity=0.9, soft=0.3)
        if look.chance("turn-ups", 0.3):
            c.fill(
                box(x - foot - 1.5, 89, x + foot + 1.5, 95, 1),
                lighter(washed.base, 0.45),
                both(puff(1, 0.5), grain("denim")),
            )
    c.fill(
        box(57, 8.5, 66, 14, 0.6),
        look.choose("patch", ((0.66, 0.46, 0.28), (0.2, 0.18, 0.17), (0.9, 0.88, 0.82))),
        puff(0.6, 0.4),
    )
    mark(
        c, look, 61.5, 11.2, 2, None, look.choose("patch ink", ((0.3, 0.2, 0.12), (0.78, 0.2, 0.18), (0.85, 0.7, 0.35)))
    )


def shorts(c: Canvas, look: Look) -> None:
    _legs(c, look, look.vary("length", 58, 68), look.vary("foot", 12.5, 14.5))


def _legs(c: Canvas, look: Look, bottom: float, foot: float, stitched: bool = False) -> None:
    short = bottom < 75
    threads = ((0.82, 0.58, 0.26), (0.85, 0.82, 0.75), darker(look.base, 0.4))
    thread = look.choose("thread", threads) if stitched else look.base
    top = 20.0 if short else 7.0
    crotch = top + 29
    gap, hip = (3.0, 19.5) if short else (4.0, 17.5)
    c.fill(ellipse(50, top + 1.2, 14.5, 2.2), darker(look.base, 0.5))
    half: list[Knot] = [(50, top + 2.6), (43, top + 1.8), (35.5, top, "c"), (50 - hip, top + 16), (50 - hip - (1.5 if short else 0.2), crotch + 4),
                        (50 - gap - foot * 2 + (2 if short else 1), bottom - 1.5, "c"), (50 - gap + (1 if short else 0), bottom, "c"), (49.2, crotch + 1.5, "c")]  # fmt: skip
    outline = curve(half) + []
    for points in (outline, flipped(outline)):
        c.fill(points, cloth(look), both(puff(3.4, 0.65), folds(look.design, 0.1, 6, -0.1), grain(look.material)))
    whole = c.fill(curve(mirrored([(50, top + 2.8), (43, top + 2), (35.5, top, "c"), (34.4, top + 5.2, "c"), (50, top + 8)])),
                   cloth(look), both(puff(1.6, 0.45), grain(look.material)))  # fmt: skip
    c.stroke([(50, top + 7), (50, crotch)], 0.5, darker(look.base, 0.6), None, None, 0.7)
    c.stroke(
        curve([(53.5, top + 8), (53.5, crotch - 9), (50, crotch - 4)], closed=False),
        0.4,
        darker(thread, 0.2),
        None,
        None,
        0.8,
    )
    for side in (-1, 1):
        pocket = curve(
            [(50 + side * 6.5, top + 8), (50 + side * 8, top + 15), (50 + side * 15.2, top + 16.5)], closed=False
        )
        c.stroke(pocket, 0.55, darker(thread, 0.35 if not stitched else 0.05), None, None, 0.85)
        c.stroke([(50 + side * 9, top), (50 + side * 9, top + 7)], 1.7, look.base, puff(0.8, 0.6))
        if stitched or look.chance("crease", 0.5):
            x = 50 + side * (gap + foot + (1.5 if short else 0.5))
            c.stroke([(x + side * 0.6, crotch), (x, bottom)], 0.5, darker(look.base, 0.4), None, None, 0.4, soft=0.3)
    c.fill(ellipse(50, top + 5.1, 1.2, 1.2), (0.8, 0.72, 0.5) if stitched else darker(look.base, 0.5), puff(0.8, 0.9))
    if look.trait("waist") == "drawstring":
        for x in (48.5, 51.5):
            c.stroke(
                curve([(x, top + 5), (x + (x - 50), top + 12), (x, top + 17)], closed=False),
                0.9,
                lighter(look.base, 0.7),
                puff(0.6, 0.5),
            )
    if stitched and whole:
        seam(c, [(33, top + 7.4), (67, top + 7.4)], thread, whole)


def skirt(c: Canvas, look: Look) -> None:
    style = look.trait("style")
    bottom = {"mini": 68.0, "midi": 84.0, "pleated": 76.0}.get(style, 76)
    flare = {"mini": 27.0, "midi": 33.0, "pleated": 34.0}.get(style, 30) + look.vary("flare", -3, 3)
    half: list[Knot] = [(50, 22), (36, 21, "c"), (30, 40), (50 - flare, bottom - 3, "c"), (50 - flare * 0.5, bottom)]
    patch = c.fill(
        curve(mirrored(half)),
        cloth(look),
        both(puff(3.2, 0.6), folds(look.design, 0.16, 8, 0.02), grain(look.material)),
    )
    if style == "pleated":
        for at in range(-5, 6):
            line: Points = [(50 + at * 2.5, 26), (50 + at * flare / 5.4, bottom)]
            c.stroke(line, 0.7, darker(look.base, 0.6), None, patch, 0.5)
            c.stroke([(x + 1.1, y) for x, y in line], 1.2, lighter(look.base, 0.6), None, patch, 0.25, soft=0.4)
    c.fill(
        curve(mirrored([(50, 19.6), (36, 18.6, "c"), (35.4, 24.5, "c"), (50, 26)])),
        darker(look.base, 0.14),
        puff(1.6, 0.5),
    )
    if style != "pleated":
        for y in range(32, int(bottom) - 6, 9) if look.chance("buttons", 0.45) else ():
            c.fill(ellipse(50, y, 1.3, 1.3), lighter(look.second, 0.2), puff(0.9, 0.9))


def socks(c: Canvas, look: Look) -> None:
    high = {"ankle": 42.0, "crew": 22.0, "knee-high": 6.0}.get(look.trait("length"), 22)
    for dx, dy in ((13.0, -1.5), (-9.0, 3.0)):
        half: list[Knot] = [(33 + dx, high + dy, "c"), (51 + dx, high + dy, "c"), (51.5 + dx, 62 + dy), (57 + dx, 74 + dy), (71 + dx, 82 + dy),
                            (75 + dx, 89 + dy), (66 + dx, 93 + dy), (48 + dx, 91 + dy), (36 + dx, 82 + dy), (33 + dx, 70 + dy)]  # fmt: skip
        patch = c.fill(
            curve(half), cloth(look), both(puff(3.0, 0.65), grain("knit" if look.pattern == "plain" else ""))
        )
        trim = look.second if look.chance("trim", 0.7) else darker(look.base, 0.25)
        c.fill(ellipse(76 + dx, 90 + dy, 13, 11), trim, puff(3, 0.5), within=patch)
        c.fill(ellipse(33 + dx, 84 + dy, 10.5, 11), trim, puff(3, 0.5), within=patch)
        c.fill(
            box(31 + dx, high + dy - 1, 53 + dx, high + 6.5 + dy),
            trim,
            both(puff(1.6, 0.5), grain("knit")),
            within=patch,
        )


def cap(c: Canvas, look: Look) -> None:
    crown = curve([(16, 63, "c"), (18, 45), (28, 30), (46, 24), (62, 29), (72, 42), (75, 60, "c"), (46, 68)])
    patch = c.fill(crown, cloth(look), both(puff(6, 0.75), grain(look.material)))
    for line in ([(46, 24), (41, 42), (42, 68)], [(46, 24), (61, 40), (68, 62)], [(46, 24), (27, 40), (22, 64)]):
        seam(c, curve([(float(x), float(y)) for x, y in line], closed=False), look.base, patch, 0.5)
    peak_colour = look.second if look.chance("peak", 0.45) else look.base
    long = look.vary("peak_long", 88, 95)
    peak = curve(
        [(41, 66, "c"), (58, 60), (75, 59, "c"), (long - 4, 66), (long, 74), (long - 8, 77), (66, 73), (48, 73)]
    )
    visor = c.fill(peak, peak_colour, puff(3, 0.6))
    for inset in (2.2, 4.4):
        seam(
            c,
            curve(
                [(44, 69 - inset / 2), (66, 70.5 - inset), (long - 7, 75 - inset), (long - 2 - inset, 72 - inset)],
                closed=False,
            ),
            peak_colour,
            visor,
            0.35,
        )
    c.fill(ellipse(46, 24.4, 2.4, 1.5), peak_colour, puff(1, 0.7))
    if look.chance("front panel", 0.3):
        front = curve([(46, 24, "c"), (62, 29), (72, 42), (75, 60, "c"), (46, 68, "c"), (41, 44)])
        c.fill(front, look.second, puff(4, 0.6), within=patch)
        mark(c, look, 58, 47, look.vary("mark", 5, 9), patch, look.base)
    else:
        (mark if look.chance("branded") else emblem)(
            c, look, look.vary("mark x", 50, 60), 48, look.vary("mark", 5, 9), patch
        )


def beanie(c: Canvas, look: Look) -> None:
    dome = curve([(20, 66, "c"), (20, 48), (30, 28), (50, 19), (70, 28), (80, 48), (80, 66, "c")])
    c.fill(dome, cloth(look), both(puff(8, 0.75), grain("knit")))
    fold = look.second if look.chance("fold", 0.4) else look.base
    c.fill(
        curve([(17, 62), (50, 58), (83, 62), (84.5, 70), (83, 79), (50, 83), (17, 79), (15.5, 70)]),
        fold,
        both(puff(3.5, 0.75), grain("knit")),
    )
    if look.chance("bobble", 0.4):
        c.fill(ellipse(50, 15, 10.5, 10), lighter(look.second, 0.1), both(puff(5, 0.8), grain("wool")), soft=0.35)
    x = look.choose("tag", (50.0, 62.0, 38.0))
    c.fill(box(x - 7, 65.5, x + 7, 76, 0.6), tint(look.brand), flat(0.1))
    mark(c, look, x, 69.3, 2.8, None, ink_on(tint(look.brand)))
    c.write(look.brand.upper(), x, 73.9, 1.9, ink_on(tint(look.brand)), 12)


def scarf(c: Canvas, look: Look) -> None:
    knit = both(puff(4, 0.75), folds(look.design, 0.08, 5), grain(look.material))
    ends: tuple[tuple[list[Knot], float, Point, Point], ...] = (
        ([(53, 40, "c"), (66, 44, "c"), (72, 66), (75, 86, "c"), (57, 90, "c"), (54, 66)], -6, (57, 90), (75, 86)),
        ([(40, 42, "c"), (55, 44, "c"), (54, 68), (50, 92, "c"), (31, 90, "c"), (35, 64)], 5, (31, 90), (50, 92)),
    )
    for knots, turn, low_left, low_right in ends:
        outline = curve(knots)
        c.fill(outline, cloth(look, turn), knit)
        for at in range(11):
            x = low_left[0] + (low_right[0] - low_left[0]) * (at + 0.3) / 10.6
            y = low_left[1] + (low_right[1] - low_left[1]) * at / 10 - 0.5
            c.stroke([(x, y), (x + (at % 3 - 1) * 0.5, y + 5.5)], 0.9, darker(look.base, 0.1), puff(0.6, 0.5))
    loop = curve([(22, 26), (34, 14), (50, 11), (66, 14), (78, 26), (76, 40), (62, 49), (48, 51), (33, 47), (23, 38)])
    hole = curve([(35, 25), (50, 19), (65, 25), (61, 33), (50, 36), (38, 33)])
    c.fill(hole, darker(look.base, 0.62))
    c.fill(loop, cloth(look, 12), both(puff(5, 0.85), folds(look.design, 0.1, 6), grain(look.material)), holes=[hole])
    c.stroke(
        curve([(24, 34), (40, 43), (60, 42), (77, 32)], closed=False),
        0.8,
        darker(look.base, 0.6),
        None,
        None,
        0.4,
        soft=0.5,
    )
