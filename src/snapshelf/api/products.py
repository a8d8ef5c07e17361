"""The catalogue: read a product, put some, take one away."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request
from fastapi.responses import JSONResponse
from sqlalchemy import select

from snapshelf.api.search import MaySearch, shown
from snapshelf.catalogue import products
from snapshelf.catalogue.schema import products as rows
from snapshelf.errors import NotHere
from snapshelf.http import server, shapes
from snapshelf.http.problem import Problem
from snapshelf.http.server import Server
from snapshelf.http.who import Caller, needs
from snapshelf.types import Product

router = APIRouter(tags=["catalogue"])
MayChange = Annotated[Caller, Depends(needs("catalogue"))]
AT_ONCE = 1_000
MEDIA = ("image", "images", "picture", "pictures", "photo", "photos", "audio", "audios", "video", "videos")
EXAMPLE = [{"sku": "LAMP-1", "title": "Brass desk lamp", "price": 49.5, "currency": "EUR", "stock": 12}]


@router.get("/products", summary="Products in order of SKU")
async def listed(
    request: Request,
    caller: MaySearch,
    after: Annotated[str, Query(max_length=512, description="The last SKU of the page before.")] = "",
    k: Annotated[int, Query(ge=1, le=AT_ONCE)] = 100,
) -> JSONResponse:
    """A page of the catalogue; ``next`` is the ``after`` of the next one, null at the end."""
    serving = server.of(request)
    found = await serving.call(_after, serving, after, k + 1)
    more = found[k - 1].sku if len(found) > k else None
    return shown({"products": [shapes.product(one) for one in found[:k]], "next": more})


@router.get("/products/{sku:path}", summary="One product")
async def one(request: Request, caller: MaySearch, sku: str) -> JSONResponse:
    """A product with everything that the catalogue knows of it."""
    serving = server.of(request)
    return shown(shapes.product(await serving.call(serving.shelf.show, sku)))


@router.post("/products", summary="Put products")
async def put(
    request: Request,
    caller: MayChange,
    given: Annotated[list[dict[str, Any]], Body(min_length=1, max_length=AT_ONCE, examples=[EXAMPLE])],
) -> JSONResponse:
    """Add products or replace those of the same SKU. Each is an object as a line of a JSON Lines catalogue; pictures
    are http or https addresses. One that cannot be used is refused with its reason, the rest go in.
    """
    serving = server.of(request)
    for number, row in enumerate(given, start=1):
        _check_media(number, row)
    done = await serving.call(_index, serving, given)
    serving.changed()
    return shown(done)


@router.delete("/products/{sku:path}", summary="Take a product away")
async def remove(request: Request, caller: MayChange, sku: str) -> JSONResponse:
    """Remove a product from everywhere: catalogue, indexes, kept embeddings."""
    serving = server.of(request)
    if not await serving.call(serving.shelf.remove, sku):
        raise NotHere(f"there is no product {sku!r} in this shelf")
    serving.changed()
    return shown({"removed": [sku]})


def _after(serving: Server, sku: str, most: int) -> list[Product]:
    with serving.shelf.stack.catalogue.read() as connection:
        query = select(rows.c.sku).where(rows.c.sku > sku).order_by(rows.c.sku).limit(most)
        skus = list(connection.execute(query).scalars())
        found = products.get(connection, skus)
    return [found[sku] for sku in skus]


def _check_media(number: int, row: dict[str, Any]) -> None:
    """A caller names no files of this machine. Raises Problem 400."""
    for name, value in row.items():
        if name.lower() not in MEDIA:
            continue
        for one in value if isinstance(value, list) else str(value).split("|"):
            if str(one).strip() and not str(one).strip().startswith(("http://", "https://")):
                raise Problem(
                    400, "bad_row", f"product {number}: {name} holds {str(one)[:80]!r}; give an http or https address",
                    name,
                )  # fmt: skip


def _index(serving: Server, given: list[dict[str, Any]]) -> dict[str, Any]:
    """Index them as the file that they would be, so that they are read by the same rules."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "api.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in given), encoding="utf-8")
        summary = serving.shelf.index(file, keep_missing=True)
    counts = {name: getattr(summary, name) for name in ("added", "changed", "updated", "unchanged", "embedded")}
    refused = [{"row": bad.row, "field": bad.column or None, "message": bad.reason} for bad in summary.refused]
    return {**counts, "refused": refused, "notes": summary.notes}
