"""Shoes seen from the side, and bags seen from the front."""

from __future__ import annotations

from snapshelf.sample.canvas import Canvas
from snapshelf.sample.curves import box, curve, ellipse, flipped, mirrored
from snapshelf.sample.forms import both, flat, puff, tube
from snapshelf.sample.look import Look
from snapshelf.sample.palette import darker, lighter
from snapshelf.sample.patterns import cloth, grain
from snapshelf.sample.shapes.marks import emblem, showing, sign

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


def backpack(c: Canvas, look: Look) -> None:
    c.stroke(curve([(42, 14), (44, 6), (56, 6), (58, 14)], closed=False), 3, darker(look.base, 0.35), puff(1, 0.5))
    for line in ([(24, 30), (14, 50), (20, 82)], [(76, 30), (86, 50), (80, 82)]):
        c.stroke(
            curve([(float(x), float(y)) for x, y in line], closed=False), 4, darker(look.base, 0.45), puff(1.5, 0.5)
        )
    fabric = both(puff(6, 0.7), grain(look.material))
    body = c.fill(
        curve(mirrored([(50, 11), (34, 13), (24, 27), (21, 60), (23, 88, "c"), (50, 91)])), cloth(look), fabric
    )
    c.stroke(
        curve([(27, 36), (34, 24), (50, 21), (66, 24), (73, 36)], closed=False),
        1.0,
        darker(look.base, 0.6),
        None,
        body,
        0.8,
    )
    pocket = c.fill(
        box(28, 54, 72, 86, 6),
        cloth(look) if look.chance("same") else look.second,
        both(puff(4, 0.65), grain(look.material)),
    )
    c.stroke([(30, 60), (70, 60)], 1.2, darker(look.base, 0.6), None, pocket)
    c.stroke([(58, 60), (58, 65)], 1.6, (0.8, 0.8, 0.78), puff(0.6, 0.5))
    emblem(c, look, 50, 40, 6, body)


def tote(c: Canvas, look: Look) -> None:
    for dx, y in ((0, 34), (3, 36)):
        c.stroke(
            curve([(36 + dx, y), (37 + dx, 14), (50 + dx, 7), (63 + dx, 14), (64 + dx, y)], closed=False),
            3,
            darker(look.base, 0.15 + dx / 15),
            puff(1, 0.5),
        )
    body = c.fill([(20, 34), (80, 34), (84, 92), (16, 92)], cloth(look), both(puff(2.5, 0.5), grain(look.material)))
    c.stroke([(20, 37), (80, 37)], 0.5, darker(look.base, 0.5), None, body, 0.6)
    if look.pattern == "plain":
        emblem(c, look, 50, 63, look.vary("print", 11, 16), body)


def handbag(c: Canvas, look: Look) -> None:
    arch = look.vary("arch", 8, 18)
    c.stroke(
        curve([(30, 44), (33, arch + 8), (50, arch), (67, arch + 8), (70, 44)], closed=False),
        3.6,
        darker(look.base, 0.2),
        puff(1.2, 0.6),
    )
    leather = both(puff(4, 0.7, 0.25), grain(look.material))
    low = look.vary("low", 78, 88)
    body = c.fill(
        curve(mirrored([(50, 40), (24, 41, "c"), (18, 60), (14, low - 4), (18, low, "c"), (50, low + 1)])),
        cloth(look),
        leather,
    )
    flap = c.fill(
        curve(mirrored([(50, 40), (24, 41, "c"), (22, 52), (34, look.vary("flap", 58, 66)), (50, 68)])),
        look.base if look.pattern != "plain" else darker(look.base, 0.08),
        leather,
        within=body,
    )
    c.stroke(
        curve([(23, 53), (35, 63), (50, 66), (65, 63), (77, 53)], closed=False),
        0.5,
        darker(look.base, 0.5),
        None,
        flap,
        0.8,
    )
    c.fill(box(46.5, 63, 53.5, 70, 1.5), (0.85, 0.72, 0.38), puff(1.2, 0.7, 0.5))
    for x in (30, 70):
        c.fill(ellipse(x, 44, 2.4, 2.4), (0.85, 0.72, 0.38), puff(1, 0.6), holes=[ellipse(x, 44, 1.2, 1.2)])


def suitcase(c: Canvas, look: Look) -> None:
    for x in (42, 58):
        c.stroke([(x, 26), (x, 7)], 1.6, (0.7, 0.71, 0.73), tube())
    c.fill(box(39, 4, 61, 9, 2), darker(look.base, 0.5), puff(1, 0.5))
    for x in (30, 70):
        c.fill(ellipse(x, 93, 3.4, 3.6), (0.16, 0.16, 0.17), puff(1, 0.5))
    shell = c.fill(box(25, 22, 75, 91, 6), cloth(look), both(puff(5, 0.7, 0.3), flat(0.15)))
    ribs = look.choose("ribs", (4, 5, 6))
    for at in range(ribs):
        x = 25 + 50 * (at + 0.5) / ribs
        c.stroke([(x, 26), (x, 87)], 2.2, lighter(look.base, 0.16), None, shell, 0.55, 0.4)
        c.stroke([(x + 1.8, 26), (x + 1.8, 87)], 1.2, darker(look.base, 0.4), None, shell, 0.5, 0.3)
    if look.chance("belt"):
        c.fill(box(24, 52, 76, 58), look.second, puff(1, 0.4), within=shell)
    c.fill(box(44, 24, 56, 27.5, 1), darker(look.base, 0.55), puff(1, 0.4))


def umbrella(c: Canvas, look: Look) -> None:
    c.stroke(curve([(50, 40), (50, 84), (53, 92), (59, 91), (60, 85)], closed=False), 2.4, look.accent, tube())
    dome = c.fill(
        curve(
            [
                (8, 56, "c"),
                (14, 32),
                (32, 14),
                (50, 10),
                (68, 14),
                (86, 32),
                (92, 56, "c"),
                (81, 50),
                (71, 56, "c"),
                (60, 50),
                (50, 56, "c"),
                (40, 50),
                (29, 56, "c"),
                (19, 50),
            ]
        ),
        cloth(look),
        both(puff(9, 0.8), grain("nylon")),
    )
    for line in ([(50, 10), (30, 30), (29, 56)], [(50, 10), (70, 30), (71, 56)], [(50, 10), (50, 56)]):
        c.stroke(
            curve([(float(x), float(y)) for x, y in line], closed=False), 0.7, darker(look.base, 0.45), None, dome, 0.7
        )
    c.stroke([(50, 10), (50, 5)], 1.6, look.accent, tube())


def cushion(c: Canvas, look: Look) -> None:
    shape = curve([(14, 16, "c"), (50, 21), (86, 16, "c"), (81, 50), (86, 84, "c"), (50, 79), (14, 84, "c"), (19, 50)])
    patch = c.fill(shape, cloth(look, size=1.5), both(puff(10, 0.8), grain(look.material)))
    if look.chance("piping"):
        c.stroke([*shape, shape[0]], 1.2, look.second, puff(0.6, 0.5))
    if look.chance("button", 0.4):
        c.fill(ellipse(50, 50, 3, 3), look.second, puff(1.2, 0.7), within=patch)
    for tip in (curve([(14, 16, "c"), (10, 11), (16, 12)]), flipped(curve([(14, 16, "c"), (10, 11), (16, 12)]))):
        c.fill(tip, look.second)
