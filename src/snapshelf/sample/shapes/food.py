"""Food in packages with artwork of their own."""

from __future__ import annotations

from snapshelf.sample.canvas import Canvas, Patch
from snapshelf.sample.curves import box, curve, ellipse, star
from snapshelf.sample.forms import ball, both, flat, metal, pane, puff, tube
from snapshelf.sample.look import RGB, Look
from snapshelf.sample.palette import darker, ink_on, lighter, mix
from snapshelf.sample.patterns import cloth

LEAF = (0.30, 0.52, 0.22)
STEM = (0.38, 0.26, 0.14)
TASTE: dict[str, RGB] = {
    "apple": (0.80, 0.20, 0.18), "orange": (0.95, 0.56, 0.13), "strawberry": (0.85, 0.15, 0.20), "blueberry": (0.28, 0.30, 0.58),
    "cherry": (0.62, 0.07, 0.15), "lemon": (0.97, 0.85, 0.25), "chocolate": (0.35, 0.20, 0.12), "honey": (0.92, 0.65, 0.18),
    "oat": (0.85, 0.72, 0.50), "tomato": (0.84, 0.22, 0.15), "mint": (0.45, 0.75, 0.60), "vanilla": (0.97, 0.92, 0.75),
    "mango": (0.97, 0.68, 0.20), "pea": (0.45, 0.66, 0.28), "corn": (0.96, 0.80, 0.25), "hazelnut": (0.58, 0.38, 0.20),
}  # fmt: skip


def taste(look: Look) -> RGB:
    """The colour of what is inside."""
    return TASTE.get(look.trait("flavour"), look.second)


def art(c: Canvas, look: Look, x: float, y: float, r: float, within: Patch | None) -> None:
    """What the package shows: a fruit, a bowl, or a pattern of the taste."""
    colour = taste(look)
    kind = look.choose("art", ("fruit", "pile", "sun", "splash"))
    if kind == "pile":
        for n in range(9):
            c.fill(
                ellipse(
                    x + (n % 3 - 1) * r * 0.55 + (n // 3 % 2) * r * 0.2,
                    y + r * 0.5 - (n // 3) * r * 0.45,
                    r * 0.3,
                    r * 0.3,
                ),
                darker(colour, 0.05 * (n % 3)),
                ball(0.3),
                within=within,
            )
    elif kind == "sun":
        c.fill(star(x, y, r, 14, 0.72), lighter(colour, 0.25), within=within)
        c.fill(ellipse(x, y, r * 0.6, r * 0.6), colour, ball(0.3), within=within)
    else:
        _splash_or_fruit(c, kind, x, y, r, colour, within)


def _splash_or_fruit(c: Canvas, kind: str, x: float, y: float, r: float, colour: RGB, within: Patch | None) -> None:
    if kind == "splash":
        c.fill(
            curve(
                [
                    (x - r, y),
                    (x - r * 0.4, y - r * 0.9),
                    (x + r * 0.3, y - r * 0.5),
                    (x + r, y - r * 0.7),
                    (x + r * 0.8, y + r * 0.4),
                    (x, y + r * 0.9),
                    (x - r * 0.6, y + r * 0.5),
                ]
            ),
            colour,
            puff(2, 0.6, 0.3),
            within=within,
        )
    else:
        c.fill(ellipse(x, y, r * 0.85, r * 0.8), colour, ball(0.4), within=within)
        c.fill(
            curve(
                [
                    (x, y - r * 0.7, "c"),
                    (x + r * 0.4, y - r * 1.2),
                    (x + r, y - r * 1.1, "c"),
                    (x + r * 0.6, y - r * 0.6),
                ]
            ),
            LEAF,
            within=within,
        )


def label(c: Canvas, look: Look, x: float, y: float, wide: float, words: tuple[str, str], within: Patch | None) -> None:
    """Brand above, what it is below."""
    if look.pattern != "plain":  # a quiet field, so that the words can be read
        c.fill(box(x - wide * 0.56, y - wide * 0.15, x + wide * 0.56, y + wide * 0.54, 2), look.base, within=within)
    ink = ink_on(look.base)
    c.write(look.brand.upper(), x, y, wide * 0.16, ink, wide, within)
    c.write(
        words[0],
        x,
        y + wide * 0.27,
        wide * 0.11,
        mix(ink, taste(look), 0.15),
        wide,
        within,
    )
    c.write(words[1], x, y + wide * 0.44, wide * 0.08, ink, wide * 0.9, within)


def cereal(c: Canvas, look: Look) -> None:
    c.fill([(76, 14), (86, 9), (86, 88), (76, 94)], darker(look.base, 0.35), flat())
    c.fill([(18, 14), (76, 14), (86, 9), (30, 9)], lighter(look.base, 0.3), flat())
    front = c.fill(box(18, 14, 76, 94), cloth(look), flat(0.12))
    label(c, look, 47, 26, 46, (look.trait("flavour"), "cereal"), front)
    c.fill(
        curve([(25, 68, "c"), (69, 68, "c"), (62, 84), (47, 88), (32, 84)]),
        (0.97, 0.97, 0.97),
        puff(3, 0.6),
        within=front,
    )
    art(c, look, 47, 64, 13, front)


def milk(c: Canvas, look: Look) -> None:
    c.fill([(66, 34), (78, 30), (78, 90), (66, 95)], darker(look.base, 0.3), flat())
    c.fill([(28, 34), (66, 34), (78, 30), (62, 14), (34, 14)], lighter(look.base, 0.15), flat(0.25))
    c.fill(box(34, 6, 62, 15), lighter(look.base, 0.3), flat(0.1))
    front = c.fill(box(28, 34, 66, 95), cloth(look), flat(0.12))
    c.fill(
        curve([(20, 78), (34, 70), (48, 80), (62, 72), (74, 80), (74, 99, "c"), (20, 99, "c")]),
        look.second,
        within=front,
    )
    label(
        c,
        look,
        47,
        44,
        32,
        (look.trait("flavour") if look.trait("flavour") != "oat" else "oat drink", "1 litre"),
        front,
    )
    art(c, look, 47, 82, 8, front)
    c.fill(ellipse(60, 24, 4.4, 3), look.second, puff(1, 0.7))


def juice(c: Canvas, look: Look) -> None:
    wide, foot, shoulder = look.vary("wide", 18, 24), look.vary("foot", 17, 24), look.vary("shoulder", 31, 43)
    shape = curve(
        [
            (42, 14, "c"),
            (58, 14, "c"),
            (59, 24),
            (50 + wide, shoulder),
            (50 + foot, 90, "c"),
            (47 + foot, 94, "c"),
            (53 - foot, 94, "c"),
            (50 - foot, 90, "c"),
            (50 - wide, shoulder),
            (41, 24),
        ]
    )
    bottle = c.fill(shape, taste(look), both(tube(0.45, 0.5), pane()), opacity=0.95)
    c.fill(
        box(50 - look.vary("lid", 9, 12), look.vary("lid top", 3, 7), 50 + look.vary("lid", 9, 12), 15, 1.5),
        look.second,
        tube(0.3),
    )
    wrap = c.fill(
        box(25, look.vary("wrap", 45, 50), 75, look.vary("wrap low", 80, 87)), look.base, tube(0.3, 0.45), within=bottle
    )
    label(c, look, 50, 54, 32, (look.trait("flavour"), "juice"), wrap)
    art(c, look, 50, 75, 6, wrap)


def jam(c: Canvas, look: Look) -> None:
    jar = c.fill(box(22, 26, 78, 92, 10), taste(look), both(tube(0.5, 0.55), pane()))
    for n in range(14):
        c.fill(
            ellipse(look.vary(f"jx{n}", 26, 74), look.vary(f"jy{n}", 32, 88), 2.4, 2),
            darker(taste(look), 0.3),
            within=jar,
            opacity=0.5,
            soft=0.4,
        )
    wrap = c.fill(box(22, 46, 78, 80), look.base, tube(0.2, 0.4), within=jar)
    label(c, look, 50, 53, 42, (look.trait("flavour"), look.choose("jam", ("jam", "spread", "preserve"))), wrap)
    c.fill(
        box(20, 12, 80, 28, 4), cloth(look) if look.pattern != "plain" else look.second, both(tube(0.35), puff(2, 0.4))
    )


def can(c: Canvas, look: Look) -> None:
    steel = (0.82, 0.83, 0.85)
    c.fill(box(22, 12, 78, 92, 3), steel, metal())
    c.fill(ellipse(50, 90, 28, 5), steel, metal())
    c.fill(ellipse(50, 12, 28, 5.4), lighter(steel, 0.2), puff(1.5, 0.6))
    c.fill(ellipse(50, 12.6, 25, 4.2), darker(steel, 0.2), flat(0.3))
    wrap = c.fill(box(22, 19, 78, 87), cloth(look), tube(0.3, 0.55))
    c.fill(box(22, 62, 78, 87), look.second, tube(0.3, 0.55), within=wrap)
    label(c, look, 50, 30, 42, (look.trait("flavour"), look.choose("can", ("in juice", "whole", "chopped"))), wrap)
    art(c, look, 50, 68, 11, wrap)


def chocolate(c: Canvas, look: Look) -> None:
    c.fill(box(24, 6, 76, 24, 1), TASTE["chocolate"], puff(1, 0.5))
    for x in range(3):
        c.fill(box(25.5 + x * 17, 7.5, 40.5 + x * 17, 20, 1.5), lighter(TASTE["chocolate"], 0.06), puff(2, 0.6, 0.2))
    c.fill(
        [(22, 20), (28, 17), (36, 21), (44, 17), (52, 21), (60, 17), (70, 21), (78, 18), (78, 30), (22, 30)],
        (0.86, 0.86, 0.88),
        puff(1, 0.6),
    )
    front = c.fill(box(22, 26, 78, 96, 1), cloth(look), flat(0.12))
    low = look.vary("band", 84, 94)
    if look.chance("band", 0.6):
        c.fill(box(22, low, 78, low + look.vary("band high", 3, 12)), look.second, within=front)
    label(c, look, 50, look.vary("words", 35, 42), 44, (look.trait("flavour"), "chocolate"), front)
    art(c, look, look.vary("art x", 40, 60), 78, look.vary("art size", 9, 13), front)
