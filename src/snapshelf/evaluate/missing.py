"""Judged products that a shelf does not hold, which no search can find."""

from __future__ import annotations

from pathlib import Path

from snapshelf.catalogue import products
from snapshelf.errors import BadInput
from snapshelf.evaluate.judgements import Qrels
from snapshelf.stack import Stack


def missing_of(stack: Stack, qrels: Qrels, path: Path) -> tuple[str, ...]:
    """Judged SKUs that are not in the shelf; raises BadInput when none is. ``path``: the file they come from."""
    skus = list(dict.fromkeys(sku for grades in qrels.values() for sku in grades))
    with stack.catalogue.read() as connection:
        there = products.fingerprints(connection, skus)
    if skus and not there:
        raise BadInput(
            f"none of the {len(skus):,} products judged in {path} is in the shelf {stack.folder}, for example "
            f"{skus[0]!r}; judgements name products by their SKU, so is this the right shelf?"
        )
    return tuple(sku for sku in skus if sku not in there)
