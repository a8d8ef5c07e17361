"""The storefront: start page, results, product pages. Scripts swap the results; all but photos works without them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from snapshelf.errors import NotHere
from snapshelf.http import server
from snapshelf.http.who import Caller, needs
from snapshelf.web import pages
from snapshelf.web.store import asked, product
from snapshelf.web.store.answer import FRAGMENT, answer
from snapshelf.web.store.shop import shop

router = APIRouter(include_in_schema=False)
router.include_router(product.router)
MaySearch = Annotated[Caller, Depends(needs("search"))]


@router.get("/")
async def front(request: Request, caller: MaySearch) -> HTMLResponse:
    """The start page, or the results for what the address asks."""
    wanted, fragment = asked.read(request.query_params.multi_items()), bool(request.headers.get(FRAGMENT))
    if wanted.words and not wanted.photo:
        return await answer(request, caller, wanted)
    serving = server.of(request)
    known = await serving.call(shop, serving)
    name = "elsewhere" if wanted.photo else "start"
    template = f"store/{name}.html" if fragment else f"store/{name}_page.html"
    return pages.render(request, template, {"caller": caller, "server": serving, "shop": known, "asked": wanted})


@router.post("/")
async def with_photo(request: Request, caller: MaySearch) -> HTMLResponse:
    """The results for a photo, a sound or a video, which is held in memory until they are made, and nowhere else."""
    async with request.form() as sent:
        return await answer(request, caller, asked.read(sent.multi_items()), sent)


@router.get("/shop.css")
async def style(request: Request) -> Response:
    """The shop's own style sheet, empty where there is none. Raises NotHere for a file that is not there."""
    named = server.of(request).settings.style
    try:
        text = Path(named).read_text(encoding="utf-8") if named else ""
    except (OSError, UnicodeDecodeError) as error:
        raise NotHere(f"serve.style names {named}, which cannot be read: {error}") from error
    return Response(text, media_type="text/css", headers={"Cache-Control": "no-cache"})


@router.get("/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    """What a phone needs to put the shop on its home screen."""
    name = server.of(request).settings.name
    icon = {"src": pages.address("shared/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}
    told = {"name": name, "short_name": name[:30], "start_url": "/", "scope": "/", "display": "minimal-ui"}
    colours = {"background_color": "#ffffff", "theme_color": "#14614a"}
    return JSONResponse(
        {**told, **colours, "icons": [icon]},
        headers={"Cache-Control": "no-cache"},
        media_type="application/manifest+json",
    )


@router.get("/opensearch.xml")
async def description(request: Request) -> Response:
    """What a browser needs to search the shop from its address bar (OpenSearch 1.1)."""
    text = pages.text("store/opensearch.xml", {"server": server.of(request), "here": str(request.base_url)})
    return Response(text, media_type="application/opensearchdescription+xml", headers={"Cache-Control": "no-cache"})


@router.get("/favicon.ico")
async def favicon() -> Response:
    """For browsers that ask without having been told."""
    return RedirectResponse(pages.address("shared/favicon.svg"), 302)
