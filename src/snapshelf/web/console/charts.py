"""Figures over time as the numbers of a drawing; the macro `chart` draws them, with a table below."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 480, 210, 62, 26, 12
TICKS = 4
LABELS = 5
DOTS = 45  # points up to which each is marked, so that one between gaps is seen


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in pixels, and what stands there."""

    at: float
    said: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One column."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line, in pieces between its gaps, each as points of SVG; ``dots``: (x, y) to be marked."""

    name: str
    pieces: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of ``width`` times ``height``. ``rows``: the same figures as a table under ``heads``."""

    title: str
    summary: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    ticks: tuple[Tick, ...]
    labels: tuple[Tick, ...]
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def columns(title: str, series: Mapping[float, float], step: int) -> Chart:
    """Counts by time, as columns."""
    top = nice(max(series.values(), default=0.0), whole=True)
    slot = (WIDTH - LEFT - 4) / max(1, len(series))
    bars = tuple(
        Bar(round(LEFT + n * slot + slot * 0.12, 2), round(_y(value, top), 2), round(slot * 0.76, 2), _tall(value, top))
        for n, value in enumerate(series.values())
        if value
    )
    best = max(series, key=lambda at: series[at], default=0.0)
    summary = f"{sum(series.values()):,.0f} in all" + (
        f"; most, {series[best]:,.0f}, {when(best, step)}" if series.get(best) else ""
    )
    rows = tuple((when(at, step), f"{value:,.0f}") for at, value in series.items())
    return Chart(title, summary, (title,), rows, _ticks(top, lambda v: f"{v:,.0f}"), _labels(list(series), step), bars)


def lines(
    title: str,
    series: Mapping[str, Mapping[float, float | None]],
    step: int,
    said: Callable[[float], str],
) -> Chart:
    """Measures by time, as lines with gaps where there is none; ``said`` writes a value."""
    times = list(next(iter(series.values()), {}))
    known = [value for values in series.values() for value in values.values() if value is not None]
    top = nice(max(known, default=0.0))
    slot = (WIDTH - LEFT - 4) / max(1, len(times))
    drawn = tuple(_line(name, [values[at] for at in times], slot, top) for name, values in series.items())
    rows = tuple((when(at, step), *(_cell(values[at], said) for values in series.values())) for at in times)
    last = [f"{name} {_cell(_latest(values), said)}" for name, values in series.items()]
    ticks, labels = _ticks(top, said), _labels(times, step)
    return Chart(title, f"Latest: {', '.join(last)}", tuple(series), rows, ticks, labels, lines=drawn)


def nice(value: float, whole: bool = False) -> float:
    """The end of an axis: the next of 1, 2, 2.5, 5 times a power of ten; 1 for nothing at all, 4 for whole numbers."""
    if value <= 0:
        return float(TICKS if whole else 1)
    if whole and value <= TICKS:
        return float(TICKS)
    power = 10 ** math.floor(math.log10(value))
    return float(next(power * step for step in (1, 2, 2.5, 5, 10) if power * step >= value * (1 - 1e-9)))


def when(at: float, step: int) -> str:
    """A time as its day, or its hour."""
    moment = datetime.fromtimestamp(at, UTC)
    return moment.strftime("%d %b" if step >= 86_400 else "%d %b %H:%M")


def _cell(value: float | None, said: Callable[[float], str]) -> str:
    return "–" if value is None else said(value)


def _latest(values: Mapping[float, float | None]) -> float | None:
    return next((value for value in reversed(list(values.values())) if value is not None), None)


def _line(name: str, values: Sequence[float | None], slot: float, top: float) -> Line:
    pieces: list[list[tuple[float, float]]] = [[]]
    for n, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((round(LEFT + (n + 0.5) * slot, 2), round(_y(value, top), 2)))
    points = [point for piece in pieces for point in piece]
    drawn = tuple(" ".join(f"{x},{y}" for x, y in piece) for piece in pieces if len(piece) > 1)
    return Line(name, drawn, tuple(points) if len(points) <= DOTS else ())


def _y(value: float, top: float) -> float:
    return TOP + (HEIGHT - BOTTOM - TOP) * (1 - value / top)


def _tall(value: float, top: float) -> float:
    return round((HEIGHT - BOTTOM - TOP) * value / top, 2)


def _ticks(top: float, said: Callable[[float], str]) -> tuple[Tick, ...]:
    return tuple(Tick(round(_y(top * n / TICKS, top), 1), said(top * n / TICKS)) for n in range(TICKS + 1))


def _labels(times: Sequence[float], step: int) -> tuple[Tick, ...]:
    """At most six, evenly spread."""
    slot, every = (WIDTH - LEFT - 4) / max(1, len(times)), max(1, math.ceil(len(times) / LABELS))
    short = "%d %b" if step >= 86_400 else "%H:%M"
    said = [(n, datetime.fromtimestamp(times[n], UTC).strftime(short)) for n in range(0, len(times), every)]
    return tuple(Tick(round(LEFT + (n + 0.5) * slot, 1), text) for n, text in said)
