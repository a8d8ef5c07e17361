"""Bags, and other things of cloth: umbrella, cushion."""

from __future__ import annotations

from snapshelf.sample.brands import tint
from snapshelf.sample.canvas import Canvas
from snapshelf.sample.curves import box, curve, ellipse, flipped, mirrored
from snapshelf.sample.forms import both, flat, puff, tube
from snapshelf.sample.look import Look
from snapshelf.sample.materials import grain
from snapshelf.sample.palette import darker, ink_on, lighter
from snapshelf.sample.patterns import cloth
from snapshelf.sample.shapes.marks import emblem, mark, sticker

WHITE = (0.96, 0.95, 0.93)


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
        box(
            50 - look.vary("pocket", 17, 24),
            look.vary("pocket top", 52, 62),
            50 + look.vary("pocket", 17, 24),
            86,
            look.vary("corner", 2, 10),
        ),
        cloth(look) if look.chance("same") else look.second,
        both(puff(4, 0.65), grain(look.material)),
    )
    zip_ = look.vary("zip", 63, 70)
    c.stroke([(26, zip_), (74, zip_)], 1.2, darker(look.base, 0.6), None, pocket)
    c.stroke(
        [(58, zip_), (58, zip_ + 5)],
        1.6,
        look.choose("puller", ((0.8, 0.8, 0.78), (0.66, 0.46, 0.28), look.second)),
        puff(0.6, 0.5),
    )
    if look.chance("tabs", 0.4):
        for x in (40.0, 60.0):
            c.fill(box(x - 2, 34, x + 2, 60, 1), (0.6, 0.42, 0.26), puff(0.8, 0.5), within=body)
    mark(c, look, 50, look.vary("mark y", 36, 44), look.vary("mark", 5, 8), body)


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
    mark(c, look, look.choose("tag", (26.0, 74.0)), look.vary("tag y", 42, 86), 4, body)


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
    for x in (30.0, 70.0):
        c.fill(ellipse(x, 44, 2.4, 2.4), (0.85, 0.72, 0.38), puff(1, 0.6), holes=[ellipse(x, 44, 1.2, 1.2)])


def suitcase(c: Canvas, look: Look) -> None:
    for x in (42.0, 58.0):
        c.stroke([(x, 40), (x, 7)], 1.6, (0.7, 0.71, 0.73), tube())
    c.fill(box(39, 4, 61, 9, 2), darker(look.base, 0.5), puff(1, 0.5))
    for x in (30.0, 70.0):
        c.fill(ellipse(x, 93, 3.4, 3.6), (0.16, 0.16, 0.17), puff(1, 0.5))
    top = {"cabin": 36.0, "medium": 28.0, "large": 20.0}.get(look.trait("size"), 22)
    shell = c.fill(box(25, top, 75, 91, look.vary("corner", 3, 10)), cloth(look), both(puff(5, 0.7, 0.3), flat(0.15)))
    ribs, lying = look.choose("ribs", (3, 4, 5, 6)), look.chance("lying", 0.4)
    for at in range(ribs):
        place = (at + 0.5) / ribs
        for off, wide, paint in ((0.0, 2.2, lighter(look.base, 0.16)), (1.8, 1.2, darker(look.base, 0.4))):
            x, y = 25 + 50 * place + off, 24 + 66 * place + off
            c.stroke([(28, y), (72, y)] if lying else [(x, 26), (x, 87)], wide, paint, None, shell, 0.55, 0.4)
    if look.chance("belt"):
        c.fill(box(24, 52, 76, 58), look.second, puff(1, 0.4), within=shell)
    c.fill(box(44, top + 2, 56, top + 5.5, 1), darker(look.base, 0.55), puff(1, 0.4))
    sticker(c, look, look.choose("label x", (38.0, 62.0)), look.vary("label y", 66, 80), 7, shell)


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
    dent = look.vary("dent", 1, 8)
    shape = curve(
        [
            (14, 16, "c"),
            (50, 16 + dent),
            (86, 16, "c"),
            (86 - dent, 50),
            (86, 84, "c"),
            (50, 84 - dent),
            (14, 84, "c"),
            (14 + dent, 50),
        ]
    )
    patch = c.fill(shape, cloth(look, size=1.5), both(puff(10, 0.8), grain(look.material)))
    if look.chance("piping"):
        c.stroke([*shape, shape[0]], 1.2, look.second, puff(0.6, 0.5))
    x, y = look.choose("tag", ((26.0, 72.0), (74.0, 72.0), (74.0, 28.0)))
    c.fill(box(x - 4.5, y - 4.5, x + 4.5, y + 4.5, 1), tint(look.brand), puff(0.8, 0.4), within=patch)
    mark(c, look, x, y, 3, patch, ink_on(tint(look.brand)))
    if look.chance("button", 0.4):
        c.fill(ellipse(50, 50, 3, 3), look.second, puff(1.2, 0.7), within=patch)
    for tip in (curve([(14, 16, "c"), (10, 11), (16, 12)]), flipped(curve([(14, 16, "c"), (10, 11), (16, 12)]))):
        c.fill(tip, look.second)
