"""Judging: the top hits of a query, unlabelled and shuffled, graded by keyboard into files that `evaluate` reads."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from snapshelf.catalogue import queries
from snapshelf.errors import SnapshelfError
from snapshelf.evaluate import grading
from snapshelf.evaluate.grading import Judged
from snapshelf.http import server
from snapshelf.querytext import normal
from snapshelf.shelf import Shelf
from snapshelf.types import Product
from snapshelf.web.console import desk

TITLE, ORDER, PATH = "Judge", 40, "/console/judge"
FOLDER = "judgements"  # in the shelf
DEPTH = 10  # hits that each lane puts into the pool
LOGGED, OFFERED = 2_000, 40  # newest queries that are looked at, and how many of them are offered
POOLS = {
    "pooled": ("words, meaning and both together", ("lexical",), ("vector",), ("exact", "vector", "lexical")),
    "all": ("what a shopper would see", ("exact", "vector", "lexical")),
    "vector": ("meaning alone", ("vector",)),
    "lexical": ("words alone", ("lexical",)),
}
Words = Annotated[str, Form(min_length=1, max_length=1_000)]
Where = Annotated[str, Form(max_length=4_000)]
Sku = Annotated[str, Form(min_length=1, max_length=512)]
router = desk.router()


@dataclass(frozen=True, slots=True)
class Card:
    """A product to be judged, with the grade that it has."""

    product: Product
    grade: int | None


@router.get(PATH)
async def judge(
    request: Request,
    caller: desk.Admin,
    q: Annotated[str, Query(max_length=1_000)] = "",
    where: Annotated[str, Query(max_length=4_000)] = "",
    pool: Literal["pooled", "all", "vector", "lexical"] = "pooled",
    again: bool = False,
) -> Response:
    """Choose a query, or grade the products of one."""
    serving = server.of(request)
    words, text = " ".join(q.split()), where.strip()
    values: dict[str, Any] = {
        "q": words, "where": text, "pool": pool, "again": again, "pools": POOLS, "grades": grading.GRADES,
        "cards": None, "wrong": "", "offered": [], "next": "", "judged": None, "counts": {},
    }  # fmt: skip
    try:
        values |= await serving.call(_chosen, serving.shelf, words, text)
        if words:
            values["cards"] = await serving.call(_cards, serving.shelf, words, text, pool, again, caller.id)
    except SnapshelfError as error:
        values["wrong"] = str(error)
    return desk.show(request, "console/judge.html", values, 400 if values["wrong"] else 200)


@router.post(f"{PATH}/grade")
async def give(
    request: Request,
    caller: desk.Admin,
    q: Words,
    sku: Sku,
    grade: Annotated[int, Form(ge=0, le=3)],
    where: Where = "",
    pool: Annotated[str, Form(max_length=20)] = "pooled",
    again: Annotated[bool, Form()] = False,
) -> Response:
    """Keep one grade; it is on the disk when this answers."""
    serving = server.of(request)
    folder = folder_of(serving.shelf)
    await serving.call(grading.grade, folder, q, where, sku, grade, caller.id, time.time())
    return await _done(request, folder, q, where, pool, again)


@router.post(f"{PATH}/undo")
async def undo(
    request: Request,
    caller: desk.Admin,
    q: Words,
    sku: Sku,
    where: Where = "",
    pool: Annotated[str, Form(max_length=20)] = "pooled",
    again: Annotated[bool, Form()] = False,
) -> Response:
    """Take the last grade of a product back."""
    serving = server.of(request)
    folder = folder_of(serving.shelf)
    await serving.call(_undo, folder, q, where, sku, caller.id)
    return await _done(request, folder, q, where, pool, again)


def folder_of(shelf: Shelf) -> Path:
    """Where judgements are kept."""
    return shelf.stack.folder / FOLDER


def _undo(folder: Path, q: str, where: str, sku: str, by: str) -> None:
    grading.take_back(folder, grading.kept(folder).id_of(q, where), sku, by, time.time())


async def _done(request: Request, folder: Path, q: str, where: str, pool: str, again: bool) -> Response:
    if desk.wants_page(request):
        asked = {"q": q, "where": where, "pool": pool, **({"again": "true"} if again else {})}
        return RedirectResponse(f"{PATH}?{urlencode(asked)}", 303)
    agreement = (await server.of(request).call(grading.kept, folder)).agreement
    return JSONResponse({"pairs": agreement.pairs, "same": agreement.same, "kappa": agreement.kappa})


def _chosen(shelf: Shelf, words: str, where: str) -> dict[str, Any]:
    """What was judged, what shoppers asked that was not, and which of it comes next."""
    judged = grading.kept(folder_of(shelf))
    counts = {query.id: len(judged.qrels.get(query.id, {})) for query in judged.queries}
    offered = _logged(shelf, {normal(query.text) for query in judged.queries if counts[query.id]})
    others = [text for text, _ in offered if text != normal(words)]
    return {"judged": judged, "counts": counts, "offered": offered, "next": others[0] if others else ""}


def _logged(shelf: Shelf, done: set[str]) -> list[tuple[str, int]]:
    """What shoppers asked in words, most often first, without what was judged."""
    with shelf.stack.catalogue.read() as connection:
        asked = queries.every(connection, LOGGED)
    counted = Counter(one.text for one in asked if one.kind == "words" and one.text and one.text not in done)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:OFFERED]


def _cards(shelf: Shelf, words: str, where: str, pool: str, again: bool, by: str) -> list[Card]:
    """The products to be judged, in an order that tells nothing of how they were found, and stays the same."""
    judged: Judged = grading.kept(folder_of(shelf))
    id = judged.id_of(words, where)
    grades = judged.qrels.get(id, {})
    found: dict[str, Product] = {}
    ways: Sequence[Sequence[str]] = [one for one in POOLS[pool] if not isinstance(one, str)]
    for lanes in ways:
        hits = shelf.search(words, where=where or None, k=DEPTH, lanes=lanes, cutoff=False, rerank=False)
        found |= {hit.sku: hit.product for hit in hits}
    shown = [found[sku] for sku in sorted(found)]
    random.Random(f"{id} {by} {again}").shuffle(shown)
    return [Card(product, None if again else grades.get(product.sku)) for product in shown]
