"""Furniture, and what else stands in a room."""

from __future__ import annotations

from math import cos, pi, sin

from snapshelf.sample.canvas import Canvas, Paint
from snapshelf.sample.curves import Knot, box, curve, ellipse, mirrored
from snapshelf.sample.forms import both, flat, pane, puff, tube
from snapshelf.sample.look import Look
from snapshelf.sample.materials import fade, grain, wood
from snapshelf.sample.palette import darker, ink_on, lighter
from snapshelf.sample.patterns import cloth
from snapshelf.sample.shapes.marks import mark


def timber(look: Look, lying: bool = True) -> Paint:
    """The accent colour as wood, or plain where the product is of metal."""
    return wood(look.accent, lying, name=look.design) if look.material != "metal" else look.accent


def chair(c: Canvas, look: Look) -> None:
    style, top, wide = look.trait("back"), look.vary("top", 6, 16), look.vary("wide", 18, 23)
    splay, thick = look.vary("splay", 0, 7), look.vary("leg", 3, 5)
    for side in (-1, 1):
        c.stroke(
            [(50 + side * (wide + 2), 56), (50 + side * (wide + 4 + splay / 2), 92)],
            3.4,
            darker(look.accent, 0.25),
            tube(),
        )
        c.stroke([(50 + side * wide, 60), (50 + side * wide, top)], 3.6, timber(look, False), tube())
    x0, x1 = 50 - wide + 1, 50 + wide - 1
    if style == "slatted":
        slats = look.choose("slats", (2, 3, 4, 5))
        for at in range(slats):
            y = top + 4 + at * (42 - top) / slats
            c.fill(box(x0, y, x1, y + 20 / slats + 1, 1), timber(look), puff(1.2, 0.5))
    elif style == "spindle":
        c.fill(box(x0 - 3, top, x1 + 3, top + look.vary("rail", 5, 9), 2), timber(look), puff(1.2, 0.5))
        count = look.choose("spindles", (3, 5, 7))
        for at in range(count):
            x = x0 + (x1 - x0) * (at + 0.5) / count
            c.stroke([(x, top + 6), (x, 56)], 1.8, timber(look, False), tube())
    else:
        c.fill(
            box(x0, top + 1, x1, look.vary("pad", 40, 50), look.vary("round", 3, 12)),
            cloth(look),
            both(puff(4, 0.7), grain(look.material)),
        )
        for x in (40, 50, 60) if look.chance("tufts") else ():
            c.fill(ellipse(x, top + 14, 1.4, 1.4), darker(look.base, 0.4), puff(0.8, 0.8))
    seat = look.vary("seat", 5, 10)
    paint = timber(look) if style == "slatted" and look.material == "wood" and look.chance("bare seat") else cloth(look)
    c.fill(
        [(50 - wide - 2, 56), (50 + wide + 2, 56), (50 + wide + seat, 65), (50 - wide - seat, 65)],
        paint,
        both(puff(2.5, 0.6), grain(look.material)),
    )
    c.fill(box(50 - wide - seat, 64, 50 + wide + seat, 68, 1), darker(look.accent, 0.15), flat())
    for side in (-1, 1):
        c.stroke(
            [(50 + side * (wide + seat - 4), 67), (50 + side * (wide + seat - 4 + splay), 96)],
            thick,
            timber(look, False),
            tube(),
        )
    if look.chance("brace", 0.4):
        c.stroke([(50 - wide - seat + 4, 82), (50 + wide + seat - 4, 82)], 2, timber(look), tube(lying=True))


def armchair(c: Canvas, look: Look) -> None:
    soft = both(puff(7, 0.8), grain(look.material))
    top, arm, wing = look.vary("top", 6, 22), look.vary("arm", 40, 56), look.vary("wing", 18, 26)
    for x in (24.0, 76.0):
        c.stroke([(x, 84), (x - 2 + 4 * (x > 50), 95)], 3.2, timber(look, False), tube())
    c.fill(
        curve(mirrored([(50, top), (30, top + look.vary("crest", 0, 6)), (wing, top + 12), (22, 66, "c"), (50, 68)])),
        cloth(look),
        soft,
    )
    c.fill(box(22, 58, 78, 86, 5), darker(look.base, 0.12), soft)
    c.fill(box(26, 52, 74, 68, 6), cloth(look), soft)
    for x0, x1 in ((10, 27), (73, 90)):
        c.fill(box(x0, arm, x1, 88, look.vary("arm round", 2, 8)), cloth(look), soft)
    for n in range(look.choose("tufts", (0, 0, 3))):
        c.fill(ellipse(38 + n * 12, top + 17, 1.5, 1.5), darker(look.base, 0.45), puff(0.8, 0.8))
    if look.chance("pillow", 0.4):
        c.fill(curve([(39, 40, "c"), (61, 41, "c"), (60, 61, "c"), (40, 60, "c")]), look.second, puff(4, 0.7))


def sofa(c: Canvas, look: Look) -> None:
    soft = both(puff(6, 0.8), grain(look.material))
    back, arm, seats = look.vary("back", 25, 37), look.vary("arm", 42, 56), look.choose("seats", (2, 2, 3))
    for x in (12.0, 88.0):
        c.stroke([(x, 78), (x, look.vary("leg", 84, 91))], 3, timber(look, False), tube())
    c.fill(box(10, back, 90, 64, look.vary("round", 4, 12)), cloth(look), soft)
    c.fill(box(8, 60, 92, 80, 4), darker(look.base, 0.12), soft)
    for at in range(seats):
        c.fill(box(13.5 + 73 * at / seats, 52, 13 + 73 * (at + 1) / seats, 66, 4), cloth(look), soft)
    for x0, x1 in ((3, 15), (85, 97)):
        c.fill(box(x0, arm, x1, 82, look.vary("arm round", 2, 6)), cloth(look), soft)
    for x in [place for place, share in ((20, 0.6), (64, 0.45)) if look.chance(f"pillow{place}", share)]:
        c.fill(curve([(x, 38, "c"), (x + 16, 40, "c"), (x + 15, 56, "c"), (x - 1, 55, "c")]), look.second, puff(4, 0.7))


def stool(c: Canvas, look: Look) -> None:
    wide, splay, rung = look.vary("wide", 20, 29), look.vary("splay", 4, 12), look.vary("rung", 58, 80)
    for x0, x1 in (
        (50 - wide * 0.6, 50 - wide * 0.6 - splay),
        (50 + wide * 0.6, 50 + wide * 0.6 + splay),
        (50.0, 50.0),
    ):
        c.stroke([(x0, 34), (x1, 94)], look.vary("leg", 2.6, 5), timber(look, False), tube())
    c.stroke([(50 - wide * 0.75, rung), (50 + wide * 0.75, rung)], 2.6, timber(look), tube(lying=True))
    thick = look.vary("seat", 6, 15)
    seat: list[Knot] = [
        (50 - wide, 30, "c"),
        (50 + wide, 30, "c"),
        (50 + wide, 26 + thick),
        (50, 29 + thick),
        (50 - wide, 26 + thick),
    ]
    c.fill(curve(seat), darker(look.base, 0.2), puff(1.5, 0.5))
    c.fill(ellipse(50, 30, wide, 6.5), cloth(look), both(puff(2.5, 0.5), grain(look.material)))


def table(c: Canvas, look: Look) -> None:
    round_top, legs = look.trait("top") == "round", look.choose("legs", ("four", "pedestal", "hairpin"))
    paint = wood(look.base, name=look.design) if look.material == "wood" else cloth(look)
    deep, splay = look.vary("deep", 8, 13), look.vary("splay", 0, 9)
    if legs == "pedestal":
        c.fill(box(45, 44, 55, 88, 2), timber(look, False), tube())
        c.fill(curve([(50, 82, "c"), (72, 90), (74, 94, "c"), (26, 94, "c"), (28, 90)]), timber(look), puff(2, 0.6))
    else:
        for x, low, thick in ((20, 92, 3.8), (80, 92, 3.8), (32, 84, 2.8), (68, 84, 2.8)):
            end = x + (splay if x > 50 else -splay)
            metal = legs == "hairpin"
            c.stroke(
                [(x, 44), (end, low)],
                thick * (0.35 if metal else 1),
                (0.15, 0.15, 0.16) if metal else timber(look, False),
                tube(),
            )
            if metal:
                c.stroke([(x + 5, 44), (end, low)], thick * 0.35, (0.15, 0.15, 0.16), tube())
    if round_top:
        c.fill(ellipse(50, 43, 44, deep), darker(look.base, 0.35), puff(1, 0.4))
        c.fill(ellipse(50, 40, 44, deep), paint, both(flat(0.15), puff(2, 0.3)))
        return
    c.fill([(16, 46 - deep * 1.3), (84, 46 - deep * 1.3), (95, 46), (5, 46)], paint, flat(0.15))
    apron = look.vary("apron", 49, 57)
    c.fill(box(5, 46, 95, apron), darker(look.base, 0.3), flat())
    if look.chance("drawer", 0.4) and apron > 51:
        c.fill(ellipse(50, (46 + apron) / 2, 2, 1.2), (0.8, 0.7, 0.4), puff(0.8, 0.8))


def plant_pot(c: Canvas, look: Look) -> None:
    leaf = (0.24, 0.5, 0.27)
    for n in range(9):
        turn = (n - 4) * look.vary("spread", 9, 13)
        tip = (50 + turn, 14 + abs(n - 4) * 4.5 + look.vary(f"leaf{n}", -4, 4))
        c.fill(
            curve(
                [
                    (50 + turn * 0.2, 54, "c"),
                    (50 + turn * 0.8 - 4, 34),
                    (tip[0], tip[1], "c"),
                    (50 + turn * 0.8 + 4, 36),
                ]
            ),
            darker(leaf, 0.25) if n % 2 else lighter(leaf, 0.12),
            puff(2, 0.6),
        )
    c.fill(ellipse(50, 53, 23, 5), (0.25, 0.17, 0.12))
    c.fill(
        curve([(26, 53, "c"), (74, 53, "c"), (67, 92, "c"), (33, 92, "c")]),
        cloth(look),
        both(tube(0.25, 0.6), grain(look.material)),
    )
    c.fill(
        curve([(24, 50, "c"), (76, 50, "c"), (75, 59, "c"), (25, 59, "c")]),
        look.second if look.chance("rim", 0.4) else lighter(look.base, 0.08),
        tube(0.2, 0.5),
    )


def clock(c: Canvas, look: Look) -> None:
    frame = wood(look.base, name=look.design) if look.material == "wood" else look.base
    rim, pale = look.vary("rim", 3, 9), look.chance("pale", 0.65)
    square = look.trait("shape") == "square"
    outer, inner = (
        (box(11, 11, 89, 89, 9), box(11 + rim, 11 + rim, 89 - rim, 89 - rim, 5))
        if square
        else (ellipse(50, 50, 40, 40), ellipse(50, 50, 40 - rim, 40 - rim))
    )
    c.fill(outer, frame, puff(3, 0.8, 0.0 if look.material == "wood" else 0.5))
    dial = (
        (0.98, 0.97, 0.94)
        if pale
        else look.choose("dial", (darker(look.second, 0.1), (0.16, 0.17, 0.2), lighter(look.base, 0.7)))
    )
    ink = ink_on(dial)
    c.fill(inner, fade(dial, darker(dial, 0.07)), puff(2, 0.2))
    marks, far = look.choose("marks", ("ticks", "dots", "numbers", "four")), 36 - rim
    for hour in range(12):
        x, y = 50 + sin(hour * pi / 6) * far, 50 - cos(hour * pi / 6) * far
        if marks == "numbers" or (marks == "four" and hour % 3 == 0):
            c.write(str(hour or 12), x, y, 6.5 if marks == "four" else 4.6, ink)
        elif marks == "dots":
            c.fill(ellipse(x, y, *[1.8 if hour % 3 == 0 else 1.0] * 2), look.accent if hour % 3 == 0 else ink)
        elif marks == "ticks":
            c.stroke([(x, y), (x + (50 - x) * 0.14, y + (50 - y) * 0.14)], 1.9 if hour % 3 == 0 else 0.9, ink)
    mark(c, look, 50, 66, 4, None, ink)
    c.write(look.brand.upper(), 50, 73, 2.6, ink, 24)
    turn, thick = look.vary("time", 0, 2 * pi), look.vary("hands", 1.2, 2.6)
    c.stroke([(50, 50), (50 + 17 * sin(turn / 12 + 5), 50 - 17 * cos(turn / 12 + 5))], thick * 1.4, ink)
    c.stroke([(50, 50), (50 + 26 * sin(turn), 50 - 26 * cos(turn))], thick, ink)
    c.fill(ellipse(50, 50, 2, 2), look.accent)
    c.fill(inner, (1, 1, 1), pane(), opacity=0.06)
