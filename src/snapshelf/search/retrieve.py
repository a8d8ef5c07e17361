"""Candidates for one vector: SKUs, best first, on a path that keeps its recall under any filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection

from snapshelf.catalogue import asking, embeddings
from snapshelf.errors import Unsupported
from snapshelf.search import remembered
from snapshelf.search.views import cards
from snapshelf.stack import Stack
from snapshelf.types import Filter, Neighbours, Vectors, skus_of
from snapshelf.vectors import unit

SPARE = 8  # views fetched beyond what is needed, so that one round is usually enough
EXACT = 5_000  # products that pass a filter up to which a store without safe filters is not asked at all
RESCUE = 50_000  # products that pass up to which they are scored exactly when such a store finds too few of them
SHORT, HEAD = 128, 32  # views up to which such a store is asked for the same twice; beyond, the second time for so many
TURN = 0.05  # how far the second query is turned from the first
AT_ONCE = 5_000  # SKUs looked up in one question to the catalogue
COMMON, WIDE = 0.1, 4.0  # a filter that a smaller share passes has more fetched in proportion, at most so much more
FAR = 150  # views in all per view fetched from which on a question without a filter needs no second


@dataclass(frozen=True, slots=True)
class Candidates:
    """SKUs with the score of their best view, best first; how they were found, and with what recall."""

    skus: list[str]
    path: str
    recall: float | None


def candidates(
    stack: Stack,
    connection: Connection,
    vector: Vectors,
    need: int,
    where: Filter | None,
    fold: bool,
    passing: int,
    products_in_all: int,
) -> Candidates:
    """At least ``need`` SKUs, or families with ``fold``, unless fewer pass the filter.

    vector: (1, d). passing: how many products pass, of how many in all. A store that keeps its recall under filters
    is asked with the filter. For another, few products are scored exactly from the kept embeddings; of many more are
    fetched than needed, and each is looked up in the catalogue, so that a filter which the store reads more loosely, or
    attributes that it has not heard of yet, show nothing wrong. A filter that it cannot express it is not given.
    """
    safe = "filter-safe" in stack.store.can
    if where is not None and not safe and passing <= EXACT:
        return _exact(stack, connection, vector, where)
    plan = _Plan(stack, connection, vector, need, where, fold, passing, products_in_all)
    try:
        found = _fetched(plan, where if "filter" in stack.store.can else None)
    except Unsupported:
        found = _fetched(plan, None)
    if where is not None and not safe and len(found.skus) < min(need, passing) and passing <= RESCUE:
        return _exact(stack, connection, vector, where)
    return found


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is looked for."""

    stack: Stack
    connection: Connection
    vector: Vectors
    need: int
    where: Filter | None
    fold: bool
    passing: int
    products_in_all: int

    def enough(self, skus: Sequence[str]) -> bool:
        """Whether these are as many as needed."""
        if not self.fold or len(skus) < self.need:
            return len(skus) >= self.need
        return len(set(cards(self.stack, self.connection, skus))) >= self.need


def _fetched(plan: _Plan, asked: Filter | None) -> Candidates:
    """Ask the store with the filter ``asked``, for more and more until enough pass or there is no more."""
    stack, safe = plan.stack, "filter-safe" in plan.stack.store.can
    exact = plan.where is None or (safe and asked is not None)
    passes = list if exact else _passing(plan)
    total = stack.count_views(plan.connection)
    views = total / max(1, plan.products_in_all)  # of a product
    ratio = plan.products_in_all / max(1, plan.passing) if plan.where is not None and asked is None else 1.0
    wide = 1.0 if safe or asked is None else min(WIDE, max(1.0, COMMON * plan.products_in_all / max(1, plan.passing)))
    fetch, before = min(total, int((plan.need + SPARE) * views * ratio * wide)), -1
    while True:
        twice = not safe and (asked is not None or total < FAR * fetch)
        ids, found = _asked(plan, fetch, asked, twice)
        skus = passes(skus_of(ids))
        got = len(found.ids[0])
        # Few results mean that there are no more, except where a store may lose some; then until it finds no more.
        ended = got < fetch if safe else got <= before
        if plan.enough(skus) or ended or fetch >= total:
            return Candidates(skus, found.path, found.recall)
        fetch, before = min(total, fetch * 4), got


def _asked(plan: _Plan, fetch: int, asked: Filter | None, twice: bool) -> tuple[list[str], Neighbours]:
    """Ids that the store finds, and how. With ``twice`` a second question has the query turned a little: what an
    approximate index misses for one query it seldom misses for one beside it. Where many are wanted the second question
    is for the nearest alone, since the more is asked for, the more is missed (docs/decisions/0009).
    """
    store = plan.stack.store
    if not fetch:
        return [], _nothing()
    if not twice:
        found = store.search(plan.vector, fetch, asked)
        return found.ids[0], found
    beside = _turned(plan.vector)
    if fetch <= SHORT:
        found = store.search(np.concatenate([plan.vector, beside]), fetch, asked)
        more = found.ids[1]
    else:
        found = store.search(plan.vector, fetch, asked)
        more = store.search(beside, HEAD, asked).ids[0]
    return list(dict.fromkeys((*found.ids[0], *more))), replace(found, path=f"{found.path}, asked twice")


def _turned(vector: Vectors) -> Vectors:
    """A query beside this one, always the same: its cosine with it is about 1 - TURN² / 2."""
    dim = vector.shape[1]
    return unit(vector + TURN / np.sqrt(dim) * np.random.default_rng(dim).normal(size=dim))


def _exact(stack: Stack, connection: Connection, vector: Vectors, where: Filter) -> Candidates:
    skus = asking.skus(connection, where)
    held = embeddings.of_products(connection, skus, stack.model, stack.kept_dim, stack.dim)
    order = [held.skus[n] for n in np.argsort(-held.best(vector[0]), kind="stable")]
    return Candidates(order, f"exact over {len(order)} filtered products", 1.0)


def _passing(plan: _Plan) -> Callable[[Sequence[str]], list[str]]:
    def keep(skus: Sequence[str]) -> list[str]:
        if plan.where is None:
            return list(skus)
        parts = [skus[start : start + AT_ONCE] for start in range(0, len(skus), AT_ONCE)]
        passing = set[str]().union(*(remembered.among(plan.stack, plan.connection, plan.where, part) for part in parts))
        return [sku for sku in skus if sku in passing]

    return keep


def _nothing() -> Neighbours:
    return Neighbours([[]], [np.empty(0, np.float32)], "empty shelf", 1.0)
