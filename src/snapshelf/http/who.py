"""Who calls, and what they may: an API key, a bearer token of the shop's own issuer, a signed-in person, or anyone."""

from __future__ import annotations

import hmac
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request

from snapshelf.catalogue import keys
from snapshelf.errors import SnapshelfError
from snapshelf.http import server, sign, tokens
from snapshelf.http.problem import Problem
from snapshelf.http.server import Server

COOKIE = "snapshelf_console"
LOCAL = "local"  # whoever started the server and opened the address that it printed
SAFE = ("GET", "HEAD", "OPTIONS")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Caller:
    """``id`` for limits and logs; ``scopes`` of `keys.SCOPES`; ``via``: key, token, session, or open for anyone.

    ``form``: the token that forms of a session carry.
    """

    id: str
    scopes: frozenset[str]
    via: str
    form: str = ""

    def may(self, scope: str) -> bool:
        """Whether it has the scope; admin has all."""
        return scope in self.scopes or "admin" in self.scopes


def needs(scope: str) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency that lets pass who may. Raises Problem 401, 403, 429."""

    async def let_pass(request: Request) -> Caller:
        caller = await caller_of(request)
        if not caller.may(scope):
            if getattr(request.state, "without_token", False):
                raise _wrong_token()
            if caller.via == "open":
                raise Problem(
                    401, "no_key", f"this needs a key with the scope {scope}; send it as: Authorization: Bearer ss_…",
                    headers={"WWW-Authenticate": "Bearer"},
                )  # fmt: skip
            raise Problem(403, "no_scope", f"this key lacks the scope {scope}")
        return caller

    return let_pass


async def caller_of(request: Request) -> Caller:
    """Who sends a request; remembered for its duration. Raises Problem 401 for a key or token that is no good."""
    held: Caller | None = getattr(request.state, "caller", None)
    if held is None:
        held = request.state.caller = await _caller(request, server.of(request))
        await server.of(request).rates.count(held.id)
    return held


async def _caller(request: Request, serving: Server) -> Caller:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    secret = secret.strip() or request.headers.get("x-api-key", "")
    if secret:
        if secret.startswith("ss_"):
            return await serving.call(_by_key, serving, secret)
        if kind.lower() == "bearer" and serving.settings.oidc_issuer:
            name, scopes = await serving.call(tokens.read, serving, secret)
            return Caller(f"token:{name}", scopes, "token")
        raise _refused("the key is unknown; it begins with ss_ and is sent as: Authorization: Bearer ss_…")
    session = request.cookies.get(COOKIE, "")
    caller = await serving.call(by_session, serving, session) if session else None
    if caller and (request.method in SAFE or await _is_ours(request, caller)):
        return caller
    address = request.client.host if request.client else "?"
    scopes = frozenset(name.strip() for name in serving.settings.open.split(",") if name.strip())
    return Caller(f"open:{address}", scopes - {"admin"}, "open")


def _by_key(serving: Server, secret: str) -> Caller:
    now = time.time()
    with serving.shelf.stack.catalogue.read() as connection:
        key = keys.find(connection, secret)
    if key is None:
        raise _refused("the key is unknown; `snapshelf keys list` shows those there are")
    if wrong := keys.state(key, now):
        raise _refused(f"the key {key.name} is {wrong}")
    if keys.is_due(key, now):
        with suppress(SnapshelfError), serving.shelf.stack.catalogue.write() as connection:  # or a minute later
            keys.touch(connection, key.id, now)
    return Caller(f"key:{key.id}", frozenset(key.scopes), "key")


def by_session(serving: Server, session: str) -> Caller | None:
    """Who is signed in, or None for a session that has ended or whose key was taken back meanwhile."""
    now = time.time()
    id = sign.read(serving.secret, "session", session, now)
    if id is None:
        return None
    form = sign.form_token(serving.secret, session)
    if id == LOCAL:
        return Caller("session:local", frozenset({"admin"}), "session", form)
    with serving.shelf.stack.catalogue.read() as connection:
        key = next((key for key in keys.every(connection) if key.id == id), None)
    if key is None or keys.state(key, now):
        return None
    return Caller(f"session:{id}", frozenset(key.scopes), "session", form)


async def _is_ours(request: Request, caller: Caller) -> bool:
    """Whether a page of the console sends this; a browser adds the cookie by itself, only our page knows the token.

    False without a token: the storefront's forms come from the same browser, and may what anybody may. Raises Problem
    403 for a wrong one.
    """
    given = request.headers.get("x-csrf-token", "")
    if not given and request.headers.get("content-type", "").startswith(FORMS):
        given = str((await request.form()).get("csrf", ""))
    if given and not hmac.compare_digest(given.encode(), caller.form.encode()):
        raise _wrong_token()
    request.state.without_token = not given
    return bool(given)


def _wrong_token() -> Problem:
    return Problem(403, "wrong_form_token", "this page is too old; load it again and repeat", "csrf")


def _refused(message: str) -> Problem:
    return Problem(401, "bad_key", message, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
