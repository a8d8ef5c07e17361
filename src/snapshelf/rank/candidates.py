"""Hits of a search → candidates, for what reranks outside a search: dry runs and training."""

from __future__ import annotations

from collections.abc import Iterable

from snapshelf.candidates import Candidate
from snapshelf.catalogue import embeddings
from snapshelf.stack import Stack
from snapshelf.types import Hit, split_aspect


def of_hits(stack: Stack, hits: Iterable[Hit]) -> list[Candidate]:
    """Each hit with its relevance, and the vector of the view that matched."""
    given = list(hits)
    with stack.catalogue.read() as connection:
        held = embeddings.of_products(connection, [hit.sku for hit in given], stack.model, stack.kept_dim, stack.dim)
    views = {hit.sku: hit.view for hit in given}
    ends, rows = [*held.starts[1:].tolist(), len(held.aspects)], {}
    for sku, start, end in zip(held.skus, held.starts.tolist(), ends, strict=True):
        fitting = [n for n in range(start, end) if split_aspect(held.aspects[n])[0] == views[sku]]
        rows[sku] = held.vectors[fitting[0] if fitting else start]
    return [
        Candidate(
            hit.sku,
            hit.relevance,
            {"vector": (hit.rank, hit.score)},
            hit.product.family,
            rows.get(hit.sku),
        )
        for hit in given
    ]
