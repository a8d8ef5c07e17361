"""What keeps vectors and finds the nearest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from snapshelf.protocols.options import Options
from snapshelf.types import (
    Attributes,
    Filter,
    Neighbours,
    Vectors,
)


class Store(Protocol):
    """Unit vectors under string ids, each with attributes. Scores are cosine in [-1, 1], highest first."""

    @property
    def can(self) -> frozenset[str]:
        """The module's ``CAN``."""

    def count(self) -> int:
        """How many vectors it holds."""

    def add(self, ids: Sequence[str], vectors: Vectors, attributes: Sequence[Attributes]) -> None:
        """Put vectors (n, d), replacing those whose id is already there; visible to this process's next search.

        Raises Mismatch for another d and BadInput for a row that is not finite or not of unit length, or an id given
        twice in one call; then nothing of the call is added.
        """

    def update(self, ids: Sequence[str], attributes: Sequence[Attributes]) -> None:
        """Replace the attributes of vectors that are here; raises NotHere for an id that is not, changing nothing."""

    def delete(self, ids: Sequence[str]) -> None:
        """Remove; ids that are not here are passed over."""

    def search(self, vectors: Vectors, k: int, where: Filter | None = None) -> Neighbours:
        """The k nearest of those that pass ``where``, for each row of vectors (q, d); fewer when fewer pass."""

    def flush(self) -> None:
        """Make everything durable and visible to other processes at once, or, after a crash, not at all.

        A store elsewhere may show others a part of it before. Raises SomeRefused, when all the rest is in, for what
        only this store cannot take.
        """

    def close(self) -> None:
        """Flush and let go."""


class Renewable(Store, Protocol):
    """A store that can be filled anew while it is searched."""

    @property
    def stale(self) -> bool:
        """Whether it has to be filled from nothing: it is new, or was filled under other settings."""

    def renew(self) -> None:
        """From now on what is added goes into an index of its own, which takes the old one's place at `flush`.

        Searches keep to the old one until then, also after a crash in between.
        """


class StoreModule(Protocol):
    """A file of ``stores/``. ``CAN`` is a subset of {"delete", "filter", "filter-safe", "renew", "reopen", "update"}.

    filter: it may raise Unsupported for a filter that it cannot express, and then search does without. filter-safe:
    recall@10 stays ≥ 0.99 however few or many vectors pass the filter. reopen: what was flushed is there when `connect`
    is called again with the same location. renew: the index lies elsewhere and outlives the location; then the store
    is a `Renewable` too.
    """

    EXTRA: str
    CAN: frozenset[str]

    def connect(self, location: Path, dim: int, options: Options) -> Store:
        """Open or create. Raises Mismatch when what is there has another dim, MissingExtra, BadSettings."""
