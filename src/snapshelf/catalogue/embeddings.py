"""Embeddings by content, model, purpose and dimension: paid for once, cut to smaller dimensions at will."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
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


def of_products(
    connection: Connection, skus: Sequence[str], model: str, dim: int, at: int
) -> Mapping[str, tuple[list[str], Vectors]]:
    """For each SKU its aspects and their vectors (n, at), ready to be scored exactly."""
    rows: list[tuple[str, str, str]] = []
    v = views.c
    for start in range(0, len(skus), AT_ONCE):
        some = skus[start : start + AT_ONCE]
        query = select(v.sku, v.aspect, v.content).where(v.sku.in_(some)).order_by(v.sku, v.aspect)
        rows.extend(connection.execute(query))
    vectors = get(connection, [content for *_, content in rows], model, "index", dim, at)
    found: dict[str, tuple[list[str], list[int]]] = {}
    for position, (sku, aspect, _) in enumerate(rows):
        aspects, positions = found.setdefault(sku, ([], []))
        aspects.append(aspect)
        positions.append(position)
    return {sku: (aspects, vectors[positions]) for sku, (aspects, positions) in found.items()}


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
