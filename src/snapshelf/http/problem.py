"""A refusal: one status, one code, one sentence, and the field that is meant. Every error of the server has this shape.

``{"error": {"code": "bad_filter", "message": "…", "field": "where", "request_id": "…"}}``
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import HTTPException

from snapshelf import errors

# What a mistake in it is called by, where the error itself does not say: error → parameter.
FIELDS: Mapping[type[errors.SnapshelfError], str] = {errors.BadFilter: "where", errors.BadMedia: "image"}


class Problem(HTTPException):
    """An answer that refuses. ``code``: a word for programs; ``field``: the parameter that is meant, "" for none."""

    def __init__(
        self, status: int, code: str, message: str, field: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        # The framework passes this kind on unchanged, also where it is raised while a form is being read.
        super().__init__(status, message, dict(headers or {}))
        self.status, self.code, self.message, self.field = status, code, message, field


def of(error: errors.SnapshelfError) -> Problem:
    """The refusal that an error of Snapshelf is: "BadFilter" → 400 "bad_filter"."""
    code = re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
    field = next((name for kind, name in FIELDS.items() if isinstance(error, kind)), "")
    after = {"Retry-After": "2"} if error.http_status == 423 else {}
    return Problem(error.http_status, code, str(error), field, after)


def body(problem: Problem, request_id: str) -> dict[str, Any]:
    """The refusal as JSON."""
    said = {"code": problem.code, "message": problem.message, "field": problem.field or None, "request_id": request_id}
    return {"error": said}
