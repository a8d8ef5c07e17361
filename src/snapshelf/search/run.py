"""One search from beginning to end."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from snapshelf import translate
from snapshelf.catalogue import asking, embeddings, products
from snapshelf.errors import BadQuery, NotHere
from snapshelf.filters import check, parse
from snapshelf.fusion import rrf, weighted_mean
from snapshelf.search.composed import Composed, compose, order, steered
from snapshelf.search.photos import readings
from snapshelf.search.retrieve import Candidates, candidates
from snapshelf.stack import Stack
from snapshelf.types import Filter, Hit, Part, Results, Vectors, split_aspect

MAX_K = 1_000
MAX_OFFSET = 10_000
STEP = 48  # candidates come in multiples of this, so that the pages of one query are cut from one list
LANES = ("vector", "lexical")


@dataclass(frozen=True, slots=True)
class _Scored:
    """A product against the query: cosine with the fused vector, the view that gave it, cosine with each part."""

    sku: str
    score: float
    view: str
    parts: Mapping[str, float]


def search(
    stack: Stack,
    parts: Sequence[Part],
    where: str | None = None,
    k: int = 10,
    offset: int = 0,
    collapse: str | None = None,
    lanes: Sequence[str] = ("vector",),
) -> Results:
    """The ``k`` best products from ``offset`` on.

    A product's score is the cosine between the fused query and the product's best view, and orders the hits of all
    queries but those of a photo and words (`composed`); equal ones come in order of SKU. With the lexical lane, lanes
    are joined by reciprocal rank and the score stays the cosine.
    Raises BadFilter, BadQuery, NotHere for a shelf without products.
    """
    began = time.perf_counter()
    _check(k, offset, collapse, lanes)
    with stack.catalogue.read() as connection:
        total = stack.count(connection) if stack.manifest else 0
        if not total:
            raise NotHere(f"nothing is indexed in {stack.folder} yet; run: snapshelf index products.csv")
        condition = _condition(connection, where)
        matching = stack.count(connection, condition) if condition else total
        rows = embed(stack, parts)
        fused = weighted_mean(rows, np.array([part.weight for part in parts], np.float32))
        fold, need = collapse == "family", -(-(offset + k) // STEP) * STEP
        found = candidates(stack, connection, fused[None], need, condition, fold, matching, total)
        words = _words(stack, connection, parts, need, condition) if "lexical" in lanes else []
        both = compose(stack, connection, parts, rows, condition) if "vector" in lanes else None
        skus = list(dict.fromkeys([*found.skus, *(both.reach if both else ())])) if "vector" in lanes else []
        pool = [*skus, *(sku for sku in words if sku not in set(skus))]
        scored = _score(stack, connection, pool, fused, rows, parts, both)
        order = _joined([s.sku for s in scored if s.sku in set(skus)], words) if words else [s.sku for s in scored]
        hits = _page(connection, {s.sku: s for s in scored}, order, offset, k, fold)
    path = _path(found, lanes, len(words))
    recall = found.recall if "vector" in lanes else None
    return Results(hits, matching, path, recall, time.perf_counter() - began, offset)


def embed(stack: Stack, parts: Sequence[Part]) -> Vectors:
    """One unit row per part, at the searched dimension; of a photo and its crop the one with the nearer product."""
    return readings(stack, parts, translate.embed(stack, [part.content for part in parts], "query", stack.dim))


def _check(k: int, offset: int, collapse: str | None, lanes: Sequence[str]) -> None:
    if not isinstance(k, int) or not 1 <= k <= MAX_K:
        raise BadQuery(f"k is the number of hits, from 1 to {MAX_K}, not {k!r}")
    if not 0 <= offset <= MAX_OFFSET:
        raise BadQuery(f"offset is the number of hits to skip, from 0 to {MAX_OFFSET}, not {offset}")
    if collapse not in (None, "family"):
        raise BadQuery(f"hits can be collapsed by family, not by {collapse!r}")
    wrong = [lane for lane in lanes if lane not in LANES]
    if wrong or not lanes:
        raise BadQuery(f"lanes are {' and '.join(LANES)}, not {', '.join(wrong) or 'none'}")


def _condition(connection: Connection, where: str | None) -> Filter | None:
    if where is None or (isinstance(where, str) and not where.strip()):
        return None
    condition = parse(where)
    check(condition, asking.known(connection), where)
    return condition


def _words(stack: Stack, connection: Connection, parts: Sequence[Part], need: int, where: Filter | None) -> list[str]:
    """SKUs by BM25 over the query's words, best first, filtered."""
    text = " ".join(part.content for part in parts if isinstance(part.content, str) and part.weight > 0)
    fetch, total = max(50, 2 * need), stack.lexical.count()
    while True:
        found = [sku for sku, _ in stack.lexical.search(text, fetch)] if text and total else []
        kept = found if where is None else _kept(connection, where, found)
        if len(kept) >= need or len(found) < fetch or fetch >= total:
            return kept
        fetch *= 8


def _kept(connection: Connection, where: Filter, skus: Sequence[str]) -> list[str]:
    passing = set(asking.skus(connection, where, skus))
    return [sku for sku in skus if sku in passing]


def _score(
    stack: Stack,
    connection: Connection,
    skus: Sequence[str],
    fused: NDArray[np.float32],
    rows: Vectors,
    parts: Sequence[Part],
    both: Composed | None,
) -> list[_Scored]:
    """Every candidate scored exactly from its kept embeddings, best first, equal ones in order of SKU."""
    if not skus:
        return []
    held = embeddings.of_products(connection, skus, stack.model, stack.kept_dim, stack.dim)
    cosines = held.vectors @ fused
    of_parts = np.column_stack([held.best(row) for row in rows])
    ends = [*held.starts[1:], len(cosines)]
    scored = []
    for sku, start, end, scores in zip(held.skus, held.starts, ends, of_parts.tolist(), strict=True):
        best = start + int(np.argmax(cosines[start:end]))
        named = {part.name: _rounded(score) for part, score in zip(parts, scores, strict=True)}
        scored.append(_Scored(sku, _rounded(cosines[best]), held.aspects[best], named))
    keys = order(stack, connection, both, held) if both else np.array([one.score for one in scored])
    keys = keys - steered(connection, parts, held.skus)
    return [one for _, _, one in sorted(zip((-keys).round(6).tolist(), held.skus, scored, strict=True))]


def _rounded(cosine: float) -> float:
    return round(min(1.0, max(-1.0, float(cosine))), 6)


def _joined(vector: Sequence[str], words: Sequence[str]) -> list[str]:
    return [sku for sku, _ in rrf([list(vector), list(words)])]


def _page(
    connection: Connection, scored: Mapping[str, _Scored], order: Sequence[str], offset: int, k: int, fold: bool
) -> tuple[Hit, ...]:
    cards: dict[str, list[str]] = {}
    family = products.families(connection, order) if fold else {}
    for sku in order:
        cards.setdefault(f"family:{family[sku]}" if sku in family else f"sku:{sku}", []).append(sku)
    page = list(cards.values())[offset : offset + k]
    found = products.get(connection, [skus[0] for skus in page])
    hits = []
    for rank, (sku, *rest) in enumerate(page, start=offset + 1):
        one, (view, span) = scored[sku], split_aspect(scored[sku].view)
        hits.append(Hit(rank, sku, one.score, found[sku], one.parts, view, len(rest), span))
    return tuple(hits)


def _path(found: Candidates, lanes: Sequence[str], words: int) -> str:
    lexical = f"lexical: {words} candidates by BM25"
    if "vector" not in lanes:
        return lexical
    return f"{found.path}; {lexical}, joined by reciprocal rank" if "lexical" in lanes else found.path
