"""The vectors of candidates, kept in memory between queries, so that scoring them exactly costs no database."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from snapshelf.catalogue import changes, embeddings
from snapshelf.catalogue.schema import products, views
from snapshelf.stack import Stack
from snapshelf.types import Vectors

MOST = 128_000_000  # bytes of vectors kept; beyond it everything is forgotten, and the next queries read again
AT_ONCE = 500  # parameters in one IN (…)
_turn = threading.Lock()  # threads of one process share the cache
GROUPS = ("text", "image", "audio", "video")  # kinds of views, by the beginning of their aspect


@dataclass(frozen=True, slots=True)
class Chosen:
    """The views of some products, those of one together: where each begins, and of every view its kind and vector."""

    skus: list[str]
    starts: NDArray[np.int64]  # (products,)
    aspects: list[str]
    groups: NDArray[np.int8]  # (views,) index into `GROUPS`
    vectors: Vectors  # (views, d)

    def best(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """(products,) the highest of each product's view scores (views,)."""
        return np.maximum.reduceat(scores, self.starts) if self.skus else scores

    def of_group(self, scores: NDArray[np.float32], group: str) -> NDArray[np.float32]:
        """(products,) the highest score among each product's views of one kind; -inf where it has none."""
        return self.best(np.where(self.groups == GROUPS.index(group), scores, np.float32(-np.inf)))


@dataclass
class ViewCache:
    """Views by SKU for one state of the catalogue, filled as products are asked for."""

    seq: int
    dim: int
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)  # SKU → its first row, and the one after its last
    families: dict[str, str] = field(default_factory=dict)
    aspects: list[str] = field(default_factory=list)
    groups: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8))
    vectors: Vectors = field(default_factory=lambda: np.empty((0, 0), np.float32))
    used: int = 0

    def take(self, skus: Sequence[str]) -> Chosen:
        """The views of these products, all of which are in the cache; those without a view are left out."""
        spans = [(sku, *self.rows[sku]) for sku in skus if self.rows[sku][0] < self.rows[sku][1]]
        sizes = np.array([end - start for _, start, end in spans], np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64) if spans else np.empty(0, np.int64)
        first = np.array([start for _, start, _ in spans], np.int64)
        index = np.repeat(first - starts, sizes) + np.arange(int(sizes.sum()))
        aspects = [self.aspects[row] for row in index.tolist()]
        return Chosen([sku for sku, *_ in spans], starts, aspects, self.groups[index], self.vectors[index])

    def put(self, held: embeddings.Held, skus: Sequence[str], families: Mapping[str, str]) -> None:
        """Add the views of products that are not in the cache yet."""
        base, needed = self.used, self.used + len(held.aspects)
        if needed > len(self.vectors):
            room = max(1024, needed, 2 * len(self.vectors))
            grown, kinds = np.empty((room, self.dim), np.float32), np.empty(room, np.int8)
            if base:
                grown[:base], kinds[:base] = self.vectors[:base], self.groups[:base]
            self.vectors, self.groups = grown, kinds
        self.vectors[base:needed] = held.vectors
        self.groups[base:needed] = [_group(aspect) for aspect in held.aspects]
        self.aspects.extend(held.aspects)
        self.used = needed
        ends = [*held.starts.tolist()[1:], len(held.aspects)][: len(held.skus)]  # none, where no product has a view
        self.rows.update(
            {sku: (base + a, base + b) for sku, a, b in zip(held.skus, held.starts.tolist(), ends, strict=True)}
        )
        for sku in skus:
            self.rows.setdefault(sku, (0, 0))
            self.families[sku] = families.get(sku, "")


def chosen(stack: Stack, connection: Connection, skus: Sequence[str]) -> Chosen:
    """The views of these products, from memory where they were read before; products without a view are left out."""
    with _turn:
        cache = _cache(stack, connection)
        missing = [sku for sku in skus if sku not in cache.rows]
        if missing:
            held = embeddings.of_products(connection, missing, stack.model, stack.kept_dim, stack.dim)
            cache.put(held, missing, _families(connection, missing))
        return cache.take(skus)


def families(stack: Stack, connection: Connection, skus: Sequence[str]) -> dict[str, str]:
    """SKU → family, for those that have one."""
    with _turn:
        held = _cache(stack, connection).families
        found = {sku: held[sku] for sku in skus if sku in held}
    missing = [sku for sku in skus if sku not in found]  # another thread may have emptied the cache since
    found.update(_families(connection, missing))
    return {sku: family for sku, family in found.items() if family}


def sample(connection: Connection, most: int) -> list[tuple[str, str]]:
    """(aspect, content) of at most ``most`` views, as good as drawn by lot and the same every time.

    Contents are hashes, so their order has nothing to do with what is in them.
    """
    query = select(views.c.aspect, views.c.content).order_by(views.c.content, views.c.sku, views.c.aspect).limit(most)
    return [(aspect, content) for aspect, content in connection.execute(query)]


def _cache(stack: Stack, connection: Connection) -> ViewCache:
    now, held = changes.seen(connection), stack.memory.get("views")
    full = isinstance(held, ViewCache) and held.vectors.nbytes > MOST
    if not isinstance(held, ViewCache) or full or (held.seq, held.dim) != (now, stack.dim):
        held = ViewCache(now, stack.dim, vectors=np.empty((0, stack.dim), np.float32))
        stack.memory["views"] = held
    return held


def _families(connection: Connection, skus: Sequence[str]) -> dict[str, str]:
    c, found = products.c, dict[str, str]()
    for start in range(0, len(skus), AT_ONCE):
        some = select(c.sku, c.family).where(c.sku.in_(skus[start : start + AT_ONCE]))
        found.update((row.sku, row.family) for row in connection.execute(some))
    return found


def _group(aspect: str) -> int:
    return next((n for n, name in enumerate(GROUPS) if aspect.startswith(name)), 1)
