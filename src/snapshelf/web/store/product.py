"""One product, and what is like it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from snapshelf.catalogue import products
from snapshelf.errors import SnapshelfError
from snapshelf.http import question, server, shapes
from snapshelf.http.server import Server
from snapshelf.http.who import Caller, needs
from snapshelf.types import Product, Results
from snapshelf.web import pages as paper
from snapshelf.web.store.asked import Asked
from snapshelf.web.store.cards import Swatch, cards, plain, stock, swatches
from snapshelf.web.store.pager import Pages
from snapshelf.web.store.shop import shop

router = APIRouter(include_in_schema=False)
MaySearch = Annotated[Caller, Depends(needs("search"))]
STRIP = 8  # cards of what is alike on a product's page
SIZE = 24
LAST = 20  # page of what is alike
CLIPS = ("audio", "video")


@dataclass(frozen=True, slots=True)
class Clip:
    """A sound or a video: ``played`` here, or only linked to where it lies on another host."""

    kind: str
    number: int
    address: str
    played: bool


@router.get("/p/{sku:path}")
async def one(request: Request, caller: MaySearch, sku: str) -> HTMLResponse:
    """A product's page. Raises NotHere."""
    serving = server.of(request)
    known = await serving.call(shop, serving)
    shown = await serving.call(serving.shelf.show, sku)
    family = await serving.call(_family, serving, shown)
    alike = await _alike(serving, sku)
    near = await serving.call(cards, serving, alike.hits if alike else ())
    return paper.render(
        request,
        "store/product.html",
        {
            "caller": caller,
            "server": serving,
            "shop": known,
            "asked": Asked(),
            "product": shown,
            "stock": stock(shown),
            "variants": family,
            "attributes": _attributes(shown),
            "clips": _clips(shown),
            "near": near,
            "photo": False,
            "query_id": secrets.token_hex(8),
        },
    )


@router.get("/like/{sku:path}")
async def alike(
    request: Request, caller: MaySearch, sku: str, page: Annotated[int, Query(ge=1, le=LAST)] = 1
) -> HTMLResponse:
    """What looks and reads most like a product. Raises NotHere."""
    serving = server.of(request)
    known = await serving.call(shop, serving)
    shown = await serving.call(serving.shelf.show, sku)
    asked = await question.similar(serving, shown, SIZE, page)
    found = asked.results
    near = await serving.call(cards, serving, found.hits)
    return paper.render(
        request,
        "store/like.html",
        {
            "caller": caller,
            "server": serving,
            "shop": known,
            "asked": Asked(),
            "product": shown,
            "cards": near,
            "photo": False,
            "pages": _pages(sku, page, len(found) == SIZE),
            "query_id": asked.query_id,
        },
    )


async def _alike(serving: Server, sku: str) -> Results | None:
    """None where it cannot be said, such as before a product's pictures are embedded: the page shows the rest."""
    try:
        return await serving.search(serving.shelf.similar, sku, STRIP)
    except SnapshelfError:
        return None


def _family(serving: Server, product: Product) -> Sequence[Swatch]:
    if not product.family:
        return ()
    with serving.shelf.stack.catalogue.read() as connection:
        held = products.variants(connection, [product.family])
    return swatches(product, held.get(product.family, ()))


def _attributes(product: Product) -> list[tuple[str, str]]:
    told = [("Brand", product.brand), ("Category", product.category)]
    told += [(name.replace("_", " ").capitalize(), plain(value)) for name, value in product.attributes.items()]
    told += [("Article number", product.sku), ("GTIN", product.gtin), ("Model number", product.mpn)]
    return [(name, value) for name, value in told if value]


def _clips(product: Product) -> list[Clip]:
    return [
        Clip(kind, number, shapes.picture(product.sku, f"{kind}{number}"), "://" not in ref)
        for kind, held in zip(CLIPS, (product.audios, product.videos), strict=True)
        for number, ref in enumerate(held, 1)
    ]


def _pages(sku: str, here: int, more: bool) -> Pages | None:
    made = Pages(here, "", "", ())
    if here > 1:
        made = replace(made, before=f"{paper.like(sku)}?page={here - 1}")
    if more and here < LAST:
        made = replace(made, after=f"{paper.like(sku)}?page={here + 1}")
    return made if made.before or made.after else None
