"""Candidates → scored products in their final order: cosines, evidence, codes, wishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from snapshelf.search import printed, relevance
from snapshelf.search.background import background
from snapshelf.search.lanes import Asked, Found
from snapshelf.search.meaning import Granted
from snapshelf.search.relevance import Floats, Slopes
from snapshelf.search.views import GROUPS, Chosen, chosen
from snapshelf.stack import Stack
from snapshelf.types import Vectors

if TYPE_CHECKING:
    from snapshelf.search.composed import Composed

CODE = {True: 30.0, False: 4.0}  # log-odds of a product whose code is the whole query, and a word of it

WISH, MOST_WISHES = 0.7, 3.0  # log-odds for each soft wish that is met; more of them than this share what they may add
CATEGORY = 2.5  # for being of a kind that was named: of "red shoes" a red stool is worse than a blue shoe


@dataclass(frozen=True, slots=True)
class Scored:
    """Products against the query, all arrays (n, …) in the order of ``skus``; ``order`` puts them best first,
    ``block`` is the one of `Found.blocks`.

    ``cosines`` with the fused query at the best view, ``views`` names it; ``parts`` (n, parts) with each part alone.
    ``vector`` and ``lexical`` are effects in log-odds, ``bm25`` the raw score, ``fit`` what `confidence` looks at.
    """

    skus: list[str]
    cosines: Floats
    views: list[str]
    parts: Floats
    bm25: Floats
    share: Floats
    vector: Floats
    lexical: Floats
    codes: Mapping[str, tuple[str, bool]]
    wishes: Mapping[str, NDArray[np.bool_]]
    evidence: Floats
    relevance: Floats
    best: list[int]
    order: NDArray[np.int64]
    block: NDArray[np.int64]
    held: Chosen
    view_cosines: NDArray[np.float32]


def score(
    stack: Stack,
    connection: Connection,
    asked: Asked,
    found: Found,
    rows: Vectors,
    lanes: Sequence[str],
    slopes: Slopes,
    granted: Mapping[str, Granted] | None = None,
    both: Composed | None = None,
) -> Scored:
    """Score every candidate exactly. One lane alone orders by its own measure; several by the evidence of all; a photo
    and words, ``both``, by what they say together (`composed`).

    ``granted``: soft wish → the products that meet it. What speaks of a thing that is steered away from comes after all
    that does not. Equal scores come in order of SKU.
    """
    blocks = found.blocks()
    held = chosen(stack, connection, list(blocks))
    skus, n = held.skus, len(held.skus)
    cosines = held.vectors @ asked.fused
    best = best_rows(held, cosines)
    of_parts = np.column_stack([held.best(held.vectors @ row) for row in rows]) if n else np.empty((0, len(rows)))
    bm25 = _bm25(stack, asked, found, skus, lanes)
    share = _share(stack, connection, asked, found, skus, bm25)
    proof = _proof(stack, connection, asked, held, share, slopes)
    log_odds, met = _log_odds(proof, found, skus, granted or {})
    rounded: Floats = np.clip(np.round(np.asarray(cosines[best], np.float64), 6), -1.0, 1.0)
    keys, fits = _keys(lanes, rounded, bm25, share, log_odds)
    block = np.array([blocks[sku] for sku in skus], np.int64)
    order = _order(stack, connection, asked, held, both, keys, block, fits)
    return Scored(
        skus=skus,
        cosines=rounded,
        views=held.aspects[best].tolist(),
        parts=np.clip(np.round(of_parts.astype(np.float64), 6), -1, 1),
        bm25=bm25,
        share=share,
        vector=proof.vector,
        lexical=proof.lexical,
        codes=found.codes,
        wishes=met,
        evidence=log_odds,
        relevance=fits,
        best=best,
        order=order,
        block=block,
        held=held,
        view_cosines=cosines,
    )


def _log_odds(
    proof: relevance.Evidence, found: Found, skus: Sequence[str], granted: Mapping[str, Granted]
) -> tuple[Floats, dict[str, NDArray[np.bool_]]]:
    """(n,) with what codes and wishes add, and which product meets which wish."""
    met = {said: np.array([sku in one.skus for sku in skus], bool) for said, one in granted.items()}
    coded, nothing = np.zeros(len(skus)), np.zeros(len(skus))
    if found.codes:
        coded = np.array([CODE[found.codes[sku][1]] if sku in found.codes else 0.0 for sku in skus])
    kinds = np.max([nothing, *(met[said] for said, one in granted.items() if one.category)], axis=0)
    looks = [met[said] for said, one in granted.items() if not one.category]
    wished = WISH / max(1.0, len(looks) / MOST_WISHES) * np.sum([nothing, *looks], axis=0) + CATEGORY * kinds
    return proof.total + coded + wished, met


def _order(
    stack: Stack,
    connection: Connection,
    asked: Asked,
    held: Chosen,
    both: Composed | None,
    keys: Floats,
    block: NDArray[np.int64],
    fits: Floats,
) -> NDArray[np.int64]:
    """Best first. Of a photo and words, ``fits`` is made to follow the order, since the shop's rules go by it."""
    last = np.zeros(len(held.skus))
    if both or any(part.weight < 0 for part in asked.parts):
        from snapshelf.search import composed

        last = composed.steered(connection, asked.parts, held.skus)
        keys = np.round(composed.order(stack, connection, both, held), 6) if both and held.skus else keys
    order = np.lexsort((np.array(held.skus), -keys, last, block))
    if both:
        fits[order] = np.sort(fits)[::-1]
    return order


def _proof(
    stack: Stack, connection: Connection, asked: Asked, held: Chosen, share: Floats, slopes: Slopes
) -> relevance.Evidence:
    words, sight = relevance.distances(held, asked.fused, background(stack, connection))
    return relevance.evidence(slopes, words, sight, share)


def _keys(
    lanes: Sequence[str], cosines: Floats, bm25: Floats, share: Floats, log_odds: Floats
) -> tuple[Floats, Floats]:
    """What orders the products, and their relevance in [0, 1]: the lane's own score where it is alone."""
    if list(lanes) == ["vector"]:
        return cosines, np.clip(cosines, 0.0, 1.0)
    if list(lanes) == ["lexical"]:
        return bm25, np.clip(share, 0.0, 1.0)
    return np.round(log_odds, 6), relevance.likelihood(log_odds)


def best_rows(held: Chosen, cosines: NDArray[np.float32]) -> list[int]:
    """Row of each product's best view, the first of equal ones."""
    if not held.skus:
        return []
    top = np.repeat(held.best(cosines), held.ends - held.starts) == cosines
    rows = np.where(top, np.arange(len(cosines)), len(cosines))
    best: list[int] = np.minimum.reduceat(rows, held.starts).tolist()
    return best


def _share(
    stack: Stack, connection: Connection, asked: Asked, found: Found, skus: Sequence[str], bm25: Floats
) -> Floats:
    """(n,) what the lexical lane says of each product, in [0, 1]; of words read in photos as `printed.shares`."""
    if asked.reads and found.ideal:
        return printed.shares(stack, connection, asked, skus)
    return bm25 / (found.ideal or np.inf)


def _bm25(stack: Stack, asked: Asked, found: Found, skus: Sequence[str], lanes: Sequence[str]) -> Floats:
    """(n,) BM25; asked for once more where a product stands too low in the lexical lane to have been found by it."""
    known = dict(found.lexical)
    if found.ideal and len(known) >= asked.need and len(lanes) > 1:
        known.update(stack.lexical.scores(asked.text, [sku for sku in skus if sku not in known]))
    return np.array([known.get(sku, 0.0) for sku in skus], np.float64)


def best_views(scored: Scored, at: int) -> dict[str, tuple[str, float]]:
    """For each kind of view of one product, its best one and the cosine."""
    held, found = scored.held, dict[str, tuple[str, float]]()
    end = held.starts[at + 1] if at + 1 < len(held.starts) else len(scored.view_cosines)
    for row in range(int(held.starts[at]), int(end)):
        group, cosine = GROUPS[held.groups[row]], round(float(scored.view_cosines[row]), 6)
        if group not in found or cosine > found[group][1]:
            found[group] = (held.aspects[row], cosine)
    return found
