"""Lamps."""

from __future__ import annotations

from snapshelf.sample.canvas import Canvas, outlined
from snapshelf.sample.curves import Knot, box, curve, ellipse, mirrored
from snapshelf.sample.forms import both, puff, tube
from snapshelf.sample.look import Look
from snapshelf.sample.materials import grain
from snapshelf.sample.palette import darker
from snapshelf.sample.patterns import cloth
from snapshelf.sample.shapes.marks import mark

GLOW = (1.0, 0.93, 0.72)


def desk_lamp(c: Canvas, look: Look) -> None:
    base, elbow = look.vary("base", 15, 23), (look.vary("elbow x", 20, 32), look.vary("elbow y", 46, 62))
    if look.chance("block", 0.35):
        c.fill(box(34 - base, 84, 34 + base, 93, 2), look.choose("foot", (look.base, look.accent)), puff(2, 0.6, 0.4))
    else:
        c.fill(ellipse(34, 90, base, 4.5), look.base, puff(2, 0.6, 0.4))
    rod = look.vary("rod", 1.8, 3.6)
    c.stroke([(34, 87), elbow], rod, look.accent, tube(0.5))
    c.stroke([elbow, (58, 30)], rod, look.accent, tube(0.5, lying=True))
    c.fill(ellipse(*elbow, 3, 3), darker(look.base, 0.3), puff(1, 0.6))
    metal = both(puff(5, 0.75, 0.4), grain(look.material))
    shade = look.choose("shade", ("cone", "dome", "bar"))
    if shade == "bar":
        c.stroke([(44, 34), (92, 26)], 8, look.base, metal)
        c.stroke([(47, 38), (91, 30.5)], 2, GLOW, None)
    elif shade == "dome":
        c.fill(ellipse(72, 48, 17, 4.5), GLOW, puff(2, 0.2), soft=0.4)
        half: list[Knot] = [(55, 48, "c"), (57, 34), (64, 26), (72, 24), (80, 26), (87, 34), (89, 48, "c")]
        c.fill(curve(half), cloth(look), metal)
    else:
        c.fill(ellipse(74, 46.5, 11, 5), GLOW, puff(2, 0.2), soft=0.4)
        c.fill(curve([(54, 24, "c"), (66, 20, "c"), (88, 42, "c"), (61, 52, "c")]), cloth(look), metal)
    mark(c, look, 71, 35, 4 if shade != "bar" else 0.1)


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
    wide = look.vary("wide", 28, 42)
    style = look.trait("shade")
    if style == "globe":
        c.fill(ellipse(50, 62, wide * 0.75, wide * 0.75), cloth(look), both(puff(9, 0.6, 0.4), grain(look.material)))
        if look.chance("bands"):
            ring = ellipse(50, 62, wide * 0.75, wide * 0.75)
            c.fill(box(10, 58, 90, 62 + look.vary("band", 2, 8)), look.second, within=outlined(ring), opacity=0.9)
        return
    c.fill(ellipse(50, 76, wide, 6), GLOW, puff(1, 0.2))
    half = [(50.0, 36.0), (42.0, 37.0), (50 - wide * (0.8 if style == "dome" else 0.45), 56.0), (50.0 - wide, 76.0)]
    c.fill(
        curve(mirrored([half[0], half[1], half[2], (half[3][0], half[3][1], "c"), (50, 77)])),
        cloth(look),
        both(tube(0.3 if look.material == "metal" else 0.6, 0.5), grain(look.material)),
        opacity=0.82 if look.material == "glass" else 1,
    )
    if look.chance("rim"):
        c.stroke([(50 - wide, 76), (50 + wide, 76)], look.vary("rim", 1.5, 3.5), look.second, tube(lying=True))
