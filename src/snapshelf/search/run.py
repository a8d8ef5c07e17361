"""One search from beginning to end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy import Connection

from snapshelf import translate
from snapshelf.catalogue import asking
from snapshelf.errors import BadQuery, NotHere
from snapshelf.filters import check, parse
from snapshelf.fusion import weighted_mean
from snapshelf.search import facets, lanes, relevance
from snapshelf.search.confidence import calibration
from snapshelf.search.cut import Cut, cut
from snapshelf.search.page import Card, Told, cards, hits
from snapshelf.search.score import Scored, score
from snapshelf.stack import Stack
from snapshelf.types import Compare, Filter, Hit, Not, Part, Results, Vectors

MAX_K = 1_000
MAX_OFFSET = 10_000
STEP = lanes.DEPTH  # candidates come in multiples of this, so that the pages of one query are cut from one list
LANES = lanes.LANES


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of an answer besides its parts. ``named``: the caller chose the lanes, not the settings."""

    where: str | None = None
    k: int = 10
    offset: int = 0
    collapse: str | None = None
    lanes: Sequence[str] = ("vector",)
    named: bool = True
    cutoff: bool = True
    facets: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class _Ready:
    """A query ready to be asked: what the lanes are asked with, and the part's rows."""

    asked: lanes.Asked
    rows: Vectors
    kind: str
    filtered: str


def search(stack: Stack, parts: Sequence[Part], wanted: Wanted) -> Results:
    """The ``k`` best products from ``offset`` on.

    ``score`` of a hit is the cosine between the fused query and the product's best view. One lane alone orders by its
    own score, several by what all of them say together (`relevance`); equal ones come in order of SKU.
    Raises BadFilter, BadQuery, NotHere for a shelf without products.
    """
    began = time.perf_counter()
    _check(wanted)
    with stack.catalogue.read() as connection:
        facets.check(connection, wanted.facets)
        ready = _ready(stack, connection, parts, wanted)
        results = _answer(stack, connection, ready, wanted)
    return replace(results, seconds=time.perf_counter() - began)


def embed(stack: Stack, parts: Sequence[Part]) -> Vectors:
    """One unit row per part, at the searched dimension."""
    return translate.embed(stack, [part.content for part in parts], "query", stack.dim)


def _ready(stack: Stack, connection: Connection, parts: Sequence[Part], wanted: Wanted) -> _Ready:
    total = stack.count(connection) if stack.manifest else 0
    if not total:
        raise NotHere(f"nothing is indexed in {stack.folder} yet; run: snapshelf index products.csv")
    where = _condition(connection, wanted.where)
    rows = embed(stack, parts)
    fused = weighted_mean(rows, np.array([part.weight for part in parts], np.float32))
    need = -(-(wanted.offset + wanted.k) // STEP) * STEP
    passing = stack.count(connection, where) if where else total
    asked = lanes.Asked(parts, fused, where, need, wanted.collapse == "family", passing, total)
    return _Ready(asked, rows, relevance.kind_of_query(parts), wanted.where or "")


def _answer(stack: Stack, connection: Connection, ready: _Ready, wanted: Wanted) -> Results:
    asked = ready.asked
    found = lanes.ask(stack, connection, asked, wanted.lanes, wanted.named)
    scored = score(stack, connection, asked, found, ready.rows, wanted.lanes, relevance.SLOPES[ready.kind])
    measured = calibration(stack, connection) if wanted.cutoff and len(wanted.lanes) > 1 else None
    deeper = max(len(found.vector), len(found.lexical)) >= asked.need
    end = cut(scored, found, ready.kind, measured, stack.settings.search.false_alarms, deeper)
    made = cards(stack, connection, scored, end.kept.tolist(), asked.fold)
    told = Told(ready.filtered, (), found.path, found.recall)
    page = [] if end.nothing else made[wanted.offset : wanted.offset + wanted.k]
    shown = hits(connection, scored, found, page, wanted.offset, asked.parts, told)
    first = end.kept[: end.first].tolist() if not end.nothing else []
    return Results(
        hits=shown,
        matching=asked.passing,
        path=found.path,
        recall=found.recall,
        seconds=0.0,
        offset=wanted.offset,
        total=len(cards(stack, connection, scored, first, asked.fold)) if asked.fold else len(first),
        estimated=end.estimated and not end.nothing,
        facets=facets.counts(connection, wanted.facets, [scored.skus[at] for at in first]),
        confidence=None if end.confidence is None else round(end.confidence, 4),
        nothing=_nothing(ready, end),
        nearest=_nearest(stack, connection, ready, scored, found, wanted, told) if end.nothing else (),
        did_you_mean=lanes.did_you_mean(connection, asked.text) if "exact" in wanted.lanes and not found.codes else (),
        notes=found.notes,
    )


def _nothing(ready: _Ready, end: Cut) -> str:
    if ready.asked.passing == 0:
        return "no product passes the filter"
    if not end.nothing:
        return ""
    within = " among the products that pass the filter" if ready.asked.where else ""
    return f"nothing here{within} fits “{ready.asked.text[:80]}”; what comes nearest is offered instead"


def _nearest(
    stack: Stack,
    connection: Connection,
    ready: _Ready,
    scored: Scored,
    found: lanes.Found,
    wanted: Wanted,
    told: Told,
) -> tuple[Hit, ...]:
    """What comes nearest and is not sold out, where nothing fits."""
    some = [int(at) for at in scored.order[: 4 * wanted.k]]
    there = set(asking.skus(connection, Not(Compare("in_stock", "==", False)), [scored.skus[at] for at in some]))
    made: list[Card] = cards(stack, connection, scored, [a for a in some if scored.skus[a] in there], ready.asked.fold)
    return hits(connection, scored, found, made[: wanted.k], 0, ready.asked.parts, told)


def _check(wanted: Wanted) -> None:
    k, offset, collapse = wanted.k, wanted.offset, wanted.collapse
    if not isinstance(k, int) or not 1 <= k <= MAX_K:
        raise BadQuery(f"k is the number of hits, from 1 to {MAX_K}, not {k!r}")
    if not 0 <= offset <= MAX_OFFSET:
        raise BadQuery(f"offset is the number of hits to skip, from 0 to {MAX_OFFSET}, not {offset}")
    if collapse not in (None, "family"):
        raise BadQuery(f"hits can be collapsed by family, not by {collapse!r}")
    wrong = [lane for lane in wanted.lanes if lane not in LANES]
    if wrong or not wanted.lanes:
        raise BadQuery(f"lanes are {', '.join(LANES)}, not {', '.join(wrong) or 'none'}")


def _condition(connection: Connection, where: str | None) -> Filter | None:
    if where is None or (isinstance(where, str) and not where.strip()):
        return None
    condition = parse(where)
    check(condition, asking.known(connection), where)
    return condition
