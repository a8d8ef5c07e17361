"""Candidates for one vector: SKUs, best first, on a path that keeps its recall under any filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from snapshelf.catalogue import asking, embeddings, products
from snapshelf.stack import Stack
from snapshelf.types import Filter, Neighbours, Vectors, split_view

SPARE = 8  # views fetched beyond what is needed, so that one round is usually enough
EXACT = 5_000  # products that pass a filter up to which a store without safe filters is not asked at all


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
    is asked with the filter; for another, few products are scored exactly from the kept embeddings, and many are
    over-fetched.
    """
    if where is not None and "filter-safe" not in stack.store.can and passing <= EXACT:
        return _exact(stack, connection, vector, where)
    store, ratio = stack.store, 1.0
    if where is not None and "filter" not in store.can:
        ratio = products_in_all / max(1, passing)
        passes = _passing(connection, where)
    else:
        passes = list
    total = store.count()
    fetch = min(total, int((need + SPARE) * total / max(1, products_in_all) * ratio))
    while True:
        found = store.search(vector, fetch, where if "filter" in store.can else None) if fetch else _nothing()
        skus = passes(list(dict.fromkeys(split_view(id)[0] for id in found.ids[0])))
        enough = len(_cards(connection, skus) if fold else skus) >= need
        if enough or len(found.ids[0]) < fetch or fetch >= total:
            return Candidates(skus, found.path, found.recall)
        fetch = min(total, fetch * 4)


def _exact(stack: Stack, connection: Connection, vector: Vectors, where: Filter) -> Candidates:
    skus = asking.skus(connection, where)
    held = embeddings.of_products(connection, skus, stack.model, stack.kept_dim, stack.dim)
    order = [held.skus[n] for n in np.argsort(-held.best(vector[0]), kind="stable")]
    return Candidates(order, f"exact over {len(order)} filtered products", 1.0)


def _passing(connection: Connection, where: Filter) -> Callable[[Sequence[str]], list[str]]:
    def keep(skus: Sequence[str]) -> list[str]:
        passing = set(asking.skus(connection, where, skus))
        return [sku for sku in skus if sku in passing]

    return keep


def _cards(connection: Connection, skus: Sequence[str]) -> set[str]:
    family = products.families(connection, skus)
    return {family.get(sku, sku) for sku in skus}


def _nothing() -> Neighbours:
    return Neighbours([[]], [np.empty(0, np.float32)], "empty shelf", 1.0)
