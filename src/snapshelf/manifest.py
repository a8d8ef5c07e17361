"""What a shelf was built from, kept with it, so that it is never searched with another model."""

from __future__ import annotations

from dataclasses import dataclass

from snapshelf.errors import Mismatch
from snapshelf.types import ModelCard


@dataclass(frozen=True, slots=True)
class Manifest:
    """The model whose embeddings a shelf holds and the dimension at which they were made."""

    model: str
    revision: str
    dim: int

    @property
    def key(self) -> str:
        """The model as embeddings are filed under it."""
        return f"{self.model}@{self.revision}"


def check(manifest: Manifest, card: ModelCard, dim: int) -> None:
    """Raise Mismatch unless the shelf's embeddings serve this model at this dim (0: as they are)."""
    built = f"this shelf was built with {manifest.model} (revision {manifest.revision}, {manifest.dim} dimensions)"
    if card.name != manifest.model:
        raise Mismatch(f"{built}, not with {card.name}; open it without naming a model, or index into another folder")
    if card.revision != manifest.revision:
        raise Mismatch(f"{built}; revision {card.revision} is installed now: index the catalogue into a new folder")
    alone = not card.matryoshka and dim in card.dims  # each dimension is embedded by itself
    if dim and dim != manifest.dim and not alone and (dim > manifest.dim or not card.matryoshka):
        raise Mismatch(f"{built}, which cannot give {dim}; index into another folder with dim = {dim}")
