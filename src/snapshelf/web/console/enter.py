"""The way into the console: an admin key, or the address that `snapshelf serve` prints; and the way out."""

from __future__ import annotations

import re
import time
from typing import Annotated, cast

from fastapi import Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from snapshelf.catalogue import keys
from snapshelf.http import server, sign
from snapshelf.http.problem import Problem
from snapshelf.http.rates import Rates
from snapshelf.http.server import Server
from snapshelf.http.who import COOKIE, LOCAL
from snapshelf.web.console import desk

SESSION_SECONDS = 12 * 3_600
TRIES = "10/minute"  # of one address; a key has 256 random bits, so this only keeps the log short
INSIDE = re.compile(r"/console(?:[/?][!-\[\]-~]*)?")  # where one may be sent after signing in

router = desk.router()


@router.get("/console/enter")
async def entrance(
    request: Request,
    ticket: Annotated[str, Query(max_length=400)] = "",
    next: Annotated[str, Query(max_length=4_000)] = desk.HOME,
) -> Response:
    """The form; or with a ticket, as `snapshelf serve` prints it, straight in, and the ticket gone from the address."""
    if not ticket:
        return _form(request, _inside(next), "")
    serving = server.of(request)
    await _count(serving, request)
    if sign.read(serving.secret, "ticket", ticket, time.time()) != LOCAL:
        return _form(request, desk.HOME, "This link has run out. Start the server again for a new one, or use a key.")
    return _let_in(request, serving, LOCAL, _inside(next))


@router.post("/console/enter")
async def enter(
    request: Request,
    key: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=4_000)] = desk.HOME,
) -> Response:
    """Sign in with an admin key."""
    serving, after = server.of(request), _inside(next)
    _from_here(request)
    await _count(serving, request)
    found, wrong = await serving.call(_by_key, serving, key.strip())
    return _form(request, after, wrong) if wrong else _let_in(request, serving, found, after)


@router.post("/console/leave")
async def leave(request: Request, caller: desk.Admin) -> Response:
    """Sign out."""
    answer = RedirectResponse(desk.ENTRANCE, 303)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=_is_safe(request))
    return answer


def _by_key(serving: Server, secret: str) -> tuple[str, str]:
    """The id of an admin key, and what is wrong with it."""
    with serving.shelf.stack.catalogue.read() as connection:
        key = keys.find(connection, secret)
    if key is None:
        return "", "This key is unknown. It begins with ss_ and was shown once, when it was made."
    if wrong := keys.state(key, time.time()):
        return "", f"The key {key.name} is {wrong}. Ask for a new one."
    if "admin" not in key.scopes:
        return "", f"The key {key.name} lacks the scope admin, which the console needs."
    return key.id, ""


def _let_in(request: Request, serving: Server, id: str, after: str) -> Response:
    session = sign.sign(serving.secret, "session", id, time.time() + SESSION_SECONDS)
    answer = RedirectResponse(after, 303, headers={"Cache-Control": "no-store"})
    answer.set_cookie(
        COOKIE, session, SESSION_SECONDS, path="/", httponly=True, samesite="strict", secure=_is_safe(request)
    )
    return answer


def _form(request: Request, after: str, wrong: str) -> Response:
    return desk.show(request, "console/enter.html", {"next": after, "wrong": wrong}, 401 if wrong else 200)


def _inside(after: str) -> str:
    """An address of the console; its first page for any other, so that no link leads elsewhere."""
    return after if INSIDE.fullmatch(after) and not after.startswith(desk.ENTRANCE) else desk.HOME


def _is_safe(request: Request) -> bool:
    return request.url.scheme == "https"


def _from_here(request: Request) -> None:
    """Raise Problem 403 for a form that another site sends."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Problem(403, "other_site", "sign in on the console's own page")


async def _count(serving: Server, request: Request) -> None:
    rates = cast(Rates, serving.memory.setdefault("console entrance", Rates(TRIES)))
    await rates.count(request.client.host if request.client else "?")
