"""Jackets, laid flat."""

from __future__ import annotations

from snapshelf.sample.canvas import Canvas, Patch
from snapshelf.sample.curves import band, box, curve, ellipse, flipped
from snapshelf.sample.forms import both, flat, puff
from snapshelf.sample.look import Look
from snapshelf.sample.materials import grain
from snapshelf.sample.palette import darker, lighter
from snapshelf.sample.patterns import cloth
from snapshelf.sample.shapes.marks import mark
from snapshelf.sample.shapes.tops import seam, sleeves, soft, torso


def jacket(c: Canvas, look: Look) -> None:
    style = look.trait("style")
    c.fill(ellipse(50, 14, 9, 7), darker(look.second, 0.25), flat(0.2))
    padded = style == "puffer"
    sleeves(c, look, 1.0, wide=19 if padded else 17, cuff=2.6 if style == "bomber" else 0)
    bottom = {"bomber": 78.0, "denim": 76.0, "puffer": 84.0}.get(style, 91.0)
    body = curve(torso(look, bottom, 24, 23.5, 23.5 if style != "parka" else 26, 8, 9))
    patch = c.fill(body, cloth(look), soft(look, 0.07))
    if padded:
        _quilt(c, look, patch, bottom)
    if style == "bomber":
        c.fill(box(26.5, 76, 73.5, 84, 2), darker(look.base, 0.15), both(puff(1.8, 0.5), grain("knit")))
    metal = (0.8, 0.76, 0.62) if look.chance("brass") else (0.78, 0.79, 0.81)
    c.stroke([(50, 22), (50, bottom - 0.5)], 1.4, darker(look.base, 0.35), None, patch)
    if style in ("denim", "parka"):
        for y in range(28, int(bottom) - 2, 10):
            c.fill(ellipse(52.2, y, 1.2, 1.2), metal, puff(0.8, 0.9))
    else:
        c.stroke([(50, 22), (50, bottom - 0.5)], 0.6, metal, None, patch)
    _pockets(c, look, patch, style)
    mark(
        c,
        look,
        look.choose("chest", (38.0, 62.0)),
        look.vary("chest y", 34, 44),
        look.vary("chest size", 2.8, 4.6),
        patch,
    )
    if style == "parka":
        ring = curve([(35, 20), (39, 9), (50, 5), (61, 9), (65, 20), (59, 22), (55, 14), (45, 14), (41, 22)])
        c.fill(ring, (0.80, 0.72, 0.60), both(puff(2.5, 0.8), grain("wool")), soft=0.4)
    else:
        wing = curve([(50, 24, "c"), (41, 10.5, "c"), (36.5, 14), (37.5, 25, "c")])
        for outline in (wing, flipped(wing)):
            c.fill(outline, darker(look.base, 0.1), both(puff(1.4, 0.6), grain(look.material)))


def _quilt(c: Canvas, look: Look, patch: Patch | None, bottom: float) -> None:
    for y in range(26, int(bottom), 9):
        line = curve([(22, y - 0.8), (36, y + 1), (50, y), (64, y + 1), (78, y - 0.8)], closed=False)
        c.stroke(line, 3.2, darker(look.base, 0.5), None, patch, 0.35, soft=0.8)
        c.stroke([(x, y + 3.4) for x, y in line], 2.2, lighter(look.base, 0.6), None, patch, 0.22, soft=0.9)


def _pockets(c: Canvas, look: Look, patch: Patch | None, style: str) -> None:
    for side in (-1, 1):
        if style == "denim":
            flap = [
                (50 + side * 7, 36.0),
                (50 + side * 18, 36.0),
                (50 + side * 18, 40.0),
                (50 + side * 12.5, 42.5),
                (50 + side * 7, 40.0),
            ]
            c.fill(flap, darker(look.base, 0.08), puff(0.8, 0.4), within=patch)
            seam(c, [*flap, flap[0]], lighter(look.base, 0.2), patch)
            seam(c, band([(50 + side * 8, 42.0), (50 + side * 10, 74.0)], [0.4])[:2], look.base, patch)
        else:
            c.stroke([(50 + side * 12, 58), (50 + side * 17, 68)], 1.4, darker(look.base, 0.45), None, patch, 0.8)
