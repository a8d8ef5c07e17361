"""Whether the process lives, and whether it can search."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from snapshelf.api.search import shown
from snapshelf.http import server
from snapshelf.http.problem import Problem

router = APIRouter(tags=["operation"])


@router.get("/health", summary="Does the process answer?")
async def health() -> JSONResponse:
    """200 as long as it does."""
    return shown({"alive": True})


@router.get("/ready", summary="Can it search?")
async def ready(request: Request) -> JSONResponse:
    """200 once a first search has been answered, 503 before and while it stops."""
    serving = server.of(request)
    if serving.closing or not serving.ready:
        raise Problem(
            503, "not_ready", "stopping" if serving.closing else "still loading", headers={"Retry-After": "1"}
        )
    return shown({"ready": True})
