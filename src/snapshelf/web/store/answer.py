"""Asked → the results as a page, or as the part of it that a script swaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from snapshelf.http import question, server
from snapshelf.http.question import Answered, SearchForm
from snapshelf.http.server import Server
from snapshelf.http.who import Caller
from snapshelf.protocols import Buying
from snapshelf.types import Hit, Results
from snapshelf.web import pages as paper
from snapshelf.web.store import facets, narrow
from snapshelf.web.store.asked import SORTS, Asked, address, pairs
from snapshelf.web.store.cards import cards
from snapshelf.web.store.pager import pages
from snapshelf.web.store.shop import Shop, shop

SIZE = 24  # cards on a page
FRAGMENT = "x-fragment"
KEPT = ("q", "where", "off", "weights")  # what stays when the choices beside the results change
COLOURS = ("color", "colour")
INSTEAD = 3  # other colours that are offered with a photo


@dataclass(frozen=True, slots=True)
class Found:
    """An answer and the page of it that is shown. ``total``: cards on all pages; ``more``: some were not counted."""

    answered: Answered
    hits: tuple[Hit, ...]
    total: int
    more: bool
    counted: Mapping[str, Mapping[str, int]]


async def answer(request: Request, caller: Caller, asked: Asked, sent: FormData | None = None) -> HTMLResponse:
    """Search and render. Raises Problem, RequestValidationError, and what `Shelf.search` raises."""
    serving = server.of(request)
    known = await serving.call(shop, serving)
    found = await _find(serving, caller, known, asked, sent)
    values = await serving.call(_values, serving, known, asked, found)
    whole = not request.headers.get(FRAGMENT)
    template = "store/answer.html" if whole else "store/results.html"
    values |= {"caller": caller, "server": serving, "shop": known, "asked": asked}
    return paper.render(request, template, values)


async def _find(serving: Server, caller: Caller, known: Shop, asked: Asked, sent: FormData | None) -> Found:
    names = [*known.facets, *(name for name in asked.chosen if name not in known.facets)]
    given = _given(asked, narrow.where(asked, known.kinds), names, sent)
    answered = await question.ask(serving, caller, given)
    found, media = answered.results, answered.media
    counted = dict(found.facets)
    for name in asked.chosen if await serving.call(_may_ask_again, serving) else ():
        without = {"where": narrow.where(asked, known.kinds, without=name), "facets": name, "k": 1, "page": 1}
        other = await serving.search(question.search, serving, given.model_copy(update=without), media)
        held = {value: found.facets[name].get(value, 0) for value in asked.chosen[name]}
        counted[name] = {**other.facets[name], **held}  # of what is chosen, what is shown
    more = found.estimated and len(found) == SIZE
    return Found(answered, found.hits, found.total, more, counted)


def _given(asked: Asked, where: str, names: list[str], sent: FormData | None) -> SearchForm:
    """The search as the API takes it. Raises RequestValidationError."""
    files = _files(sent) if sent else {}
    try:
        return SearchForm(
            q=asked.words,
            where=where,
            k=SIZE,
            page=asked.page,
            sort=asked.sort,
            facets=",".join(names),
            family=True,
            weights=asked.weights,
            off=",".join(asked.off),
            plain=asked.browses,
            everything=asked.browses,
            **files,  # type: ignore[arg-type]
        )
    except ValidationError as error:
        found = [{**one, "loc": ("query", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(found) from error


def _files(sent: FormData) -> dict[str, object]:
    found: dict[str, object] = {
        "image": [one for one in sent.getlist("image") if isinstance(one, UploadFile) and one.size],
        "crop": [one for one in sent.getlist("crop") if isinstance(one, str)],
        "consent": str(sent.get("consent", "")),
    }
    for name in ("audio", "video"):
        one = sent.get(name)
        if isinstance(one, UploadFile) and one.size:
            found[name] = one
    return found


def _may_ask_again(serving: Server) -> bool:
    """Whether asking again for a count costs nothing but time."""
    return not isinstance(serving.shelf.stack.embedder, Buying)


def _values(serving: Server, known: Shop, asked: Asked, found: Found) -> dict[str, Any]:
    results, media = found.answered.results, found.answered.media
    filtered, start = narrow.where(asked, known.kinds), replace(asked, page=1)
    names = [*known.facets, *(name for name in asked.chosen if name not in known.facets)]
    shown = facets.facets(names, found.counted, asked)
    many = found.more or results.estimated
    return {
        "query_id": found.answered.query_id,
        "results": results,
        "hidden": [(name, value) for name, value in pairs(asked) if name in KEPT],
        "said": _count(found.total, many),
        "cards": cards(serving, found.hits, filtered),
        "nearest": cards(serving, results.nearest, filtered),
        "facets": shown,
        "chosen": facets.chosen(asked, known.currency),
        "understood": facets.understood(results, asked),
        "corrected": facets.corrected(results, asked),
        "notes": [*facets.notes(results), *_limits(asked, results)],
        "sorts": [(key, said, key == asked.sort) for key, said in SORTS.items()],
        "pages": pages(asked, found.total, found.more, SIZE),
        "first": address(start),
        "clear": address(replace(start, chosen={}, least=None, most=None, in_stock=False, where="")),
        "photo": bool(media.images),
        "heard": list(results.heard.values()),
        "colours": _colours(found),
        "title": asked.q or ("Your photo" if media.images else asked.words or "Results"),
    }


def _count(total: int, estimated: bool) -> str:
    if estimated:
        step = 10 if total < 100 else 100
        return f"about {max(round(total / step) * step, total and step):,} products"
    return "1 product" if total == 1 else f"{total:,} products"


def _limits(asked: Asked, results: Results) -> list[str]:
    sorted_ = asked.sort and results.estimated
    return [f"sorted by price among the {results.total:,} best matches"] if sorted_ else []


def _colours(found: Found) -> list[str]:
    """Colours to ask for instead of that of a photo's hit, the most frequent first."""
    return [value for name in COLOURS for value in found.counted.get(name, {})][: INSTEAD + 3]
