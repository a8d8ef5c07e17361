"""Things for the kitchen and the table."""

from __future__ import annotations

from snapshelf.sample.canvas import Canvas
from snapshelf.sample.curves import Points, box, curve, ellipse, mirrored
from snapshelf.sample.forms import both, metal, pane, puff, tube
from snapshelf.sample.look import Look
from snapshelf.sample.palette import darker, lighter
from snapshelf.sample.patterns import brushed, cloth, grain, wood
from snapshelf.sample.shapes.marks import emblem

BLACK = (0.15, 0.15, 0.16)


def ring(c: Canvas, x: float, y: float, rx: float, ry: float, thick: float, look: Look, lying: bool = False) -> None:
    """A handle: a thick half-hidden ring."""
    c.fill(ellipse(x, y, rx, ry), look.base, puff(thick * 0.6, 0.7, 0.3), holes=[ellipse(x, y, rx - thick, ry - thick)])


def mug(c: Canvas, look: Look) -> None:
    wide, top, low = look.vary("wide", 24, 28), look.vary("top", 22, 30), look.vary("low", 80, 86)
    foot = wide * look.vary("taper", 0.78, 1.0)
    ring(c, 46 + wide, (top + low) / 2, 14, look.vary("ear", 14, 18), 5, look)
    body = curve(
        [
            (46 - wide, top, "c"),
            (46 + wide, top, "c"),
            (46 + foot, low - 3),
            (46 + foot - 4, low, "c"),
            (46 - foot + 4, low, "c"),
            (46 - foot, low - 3),
        ]
    )
    patch = c.fill(body, cloth(look), both(tube(0.35, 0.6), grain(look.material)))
    c.fill(ellipse(46, top, wide, 5.2), lighter(look.base, 0.35), puff(2, 0.4))
    c.fill(
        ellipse(46, top + 0.9, wide - 2.2, 3.9),
        (0.30, 0.19, 0.12) if look.chance("coffee", 0.4) else darker(look.second, 0.25),
    )
    if look.pattern == "plain" and look.chance("print", 0.5):
        emblem(c, look, 42, (top + low) / 2 + 2, 9, patch)


def teapot(c: Canvas, look: Look) -> None:
    glaze = both(puff(9, 0.85, 0.4), grain(look.material))
    c.stroke(curve([(74, 44), (92, 40), (94, 60), (78, 70)], closed=False), 5, look.base, puff(2, 0.7, 0.3))
    c.fill(
        curve([(27, 66, "c"), (16, 56), (10, 40), (5, 36, "c"), (14, 33, "c"), (20, 42), (30, 50, "c")]),
        look.base,
        puff(3, 0.7, 0.3),
    )
    c.fill(curve(mirrored([(50, 34), (34, 37), (23, 52), (27, 74), (37, 82, "c"), (50, 83)])), cloth(look), glaze)
    c.fill(
        curve(mirrored([(50, 27), (39, 30), (35, 38, "c"), (50, 40)])),
        look.second if look.chance("lid", 0.5) else look.base,
        puff(3, 0.7, 0.3),
    )
    c.fill(ellipse(50, 25, 4, 3.4), look.second, puff(1.5, 0.7, 0.5))


def kettle(c: Canvas, look: Look) -> None:
    c.stroke(curve([(70, 26), (90, 28), (90, 66), (74, 72)], closed=False), 6, BLACK, puff(2, 0.6))
    c.fill(curve([(30, 36, "c"), (14, 30, "c"), (22, 46), (29, 52, "c")]), look.base, metal())
    body = curve([(33, 24, "c"), (67, 24, "c"), (74, 60), (76, 82, "c"), (24, 82, "c"), (26, 60)])
    c.fill(body, brushed(look.base, False) if look.material == "stainless steel" else cloth(look), metal(0.5))
    c.fill(curve(mirrored([(50, 16), (38, 18), (33, 24, "c"), (50, 26)])), darker(look.base, 0.2), puff(2, 0.6, 0.4))
    c.fill(ellipse(50, 15, 5, 3), BLACK, puff(1.2, 0.6))
    c.fill(box(22, 82, 78, 90, 3), BLACK, puff(2, 0.5))
    if look.chance("gauge"):
        c.fill(box(45, 42, 49, 72, 2), (0.75, 0.87, 0.95), pane())
        c.fill(box(45, 56, 49, 72, 2), (0.45, 0.68, 0.88), opacity=0.7)


def pot(c: Canvas, look: Look) -> None:
    for x in (10, 90):
        c.fill(box(x - 8, 46, x + 8, 53, 3), darker(look.base, 0.25), puff(2, 0.6), holes=[box(x - 5, 48.5, x + 5, 51)])
    c.fill(
        curve([(15, 42, "c"), (85, 42, "c"), (83, 76), (74, 84, "c"), (26, 84, "c"), (17, 76)]),
        cloth(look),
        both(metal(0.35), grain(look.material)),
    )
    c.fill(
        curve(mirrored([(50, 26), (30, 30), (14, 42, "c"), (50, 44)])),
        lighter(look.base, 0.12),
        both(puff(5, 0.7, 0.4)),
    )
    c.fill(ellipse(50, 23, 6, 4), look.accent, puff(2, 0.7, 0.4))
    c.stroke([(15, 42.6), (85, 42.6)], 1.4, (0.82, 0.83, 0.85), tube(lying=True))


def pan(c: Canvas, look: Look) -> None:
    grip: Points = [(62, 62), (94, 88)]
    c.stroke(grip, 7, look.second, puff(2, 0.7))
    c.stroke([(58, 58), (70, 68)], 5, (0.6, 0.61, 0.63), metal())
    c.fill(ellipse(40, 42, 35, 32), look.base, puff(3, 0.7, 0.3))
    c.fill(ellipse(40, 41, 31.5, 28.5), darker(look.base, 0.45), puff(5, 0.5, 0.2))
    c.fill(ellipse(40, 42, 26, 23), darker(look.base, 0.55), both(puff(8, 0.3, 0.15), grain(look.material)))
    c.fill(ellipse(91, 85.5, 1.6, 1.6), (0.9, 0.9, 0.88))


def wine_glass(c: Canvas, look: Look) -> None:
    glass = (0.86, 0.91, 0.94)
    wide = look.vary("wide", 19, 25)
    c.fill(ellipse(50, 90, 19, 4), glass, puff(2, 0.6, 0.6), opacity=0.8)
    c.stroke([(50, 58), (50, 89)], 2.4, glass, tube(0.6), None, 0.85)
    bowl = curve(mirrored([(50, 12), (50 - wide + 5, 12, "c"), (50 - wide, 34), (50 - wide + 6, 52), (50, 60)]))
    patch = c.fill(bowl, glass, tube(0.5, 0.25), opacity=0.55)
    c.fill(box(10, 36, 90, 62), look.base, tube(0.4, 0.5), within=patch, opacity=0.88)
    c.fill(ellipse(50, 36, wide - 0.5, 2.8), lighter(look.base, 0.25), within=patch)
    c.stroke(ellipse(50, 12.4, wide - 5, 2.2), 0.7, (1, 1, 1), opacity=0.9)
    c.stroke(
        curve([(50 - wide + 5, 20), (50 - wide + 3, 34), (50 - wide + 8, 48)], closed=False),
        1.8,
        (1, 1, 1),
        None,
        patch,
        0.7,
        0.4,
    )


def bottle(c: Canvas, look: Look) -> None:
    neck = look.vary("neck", 7, 10)
    shape = curve(
        mirrored(
            [(50, 20), (50 - neck, 20, "c"), (50 - neck, 28), (35, 38), (33, 48), (33, 88), (36, 92, "c"), (50, 92.5)]
        )
    )
    patch = c.fill(shape, cloth(look), both(tube(0.4, 0.6), grain(look.material)))
    c.fill(box(50 - neck - 2, 8, 50 + neck + 2, 21, 2.5), look.second, tube(0.3))
    if look.chance("loop"):
        c.stroke(curve([(46, 9), (47, 3), (53, 3), (54, 9)], closed=False), 1.8, look.second, puff(0.8, 0.6))
    emblem(c, look, 48, 62, 8, patch)


def knife(c: Canvas, look: Look) -> None:
    c.fill(
        curve([(38, 58, "c"), (14, 70), (4, 84, "c"), (28, 78), (48, 68, "c")]), (0.84, 0.86, 0.88), metal(0.5, True)
    )
    blade = [(42, 56), (94, 10), (96, 14), (78, 48), (52, 68)]
    c.fill(blade, brushed((0.84, 0.86, 0.88)), metal(0.35, True))
    handle = curve([(40, 56, "c"), (54, 68, "c"), (34, 82), (14, 94), (6, 88, "c"), (20, 74)])
    c.fill(handle, wood(look.base, name=look.design) if look.material == "wood" else look.base, puff(3, 0.7, 0.2))
    for x, y in ((40, 66), (28, 76), (17, 85)):
        c.fill(ellipse(x, y, 1.7, 1.7), (0.8, 0.78, 0.7), puff(0.8, 0.7))


def bowl(c: Canvas, look: Look) -> None:
    c.fill(box(38, 78, 62, 84, 2), darker(look.base, 0.2), tube())
    patch = c.fill(
        curve([(10, 42, "c"), (90, 42, "c"), (84, 62), (66, 79, "c"), (34, 79, "c"), (16, 62)]),
        cloth(look),
        both(tube(0.3, 0.55), grain(look.material)),
    )
    c.fill(ellipse(50, 42, 40, 9), lighter(look.base, 0.3), puff(2, 0.4))
    c.fill(ellipse(50, 43.2, 37, 7.2), darker(look.second, 0.1), puff(5, 0.5))
    if look.chance("rim"):
        c.stroke([(12, 50), (88, 50)], 1.6, look.second, None, patch)
