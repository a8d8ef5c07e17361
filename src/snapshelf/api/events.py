"""What shoppers did: impressions, clicks, carts, purchases."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from fastapi.responses import JSONResponse

from snapshelf.api.examples import EVENTS
from snapshelf.api.search import shown
from snapshelf.http import server
from snapshelf.http.who import Caller, needs

router = APIRouter(tags=["events"])
AT_ONCE = 1_000


@router.post("/events", summary="Record what shoppers did")
async def record(
    request: Request,
    caller: Annotated[Caller, Depends(needs("events"))],
    given: Annotated[list[dict[str, Any]], Body(min_length=1, max_length=AT_ONCE, openapi_examples=EVENTS)],
) -> JSONResponse:
    """Events and queries by the names of User Behavior Insights 1.3.0, in any order; the same one twice counts once.

    ``refused`` names those that are none, with their place in the list; the rest are kept.
    """
    serving = server.of(request)
    done = await serving.call(serving.shelf.record, given)
    refused = [{"row": bad.row, "message": bad.reason} for bad in done.refused]
    return shown(
        {
            "counted": done.counted,
            "again": done.again,
            "aside": dict(done.aside),
            "ignored": dict(done.ignored),
            "refused": refused,
            "refusals": done.refusals,
        }
    )
