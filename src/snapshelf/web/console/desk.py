"""What every page of the console shares: who may see it, its frame, and how a refusal looks to a person."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute

from snapshelf.errors import SnapshelfError
from snapshelf.http import problem
from snapshelf.http.problem import Problem
from snapshelf.http.who import SAFE, Caller, needs
from snapshelf.http.why import why
from snapshelf.web import pages

log = logging.getLogger("snapshelf.server")
HOME, ENTRANCE = "/console", "/console/enter"

Admin = Annotated[Caller, Depends(needs("admin"))]


class PageRoute(APIRoute):
    """A route that tells a browser in a page what it tells a program in JSON; who is nobody is sent to the entrance."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, with its refusals as pages."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await inner(request)
            except (Problem, SnapshelfError, RequestValidationError) as error:
                if not wants_page(request):
                    raise
                return refused(request, error)
            finally:
                await request.close()  # the files of a form

        return handler


def router() -> APIRouter:
    """An empty router for a page."""
    return APIRouter(include_in_schema=False, route_class=PageRoute)


def wants_page(request: Request) -> bool:
    """Whether a browser asks for a page, and not a script for data."""
    return "text/html" in request.headers.get("accept", "")


def show(request: Request, template: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A page of the console in its frame; ``values``: what its template names."""
    from snapshelf.web import console

    caller: Caller | None = getattr(request.state, "caller", None)
    signed = caller is not None and caller.may("admin")
    frame = {
        "pages": console.found() if signed else (),
        "here": request.url.path,
        "csrf": caller.form if caller and signed else "",
        "why": why,
        "when": when,
        "fragment": request.headers.get("x-fragment", ""),
    }
    return pages.render(request, template, {**frame, **values}, status)


def when(at: float | None) -> str:
    """ "2026-11-25 10:04" in UTC; "never" for None."""
    return "never" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


def refused(request: Request, error: Exception) -> Response:
    """A refusal as a page, or the way to the entrance for who is not signed in."""
    told = _problem(error)
    if told.status == 401 and not request.headers.get("x-fragment"):
        after = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{ENTRANCE}?next={quote(after if request.method in SAFE else HOME, safe='')}", 303)
    values = {"title": HTTPStatus(told.status).phrase, "said": told.message, "id": request.state.request_id}
    shown = show(request, "console/refused.html", values, told.status)
    shown.headers.update(told.headers or {})
    return shown


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, SnapshelfError):
        if error.http_status >= 500:
            log.error("%s", error, exc_info=error.__cause__)
        return problem.of(error)
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": (), "msg": str(error)}
    field = ".".join(str(one) for one in first["loc"][1:])
    return Problem(400, "bad_parameter", f"{field or 'the form'}: {first['msg']}", field)
