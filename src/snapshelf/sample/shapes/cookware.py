"""Pots, pans, knives, the kettle, and the glass of wine that goes with it."""

from __future__ import annotations

from snapshelf.sample.canvas import Canvas
from snapshelf.sample.curves import Knot, box, curve, ellipse, mirrored, turned
from snapshelf.sample.forms import both, metal, pane, puff, tube
from snapshelf.sample.look import RGB, Look
from snapshelf.sample.materials import brushed, grain, wood
from snapshelf.sample.palette import COLOURS, darker, lighter
from snapshelf.sample.patterns import cloth
from snapshelf.sample.shapes.marks import mark

BLACK = (0.15, 0.15, 0.16)
STEEL = (0.84, 0.86, 0.88)
GRIPS: tuple[RGB, ...] = (BLACK, (0.72, 0.73, 0.75), COLOURS["oak"].rgb, COLOURS["walnut"].rgb)


def kettle(c: Canvas, look: Look) -> None:
    grip, low = look.choose("grip", GRIPS), look.vary("handle", 60, 72)
    reach = look.vary("reach", 84, 93)
    c.stroke(curve([(70, 26), (reach, 28), (reach, low - 4), (74, low)], closed=False), 6, grip, puff(2, 0.6))
    c.fill(curve([(30, 36, "c"), (14, 30, "c"), (22, 46), (29, 52, "c")]), look.base, metal())
    round_ = look.vary("round", -3, 6)
    body = curve([(33, 24, "c"), (67, 24, "c"), (73 + round_, 60), (76, 82, "c"), (24, 82, "c"), (27 - round_, 60)])
    side = c.fill(body, brushed(look.base, False) if look.material == "stainless steel" else cloth(look), metal(0.5))
    c.fill(curve(mirrored([(50, 16), (38, 18), (33, 24, "c"), (50, 26)])), darker(look.base, 0.2), puff(2, 0.6, 0.4))
    c.fill(ellipse(50, 15, look.vary("knob", 4, 7), 3), grip, puff(1.2, 0.6))
    c.fill(box(22, 82, 78, 90, 3), look.choose("foot", (BLACK, grip, darker(look.base, 0.3))), puff(2, 0.5))
    mark(c, look, look.choose("mark", (57.0, 61.0)), look.vary("mark y", 50, 66), look.vary("mark size", 5, 8), side)
    if look.chance("gauge"):
        c.fill(box(45, 42, 49, 72, 2), (0.75, 0.87, 0.95), pane())
        c.fill(box(45, 56, 49, 72, 2), (0.45, 0.68, 0.88), opacity=0.7)


def pot(c: Canvas, look: Look) -> None:
    top, low = look.vary("top", 38, 47), look.vary("low", 80, 88)
    wide = {"2 l": 27.0, "4 l": 32.0, "6 l": 37.0}.get(look.trait("volume"), 33)
    taper, grip = look.vary("taper", 0, 6), look.choose("grip", GRIPS)
    grip = darker(look.base, 0.2) if look.material == "cast iron" else grip
    for side in (-1, 1):
        x, y = 50 + side * (wide + 3), top + 7
        if look.chance("rings", 0.4):
            c.fill(ellipse(x, y, 7, 5), grip, puff(1.6, 0.6), holes=[ellipse(x, y, 4, 2.4)])
        else:
            c.fill(box(x - 8, y - 4, x + 8, y + 4, 3), grip, puff(2, 0.6), holes=[box(x - 5, y - 1.5, x + 5, y + 1)])
    form = both(puff(4, 0.6), grain("cast iron")) if look.material == "cast iron" else metal(0.35)
    half: list[Knot] = [(50 - wide, top, "c"), (50 - wide + taper, low - 8), (50 - wide + taper + 8, low, "c")]
    body = c.fill(curve(mirrored([(50.0, top), *half, (50.0, low)])), cloth(look), form)
    dome = look.vary("dome", 9, 19)
    lid = curve(
        mirrored([(50, top - dome), (50 - wide * 0.6, top - dome * 0.75), (50 - wide - 1, top, "c"), (50, top + 2)])
    )
    glass = look.chance("glass lid", 0.3) and look.material != "cast iron"
    c.fill(
        lid,
        (0.8, 0.86, 0.88) if glass else lighter(look.base, 0.12),
        both(puff(5, 0.7, 0.4)),
        opacity=0.75 if glass else 1,
    )
    knob = look.choose("knob", (look.accent, *GRIPS))
    if look.chance("bar", 0.4):
        c.fill(box(41, top - dome - 5, 59, top - dome, 2), knob, puff(1.5, 0.7, 0.4))
    else:
        c.fill(ellipse(50, top - dome - 3, look.vary("knob size", 4, 7), 4), knob, puff(2, 0.7, 0.4))
    c.stroke([(50 - wide, top + 0.6), (50 + wide, top + 0.6)], 1.4, (0.82, 0.83, 0.85), tube(lying=True))
    mark(
        c,
        look,
        50 + wide * look.choose("mark at", (-0.5, 0.0, 0.5)),
        (top + low) / 2 + 2,
        look.vary("mark", 4.5, 8),
        body,
    )


def pan(c: Canvas, look: Look) -> None:
    r = {"20 cm": 25.5, "24 cm": 29.5, "28 cm": 33.5}.get(look.trait("diameter"), 30) + look.vary("size", -1.2, 1.2)
    iron = look.material == "cast iron"
    _handles(c, look, r, iron)
    for side in (-1, 1) if look.chance("spouts", 0.4) else ():
        c.fill(turned(ellipse(38, 46 + side * (r - 0.5), 5, 3.2), look.vary("spout turn", -20, 20), 38, 46), look.base)
    inner = look.choose("inside", (darker(look.base, 0.55), (0.2, 0.2, 0.21), (0.62, 0.63, 0.65), (0.35, 0.33, 0.3)))
    inner = darker(look.base, 0.5) if iron else inner
    c.fill(ellipse(38, 46, r, r), look.base, both(puff(3, 0.7, 0.1 if iron else 0.4), grain(look.material)))
    rim, wall = look.vary("rim", 2, 4.5), look.vary("wall", 2.5, 7)
    c.fill(ellipse(38, 46, r - rim, r - rim), darker(inner, 0.2), puff(5, 0.5, 0.2))
    floor = c.fill(
        ellipse(38, 46.6, r - rim - wall, r - rim - wall), inner, both(puff(8, 0.3, 0.15), grain(look.material))
    )
    for n in range(look.choose("grooves", (0, 0, 3, 5))):
        far = r - 10 - n * 3.2
        c.fill(
            ellipse(38, 46.6, far, far), darker(inner, 0.5), None, [ellipse(38, 46.6, far - 0.6, far - 0.6)], floor, 0.7
        )
    mark(c, look, 38, 46.6, look.vary("mark", 4.5, 9), floor, lighter(inner, 0.35))


def _handles(c: Canvas, look: Look, r: float, iron: bool) -> None:
    """The long handle, turned a little by design, and sometimes a loop on the other side."""
    grip, tilt = look.choose("grip", (look.second, *GRIPS)), look.vary("tilt", -8, 36)
    end = min(96, 38 + r + (look.vary("long", 18, 30) if iron else look.vary("long", 40, 54)))
    c.stroke(turned([(38 + r * 0.8, 46), (38 + r + 8, 46)], tilt, 38, 46), 5, (0.6, 0.61, 0.63), metal(lying=True))
    line = turned([(38 + r * 0.9, 46), (end, 46)], tilt, 38, 46)
    c.stroke(line, look.vary("thick", 5, 9), look.base if iron else grip, puff(2, 0.7))
    c.fill(turned(ellipse(end - 2.5, 46, look.vary("eye", 1.2, 3.4), 1.6), tilt, 38, 46), (0.9, 0.9, 0.88))
    if look.chance("helper", 0.5 if iron else 0.25):
        x, far = 38 - r, look.vary("loop", 6, 10)
        loop = turned(ellipse(x, 46, 6, far), tilt, 38, 46)
        c.fill(loop, look.base, puff(2, 0.6), holes=[turned(ellipse(x - 1, 46, 3, far - 3.5), tilt, 38, 46)])


def wine_glass(c: Canvas, look: Look) -> None:
    glass = (0.86, 0.91, 0.94)
    form = look.trait("form")
    wide = look.vary("wide", *{"flute": (11.0, 14.0), "balloon": (24.0, 28.0)}.get(form, (18.0, 21.0)))
    rim = {"flute": 2.5, "balloon": 9.0, "tulip": 5.0}.get(form, 5.0)
    level, stem = look.vary("level", 24, 44), look.vary("stem", 1.6, 3.2)
    wine = darker(look.base, look.vary("deep", 0, 0.25))
    c.fill(ellipse(50, 90, 19, 4), glass, puff(2, 0.6, 0.6), opacity=0.8)
    c.stroke([(50, 58), (50, 89)], stem, glass, tube(0.6), None, 0.85)
    bowl = curve(mirrored([(50, 12), (50 - wide + rim, 12, "c"), (50 - wide, 34), (50 - wide + 5, 52), (50, 60)]))
    patch = c.fill(bowl, glass, tube(0.5, 0.25), opacity=0.55)
    c.fill(box(10, level, 90, 62), wine, tube(0.4, 0.5), within=patch, opacity=0.88)
    c.fill(ellipse(50, level, wide - 0.5, 2.8), lighter(wine, 0.25), within=patch)
    for n in range(look.choose("cuts", (0, 0, 5, 7))):
        x = 50 + (n - 3) * wide / 3.2
        c.stroke([(x - 3, 57), (x + 3, 44)], 0.8, (1, 1, 1), within=patch, opacity=0.6)
        c.stroke([(x + 3, 57), (x - 3, 44)], 0.8, (1, 1, 1), within=patch, opacity=0.6)
    if look.chance("gilt", 0.25):
        c.stroke(ellipse(50, 12.4, wide - rim, 2.2), 1.2, (0.82, 0.66, 0.32))
    mark(c, look, 50, 90, 3, None, (0.6, 0.64, 0.68))
    c.stroke(ellipse(50, 12.4, wide - rim, 2.2), 0.7, (1, 1, 1), opacity=0.9)
    c.stroke(
        curve([(50 - wide + rim, 20), (50 - wide + 3, 34), (50 - wide + 8, 48)], closed=False),
        1.8,
        (1, 1, 1),
        None,
        patch,
        0.7,
        0.4,
    )


def knife(c: Canvas, look: Look) -> None:
    end = 40 + {"12 cm": 34.0, "18 cm": 46.0, "21 cm": 56.0}.get(look.trait("blade"), 50)
    deep, shape = look.vary("deep", 9, 15), look.choose("shape", ("chef", "santoku", "pointed"))
    tilt = look.vary("tilt", -46, -32)
    spine: list[tuple[float, float] | tuple[float, float, str]] = [
        (38, 44, "c"),
        (end - 12, 44),
        (end, 46 + deep * 0.5, "c"),
    ]
    if shape == "santoku":
        spine = [(38, 44, "c"), (end - 12, 44, "c"), (end, 44 + deep * 0.8, "c")]
    elif shape == "pointed":
        spine = [(38, 44, "c"), (end - 4, 43.5), (end + 4, 43, "c")]
    edge: list[Knot] = [(end - 16, 44 + deep), (42, 44 + deep, "c"), (40, 52, "c")]
    blade = c.fill(turned(curve([*spine, *edge]), tilt), brushed(STEEL), metal(0.35, True))
    for n in range(look.choose("hollows", (0, 0, 5))):
        place = turned(ellipse(48 + n * 6, 44 + deep * 0.55, 1.8, 2.6), tilt)
        c.fill(place, darker(STEEL, 0.25), puff(1, 0.5), within=blade, opacity=0.8)
    mark(c, look, *turned([(46, 49)], tilt)[0], 3, blade, (0.3, 0.31, 0.34))
    wooden, ring = (
        look.material == "wood",
        look.choose("ring", ((0.8, 0.78, 0.7), (0.75, 0.3, 0.25), (0.78, 0.62, 0.3))),
    )
    belly = look.vary("belly", 0, 3)
    grip = curve(
        [(40, 43, "c"), (40, 53, "c"), (24, 53 - belly), (8, 55, "c"), (4, 48), (8, 43, "c"), (24, 43 + belly)]
    )
    paint = wood(look.base, name=look.design) if wooden else look.base
    c.fill(turned(grip, tilt), paint, puff(3, 0.7, 0.2) if wooden else metal(0.5, True))
    c.fill(turned(box(37, 42.6, 41, 53.4, 1), tilt), ring, puff(0.8, 0.7))
    for x in (12, 21, 30) if wooden else ():
        c.fill(turned(ellipse(x, 48.5, 1.5, 1.5), tilt), ring, puff(0.8, 0.7))
