"""What stands before every request: its id, its limits, the headers of its answer, a line in the log.

Plain ASGI, so that a body is counted and timed while it streams, before anything is decoded.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from snapshelf.http.problem import Problem, body

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Tell: TypeAlias = Callable[[Scope, int, float], None]  # scope, status, seconds of an answer

log = logging.getLogger("snapshelf.access")
faults = logging.getLogger("snapshelf.server")
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")  # a request id that a proxy may hand down
# Pages load from this host alone. Styles: only the size of a bar is set on an element.
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(self), geolocation=(), payment=()",
}


class Guard:
    """Wraps the application. max_bytes: of a request's body; seconds: in which all of it must arrive."""

    def __init__(self, app: App, max_bytes: int, seconds: float, tell: Tell) -> None:
        self.app, self.max_bytes, self.seconds, self.tell = app, max_bytes, seconds, tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        id = _given(scope) or secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = id
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*_headers(message["headers"]), (b"x-request-id", id.encode())]}
            await send(message)

        try:
            await self.app(scope, _limited(scope, receive, self.max_bytes, self.seconds), answer)
        except Problem as problem:  # while the body streamed
            if not status:
                await refuse(answer, problem, id)
        except Exception as error:  # a fault of ours: the reason goes to the log, its id to the caller
            faults.error("%s: %s", id, error, exc_info=error)
            if not status:
                said = "something went wrong here; the server's log has the reason under this id"
                await refuse(answer, Problem(500, "fault", said), id)
        finally:
            spent = time.perf_counter() - began
            self.tell(scope, status, spent)
            # Never the query string: it holds a shopper's words.
            log.info("%s %s %s %.1f ms %s", scope["method"], scope["path"][:200], status or "-", spent * 1000, id)


def _limited(scope: Scope, receive: Receive, most: int, seconds: float) -> Receive:
    """``receive`` that counts and times. Raises Problem 413 and 408."""
    headers = dict(scope["headers"])
    said = headers.get(b"content-length", b"")
    too_much = Problem(413, "too_large", f"a request may have {most:,} bytes", headers={"Connection": "close"})
    slow = Problem(
        408, "too_slow", f"the request did not arrive within {seconds:g} seconds", headers={"Connection": "close"}
    )
    deadline, arrived, done = time.monotonic() + seconds, 0, False

    async def limited() -> Message:
        nonlocal arrived, done
        if done:
            return await receive()  # waiting for the caller to go away
        if said.isdigit() and int(said) > most:
            raise too_much
        try:
            message = await asyncio.wait_for(receive(), max(deadline - time.monotonic(), 0.001))
        except TimeoutError:
            raise slow from None
        if message["type"] == "http.request":
            arrived += len(message.get("body", b""))
            done = not message.get("more_body", False)
            if arrived > most:
                raise too_much
        return message

    return limited


async def refuse(send: Send, problem: Problem, request_id: str) -> None:
    """Send a refusal as plain ASGI."""
    data = json.dumps(body(problem, request_id), ensure_ascii=False).encode()
    headers = [(name.lower().encode(), value.encode()) for name, value in (problem.headers or {}).items()]
    headers += [(b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": data})


def _given(scope: Scope) -> str:
    said = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    return said if GIVEN.fullmatch(said) else ""


def _headers(own: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The answer's headers and those of safety that it does not set itself."""
    there = {name.lower() for name, _ in own}
    return [*own, *((n.encode(), v.encode()) for n, v in HEADERS.items() if n.encode() not in there)]
