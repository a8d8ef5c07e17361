"""API keys: who has one and what it may, adding one, taking one back."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from snapshelf.catalogue import keys
from snapshelf.catalogue.keys import Key
from snapshelf.errors import BadInput
from snapshelf.http import server
from snapshelf.http.server import Server
from snapshelf.web.console import desk

TITLE, ORDER, PATH = "Keys", 80, "/console/keys"
DAY = 86_400.0
SCOPES = {
    "search": "search, suggest, see products",
    "events": "send what shoppers did",
    "catalogue": "change products",
    "admin": "everything, and this console",
}
router = desk.router()


@router.get(PATH)
async def show(request: Request, caller: desk.Admin) -> Response:
    """All keys, also those that are no longer good."""
    return await _page(request)


@router.post(PATH)
async def add(
    request: Request,
    caller: desk.Admin,
    name: Annotated[str, Form(max_length=200)] = "",
    scopes: Annotated[tuple[str, ...], Form()] = (),
    days: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Make a key, and show its secret this once."""
    serving = server.of(request)
    try:
        key, secret = await serving.call(_add, serving, name, scopes, days)
    except BadInput as error:
        return await _page(request, wrong=str(error), name=name)
    return await _page(request, made=key, secret=secret)


@router.post(f"{PATH}/revoke")
async def revoke(request: Request, caller: desk.Admin, id: Annotated[str, Form(max_length=40)]) -> Response:
    """Refuse a key from now on."""
    serving = server.of(request)
    await serving.call(_revoke, serving, id)
    return RedirectResponse(PATH, 303)


async def _page(
    request: Request, made: Key | None = None, secret: str = "", wrong: str = "", name: str = ""
) -> Response:
    serving, now = server.of(request), time.time()
    held = await serving.call(_every, serving)
    rows = [(key, keys.state(key, now)) for key in sorted(held, key=lambda key: -key.made)]
    values = {"keys": rows, "scopes": SCOPES, "made": made, "secret": secret, "wrong": wrong, "name": name}
    return desk.show(request, "console/keys.html", values, 400 if wrong else 200)


def _every(serving: Server) -> list[Key]:
    with serving.shelf.stack.catalogue.read() as connection:
        return keys.every(connection)


def _add(serving: Server, name: str, scopes: tuple[str, ...], days: str) -> tuple[Key, str]:
    now, expires = time.time(), None
    if days.strip():
        try:
            expires = now + float(days) * DAY
        except ValueError as error:
            raise BadInput(
                f"days are a number, such as 90, or nothing for a key without an end; not {days!r}"
            ) from error
    with serving.shelf.stack.catalogue.write() as connection:
        return keys.add(connection, name, list(scopes), expires, now)


def _revoke(serving: Server, id: str) -> None:
    with serving.shelf.stack.catalogue.write() as connection:
        keys.revoke(connection, id)
