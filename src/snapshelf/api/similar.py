"""More like one product."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from snapshelf.api.examples import SEARCH
from snapshelf.api.search import MaySearch, shown
from snapshelf.http import question, server, shapes

router = APIRouter(tags=["search"])


@router.get("/similar/{sku:path}", summary="More like this", responses=SEARCH)
async def similar(
    request: Request,
    caller: MaySearch,
    sku: str,
    k: Annotated[int, Query(ge=1, le=100, description="Hits on a page.")] = 12,
    page: Annotated[int, Query(ge=1, le=100)] = 1,
    where: Annotated[str, Query(max_length=4_000, description="A filter.")] = "",
    receipts: bool = False,
) -> JSONResponse:
    """The products that look and read most like one of the shop's own; its other variants are left out."""
    serving = server.of(request)
    product = await serving.call(serving.shelf.show, sku)
    asked = await question.similar(serving, product, k, page, where)
    return shown({"query_id": asked.query_id, **shapes.results(asked.results, k, page, receipts, {})})
