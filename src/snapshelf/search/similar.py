"""More like this: products near to one of the shelf, by the embeddings that are kept of it. No model is loaded."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection

from snapshelf.catalogue import asking, embeddings, products
from snapshelf.errors import BadQuery, NotHere
from snapshelf.search import relevance, remembered
from snapshelf.search.background import background
from snapshelf.search.lanes import DEPTH, Found
from snapshelf.search.page import Card, Told, cards, hits
from snapshelf.search.relevance import Floats
from snapshelf.search.retrieve import candidates
from snapshelf.search.run import MAX_K, MAX_OFFSET, condition
from snapshelf.search.score import Scored, best_rows
from snapshelf.search.views import GROUPS, Chosen, chosen
from snapshelf.stack import Stack
from snapshelf.types import Filter, Part, Results, Vectors

MOST_VIEWS = 6  # of the product that others are compared with: its text first, then its pictures in order
MOST_VARIANTS = 1_000  # of its family that are left out


# Log-odds = constant + words · z + sight · z, z in standard deviations from chance: words count twice as much as sight,
# which of 1:1, 1:0.5, 1:0.2, 1:0, 0:1 and the best cosine found most of the same category in the sample shop (0.873 of
# the first six; the best cosine 0.842, pictures alone 0.602). Four standard deviations in both are taken as even odds.
LIKE = relevance.Slopes(-6.0, 1.0, 0.5, 0.0, 0.7)


@dataclass(frozen=True, slots=True)
class Own:
    """The views of the product that others are compared with: aspects, kinds of view, and rows (n, d)."""

    aspects: list[str]
    groups: list[str]
    rows: Vectors


def similar(
    stack: Stack,
    connection: Connection,
    sku: str,
    k: int = 12,
    where: str | None = None,
    offset: int = 0,
    family: bool = False,
) -> Results:
    """The ``k`` products from ``offset`` on that are nearest to one of the shelf, which is not among them.

    Its text and its pictures are each compared with all views of the others, of which the best counts. What words and
    what pictures say is brought together as in a search by a photo (`relevance`): ``relevance`` of a hit is how likely
    that makes it, ``score`` the highest cosine of any two views, ``scores`` that of each own view, in [-1, 1]. Equal
    ones come in order of SKU. Other variants of the product are left out, and of another family the best one stands for
    all; with ``family`` every variant comes by itself. where: a filter, safe as in `search`.

    Raises BadFilter, BadQuery, NotHere for a SKU that is not here or has no embedding yet.
    """
    began = time.perf_counter()
    _check(sku, k, offset)
    results = _similar(stack, connection, sku, k, condition(stack, connection, where), offset, family)
    told = (where or "").strip()
    shown = tuple(replace(hit, receipt=replace(hit.receipt, filtered=told)) if hit.receipt else hit for hit in results)
    return replace(results, hits=shown, seconds=time.perf_counter() - began)


def _check(sku: str, k: int, offset: int) -> None:
    if not isinstance(sku, str) or not sku:
        raise BadQuery(f"similar takes the SKU of a product, not {sku!r}")
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= MAX_K:
        raise BadQuery(f"k is the number of hits, from 1 to {MAX_K}, not {k!r}")
    if not isinstance(offset, int) or isinstance(offset, bool) or not 0 <= offset <= MAX_OFFSET:
        raise BadQuery(f"offset is the number of hits to skip, from 0 to {MAX_OFFSET}, not {offset!r}")


def _similar(
    stack: Stack, connection: Connection, sku: str, k: int, where: Filter | None, offset: int, family: bool
) -> Results:
    own = _own(stack, connection, sku)
    kin = _kin(connection, sku)
    out = {sku} if family else kin
    every = stack.count(connection)
    passing = remembered.count(stack, connection, where) if where else every
    need = -(-(offset + k + len(out)) // DEPTH) * DEPTH
    near = [
        candidates(stack, connection, row[None], need, where, not family, passing, every) if passing else None
        for row in own.rows
    ]
    lists = [[one for one in found.skus if one not in out] for found in near if found]
    found = Found(
        vector=_in_turn(lists),
        path="; ".join(dict.fromkeys(one.path for one in near if one)),
        recall=min((one.recall for one in near if one and one.recall is not None), default=None),
    )
    scored = _scored(stack, connection, own, found, lists)
    kept = [int(at) for at in scored.order]
    made: list[Card] = cards(stack, connection, scored, kept, not family)
    first = [at for at in kept if scored.block[at] == 0]
    total = len(made) if len(first) == len(kept) else len(cards(stack, connection, scored, first, not family))
    parts = [Part(aspect, "image", "") for aspect in own.aspects]  # their names alone are shown
    told = Told(path=found.path, recall=found.recall)
    return Results(
        hits=hits(stack, connection, scored, found, made[offset : offset + k], offset, parts, told),
        matching=passing,
        path=found.path,
        recall=found.recall,
        seconds=0.0,
        offset=offset,
        total=total,
        estimated=any(len(one.skus) >= need for one in near if one),
    )


def _own(stack: Stack, connection: Connection, sku: str) -> Own:
    """What is compared. Raises NotHere."""
    if sku not in products.get(connection, [sku]):
        raise NotHere(f"there is no product {sku!r} in this shelf, so nothing can be like it")
    lacking = stack.manifest is None or embeddings.lacking(connection, [sku], stack.model, "index", stack.kept_dim)
    held = chosen(stack, connection, [] if lacking else [sku])
    if not held.skus:
        raise NotHere(f"the product {sku!r} has no embedding yet, so nothing can be compared with it; index it first")
    order = sorted(range(len(held.aspects)), key=lambda at: (int(held.groups[at]), at))
    plain = [at for at in order if GROUPS[held.groups[at]] in ("text", "image")] or order
    some = plain[:MOST_VIEWS]
    return Own([held.aspects[at] for at in some], [GROUPS[held.groups[at]] for at in some], held.vectors[some])


def _kin(connection: Connection, sku: str) -> set[str]:
    """The product and the other variants of its family."""
    family = products.families(connection, [sku]).get(sku)
    return {sku, *(asking.variants(connection, [family], MOST_VARIANTS)[family] if family else ())}


def _in_turn(lists: Sequence[Sequence[str]]) -> list[str]:
    """SKUs of several lists by their best place in any of them, then in order of SKU."""
    place: dict[str, int] = {}
    for one in lists:
        for at, sku in enumerate(one):
            place[sku] = min(at, place.get(sku, at))
    return sorted(place, key=lambda sku: (place[sku], sku))


def _scored(stack: Stack, connection: Connection, own: Own, found: Found, lists: Sequence[Sequence[str]]) -> Scored:
    held = chosen(stack, connection, found.vector)
    n = len(held.skus)
    each = held.vectors @ own.rows.T  # (views, own views)
    cosines = each.max(axis=1) if n else np.empty(0, np.float32)
    best = best_rows(held, cosines)
    parts = (
        np.column_stack([held.best(each[:, at]) for at in range(len(own.rows))]) if n else np.empty((0, len(own.rows)))
    )
    proof = _proof(stack, connection, own, held)
    none = np.zeros(n)
    blocks = _blocks(lists)
    block = np.array([blocks[sku] for sku in held.skus], np.int64)
    rounded: Floats = np.clip(np.round(np.asarray(cosines[best], np.float64), 6), -1.0, 1.0)
    order = np.lexsort((np.array(held.skus), -rounded, -np.round(proof.total, 6), block))
    return Scored(
        skus=held.skus,
        cosines=rounded,
        views=held.aspects[best].tolist(),
        parts=np.clip(np.round(parts.astype(np.float64), 6), -1, 1),
        bm25=none,
        share=none,
        vector=proof.vector,
        lexical=none,
        codes={},
        wishes={},
        evidence=proof.total,
        relevance=relevance.likelihood(proof.total),
        best=best,
        order=order,
        block=block,
        held=held,
        view_cosines=cosines,
    )


def _proof(stack: Stack, connection: Connection, own: Own, held: Chosen) -> relevance.Evidence:
    """Like with like: what the product's words say of the others' words, and its pictures of their pictures."""
    chance, found = background(stack, connection), list[Floats]()
    for at, sight in enumerate((False, True)):
        some = [row for row, group in zip(own.rows, own.groups, strict=True) if (group in relevance.SIGHT) == sight]
        found.append(np.fmax.reduce([relevance.distances(held, row, chance)[at] for row in some or own.rows]))
    return relevance.evidence(LIKE, found[0], found[1], np.zeros(len(held.skus)))


def _blocks(lists: Sequence[Sequence[str]]) -> dict[str, int]:
    """SKU → its block of `DEPTH` places in the list where it stands highest, so that later pages only ever append."""
    found: dict[str, int] = {}
    for one in lists:
        for at, sku in enumerate(one):
            found[sku] = min(at // DEPTH, found.get(sku, at // DEPTH))
    return found
