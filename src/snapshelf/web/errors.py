"""A refusal as a page of the storefront, for people; programs and scripts get JSON."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from snapshelf.http import server
from snapshelf.http.problem import Problem
from snapshelf.http.who import Caller
from snapshelf.web import pages
from snapshelf.web.store.answer import FRAGMENT
from snapshelf.web.store.asked import Asked

HEADINGS = {
    400: "That could not be searched for",
    401: "You need to sign in for this",
    403: "You may not see this",
    404: "There is no such page",
    413: "That was too large",
    429: "That was a little fast",
    503: "One moment, please",
}
NOBODY = Caller("", frozenset(), "open")


def page(request: Request, problem: Problem) -> Response | None:
    """The page, or None where JSON is wanted: by a script of ours, by a program, or of a route of the API."""
    wanted, route = request.headers.get("accept", ""), request.scope.get("route")
    ours = route is None or not getattr(route, "include_in_schema", True)
    if "text/html" not in wanted or request.headers.get(FRAGMENT) or not ours:
        return None
    made = pages.render(
        request,
        "store/error.html",
        {
            "caller": getattr(request.state, "caller", None) or NOBODY,
            "server": server.of(request),
            "shop": None,
            "asked": Asked(q=request.query_params.get("q", "")[:200]),
            "heading": HEADINGS.get(problem.status, "Something went wrong here"),
            "message": problem.message or "please try again",
            "request_id": request.state.request_id,
        },
        problem.status,
    )
    made.headers.update(problem.headers or {})
    return made
