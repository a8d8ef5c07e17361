"""Clothes for the upper body, laid flat: t-shirt, shirt, hoodie, sweater, dress."""

from __future__ import annotations

from dataclasses import replace

from snapshelf.sample.canvas import Canvas, Form, Patch
from snapshelf.sample.curves import Knot, Points, box, curve, ellipse, flipped, mirrored
from snapshelf.sample.forms import both, flat, folds, puff
from snapshelf.sample.look import RGB, Look
from snapshelf.sample.materials import grain
from snapshelf.sample.palette import darker, lighter, luminance
from snapshelf.sample.patterns import cloth
from snapshelf.sample.shapes.marks import emblem, mark

SEAM = 0.45


def soft(look: Look, strength: float = 0.09, lean: float = 0.25) -> Form:
    """Cloth that hangs: rounded edges, folds and the grain of its material."""
    return both(puff(3.2, 0.6), folds(look.design, strength, look.vary("folds", 5, 9), lean), grain(look.material))


def seam(c: Canvas, line: Points, colour: RGB, within: Patch | None = None, width: float = SEAM) -> None:
    """A line of stitching that is a little darker than the cloth."""
    c.stroke(
        line, width, darker(colour, 0.55) if luminance(colour) > 0.2 else lighter(colour, 0.22), None, within, 0.55
    )


def sleeves(c: Canvas, look: Look, length: float, top: float = 19, wide: float = 15, cuff: float = 0) -> None:
    """Two sleeves; ``length`` from 0 (cap) to 1 (wrist)."""
    reach_x, reach_y = 25 - 15 * min(1, length * 1.4) - 1.5 * length, top + 14 + 48 * length
    inner = reach_x + wide * (0.86 - 0.3 * length)
    knots: list[Knot] = [
        (36, top - 3, "corner"),
        (26, top + 1),
        ((26 + reach_x) / 2 - 2.4, (top + reach_y) / 2 - 3),
        (reach_x, reach_y, "corner"),
        (inner, reach_y + 3.4 - length * 2, "corner"),
        (32, top + 22 + 6 * length, "corner"),
    ]
    for outline, turn in ((curve(knots), -24.0), (flipped(curve(knots)), 24.0)):
        patch = c.fill(outline, cloth(look, turn), soft(look, 0.07))
        mid: Points = [(reach_x, reach_y), (inner, reach_y + 3.4 - length * 2)]
        mid = mid if turn < 0 else flipped(mid)
        if cuff:
            c.stroke(mid, cuff * 2, look.base, both(puff(2, 0.5), grain("knit")), patch)
        else:
            c.stroke([(x, y - 1.6) for x, y in mid], SEAM, darker(look.base, 0.5), None, patch, 0.5)


def torso(look: Look, bottom: float, shoulder: float, waist: float, hem: float, neck: float, dip: float) -> list[Knot]:
    """The outline of the front: half widths at shoulder, waist and hem, neck half width and depth."""
    half: list[Knot] = [
        (50, 15 + dip),
        (50 - neck * 0.72, 14 + dip * 0.62),
        (50 - neck, 12.5, "corner"),
        (50 - shoulder, 17.5, "corner"),
        (50 - shoulder + 2.0, 30),
        (50 - waist, bottom * 0.58),
        (50 - hem, bottom - 1.5, "corner"),
        (50 - hem * 0.5, bottom),
    ]
    if dip > 12:  # a V
        half[0], half[1] = (50, 15 + dip, "corner"), (50 - neck * 0.5, 14 + dip * 0.5)
    return mirrored(half)


def neckline(look: Look, neck: float, dip: float) -> Points:
    """The front edge of the neck, from shoulder to shoulder."""
    sharp = dip > 12
    half: list[Knot] = [(50 - neck, 12.5), (50 - neck * (0.5 if sharp else 0.72), 14 + dip * (0.5 if sharp else 0.62))]
    middle: Knot = (50, 15 + dip, "corner") if sharp else (50, 15 + dip)
    return curve([*half, middle, *[(100 - k[0], k[1]) for k in reversed(half)]], closed=False)


def inside(c: Canvas, look: Look, neck: float, dip: float) -> None:
    """The inner side of the back, seen through the neck, with its label."""
    c.fill(ellipse(50, 13.2, neck, 3 + dip * 0.7), darker(look.base, 0.42), flat(0.2))
    c.fill(box(47.6, 12.2, 52.4, 15.0, 0.4), (0.95, 0.94, 0.92))


def t_shirt(c: Canvas, look: Look) -> None:
    neck = look.vary("neck", 7.5, 10)
    dip = {"v-neck": 17.0, "crew neck": 5.5, "scoop neck": 10.5}.get(look.trait("neck"), 6)
    long = {"short sleeve": look.vary("sleeve", 0.16, 0.3), "long sleeve": 1.0, "sleeveless": -1}.get(
        look.trait("sleeve"), 0.2
    )
    inside(c, look, neck, min(dip, 10))
    if long >= 0:
        sleeves(c, look, long)
    shoulder = 23.5 if long >= 0 else 19
    waist, hem = look.vary("waist", 21, 24), look.vary("hem", 22, 25)
    body = torso(look, look.vary("length", 84, 91), shoulder, waist, hem, neck, dip)
    patch = c.fill(curve(body), cloth(look), soft(look))
    rim = neckline(look, neck, dip)
    collar = look.second if look.chance("ringer", 0.3) and look.pattern == "plain" else darker(look.base, 0.08)
    c.stroke(rim, 2.6, collar, puff(1.2, 0.5))
    seam(c, [(x, y + 2.0) for x, y in rim], look.base, patch)
    seam(c, [(20, 85 - (91 - 87)), (80, 81)], look.base, patch, 0.3)
    if look.pattern == "plain" and look.chance("print", 0.55):
        emblem(c, look, 50, look.vary("print_y", 36, 44), look.vary("print_size", 9, 13), patch)


def shirt(c: Canvas, look: Look) -> None:
    long = 1.0 if look.trait("sleeve") != "short sleeve" else 0.26
    c.fill(ellipse(50, 13, 9, 6), darker(look.base, 0.4), flat(0.2))
    sleeves(c, look, long, cuff=2.6 if long == 1 else 0)
    hem = look.vary("hem", 22, 24.5)
    body = torso(look, 88, 23.5, look.vary("waist", 20.5, 23), hem, 8, 12)
    body[7] = (50 - hem * 0.5, 91.5)
    body[9] = (50 + hem * 0.5, 91.5)
    patch = c.fill(curve(body), cloth(look), soft(look, 0.08))
    c.fill(box(47.4, 22, 52.6, 93), cloth(look), both(puff(1.0, 0.45), grain(look.material)), within=patch)
    button = lighter(look.second, 0.5) if look.chance("buttons") else darker(look.base, 0.55)
    for place in range(6):
        c.fill(ellipse(50, 29 + place * 10.2, 1.05, 1.05), button, puff(0.8, 0.8))
    if look.chance("pocket", 0.6):
        pocket = [(57.5, 36.0), (67.5, 36.0), (67.5, 45.0), (62.5, 48.0), (57.5, 45.0)]
        c.fill(pocket, cloth(look), puff(0.8, 0.35), within=patch)
        seam(c, [*pocket, pocket[0]], look.base, patch, 0.35)
    wing = curve([(50, 26, "c"), (40.5, 11.2, "c"), (38, 14.5), (40.5, 28.5, "c"), (46, 27)])
    for outline in (wing, flipped(wing)):
        c.fill(outline, cloth(look, 20), both(puff(1.2, 0.6), grain(look.material)))


def hoodie(c: Canvas, look: Look) -> None:
    if look.chance("raglan", 0.3) and look.pattern == "plain":  # sleeves in the other colour
        sleeves(c, replace(look, base=look.second), 1.0, wide=17, cuff=3.0)
    hood = curve(mirrored([(50, 5), (41, 6.5), (35.5, 14), (35, 22), (42, 27), (50, 30)]))
    c.fill(hood, cloth(look), both(puff(4, 0.65), grain(look.material)))
    c.fill(
        curve(mirrored([(50, 9.5), (43.5, 11.5), (41.5, 17), (45, 24.5), (50, 28)])),
        darker(look.choose("lining", (look.base, look.second)), 0.4),
        puff(2, 0.4),
    )
    if not look.chance("raglan", 0.3) or look.pattern != "plain":
        sleeves(c, look, 1.0, wide=17, cuff=3.0)
    body = torso(look, 84, 24, 23.5, 22.5, 9, 15)
    patch = c.fill(curve(body), cloth(look), soft(look, 0.1))
    c.fill(box(27, 82, 73, 89, 1.5), look.base, both(puff(1.8, 0.5), grain("knit")))
    c.stroke(
        curve([(41.5, 14), (44, 24), (50, 30), (56, 24), (58.5, 14)], closed=False),
        2.2,
        darker(look.base, 0.12),
        puff(1, 0.5),
    )
    pouch = curve(mirrored([(50, 58, "c"), (39, 58, "c"), (32, 69), (31, 79, "c"), (50, 79.5)]))
    c.fill(pouch, cloth(look), both(puff(1.4, 0.5), grain(look.material)), within=patch)
    seam(c, [*pouch, pouch[0]], look.base, patch, 0.4)
    cord = lighter(look.second, 0.35)
    for x, low in ((46.5, 43 + look.vary("cord", 0, 6)), (53.5, 45)):
        c.stroke(curve([(x, 28), (x - 0.8, 35), (x, low)], closed=False), 1.0, cord, puff(0.6, 0.6))
        c.stroke([(x, low), (x, low + 2)], 1.3, darker(cord, 0.4))
    if look.trait("front") == "zip":
        c.stroke([(50, 31), (50, 89)], 1.5, (0.75, 0.76, 0.78), None, None)
        c.stroke([(50, 31), (50, 89)], 0.5, (0.3, 0.3, 0.33))
    elif look.chance("print", 0.6):
        emblem(c, look, 50, 46, look.vary("print_size", 7, 11), patch)
    if look.chance("chest mark", 0.7):
        mark(c, look, 60, 36, look.vary("chest", 2.8, 4.5), patch)


def sweater(c: Canvas, look: Look) -> None:
    neck = 8.5
    high = look.trait("neck") == "roll neck"
    dip = {"v-neck": 17.0, "crew neck": 5.0, "roll neck": 3.0}.get(look.trait("neck"), 5.0)
    inside(c, look, neck, min(dip, 9))
    sleeves(c, look, 1.0, wide=17, cuff=3.4)
    patch = c.fill(curve(torso(look, 83, 24, 24, 23.5, neck, dip)), cloth(look), soft(look, 0.05))
    c.fill(box(26.2, 81, 73.8, 89, 1.5), look.base, both(puff(1.8, 0.5), grain("knit")))
    mark(
        c,
        look,
        look.choose("chest", (39.0, 61.0)),
        look.vary("chest y", 33, 42),
        look.vary("chest size", 2.5, 4.5),
        patch,
    )
    if look.pattern == "plain" and look.chance("cables", 0.6):
        for x in (37.0, 50.0, 63.0):
            for phase in (-1, 1):
                line = [(x + phase * 1.9 * (1 if (y // 6) % 2 else -1), float(y)) for y in range(26, 81, 6)]
                c.stroke(curve(line, closed=False), 1.9, lighter(look.base, 0.06), puff(1.0, 0.8), patch)
    if high:
        c.fill(curve(mirrored([(50, 4), (42, 4.5, "c"), (41.2, 12), (41, 17, "c"), (50, 18.5)])), look.base,
               both(puff(2, 0.6), grain("knit")))  # fmt: skip
    else:
        c.stroke(neckline(look, neck, dip), 3.4, look.base, both(puff(1.5, 0.55), grain("knit")))


def dress(c: Canvas, look: Look) -> None:
    length = {"mini": 72.0, "knee-length": 84.0, "maxi": 95.0}.get(look.trait("length"), 84)
    flare = look.vary("flare", 22, 31)
    straps = look.trait("sleeve") == "sleeveless"
    if straps:
        for x in (40.5, 59.5):
            c.stroke([(x, 8), (50 + (x - 50) * 1.05, 20)], 2.4, look.base, puff(1, 0.5))
    else:
        c.fill(ellipse(50, 12.6, 8.5, 5), darker(look.base, 0.42), flat(0.2))
        sleeves(c, look, look.vary("sleeve", 0.12, 0.24), wide=14)
    top: list[Knot] = (
        [(50, 21), (42, 19.5), (38, 17, "c")] if straps else [(50, 23), (43, 19), (41, 12, "c"), (29, 17, "c")]
    )
    half: list[Knot] = [*top, (32.5, 29), (50 - look.vary("waist", 12, 14.5), 43, "c"), (50 - flare * 0.75, length * 0.78),
                        (50 - flare, length - 2, "c"), (50 - flare * 0.5, length)]  # fmt: skip
    c.fill(
        curve(mirrored(half)),
        cloth(look),
        both(puff(3.2, 0.6), folds(look.design, 0.14, 9, 0.05), grain(look.material)),
    )
    wrap = look.second if look.chance("belt", 0.6) else darker(look.base, 0.2)
    waist = look.vary("waist", 12, 14.5)
    c.fill(box(50 - waist - 0.3, 41.6, 50 + waist + 0.3, 45.2, 0.8), wrap, puff(1.2, 0.5))
    if look.chance("bow", 0.4):
        for side in (-1, 1):
            c.fill(curve([(50, 43.4, "c"), (50 + side * 6, 39.5), (50 + side * 6.4, 46)]), wrap, puff(1.2, 0.6))
