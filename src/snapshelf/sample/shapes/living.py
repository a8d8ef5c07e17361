"""Furniture, lamps and what stands in a room."""

from __future__ import annotations

from math import cos, pi, sin

from snapshelf.sample.canvas import Canvas, Paint
from snapshelf.sample.curves import box, curve, ellipse, mirrored
from snapshelf.sample.forms import both, flat, pane, puff, tube
from snapshelf.sample.look import Look
from snapshelf.sample.palette import darker, lighter
from snapshelf.sample.patterns import cloth, fade, grain, wood

GLOW = (1.0, 0.93, 0.72)


def timber(look: Look, lying: bool = True) -> Paint:
    """The accent colour as wood, or plain where the product is of metal."""
    return wood(look.accent, lying, name=look.design) if look.material != "metal" else look.accent


def chair(c: Canvas, look: Look) -> None:
    for line in ([(28, 56), (24, 94)], [(72, 56), (76, 94)]):
        c.stroke([(float(x), float(y)) for x, y in line], 3.4, darker(look.accent, 0.25), tube())
    for x in (30.0, 70.0):
        c.stroke([(x, 60), (x, 8)], 3.6, timber(look, False), tube())
    style = look.trait("back")
    if style == "slatted":
        for at in range(4):
            c.fill(box(31, 12 + at * 10, 69, 17 + at * 10, 1), timber(look), puff(1.2, 0.5))
    elif style == "spindle":
        c.fill(box(28, 8, 72, 14, 2), timber(look), puff(1.2, 0.5))
        for at in range(5):
            c.stroke([(35 + at * 7.5, 14), (35 + at * 7.5, 56)], 1.8, timber(look, False), tube())
    else:
        c.fill(box(30, 9, 70, 44, 5), cloth(look), both(puff(4, 0.7), grain(look.material)))
    c.fill(
        [(26, 56), (74, 56), (80, 64), (20, 64)],
        cloth(look) if style != "slatted" else timber(look),
        both(puff(2.5, 0.6), grain(look.material)),
    )
    c.fill(box(20, 64, 80, 68, 1), darker(look.accent, 0.15), flat())
    for line in ([(24, 67), (19, 96)], [(76, 67), (81, 96)]):
        c.stroke([(float(x), float(y)) for x, y in line], 4, timber(look, False), tube())


def armchair(c: Canvas, look: Look) -> None:
    soft = both(puff(7, 0.8), grain(look.material))
    for x in (24.0, 76.0):
        c.stroke([(x, 84), (x - 2 + 4 * (x > 50), 95)], 3.2, timber(look, False), tube())
    c.fill(curve(mirrored([(50, 12), (30, 13), (22, 24), (22, 66, "c"), (50, 68)])), cloth(look), soft)
    c.fill(box(22, 58, 78, 86, 5), darker(look.base, 0.12), soft)
    c.fill(box(26, 52, 74, 68, 6), cloth(look), soft)
    for x0, x1 in ((10, 27), (73, 90)):
        c.fill(box(x0, 44, x1, 88, 7), cloth(look), soft)


def sofa(c: Canvas, look: Look) -> None:
    soft = both(puff(6, 0.8), grain(look.material))
    for x in (12.0, 88.0):
        c.stroke([(x, 78), (x, 88)], 3, timber(look, False), tube())
    c.fill(box(10, 30, 90, 64, 7), cloth(look), soft)
    c.fill(box(8, 60, 92, 80, 4), darker(look.base, 0.12), soft)
    for x0, x1 in ((14, 49.5), (50.5, 86)):
        c.fill(box(x0, 52, x1, 66, 4), cloth(look), soft)
    for x0, x1 in ((3, 15), (85, 97)):
        c.fill(box(x0, 44, x1, 82, 5), cloth(look), soft)
    if look.chance("pillow", 0.6):
        c.fill(curve([(20, 38, "c"), (36, 40, "c"), (35, 56, "c"), (19, 55, "c")]), look.second, puff(4, 0.7))


def stool(c: Canvas, look: Look) -> None:
    for x0, x1 in ((34, 24), (66, 76), (50, 50)):
        c.stroke([(float(x0), 34), (float(x1), 94)], 4, timber(look, False), tube())
    c.stroke([(28, 72), (72, 72)], 2.6, timber(look), tube(lying=True))
    c.fill(curve([(22, 30, "c"), (78, 30, "c"), (77, 37), (50, 39), (23, 37)]), darker(look.base, 0.2), puff(1.5, 0.5))
    c.fill(ellipse(50, 30, 28, 6.5), cloth(look), both(puff(2.5, 0.5), grain(look.material)))


def table(c: Canvas, look: Look) -> None:
    round_top = look.trait("top") == "round"
    for x0, x1 in ((22, 16), (78, 84), (32, 30), (68, 70)):
        c.stroke(
            [(float(x0), 44), (float(x1), 92 if x0 in (22, 78) else 84)],
            3.6 if x0 in (22, 78) else 2.8,
            timber(look, False),
            tube(),
        )
    paint = wood(look.base, name=look.design) if look.material == "wood" else cloth(look)
    if round_top:
        c.fill(ellipse(50, 43, 44, 11), darker(look.base, 0.35), puff(1, 0.4))
        c.fill(ellipse(50, 40, 44, 11), paint, both(flat(0.15), puff(2, 0.3)))
    else:
        c.fill([(16, 32), (84, 32), (95, 46), (5, 46)], paint, flat(0.15))
        c.fill(box(5, 46, 95, 50), darker(look.base, 0.3), flat())


def desk_lamp(c: Canvas, look: Look) -> None:
    c.fill(ellipse(34, 90, 20, 4.5), look.base, puff(2, 0.6, 0.4))
    c.stroke([(34, 88), (26, 56)], 2.6, look.accent, tube(0.5))
    c.stroke([(26, 56), (58, 30)], 2.6, look.accent, tube(0.5, lying=True))
    c.fill(ellipse(26, 56, 3, 3), darker(look.base, 0.3), puff(1, 0.6))
    c.fill(ellipse(74, 46.5, 11, 5), GLOW, puff(2, 0.2), soft=0.4)
    c.fill(
        curve([(54, 24, "c"), (66, 20, "c"), (88, 42, "c"), (61, 52, "c")]),
        cloth(look),
        both(puff(5, 0.75, 0.4), grain(look.material)),
    )


def floor_lamp(c: Canvas, look: Look) -> None:
    c.fill(ellipse(50, 94, 17, 3.4), look.accent, puff(1.5, 0.6))
    c.stroke([(50, 38), (50, 93)], 2.2, look.accent, tube(0.5))
    top, low = look.vary("top", 10, 17), look.vary("low", 20, 26)
    c.fill(
        [(50 - top, 6), (50 + top, 6), (50 + low, 40), (50 - low, 40)],
        cloth(look),
        both(tube(0.15, 0.4), grain(look.material)),
    )
    c.fill(ellipse(50, 40, low, 3), GLOW, puff(1, 0.2))


def pendant(c: Canvas, look: Look) -> None:
    c.stroke([(50, 0), (50, 34)], 1.0, (0.2, 0.2, 0.2))
    c.fill(box(46, 28, 54, 38, 1.5), look.accent, tube(0.5))
    wide = look.vary("wide", 30, 40)
    style = look.trait("shade")
    if style == "globe":
        c.fill(ellipse(50, 62, wide * 0.75, wide * 0.75), cloth(look), both(puff(9, 0.6, 0.4), grain(look.material)))
        return
    c.fill(ellipse(50, 76, wide, 6), GLOW, puff(1, 0.2))
    half = [(50.0, 36.0), (42.0, 37.0), (50 - wide * (0.8 if style == "dome" else 0.45), 56.0), (50.0 - wide, 76.0)]
    c.fill(
        curve(mirrored([half[0], half[1], half[2], (half[3][0], half[3][1], "c"), (50, 77)])),
        cloth(look),
        both(tube(0.3, 0.5), grain(look.material)),
    )


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
    c.fill(ellipse(50, 50, 40, 40), look.base, puff(3, 0.8, 0.4))
    c.fill(ellipse(50, 50, 34, 34), fade((0.99, 0.98, 0.95), (0.92, 0.91, 0.88)), puff(2, 0.2))
    for hour in range(12):
        x, y = cos(hour * pi / 6), sin(hour * pi / 6)
        c.stroke(
            [(50 + x * 28, 50 + y * 28), (50 + x * 31.5, 50 + y * 31.5)],
            1.8 if hour % 3 == 0 else 0.9,
            darker(look.second, 0.4),
        )
    c.stroke([(50, 50), (38, 36)], 2.2, (0.13, 0.13, 0.15))
    c.stroke([(50, 50), (64, 30)], 1.5, (0.13, 0.13, 0.15))
    c.stroke([(50, 50), (50, 74)], 0.6, look.accent)
    c.fill(ellipse(50, 50, 2, 2), look.accent)
    c.fill(ellipse(50, 50, 34, 34), (1, 1, 1), pane(), opacity=0.06)
