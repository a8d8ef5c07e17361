"""Invented brand marks and prints: simple signs that belong to a design."""

from __future__ import annotations

from snapshelf.sample.brands import logo, tint
from snapshelf.sample.canvas import Canvas, Patch
from snapshelf.sample.curves import Points, box, curve, ellipse, star, turned
from snapshelf.sample.look import RGB, Look
from snapshelf.sample.palette import ink_on, luminance, mix

SIGNS = ("star", "rings", "peak", "leaf", "wave", "bolt", "sun", "bars", "heart", "diamond", "word", "moon")


def emblem(c: Canvas, look: Look, x: float, y: float, size: float, within: Patch | None = None) -> None:
    """The design's sign in its second colour (or one that shows on the base), ``size`` units from centre to edge."""
    colour = showing(look)
    sign(c, look.choose("sign", SIGNS), look, x, y, size, colour, within)


def mark(
    c: Canvas, look: Look, x: float, y: float, size: float, within: Patch | None = None, colour: RGB | None = None
) -> None:
    """The brand's sign, the same on all its products, in a colour that shows on the base or in another one."""
    colour = colour or showing(look)
    shape, disc = logo(look.brand)
    if disc:
        c.fill(ellipse(x, y, size, size), colour, within=within)
    inner = ink_on(colour) if disc else colour
    sign(c, shape, look, x, y, size * 0.6 if disc else size, inner, within)


def sticker(c: Canvas, look: Look, x: float, y: float, size: float, within: Patch | None = None) -> None:
    """An oval label with the brand's sign and name, ``size`` units from centre to edge."""
    colour = tint(look.brand)
    c.fill(ellipse(x, y, size * 1.12, size * 0.92), (0.98, 0.98, 0.96), within=within)
    c.fill(ellipse(x, y, size, size * 0.8), colour, within=within)
    mark(c, look, x, y - size * 0.25, size * 0.36, within, ink_on(colour))
    c.write(look.brand.upper(), x, y + size * 0.36, size * 0.3, ink_on(colour), size * 1.5, within)


def showing(look: Look) -> RGB:
    """The second colour if it stands out from the base, else near-black or near-white."""
    away = abs(luminance(look.second) - luminance(look.base))
    return look.second if away > 0.28 else mix(ink_on(look.base), look.second, 0.15)


def sign(c: Canvas, name: str, look: Look, x: float, y: float, r: float, colour: RGB, within: Patch | None) -> None:
    """One of SIGNS, filled in one colour."""
    if name == "rings":
        for far, thick in ((1.0, 0.22), (0.55, 0.22)):
            c.fill(
                ellipse(x, y, r * far, r * far),
                colour,
                None,
                [ellipse(x, y, r * (far - thick), r * (far - thick))],
                within,
            )
    elif name == "bars":
        for at in range(4):
            c.fill(
                box(x - r, y - r + at * r * 0.55, x + r * (0.1 + 0.3 * at), y - r + at * r * 0.55 + r * 0.32),
                colour,
                within=within,
            )
    elif name == "sun":
        c.fill(ellipse(x, y, r * 0.5, r * 0.5), colour, within=within)
        for at in range(10):
            ray: Points = [(x - r * 0.07, y - r * 0.62), (x + r * 0.07, y - r * 0.62), (x, y - r)]
            c.fill(turned(ray, at * 36, x, y), colour, within=within)
    elif name == "word":
        c.write(look.brand.upper(), x, y, r * 0.5, colour, r * 2.4, within)
    elif name == "moon":
        c.fill(
            ellipse(x, y, r * 0.9, r * 0.9),
            colour,
            None,
            [ellipse(x + r * 0.42, y - r * 0.2, r * 0.72, r * 0.72)],
            within,
        )
    else:
        c.fill(_outline(name, x, y, r), colour, within=within)


def _outline(name: str, x: float, y: float, r: float) -> Points:
    if name == "star":
        return star(x, y, r)
    if name == "peak":
        return [
            (x - r, y + r * 0.7),
            (x - r * 0.25, y - r * 0.7),
            (x + r * 0.1, y),
            (x + r * 0.4, y - r * 0.35),
            (x + r, y + r * 0.7),
        ]
    if name == "leaf":
        return curve(
            [
                (x - r * 0.8, y + r * 0.8, "c"),
                (x - r * 0.6, y - r * 0.3),
                (x + r * 0.8, y - r * 0.8, "c"),
                (x + r * 0.3, y + r * 0.6),
            ]
        )
    if name == "bolt":
        return [
            (x + r * 0.3, y - r),
            (x - r * 0.5, y + r * 0.15),
            (x, y + r * 0.15),
            (x - r * 0.25, y + r),
            (x + r * 0.55, y - r * 0.2),
            (x + r * 0.05, y - r * 0.2),
        ]
    if name == "heart":
        return curve(
            [
                (x, y - r * 0.4, "c"),
                (x + r * 0.5, y - r * 0.85),
                (x + r, y - r * 0.3),
                (x, y + r * 0.9, "c"),
                (x - r, y - r * 0.3),
                (x - r * 0.5, y - r * 0.85),
            ]
        )
    if name == "wave":
        upper = curve(
            [(x - r, y), (x - r * 0.5, y - r * 0.55), (x, y), (x + r * 0.5, y + r * 0.5), (x + r, y)], closed=False
        )
        return upper + [(px, py + r * 0.42) for px, py in reversed(upper)]
    return [(x, y - r), (x + r * 0.7, y), (x, y + r), (x - r * 0.7, y)]
