"""Electronics, and things to wear on a wrist."""

from __future__ import annotations

from math import cos, pi, sin

from snapshelf.sample.canvas import Canvas, Patch
from snapshelf.sample.curves import box, curve, ellipse
from snapshelf.sample.forms import both, flat, pane, puff, tube
from snapshelf.sample.look import RGB, Look
from snapshelf.sample.materials import fade, grain, wood
from snapshelf.sample.palette import darker, ink_on, lighter, mix
from snapshelf.sample.patterns import cloth
from snapshelf.sample.shapes.marks import mark

DARK = (0.09, 0.09, 0.11)
SKIES: tuple[RGB, ...] = (
    (0.95, 0.62, 0.38),
    (0.35, 0.62, 0.88),
    (0.45, 0.32, 0.62),
    (0.20, 0.28, 0.48),
    (0.25, 0.62, 0.55),
    (0.85, 0.4, 0.5),
)


def scene(c: Canvas, look: Look, x0: float, y0: float, x1: float, y1: float) -> None:
    """What a screen shows, in colours of the design: hills, a town at night, waves, or balloons."""
    sky: RGB = look.choose("sky", SKIES)
    frame = c.fill(box(x0, y0, x1, y1, 0.8), fade(darker(sky, 0.25), lighter(sky, 0.45)))
    wide, high = x1 - x0, y1 - y0
    shown = look.choose("scene", ("hills", "town", "waves", "balloons"))
    if shown != "hills":
        _other_scene(c, look, shown, sky, (x0, y0, wide, high), frame)
        return
    sun = look.vary("sun", 0.25, 0.75)
    c.fill(ellipse(x0 + wide * sun, y0 + high * 0.45, high * 0.13, high * 0.13), (1, 0.95, 0.8), within=frame)
    for n, share in enumerate((0.55, 0.68, 0.82)):
        tops = [(x0 - 2 + wide * at / 5, y0 + high * (share + look.vary(f"hill{n}{at}", -0.1, 0.1))) for at in range(7)]
        c.fill(
            [*curve(tops, closed=False), (x1 + 9, y1 + 3), (x0 - 9, y1 + 3)], darker(sky, 0.35 + 0.2 * n), within=frame
        )
    c.fill(box(x0, y0, x1, y1), (1, 1, 1), pane(), within=frame, opacity=0.07)


def _other_scene(
    c: Canvas, look: Look, shown: str, sky: RGB, place: tuple[float, float, float, float], frame: Patch | None
) -> None:
    x0, y0, wide, high = place
    for n in range(7):
        one, two = look.vary(f"scene a{n}", 0, 1), look.vary(f"scene b{n}", 0, 1)
        colour = look.choose(f"scene c{n}", (*SKIES, look.second))
        x = x0 + wide * (n + 0.5) / 7
        if shown == "town":
            top = y0 + high * (0.35 + 0.4 * one)
            c.fill(
                box(x - wide * 0.065, top, x + wide * 0.065, y0 + high), darker(sky, 0.55 + 0.25 * two), within=frame
            )
            for row in range(3):
                lamp = box(
                    x - wide * 0.03, top + high * (0.05 + 0.09 * row), x + wide * 0.03, top + high * (0.08 + 0.09 * row)
                )
                c.fill(lamp, (1, 0.88, 0.5), within=frame, opacity=0.9)
        elif shown == "balloons":
            c.fill(
                ellipse(x, y0 + high * (0.15 + 0.7 * one), *[high * (0.06 + 0.1 * two)] * 2),
                colour,
                puff(1.5, 0.6, 0.4),
                within=frame,
            )
        else:
            line = [
                (x0 - 4 + (wide + 8) * at / 6, y0 + high * (n / 7 + 0.1 * ((at + n) % 2) + 0.1 * one))
                for at in range(7)
            ]
            c.stroke(curve(line, closed=False), high * 0.09, mix(colour, sky, 0.3), within=frame)


def television(c: Canvas, look: Look) -> None:
    high = look.vary("high", 48, 54)
    if look.chance("pedestal"):
        c.fill([(44, 20 + high), (56, 20 + high), (60, 84), (40, 84)], darker(look.base, 0.2), tube(0.5))
        c.fill(ellipse(50, 86, 22, 3), look.base, puff(1, 0.6, 0.4))
    else:
        for x in (22.0, 78.0):
            c.stroke([(x, 20 + high), (x - 6 if x < 50 else x + 6, 88)], 2, look.base, tube(0.4))
    c.fill(box(3, 18, 97, 22 + high, 1.5), look.base if look.base[0] > 0.5 else DARK, puff(0.8, 0.5))
    scene(c, look, 4.6, 19.6, 95.4, 19.8 + high)
    c.write(f"{look.brand.upper()}  {look.trait('panel')}", 50, 20.9 + high, 2.0, (0.75, 0.75, 0.78))


def headphones(c: Canvas, look: Look) -> None:
    c.stroke(
        curve([(20, 62), (18, 34), (34, 13), (50, 9), (66, 13), (82, 34), (80, 62)], closed=False),
        look.vary("band", 4, 8.5),
        look.base,
        puff(2.5, 0.7, 0.4),
    )
    c.stroke(curve([(27, 30), (38, 18), (50, 15), (62, 18), (73, 30)], closed=False), 4, look.second, puff(2, 0.5))
    for x, turn in ((22, -1), (78, 1)):
        c.fill(ellipse(x - turn * 5, 68, 9, 19), darker(look.second, 0.45), puff(4, 0.7))
        c.fill(ellipse(x + turn * 2, 68, 10, 18), look.base, puff(5, 0.75, 0.5))
        c.fill(ellipse(x + turn * 3, 68, 5.5, 9), look.second, puff(2, 0.6, 0.5))
        mark(c, look, x + turn * 3, 68, 4, None, ink_on(look.second))
    if look.trait("link") == "wired":
        c.stroke(curve([(22, 85), (20, 94), (40, 96), (62, 90), (84, 95)], closed=False), 1.3, (0.2, 0.2, 0.22))


def watch(c: Canvas, look: Look) -> None:
    for y0, y1 in ((3, 32), (68, 97)):
        strap = c.fill(box(38, y0, 62, y1, 4), cloth(look), puff(3, 0.6, 0.2))
        for n in range(3):
            c.fill(ellipse(50, y0 + 7 + n * 7, 1.1, 1.5), darker(look.base, 0.6), within=strap)
    smart = look.trait("style") == "smart"
    shape = box(27, 27, 73, 73, 11) if smart else ellipse(50, 50, 26, 26)
    c.fill(box(74, 45, 79, 53, 1.5) if smart else ellipse(77, 50, 3, 4), look.accent, tube(0.5))
    c.fill(shape, look.accent, puff(3, 0.7, 0.6))
    if smart:
        c.fill(box(30, 30, 70, 70, 8), DARK)
        c.write(
            f"{look.choose('hour', range(10, 22))}:{look.choose('minute', range(10, 59))}",
            50,
            45,
            9,
            (0.95, 0.95, 0.95),
            34,
        )
        for n, width in enumerate((22, 14)):
            c.fill(
                box(36, 56 + n * 5, 36 + width, 58.5 + n * 5, 1.2),
                look.choose(f"bar{n}", ((0.9, 0.3, 0.35), (0.4, 0.85, 0.5), (0.35, 0.6, 0.95))),
            )
        return
    c.fill(ellipse(50, 50, 22, 22), look.second, puff(2, 0.3))
    for n in range(12):
        c.stroke(
            [(50, 31), (50, 34)]
            if n == 0
            else [
                (50 + 19 * cos(n * pi / 6), 50 + 19 * sin(n * pi / 6)),
                (50 + 16.5 * cos(n * pi / 6), 50 + 16.5 * sin(n * pi / 6)),
            ],
            1.0,
            lighter(look.second, 0.8) if sum(look.second) < 1.5 else DARK,
        )
    hands = lighter(look.second, 0.85) if sum(look.second) < 1.5 else DARK
    c.stroke([(50, 50), (42, 42)], 1.8, hands)
    c.stroke([(50, 50), (62, 38)], 1.2, hands)


def camera(c: Canvas, look: Look) -> None:
    x, size, top = look.vary("lens x", 48, 60), look.vary("lens", 0.84, 1.15), look.vary("top", 26, 34)
    if look.chance("hump", 0.55):
        c.fill(box(x - 15, 15, x + 15, 34, 4), darker(look.base, 0.15), puff(2, 0.6))
        c.write(look.brand.upper(), x, 23, 3.4, lighter(look.base, 0.85), 24)
    else:
        c.fill(box(12, top - 5, 34, top + 3, 1.5), look.accent, puff(1, 0.6))
    c.fill(box(6, top, 94, 80, look.vary("round", 2, 11)), look.accent, puff(2.5, 0.6, 0.3))
    c.fill(
        box(6, top + 10, 94, 72, 1),
        cloth(look),
        both(puff(1.5, 0.5), grain(look.choose("skin", ("leather", "nylon", "")))),
    )
    if not look.chance("hump", 0.55):
        c.write(look.brand.upper(), 24, top + 5, 3.4, lighter(look.accent, 0.8), 30)
    button = look.choose("button", ((0.75, 0.76, 0.78), (0.8, 0.2, 0.2), (0.85, 0.7, 0.35)))
    c.fill(ellipse(82, top - 1, 5, 2.4), button, puff(1, 0.6))
    outer = look.choose("ring", (darker(look.accent, 0.45), (0.75, 0.76, 0.78), look.second))
    for r, colour in ((23.0, outer), (19.0, DARK), (14.5, (0.2, 0.22, 0.28)), (10.0, DARK), (6.0, (0.23, 0.25, 0.45))):
        c.fill(ellipse(x, 54, r * size, r * size), colour, puff(2, 0.5, 0.4))
    c.fill(ellipse(x - 4, 49, 3, 2.4), (0.85, 0.9, 1.0), opacity=0.8, soft=0.4)
    c.fill(box(78, top + 2, 89, top + 8, 1), (0.9, 0.92, 0.9), pane())
    mark(c, look, 14, 64, 4)


def phone(c: Canvas, look: Look) -> None:
    c.fill(box(27, 4, 73, 96, 7), look.base, puff(1.5, 0.6, 0.5))
    c.fill(box(29, 6, 71, 94, 5.5), DARK)
    scene(c, look, 30, 7.5, 70, 92.5)
    c.fill(box(43, 9, 57, 12, 1.5), DARK)
    c.write("9:41", 50, 24, 7, (1, 1, 1), 26)
    for n in range(4):
        c.fill(
            box(33.5 + n * 8.6, 82, 40 + n * 8.6, 88.5, 1.8),
            look.choose(f"app{n}", (look.second, (0.95, 0.95, 0.97), (0.3, 0.75, 0.45), (0.95, 0.6, 0.25))),
            flat(),
        )


def speaker(c: Canvas, look: Look) -> None:
    form = look.trait("form")
    wide, top, low = {"tower": (17.0, 3.0, 96.0), "portable": (40.0, 34.0, 78.0)}.get(form, (26.0, 10.0, 92.0))
    wide *= look.vary("wide", 0.86, 1.1)
    rim, cone = (
        look.choose("rim", (darker(look.accent, 0.3), look.second, DARK)),
        look.choose("cone", (DARK, look.second)),
    )
    if form == "portable":
        c.stroke(curve([(30, 36), (34, 22), (66, 22), (70, 36)], closed=False), 3, (0.5, 0.36, 0.24), puff(1, 0.6))
    paint = wood(look.base, False, name=look.design)
    body = c.fill(box(50 - wide, top, 50 + wide, low, look.vary("round", 1, 9)), paint, puff(4, 0.7, 0.2))
    drivers = {"tower": ((16, 7), (38, 11), (64, 13)), "portable": ((56, 17),)}.get(form, ((31, 11), (65, 18)))
    size = look.vary("driver", 0.8, 1.08)
    if look.chance("grille", 0.4):
        mesh = box(50 - wide + 4, top + 4, 50 + wide - 4, low - 13, 3)
        c.fill(
            mesh,
            look.choose("mesh", ((0.2, 0.2, 0.22), (0.75, 0.72, 0.66), (0.45, 0.47, 0.5))),
            both(flat(), grain("rattan")),
        )
    else:
        for at, (y, r) in enumerate(drivers):
            for x in (34.0, 66.0) if form == "portable" else (50.0,):
                for share, colour in (
                    (1.0, rim),
                    (0.86, cone),
                    (0.35, look.second if at or cone != look.second else DARK),
                ):
                    c.fill(ellipse(x, y, r * share * size, r * share * size), colour, puff(3, 0.65, 0.4), within=body)
    ink = lighter(look.base, 0.7) if sum(look.base) < 1.9 else DARK
    mark(c, look, 50 - wide * 0.55, low - 6.5, 3, body, ink)
    c.write(look.brand.upper(), 50 + wide * 0.2, low - 6.5, 2.8, ink, wide)


def laptop(c: Canvas, look: Look) -> None:
    c.fill(box(17, 14, 83, 64, 3), look.base, puff(1, 0.5))
    c.fill(box(19, 16, 81, 62, 1), DARK)
    scene(c, look, 20, 17, 80, 61)
    c.write(look.brand.upper(), 50, 63.2, 1.3, lighter(look.base, 0.5), 20)
    c.fill([(13, 66), (87, 66), (97, 84), (3, 84)], look.base, flat(0.2))
    c.fill([(20, 68), (80, 68), (84, 77), (16, 77)], darker(look.base, 0.55), flat(0.1))
    key_colour = look.choose("keys", (darker(look.base, 0.75), DARK, (0.9, 0.9, 0.91)))
    for row in range(3):
        for key in range(14):
            x = 20.5 + key * 4.3 - row * 0.6
            c.fill(box(x, 68.8 + row * 2.8, x + 3.2, 70.8 + row * 2.8), key_colour)
    c.fill([(40, 78.4), (60, 78.4), (62, 82.6), (38, 82.6)], darker(look.base, 0.12))
    c.fill(box(3, 84, 97, 86.5, 1), darker(look.base, 0.2), tube(lying=True))
