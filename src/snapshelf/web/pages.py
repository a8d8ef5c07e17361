"""Pages from templates, and the files that they load, all out of the installed package."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from snapshelf.errors import NotHere
from snapshelf.http import shapes

HERE = Path(__file__).parent
STATIC = HERE / "static"
KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}
FOREVER = "public, max-age=31536000, immutable"  # the address holds the version

router = APIRouter(include_in_schema=False)


@router.get("/assets/{wanted}/{name:path}")
async def asset(wanted: str, name: str) -> Response:
    """A file of the pages. Of another version than ours: the same file, but not to be kept."""
    held = _assets()
    if name not in held:
        raise NotHere(f"there is no file {name[:100]!r}")
    cached = FOREVER if wanted == version() else "no-cache"
    # Open to other origins: the search box in a shop's own page loads its modules from here.
    headers = {"Cache-Control": cached, "Access-Control-Allow-Origin": "*"}
    return Response(held[name], media_type=KINDS[Path(name).suffix], headers=headers)


def render(request: Request, template: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A page; what it shows is escaped. ``values``: what the template names."""
    return HTMLResponse(text(template, {"request": request, **values}), status, headers={"Cache-Control": "no-store"})


def address(name: str) -> str:
    """Where a file of the pages is served, for ever."""
    return f"/assets/{version()}/{name}"


def page_of(sku: str) -> str:
    """The address of a product's page."""
    return f"/p/{quote(sku, safe='')}"


def like(sku: str) -> str:
    """The address of what is like a product."""
    return f"/like/{quote(sku, safe='')}"


def text(template: str, values: Mapping[str, Any]) -> str:
    """A template filled in; what it shows is escaped."""
    return _templates().get_template(template).render(values)


@cache
def version() -> str:
    """Of all files together."""
    held = _assets()
    return hashlib.sha256(b"".join(name.encode() + held[name] for name in sorted(held))).hexdigest()[:12]


@cache
def _assets() -> dict[str, bytes]:
    files = [file for file in sorted(STATIC.rglob("*")) if file.suffix in KINDS]
    return {file.relative_to(STATIC).as_posix(): file.read_bytes() for file in files}


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"asset": address, "picture": shapes.picture, "page_of": page_of, "like": like}
    made.filters["money"] = money
    return made


def money(price: float | None, currency: str = "") -> str:
    """ "€1,299.00", "1,299.00 CHF"; "" where there is no price."""
    if price is None:
        return ""
    sign = SIGNS.get(currency)
    return f"{sign}{price:,.2f}" if sign else f"{price:,.2f} {currency}".strip()
