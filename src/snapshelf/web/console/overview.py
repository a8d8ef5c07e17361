"""The overview: how much was asked, how quickly and how well it was answered, at what cost, and what found nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response

from snapshelf.http import server
from snapshelf.money import dollars
from snapshelf.observe.queries import Figures, Overview, overview
from snapshelf.stack import Stack
from snapshelf.web.console import charts, desk
from snapshelf.web.console.charts import Chart

TITLE, ORDER, PATH = "Overview", 10, desk.HOME
DAY = 86_400
SPANS = {"today": "Today", "7": "7 days", "30": "30 days"}
KINDS = {
    "words": "words", "photo": "a photo", "sound": "sound", "video": "a video", "mixed": "a photo with words",
    "code": "an article's code", "similar": "more like this",
}  # fmt: skip
router = desk.router()


@router.get(PATH)
async def show(
    request: Request, caller: desk.Admin, span: Annotated[Literal["today", "7", "30"], Query()] = "7"
) -> Response:
    """The query log, of today or of the days that end now; days are those of UTC."""
    serving, now = server.of(request), time.time()
    midnight = now // DAY * DAY
    since = midnight if span == "today" else midnight - (int(span) - 1) * DAY
    found = await serving.call(overview, serving.shelf.stack, since, now)
    products = await serving.call(_products, serving.shelf.stack)
    values: dict[str, Any] = {
        "found": found, "span": span, "spans": SPANS, "kinds": KINDS, "charts": _charts(found), "products": products,
        "share": share, "milliseconds": milliseconds, "cost": cost, "stack": serving.shelf.stack,
    }  # fmt: skip
    return desk.show(request, "console/overview.html", values)


def _products(stack: Stack) -> int:
    with stack.catalogue.read() as connection:
        return stack.count(connection)


def _charts(found: Overview) -> list[Chart]:
    if not found.total.queries:
        return []
    series, step = found.series, found.step
    by = "by hour" if step < DAY else "by day"
    times: Mapping[str, Mapping[float, float | None]] = {
        "P50": {at: one.p50 for at, one in series.items()},
        "P95": {at: one.p95 for at, one in series.items()},
        "P99": {at: one.p99 for at, one in series.items()},
    }
    return [
        charts.columns(f"Queries {by}", {at: float(one.queries) for at, one in series.items()}, step),
        charts.lines(f"Time to an answer, {by}", times, step, milliseconds),
        charts.lines(
            f"Clicked, of those seen, {by}", {"clicked": {at: one.ctr for at, one in series.items()}}, step, share
        ),
        charts.lines(
            f"Found nothing, {by}", {"nothing": {at: one.nothing_rate for at, one in series.items()}}, step, share
        ),
    ]


def share(value: float | None) -> str:
    """ "12.5 %"; a dash for none."""
    return "–" if value is None else f"{100 * value:.1f} %"


def milliseconds(seconds: float | None) -> str:
    """ "28 ms"; a dash for none."""
    return (
        "–"
        if seconds is None
        else f"{1_000 * seconds:,.0f} ms"
        if seconds >= 0.01 or not seconds
        else f"{1_000 * seconds:.1f} ms"
    )


def cost(figures: Figures) -> str:
    """What a query costs on average; a dash for none."""
    return "–" if figures.dollars_per_query is None else dollars(figures.dollars_per_query)
