"""Search: words in an address, photos and sound in a form."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from snapshelf.api.examples import SEARCH
from snapshelf.catalogue import products
from snapshelf.http import question, server, shapes
from snapshelf.http.question import SearchWords, Sent, Words
from snapshelf.http.server import Server
from snapshelf.http.who import Caller, needs
from snapshelf.types import Product, Results

router = APIRouter(tags=["search"])
MaySearch = Annotated[Caller, Depends(needs("search"))]


@router.get("/search", summary="Search by words", responses=SEARCH)
async def by_words(request: Request, caller: MaySearch, given: Words) -> JSONResponse:
    """The products that fit some words best, what was understood of them, and how each hit came about."""
    return await answer(server.of(request), caller, given)


@router.post("/search", summary="Search by photo, sound or video, with or without words", responses=SEARCH)
async def by_photo(request: Request, caller: MaySearch, given: Sent) -> JSONResponse:
    """As by words. What was sent is held in memory until the answer is made, and nowhere else."""
    return await answer(server.of(request), caller, given)


async def answer(serving: Server, caller: Caller, given: SearchWords, kind: str = "") -> JSONResponse:
    """Ask, and write the answer."""
    asked = await question.ask(serving, caller, given, kind)
    variants = await serving.call(variants_of, serving, asked.results) if given.family else {}
    return JSONResponse(
        shapes.results(asked.query_id, asked.results, given.k, given.page, given.receipts, variants),
        headers={"Cache-Control": "no-store"},
    )


def variants_of(serving: Server, found: Results) -> dict[str, list[Product]]:
    """Family → its products, of the families that are shown with variants folded in."""
    families = {hit.product.family for hit in (*found.hits, *found.nearest) if hit.product.family}
    if not families:
        return {}
    with serving.shelf.stack.catalogue.read() as connection:
        return products.variants(connection, sorted(families))


def shown(**values: Any) -> JSONResponse:
    """Plain values that nobody may keep."""
    return JSONResponse(values, headers={"Cache-Control": "no-store"})
