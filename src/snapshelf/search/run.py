"""One search from beginning to end, and why it put a product where it did."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy import Connection

from snapshelf import translate
from snapshelf.errors import BadQuery, NotHere
from snapshelf.filters import check, parse
from snapshelf.fusion import weighted_mean
from snapshelf.search import facets, lanes, meaning, printed, relevance, remembered
from snapshelf.search.answer import Ready, Wanted, answer
from snapshelf.search.explain import Explained, explained
from snapshelf.search.meaning import Meaning
from snapshelf.stack import Stack
from snapshelf.types import Filter, Part, Results, Vectors

MAX_K = 1_000
MAX_OFFSET = 10_000
STEP = lanes.DEPTH  # candidates come in multiples of this, so that the pages of one query are cut from one list


def search(stack: Stack, connection: Connection, parts: Sequence[Part], wanted: Wanted) -> Results:
    """The ``k`` best products from ``offset`` on.

    ``score`` of a hit is the cosine between the fused query and the product's best view. One lane alone orders by its
    own score, several by what all of them say together (`relevance`); equal ones come in order of SKU.
    Raises BadFilter, BadQuery, NotHere for a shelf without products.
    """
    began = time.perf_counter()
    _check(wanted)
    results = answer(stack, connection, _ready(stack, connection, parts, wanted), wanted)
    return replace(results, seconds=time.perf_counter() - began)


def explain(stack: Stack, connection: Connection, parts: Sequence[Part], wanted: Wanted, sku: str) -> Explained:
    """Why a product is where it is in the answer to a query, or is not in it. Raises what `search` raises."""
    _check(wanted)
    return explained(stack, connection, _ready(stack, connection, parts, wanted), wanted, sku)


def embed(stack: Stack, parts: Sequence[Part]) -> Vectors:
    """One unit row per part, at the searched dimension; of a photo and its crop the one with the nearer product."""
    rows = translate.embed(stack, [part.content for part in parts], "query", stack.dim)
    if all(part.crop is None for part in parts):
        return rows
    from snapshelf.search.photos import readings

    return readings(stack, parts, rows)


def _ready(stack: Stack, connection: Connection, parts: Sequence[Part], wanted: Wanted) -> Ready:
    total = stack.count(connection) if stack.manifest else 0
    if not total:
        raise NotHere(f"nothing is indexed in {stack.folder} yet; run: snapshelf index products.csv")
    facets.check(stack, connection, wanted.facets)
    if wanted.sort:
        from snapshelf.search import sorting

        sorting.check(stack, connection, wanted.sort)
    given = condition(stack, connection, wanted.where)
    meant = meaning.read(stack, connection, parts, wanted.off) if wanted.understand else meaning.plainly(parts)
    where = meaning.both(given, meant.where)
    rows, fused = _fused(stack, meant, parts)
    need = -(-(wanted.offset + wanted.k) // STEP) * STEP
    passing = remembered.count(stack, connection, where) if where else total
    fold = wanted.collapse == "family"
    parted = meant.parts[: len(rows)]
    seen = printed.understood(stack, connection, wanted.lines)
    asked = lanes.Asked(parted, fused, where, need, fold, passing, total, meant.said, wanted.barcodes, seen)
    filtered = ", ".join(filter(None, [(wanted.where or "").strip(), *meant.demands]))
    return Ready(asked, rows, relevance.kind_of_query(parts), meant, given, filtered)


def _fused(stack: Stack, meant: Meaning, parts: Sequence[Part]) -> tuple[Vectors, np.typing.NDArray[np.float32]]:
    """A row for each part, and their direction; what is denied is left out where it would cancel the rest."""
    rows = embed(stack, meant.parts)
    weights = np.array([part.weight for part in meant.parts], np.float32)
    try:
        return rows, weighted_mean(rows, weights)
    except BadQuery:
        if len(meant.parts) == len(parts):
            raise
        return rows[: len(parts)], weighted_mean(rows[: len(parts)], weights[: len(parts)])


def _check(wanted: Wanted) -> None:
    k, offset, collapse = wanted.k, wanted.offset, wanted.collapse
    if not isinstance(k, int) or not 1 <= k <= MAX_K:
        raise BadQuery(f"k is the number of hits, from 1 to {MAX_K}, not {k!r}")
    if not 0 <= offset <= MAX_OFFSET:
        raise BadQuery(f"offset is the number of hits to skip, from 0 to {MAX_OFFSET}, not {offset}")
    if collapse not in (None, "family"):
        raise BadQuery(f"hits can be collapsed by family, not by {collapse!r}")
    wrong = [lane for lane in wanted.lanes if lane not in lanes.LANES]
    if wrong or not wanted.lanes:
        raise BadQuery(f"lanes are {', '.join(lanes.LANES)}, not {', '.join(wrong) or 'none'}")
    meaning.check(wanted.off)


def condition(stack: Stack, connection: Connection, where: str | None) -> Filter | None:
    """A filter as it is written, read; None for none. Raises BadFilter."""
    if where is None or (isinstance(where, str) and not where.strip()):
        return None
    condition = parse(where)
    check(condition, remembered.known(stack, connection), where)
    return condition
