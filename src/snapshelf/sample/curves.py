"""Outlines as lists of points. A drawing is 100 units wide and high, x to the right, y down."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, pi, sin
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Points: TypeAlias = list[Point]
Knot: TypeAlias = tuple[float, float] | tuple[float, float, str]  # a third element makes it a corner


def curve(knots: Sequence[Knot], closed: bool = True, steps: int = 9) -> Points:
    """A smooth line through the knots (Catmull-Rom), with corners where a knot has a third element."""
    count = len(knots)
    points: Points = []
    for at in range(count if closed else count - 1):
        here, there = knots[at], knots[(at + 1) % count]
        before, after = knots[at - 1], knots[(at + 2) % count]
        if len(here) == 3 or (not closed and at == 0):
            before = here
        if len(there) == 3 or (not closed and at == count - 2):
            after = there
        points += [_between(before, here, there, after, step / steps) for step in range(steps)]
    if not closed:
        points.append((knots[-1][0], knots[-1][1]))
    return points


def _between(p0: Knot, p1: Knot, p2: Knot, p3: Knot, t: float) -> Point:
    a, b, c, d = -t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2
    return (
        (a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0]) / 2,
        (a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1]) / 2,
    )


def mirrored(half: Sequence[Knot], axis: float = 50.0) -> list[Knot]:
    """The left half of an outline, from top to bottom, followed by its mirror image from bottom to top."""
    other: list[Knot] = []
    for knot in reversed(half):
        if abs(knot[0] - axis) > 1e-9:
            x = 2 * axis - knot[0]
            other.append((x, knot[1], "corner") if len(knot) == 3 else (x, knot[1]))
    return [*half, *other]


def ellipse(x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360) -> Points:
    """Points of an ellipse, or of the arc from ``start`` to ``end`` degrees, clockwise from the right."""
    steps = max(8, int(abs(end - start) / 5))
    turns = [(start + (end - start) * step / steps) * pi / 180 for step in range(steps + (abs(end - start) < 360))]
    return [(x + rx * cos(turn), y + ry * sin(turn)) for turn in turns]


def box(x0: float, y0: float, x1: float, y1: float, r: float = 0) -> Points:
    """A rectangle with corners rounded by ``r`` units."""
    if r <= 0:
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    r = min(r, abs(x1 - x0) / 2, abs(y1 - y0) / 2)
    places = ((x1 - r, y0 + r, 270), (x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90), (x0 + r, y0 + r, 180))
    return [point for x, y, start in places for point in ellipse(x, y, r, r, start, start + 90)]


def turned(points: Sequence[Point], degrees: float, x: float = 50, y: float = 50) -> Points:
    """The points turned clockwise about (x, y)."""
    c, s = cos(degrees * pi / 180), sin(degrees * pi / 180)
    return [(x + (px - x) * c - (py - y) * s, y + (px - x) * s + (py - y) * c) for px, py in points]


def moved(
    points: Sequence[Point], dx: float = 0, dy: float = 0, size: float = 1, x: float = 50, y: float = 50
) -> Points:
    """The points enlarged about (x, y), then shifted."""
    return [(x + (px - x) * size + dx, y + (py - y) * size + dy) for px, py in points]


def flipped(points: Sequence[Point], axis: float = 50) -> Points:
    """The points mirrored left to right."""
    return [(2 * axis - px, py) for px, py in points]


def star(x: float, y: float, r: float, tips: int = 5, inner: float = 0.42, turn: float = -90) -> Points:
    """A star with its first tip upwards."""
    spokes = [((turn + 180 * step / tips) * pi / 180, r if step % 2 == 0 else r * inner) for step in range(2 * tips)]
    return [(x + reach * cos(angle), y + reach * sin(angle)) for angle, reach in spokes]


def band(points: Sequence[Point], widths: Sequence[float]) -> Points:
    """The outline of a line that is ``widths`` units wide, spread evenly from its start to its end."""
    left: Points = []
    right: Points = []
    last = len(points) - 1
    for at, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[max(at - 1, 0)], points[min(at + 1, last)]
        long = hypot(bx - ax, by - ay) or 1.0
        place = at / last * (len(widths) - 1)
        low = min(int(place), len(widths) - 1)
        high = min(low + 1, len(widths) - 1)
        half = (widths[low] + (widths[high] - widths[low]) * (place - low)) / 2
        left.append((x - (by - ay) / long * half, y + (bx - ax) / long * half))
        right.append((x + (by - ay) / long * half, y - (bx - ax) / long * half))
    return left + right[::-1]
