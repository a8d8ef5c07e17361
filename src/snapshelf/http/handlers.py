"""Every error as the one JSON shape, whatever raised it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeAlias

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from snapshelf.errors import SnapshelfError
from snapshelf.http import problem
from snapshelf.http.problem import Problem

log = logging.getLogger("snapshelf.server")
Page: TypeAlias = Callable[[Request, Problem], "Response | None"]
CODES = {400: "bad_form", 404: "not_found", 405: "wrong_method", 413: "too_large"}


def install(app: FastAPI, page: Page | None = None) -> None:
    """Have an application answer errors as `Problem` says. page: what people get instead of JSON, None for whom not."""
    app.state.refusal_page = page
    app.add_exception_handler(Problem, answer)  # type: ignore[arg-type]
    app.add_exception_handler(SnapshelfError, _ours)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]


async def answer(request: Request, error: Problem) -> Response:
    """A refusal as an answer."""
    page: Page | None = request.app.state.refusal_page
    if page and (shown := page(request, error)):
        return shown
    return JSONResponse(problem.body(error, request.state.request_id), error.status, error.headers)


async def _ours(request: Request, error: SnapshelfError) -> Response:
    refusal = problem.of(error)
    if refusal.status >= 500:
        log.error("%s: %s", request.state.request_id, error, exc_info=error.__cause__)
    return await answer(request, refusal)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    field = ".".join(str(one) for one in first["loc"][1:])
    return await answer(request, Problem(400, "bad_parameter", f"{field or 'the request'}: {_said(first)}", field))


def _said(first: dict[str, Any]) -> str:
    if first["type"] == "extra_forbidden":
        return "there is no such parameter"
    message = str(first["msg"]).replace("Input should be", "should be").replace("String should have", "should have")
    given = first.get("input")
    return f"{message}, not {str(given)[:60]!r}" if isinstance(given, str | int | float | bool) else message


async def _http(request: Request, error: HTTPException) -> Response:
    said = str(error.detail)
    if error.status_code == 404 and said == "Not Found":
        said = f"there is nothing at {request.url.path[:200]}"
    code = CODES.get(error.status_code, "refused")
    return await answer(request, Problem(error.status_code, code, said, headers=dict(error.headers or {})))
