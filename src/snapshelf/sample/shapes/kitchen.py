"""Things for the kitchen and the table."""

from __future__ import annotations

from snapshelf.sample.canvas import Canvas
from snapshelf.sample.curves import box, curve, ellipse, mirrored
from snapshelf.sample.forms import both, puff, tube
from snapshelf.sample.look import Look
from snapshelf.sample.materials import grain
from snapshelf.sample.palette import darker, lighter
from snapshelf.sample.patterns import cloth
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
