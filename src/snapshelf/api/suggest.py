"""Autocomplete."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from snapshelf.api.examples import SUGGEST
from snapshelf.api.search import MaySearch, shown
from snapshelf.http import server

router = APIRouter(tags=["search"])


@router.get("/suggest", summary="What somebody who types this may mean", responses=SUGGEST)
async def suggest(
    request: Request,
    caller: MaySearch,
    q: Annotated[str, Query(max_length=200, description="What was typed so far.")],
    k: Annotated[int, Query(ge=1, le=20)] = 8,
) -> JSONResponse:
    """Completions that find something, typos forgiven; ``spans`` are the characters to stress, [start, end)."""
    serving = server.of(request)
    found = await serving.call(serving.shelf.suggest, q, k)
    return shown({"suggestions": [asdict(one) for one in found]})
