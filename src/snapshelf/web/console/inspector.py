"""The inspector: one query asked in two ways, hit by hit with its receipt, and why a product is where it is."""

from __future__ import annotations

from typing import Any, cast

from fastapi import Request, Response
from starlette.datastructures import UploadFile

from snapshelf.errors import BadInput, SnapshelfError
from snapshelf.http import server, uploads
from snapshelf.search import Explained
from snapshelf.shelf import Shelf
from snapshelf.types import Results
from snapshelf.understand import KINDS
from snapshelf.web.console import desk, ways
from snapshelf.web.console.ways import Given, Query, Way

TITLE, ORDER, PATH = "Inspector", 20, "/console/inspect"
LONGEST = 1_000  # characters of the words, as everywhere
router = desk.router()


@router.get(PATH)
async def inspect(request: Request, caller: desk.Admin) -> Response:
    """Words alone, so that the address can be handed on."""
    return await _answer(request, cast(Given, request.query_params), b"")


@router.post(PATH)
async def inspect_photo(request: Request, caller: desk.Admin) -> Response:
    """With a photo, which is kept nowhere."""
    form = await request.form()
    sent = form.get("photo")
    photo = await uploads.read(sent, "image") if isinstance(sent, UploadFile) and sent.filename else b""
    return await _answer(request, cast(Given, form), photo)


async def _answer(request: Request, given: Given, photo: bytes) -> Response:
    query = _query(given, photo)
    asked = bool(query.text or query.photo)
    both = [ways.way(name, given, asked and bool(given.get("a_rules"))) for name in ("a", "b")]
    sku, serving = given.get("sku", "").strip()[:512], server.of(request)
    values: dict[str, Any] = {
        "query": query, "both": both, "sku": sku, "asked": asked, "kinds": KINDS, "rules": ways.RULES,
        "lanes": ways.LANES, "k": ways.K, "answers": None, "explained": None, "wrong": "",
    }  # fmt: skip
    try:
        if asked:
            values |= await serving.call(_searched, serving.shelf, query, both)
            if sku:
                values["explained"] = await serving.call(_explained, serving.shelf, query, both[0], sku)
    except SnapshelfError as error:
        values["wrong"] = str(error)
    template = "console/inspect-answer.html" if request.headers.get("x-fragment") else "console/inspect.html"
    return desk.show(request, template, values, 400 if values["wrong"] else 200)


def _query(given: Given, photo: bytes) -> Query:
    text, where, other = (given.get(name, "").strip() for name in ("q", "where", "other"))
    if len(text) > LONGEST or len(where) > 4 * LONGEST:
        raise BadInput(f"a query has at most {LONGEST:,} characters, a filter {4 * LONGEST:,}")
    return Query(text, where, photo, other.replace("\r\n", "\n"))


def _searched(shelf: Shelf, query: Query, both: list[Way]) -> dict[str, Any]:
    answers: list[Results] = [ways.found(shelf, query, one) for one in both]
    left, right = ways.side_by_side(answers[0].hits, answers[1].hits)
    widest = ways.widest(answers[0].hits, answers[1].hits)
    return {"answers": list(zip(both, answers, (left, right), strict=True)), "widest": widest}


def _explained(shelf: Shelf, query: Query, way: Way, sku: str) -> Explained:
    """By the settings on the left."""
    understand = False if way.plain else None
    photo = query.photo or None
    return shelf.explain(sku, query.text or None, photo, query.where or None, way.lanes, understand, way.off)
