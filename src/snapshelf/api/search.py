"""Search: words in an address, photos and sound in a form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from snapshelf.api.examples import SEARCH
from snapshelf.http import question, server, shapes
from snapshelf.http.question import SearchWords, Sent, Words, Writing
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
    """Ask, and write the answer."""
    writing = Writing(f"json {given.receipts}", partial(_written, serving, given))
    asked = await question.ask(serving, caller, given, writing)
    data = b'{"query_id":"%s",%s' % (asked.query_id.encode(), asked.written[writing.name][1:])
    return Response(data, media_type="application/json", headers={"Cache-Control": "no-store"})


def _written(serving: Server, given: SearchWords, found: Results) -> bytes:
    folded = variants(serving, (*found.hits, *found.nearest)) if given.family else {}
    shown = shapes.results(found, given.k, given.page, given.receipts, folded)
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


def shown(values: Mapping[str, Any]) -> JSONResponse:
    """Plain values that nobody may keep."""
    return JSONResponse(dict(values), headers={"Cache-Control": "no-store"})
