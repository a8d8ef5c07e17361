"""What the query log says of a span of time: how much was asked, how quickly answered, how well, at what cost."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Row, Select, String, case, cast, func, select

from snapshelf.catalogue import schema
from snapshelf.catalogue.queries import HOUR, KINDS, MOST, SECOND, hour_of
from snapshelf.errors import BadInput
from snapshelf.stack import Stack

DAY = 24  # hours
HOURLY = 72  # hours up to which a series goes by the hour
POINTS = 1_000  # of a series that is drawn out to both ends of the span
SHOWN = 20  # texts


@dataclass(frozen=True, slots=True)
class Figures:
    """Queries of one kind, or of all.

    ``seen``: those of which an event tells that the answer was looked at, by an impression or a click; ``clicked``:
    those with at least one click. ``nothing``: those that were told that nothing fits. ``p50``, ``p95``, ``p99``:
    seconds, each the least time within which that share of the queries had their answers (nearest rank: of n times in
    order the one at place ⌈p·n⌉), exact to the millionth; None without queries. ``dollars``: of all of them.
    """

    queries: int = 0
    seen: int = 0
    clicked: int = 0
    nothing: int = 0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    dollars: float = 0.0

    @property
    def ctr(self) -> float | None:
        """Clicked of those seen, in [0, 1]; None where none was seen."""
        return self.clicked / self.seen if self.seen else None

    @property
    def nothing_rate(self) -> float | None:
        """Share that was told that nothing fits, in [0, 1]; None without queries."""
        return self.nothing / self.queries if self.queries else None

    @property
    def dollars_per_query(self) -> float | None:
        """On average; None without queries."""
        return self.dollars / self.queries if self.queries else None


@dataclass(frozen=True, slots=True)
class Frequent:
    """Words that were asked for, as they are compared (`querytext.normal`), and how often."""

    text: str
    queries: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Queries asked at or after ``since`` and before ``until`` (seconds since 1970, UTC).

    ``kinds``: the kinds that were asked, in the order of `KINDS`. ``series``: when each hour or day (``step`` seconds,
    UTC) began → its figures, in order, also where nothing was asked; at both ends only what lies in the span.
    ``frequent``: the most frequent words; ``unanswered``: those most often told that nothing fits. Ties in order of the
    words.
    """

    since: float
    until: float
    total: Figures
    kinds: Mapping[str, Figures]
    step: int
    series: Mapping[float, Figures]
    frequent: tuple[Frequent, ...]
    unanswered: tuple[Frequent, ...]


@dataclass(slots=True)
class _Sum:
    """Figures while they are added up, with the time that each query took."""

    counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])  # queries, seen, clicked, nothing
    dollars: float = 0.0
    micros: list[np.typing.NDArray[np.int64]] = field(default_factory=list)

    def add(self, row: Row[Any], micros: np.typing.NDArray[np.int64]) -> None:
        told = (row.queries, row.seen, row.clicked, row.empty)
        self.counts = [have + more for have, more in zip(self.counts, told, strict=True)]
        self.dollars += row.dollars
        self.micros.append(micros)

    def figures(self) -> Figures:
        queries, seen, clicked, nothing = self.counts
        return Figures(queries, seen, clicked, nothing, *_percentiles(self.micros), self.dollars)


def overview(stack: Stack, since: float, until: float, shown: int = SHOWN) -> Overview:
    """Count the query log between two times. shown: texts in each of the two lists. Raises BadInput, Busy, Outside."""
    if not 0 <= since < until < math.inf:
        raise BadInput(
            f"an overview is from one time to a later one, in seconds since 1970, not {since!r} to {until!r}"
        )
    total, kinds, buckets = _Sum(), dict[str, _Sum](), dict[int, _Sum]()
    texts, unanswered = Counter[str](), Counter[str]()
    hours = 1 if until - since <= HOURLY * HOUR else DAY
    with stack.catalogue.read() as connection:
        for row in connection.execute(grouped(since, until)):
            micros = np.fromstring(row.micros, np.int64, sep=",")
            bucket = row.hour // hours
            for one in (total, kinds.setdefault(row.kind, _Sum()), buckets.setdefault(bucket, _Sum())):
                one.add(row, micros)
            texts.update(row.texts.split("\n"))
            unanswered.update((row.unanswered or "").split("\n"))
    span = _span(hour_of(since) // hours, (math.ceil(until / HOUR) - 1) // hours, buckets)
    return Overview(
        since,
        until,
        total.figures(),
        {kind: kinds[kind].figures() for kind in KINDS if kind in kinds},
        hours * HOUR,
        {float(at * hours * HOUR): buckets.get(at, _Sum()).figures() for at in span},
        _first(texts, shown),
        _first(unanswered, shown),
    )


def as_plain(found: Overview) -> dict[str, Any]:
    """An overview as plain values, rates included."""
    return {
        "since": found.since,
        "until": found.until,
        "total": _plain(found.total),
        "kinds": {kind: _plain(one) for kind, one in found.kinds.items()},
        "step": found.step,
        "series": [{"at": at} | _plain(one) for at, one in found.series.items()],
        "frequent": [asdict(one) for one in found.frequent],
        "unanswered": [asdict(one) for one in found.unanswered],
    }


def _plain(one: Figures) -> dict[str, Any]:
    rates = {"ctr": one.ctr, "nothing_rate": one.nothing_rate, "dollars_per_query": one.dollars_per_query}
    return asdict(one) | rates


def grouped(since: float, until: float) -> Select[Any]:
    """A row for each hour and kind. Times and words come joined into one text each, which is several times quicker
    than a row for every query, and needs no sorting in the database: its index has this order. Words hold no newline.
    """
    c = schema.queries.c
    return (
        select(
            c.hour,
            c.kind,
            func.count().label("queries"),
            func.sum(c.seen).label("seen"),
            func.sum(c.clicked).label("clicked"),
            func.sum(c.empty).label("empty"),
            func.sum(c.dollars).label("dollars"),
            func.aggregate_strings(cast(c.micros, String), ",").label("micros"),
            func.aggregate_strings(c.text, "\n").label("texts"),
            func.aggregate_strings(case((c.empty == 1, c.text)), "\n").label("unanswered"),
        )
        .where(c.hour >= hour_of(since), c.hour <= min(hour_of(until), MOST), c.at >= since, c.at < until)
        .group_by(c.hour, c.kind)
        .order_by(c.hour, c.kind)
    )


def _percentiles(micros: Sequence[np.typing.NDArray[np.int64]]) -> tuple[float | None, float | None, float | None]:
    if not micros:
        return None, None, None
    times = np.sort(np.concatenate(micros))
    # In whole numbers, since 0.95 · 100 is more than 95 by a hair and would be rounded up to 96.
    half, most, nearly = (int(times[-(-percent * len(times) // 100) - 1]) / SECOND for percent in (50, 95, 99))
    return half, most, nearly


def _span(first: int, last: int, held: Iterable[int]) -> range:
    """The hours or days of a series: the whole span, or from the first query to the last where that is very long."""
    if last - first < POINTS:
        return range(first, last + 1)
    some = sorted(held)
    return range(some[0], some[-1] + 1) if some else range(0)


def _first(texts: Counter[str], shown: int) -> tuple[Frequent, ...]:
    del texts[""]
    found = sorted(texts.items(), key=lambda item: (-item[1], item[0]))[:shown]
    return tuple(Frequent(text, many) for text, many in found)
