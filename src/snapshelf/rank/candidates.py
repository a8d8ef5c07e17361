"""Hits of a search → candidates, for what reranks outside a search: dry runs and training."""

from __future__ import annotations

from collections.abc import Iterable

from snapshelf.candidates import Candidate
from snapshelf.catalogue import embeddings
from snapshelf.stack import Stack
from snapshelf.types import Hit, split_aspect


def of_hits(stack: Stack, hits: Iterable[Hit]) -> list[Candidate]:
    """Each hit as a search hands it to the rules and the model: relevance, the lanes' scores, the view that matched."""
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
            _lanes(hit),
            hit.product.family,
            rows.get(hit.sku),
        )
        for hit in given
    ]


def _lanes(hit: Hit) -> dict[str, tuple[int, float]]:
    """What the vector and the lexical lane say; 0 where the words of the query are nowhere in the product."""
    said = {one.lane: (1, one.score) for one in hit.receipt.lanes} if hit.receipt else {}
    return {"vector": (1, hit.score), "lexical": said.get("lexical", (1, 0.0))}
