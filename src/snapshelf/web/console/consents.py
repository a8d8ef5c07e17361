"""Consents: what shoppers agreed to and took back, by day; one found by its id, and withdrawn for its shopper."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from snapshelf.catalogue import consents
from snapshelf.catalogue.consents import PURPOSES, Count
from snapshelf.http import server
from snapshelf.http.server import Server
from snapshelf.web.console import desk

TITLE, ORDER, PATH = "Consents", 70, "/console/consents"
SHOWN, DAYS, DAY = 50, 14, 86_400
router = desk.router()


@dataclass(frozen=True, slots=True)
class OneDay:
    """A day of UTC, by when it began: purpose → consents given and withdrawn on it."""

    at: float
    counts: dict[str, Count]


@router.get(PATH)
async def show(
    request: Request,
    caller: desk.Admin,
    id: Annotated[str, Query(max_length=300)] = "",
    before: Annotated[float | None, Query(ge=0, allow_inf_nan=False)] = None,
) -> Response:
    """The newest first, a page at a time; or the one of an id."""
    serving = server.of(request)
    values: dict[str, Any] = await serving.call(_held, serving, id.strip(), before)
    return desk.show(request, "console/consents.html", values)


@router.post(f"{PATH}/withdraw")
async def withdraw(request: Request, caller: desk.Admin, id: Annotated[str, Form(max_length=300)]) -> Response:
    """Take a consent back: from now on nothing can be sent with it."""
    serving = server.of(request)
    await serving.call(_withdraw, serving, id)
    return RedirectResponse(f"{PATH}?id={quote(id, safe='')}", 303)


def _held(serving: Server, id: str, before: float | None) -> dict[str, Any]:
    now = time.time()
    with serving.shelf.stack.catalogue.read() as connection:
        one = consents.find(connection, id) if id else None
        some = ([one] if one else []) if id else consents.every(connection, SHOWN, before)
        midnight = now // DAY * DAY
        # Counts are of everything since a time, so a day is what two of them differ by.
        since = [consents.counts(connection, midnight - n * DAY) for n in range(DAYS)]
        days = [OneDay(midnight - n * DAY, _less(since[n], since[n - 1] if n else {})) for n in range(DAYS)]
    days = [day for day in days if any(count.given or count.withdrawn for count in day.counts.values())]
    good = serving.settings.consent_days * DAY
    rows = [(one, "withdrawn" if one.withdrawn else "run out" if one.at + good <= now else "") for one in some]
    more = some[-1].at if len(some) == SHOWN and not id else None
    return {"rows": rows, "days": days, "id": id, "purposes": PURPOSES, "more": more, "before": before, "span": DAYS}


def _less(more: Mapping[str, Count], less: Mapping[str, Count]) -> dict[str, Count]:
    none = Count(0, 0)
    pairs = {purpose: (more[purpose], less.get(purpose, none)) for purpose in PURPOSES}
    return {name: Count(a.given - b.given, a.withdrawn - b.withdrawn) for name, (a, b) in pairs.items()}


def _withdraw(serving: Server, id: str) -> None:
    with serving.shelf.stack.catalogue.write() as connection:
        consents.withdraw(connection, id, time.time())
