"""The search box for other shops' pages: the file that they load, and a page that shows it in use."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from snapshelf.http import server
from snapshelf.web import pages

router = APIRouter(include_in_schema=False)
SHORT = "public, max-age=300"  # how long a shop's page may go on with the box of the version before


@router.get("/embed.js")
async def script() -> Response:
    """Names the box's module of this version; that one may be kept for ever."""
    text = f'export * from "./assets/{pages.version()}/embed.js";\n'
    headers = {"Cache-Control": SHORT, "Access-Control-Allow-Origin": "*"}
    return Response(text, media_type="text/javascript", headers=headers)


@router.get("/embed")
async def page(request: Request) -> HTMLResponse:
    """A page of some other shop with the box in it, and the three lines that put it there."""
    here = str(request.base_url).rstrip("/")
    return pages.render(request, "store/embed.html", {"here": here, "open": bool(server.of(request).settings.cors)})
