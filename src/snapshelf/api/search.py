"""Search: words in an address, photos and sound in a form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from snapshelf.api.examples import SEARCH
from snapshelf.http import question, server, shapes
from snapshelf.http.question import SearchWords, Sent, Words
from snapshelf.http.server import Server, variants
from snapshelf.http.who import Caller, needs
from snapshelf.types import Results

router = APIRouter(tags=["search"])
MaySearch = Annotated[Caller, Depends(needs("search"))]


@router.get("/search", summary="Search by words", responses=SEARCH)
async def by_words(request: Request, caller: MaySearch, given: Words) -> Response:
    """The products that fit some words best, what was understood of them, and how each hit came about."""
    return await answer(server.of(request), caller, given)


@router.post("/search", summary="Search by photo, sound or video, with or without words", responses=SEARCH)
async def by_photo(request: Request, caller: MaySearch, given: Sent) -> Response:
    """As by words. What was sent is held in memory until the answer is made, and nowhere else."""
    return await answer(server.of(request), caller, given)


async def answer(serving: Server, caller: Caller, given: SearchWords) -> Response:
    """Ask, and write the answer; what is the same each time is written once."""
    asked = await question.ask(serving, caller, given)
    name = f"json {given.receipts}"
    if name not in asked.written:
        asked.written[name] = await serving.call(_written, serving, asked.results, given)
    data = b'{"query_id":"%s",%s' % (asked.query_id.encode(), asked.written[name][1:])
    return Response(data, media_type="application/json", headers={"Cache-Control": "no-store"})


def _written(serving: Server, found: Results, given: SearchWords) -> bytes:
    folded = variants(serving, (*found.hits, *found.nearest)) if given.family else {}
    shown = shapes.results(found, given.k, given.page, given.receipts, folded)
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


def shown(values: Mapping[str, Any]) -> JSONResponse:
    """Plain values that nobody may keep."""
    return JSONResponse(dict(values), headers={"Cache-Control": "no-store"})
