"""Pictures of products as thumbnails, sounds and videos as they are."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from snapshelf.api.search import MaySearch
from snapshelf.catalogue import products
from snapshelf.errors import NotHere
from snapshelf.http import server
from snapshelf.http.server import Server
from snapshelf.media.thumbs import thumbnail, width_of

router = APIRouter(tags=["catalogue"])
THUMBS = "thumbs"  # folder in the shelf
FRESH = "public, max-age=3600, stale-while-revalidate=86400"
CLIPS = {"audio": "audios", "video": "videos"}


@router.get(
    "/media/{sku:path}/{number}",
    summary="A picture, sound or video of a product",
    response_class=Response,
    responses={200: {"content": {"image/webp": {}}}, 304: {"description": "The caller has it already."}},
)
async def medium(
    request: Request,
    caller: MaySearch,
    sku: str,
    number: str,
    w: Annotated[int, Query(ge=0, le=10_000, description="Pixels of the longer side wanted; 0: the most.")] = 0,
) -> Response:
    """``number``: 1 for the first picture, audio1, video1 for the first of these. Pictures come as WebP.

    Only what the catalogue names can be asked for. A sound or video that lies elsewhere is redirected to.
    """
    serving = server.of(request)
    if number.startswith(tuple(CLIPS)):
        place = await serving.call(_clip, serving, sku, number)
        return RedirectResponse(place) if place.startswith("http") else FileResponse(place, media_type=_type(place))
    ref, content = await serving.call(_picture, serving, sku, number)
    width = width_of(w)
    mark = f'"{content[:32]}-{width}"'
    headers = {"ETag": mark, "Cache-Control": FRESH}
    if mark in [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    data = await serving.call(_small, serving, ref, content, width)
    return Response(data, media_type="image/webp", headers=headers)


def _picture(serving: Server, sku: str, number: str) -> tuple[str, str]:
    """Where a picture comes from, and the sha256 of its bytes."""
    with serving.shelf.stack.catalogue.read() as connection:
        found = products.get(connection, [sku])
        place = int(number) - 1 if number.isdecimal() and len(number) < 4 else -1
        if sku not in found or not 0 <= place < len(found[sku].images):
            raise NotHere(f"there is no picture {number[:20]!r} of {sku[:80]!r}")
        ref = found[sku].images[place]
        read = products.media_of(connection, [sku]).get(sku, {}).get(ref)
    if not read:
        raise NotHere(f"picture {number} of {sku} could not be read when it was indexed")
    return ref, read[0].content


def _small(serving: Server, ref: str, content: str, width: int) -> bytes:
    stack = serving.shelf.stack
    kept = stack.writable(THUMBS)
    source = stack.fetcher.fetch(ref) if ref.startswith(("http://", "https://")) else Path(ref)
    return thumbnail(source, content, width, kept, stack.limits)


def _clip(serving: Server, sku: str, number: str) -> str:
    kind = number[:5]
    held = getattr(serving.shelf.show(sku), CLIPS[kind])
    place = int(number[5:]) - 1 if number[5:].isdecimal() and len(number) < 9 else -1
    if not 0 <= place < len(held):
        raise NotHere(f"there is no {kind} {number[5:][:20]!r} of {sku[:80]!r}")
    return str(held[place])


def _type(place: str) -> str:
    """By its name, but never a page or a program."""
    found = mimetypes.guess_type(place)[0] or ""
    return found if found.startswith(("audio/", "video/")) else "application/octet-stream"
