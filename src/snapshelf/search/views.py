"""The vectors of candidates, kept in memory between queries, so that scoring them exactly costs no database."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
    aspects: NDArray[np.object_]  # (views,) of str
    groups: NDArray[np.int8]  # (views,) index into `GROUPS`
    vectors: Vectors  # (views, d)

    @property
    def ends(self) -> NDArray[np.int64]:
        """(products,) the row after each one's last view."""
        return np.append(self.starts[1:], len(self.vectors)) if self.skus else self.starts

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
    places: dict[str, int] = field(default_factory=dict)  # SKU → its place in ``spans``
    spans: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), np.int64))  # first row, number of rows
    families: dict[str, str] = field(default_factory=dict)
    cards: dict[str, tuple[str, str]] = field(default_factory=dict)  # SKU → what `cards` says of it
    aspects: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, object))
    groups: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8))
    vectors: Vectors = field(default_factory=lambda: np.empty((0, 0), np.float32))
    used: int = 0

    def take(self, skus: Sequence[str]) -> Chosen:
        """The views of these products, all of which are in the cache; those without a view are left out."""
        first, sizes = self.spans[[self.places[sku] for sku in skus]].reshape(-1, 2).T
        if not np.all(sizes):
            skus = [sku for sku, size in zip(skus, sizes.tolist(), strict=True) if size]
            first, sizes = first[sizes > 0], sizes[sizes > 0]
        starts = np.cumsum(sizes) - sizes
        index = np.repeat(first - starts, sizes) + np.arange(int(sizes.sum()))
        return Chosen(list(skus), starts, self.aspects[index], self.groups[index], self.vectors[index])

    def put(self, held: embeddings.Held, skus: Sequence[str], families: Mapping[str, str]) -> None:
        """Add the views of products that are not in the cache yet."""
        base, needed = self.used, self.used + len(held.aspects)
        if needed > len(self.vectors):
            room = max(1024, needed, 2 * len(self.vectors))
            self.vectors = _grown(self.vectors, base, np.empty((room, self.dim), np.float32))
            self.groups = _grown(self.groups, base, np.empty(room, np.int8))
            self.aspects = _grown(self.aspects, base, np.empty(room, object))
        self.vectors[base:needed] = held.vectors
        self.groups[base:needed] = [group_of(aspect) for aspect in held.aspects]
        self.aspects[base:needed] = held.aspects
        self.used = needed
        ends = [*held.starts.tolist()[1:], len(held.aspects)][: len(held.skus)]  # none, where no product has a view
        of = {sku: (base + a, b - a) for sku, a, b in zip(held.skus, held.starts.tolist(), ends, strict=True)}
        self.places.update(zip(skus, range(len(self.places), len(self.places) + len(skus)), strict=True))
        self.spans = np.concatenate([self.spans, np.array([of.get(sku, (0, 0)) for sku in skus], np.int64)])
        self.know({sku: families.get(sku, "") for sku in skus})

    def know(self, families: Mapping[str, str]) -> None:
        """Take on the families of products."""
        self.families.update(families)
        self.cards.update((sku, (family, "" if family else sku)) for sku, family in families.items())


def chosen(stack: Stack, connection: Connection, skus: Sequence[str]) -> Chosen:
    """The views of these products, from memory where they were read before; products without a view are left out."""
    with _turn:
        cache = _cache(stack, connection)
        missing = [sku for sku in dict.fromkeys(skus) if sku not in cache.places]
        if missing:
            held = embeddings.of_products(connection, missing, stack.model, stack.kept_dim, stack.dim)
            cache.put(held, missing, _families(connection, missing))
        return cache.take(skus)


def families(stack: Stack, connection: Connection, skus: Sequence[str]) -> dict[str, str]:
    """SKU → family, for those that have one."""
    with _turn:
        held = _known(stack, connection, skus).families
        return {sku: family for sku in skus if (family := held.get(sku))}


def cards(stack: Stack, connection: Connection, skus: Sequence[str]) -> list[tuple[str, str]]:
    """What each product is one card with: (its family, ""), or ("", its SKU) where it has none."""
    with _turn:
        held = _known(stack, connection, skus).cards
        return [held.get(sku) or ("", sku) for sku in skus]


def _known(stack: Stack, connection: Connection, skus: Sequence[str]) -> ViewCache:
    cache = _cache(stack, connection)
    missing = [sku for sku in skus if sku not in cache.families]
    if missing:
        cache.know(_families(connection, missing))
    return cache


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


def _grown(rows: NDArray[Any], used: int, larger: NDArray[Any]) -> NDArray[Any]:
    larger[:used] = rows[:used]
    return larger


def group_of(aspect: str) -> int:
    """Index into `GROUPS`; the sound of a video counts as sound."""
    kind = "audio" if aspect.startswith("sound") else aspect
    return next((n for n, name in enumerate(GROUPS) if kind.startswith(name)), 1)
