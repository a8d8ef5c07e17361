"""Why a product is where it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from snapshelf.api.search import MaySearch, shown
from snapshelf.http import server, shapes
from snapshelf.search import written

router = APIRouter(tags=["search"])


@router.get("/explain", summary="Why a product is where it is, or is missing")
async def explain(
    request: Request,
    caller: MaySearch,
    q: Annotated[str, Query(min_length=1, max_length=1_000, description="The words of the query.")],
    sku: Annotated[str, Query(min_length=1, max_length=512, description="The product.")],
    where: Annotated[str, Query(max_length=4_000, description="A filter.")] = "",
    lanes: Annotated[str, Query(max_length=99)] = "",
    off: Annotated[str, Query(max_length=200)] = "",
    plain: bool = False,
) -> JSONResponse:
    """Its place in the answer in sentences, and its receipt."""
    serving = server.of(request)
    named, understand = written.names(lanes) or None, False if plain else None
    found = await serving.search(
        serving.shelf.explain, sku, q, None, where or None, named, understand, written.names(off)
    )
    one = shapes.hit(found.hit, True, {}) if found.hit else None
    return shown({"sku": found.sku, "rank": found.rank, "said": list(found.said), "hit": one})
