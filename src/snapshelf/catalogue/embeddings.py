"""Embeddings by content, model, purpose and dimension: paid for once, cut to smaller dimensions at will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, insert, select

from snapshelf.catalogue.schema import embeddings, views
from snapshelf.errors import Mismatch
from snapshelf.types import Vectors
from snapshelf.vectors import cut, unit

AT_ONCE = 500  # parameters in one IN (…)


def put(connection: Connection, contents: Sequence[str], vectors: Vectors, model: str, purpose: str, dim: int) -> None:
    """Keep unit rows (n, dim) as float16; the contents must not be there yet."""
    rows = np.asarray(vectors, "<f2")
    connection.execute(
        insert(embeddings),
        [
            {"content": content, "model": model, "purpose": purpose, "dim": dim, "vector": row.tobytes()}
            for content, row in zip(contents, rows, strict=True)
        ],
    )


def missing(connection: Connection, contents: Sequence[str], model: str, purpose: str, dim: int) -> list[str]:
    """Those of ``contents`` that have no embedding yet, in their order, each once."""
    held: set[str] = set()
    wanted = list(dict.fromkeys(contents))
    e = embeddings.c
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        query = select(e.content).where(e.content.in_(some), e.model == model, e.purpose == purpose, e.dim == dim)
        held.update(connection.execute(query).scalars())
    return [content for content in wanted if content not in held]


def lacking(connection: Connection, skus: Sequence[str], model: str, purpose: str, dim: int) -> set[str]:
    """Those of the products with a view that has no embedding of this kind."""
    e, v, found = embeddings.c, views.c, set[str]()
    same = (e.content == v.content) & (e.model == model) & (e.purpose == purpose) & (e.dim == dim)
    for start in range(0, len(skus), AT_ONCE):
        joined = select(v.sku).select_from(views.outerjoin(embeddings, same))
        query = joined.where(v.sku.in_(skus[start : start + AT_ONCE]), e.content.is_(None))
        found.update(connection.execute(query).scalars())
    return found


def get(
    connection: Connection, contents: Sequence[str], model: str, purpose: str, dim: int, at: int | None = None
) -> Vectors:
    """Unit float32 rows (n, at or dim) in the order of ``contents``; kept at ``dim``, cut to ``at``.

    Raises Mismatch when one is not there, which a consistent catalogue excludes.
    """
    found: dict[str, bytes] = {}
    e, wanted = embeddings.c, list(dict.fromkeys(contents))
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        query = select(e.content, e.vector).where(
            e.content.in_(some), e.model == model, e.purpose == purpose, e.dim == dim
        )
        found.update(dict(connection.execute(query).all()))
    lost = [content for content in wanted if content not in found]
    if lost:
        raise Mismatch(f"the embedding of content {lost[0][:12]}… is missing; index the catalogue again")
    if not contents:
        return np.empty((0, at or dim), np.float32)
    rows = np.frombuffer(b"".join(found[content] for content in contents), "<f2").reshape(len(contents), dim)
    return unit(rows) if at in (None, dim) else cut(rows.astype(np.float32), at or dim)


@dataclass(frozen=True, slots=True)
class Held:
    """The views of some products, those of one product together: SKU by SKU where they begin, aspects, vectors."""

    skus: list[str]
    starts: NDArray[np.int64]  # (len(skus),) row where each product's views begin
    aspects: list[str]
    vectors: Vectors  # (views, dim)

    def best(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """(len(skus),) cosine of each product's best view with the query (dim,)."""
        scores = np.vecdot(self.vectors, query)
        return np.maximum.reduceat(scores, self.starts) if len(self.skus) else scores


def of_products(connection: Connection, skus: Sequence[str], model: str, dim: int, at: int) -> Held:
    """The views of products, in order of SKU, with their vectors at ``at`` dims, ready to be scored exactly."""
    rows: list[tuple[str, str, str]] = []
    v = views.c
    for start in range(0, len(skus), AT_ONCE):
        query = select(v.sku, v.aspect, v.content).where(v.sku.in_(skus[start : start + AT_ONCE]))
        rows.extend((row.sku, row.aspect, row.content) for row in connection.execute(query))
    rows.sort()
    vectors = get(connection, [content for *_, content in rows], model, "index", dim, at)
    starts = [n for n, row in enumerate(rows) if n == 0 or row[0] != rows[n - 1][0]]
    return Held([rows[n][0] for n in starts], np.array(starts, np.int64), [aspect for _, aspect, _ in rows], vectors)


def count(connection: Connection) -> int:
    """How many embeddings are kept, over all models and dimensions."""
    return connection.execute(select(func.count()).select_from(embeddings)).scalar_one()


def prune(connection: Connection, contents: Sequence[str]) -> None:
    """Forget embeddings of contents that no view holds any more; called when a product is removed on request."""
    kept: set[str] = set()
    for start in range(0, len(contents), AT_ONCE):
        some = contents[start : start + AT_ONCE]
        kept.update(connection.execute(select(views.c.content).where(views.c.content.in_(some))).scalars())
    orphans = [content for content in contents if content not in kept]
    for start in range(0, len(orphans), AT_ONCE):
        connection.execute(delete(embeddings).where(embeddings.c.content.in_(orphans[start : start + AT_ONCE])))
