"""What chance looks like: how near a query comes to views picked at random, so that a cosine means something."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from snapshelf.catalogue import changes, embeddings
from snapshelf.search.views import GROUPS, group_of, sample
from snapshelf.stack import Stack
from snapshelf.types import Vectors

SIZE = 1024  # views in the sample
PRIOR, MEAN, SPREAD = 8.0, 0.1, 0.12  # what is believed of a kind of view before any was seen, and how firmly


@dataclass(frozen=True, slots=True)
class Background:
    """A fixed sample of the catalogue's views, by kind, each (n, d)."""

    seq: int
    dim: int
    rows: dict[str, Vectors]

    def chance(self, query: NDArray[np.float32], group: str) -> tuple[float, float]:
        """Mean and standard deviation of the query's cosine (query (d,)) with views of a kind.

        Few views are mixed with what is known of others, so that the spread is never 0.
        """
        rows = self.rows.get(group)
        cosines = (rows @ query).astype(np.float64) if rows is not None else np.empty(0)
        n = len(cosines)
        mean = (float(cosines.sum()) + PRIOR * MEAN) / (n + PRIOR)
        squares = float(((cosines - mean) ** 2).sum()) + PRIOR * (SPREAD**2 + (MEAN - mean) ** 2)
        return mean, float(np.sqrt(squares / (n + PRIOR)))


def background(stack: Stack, connection: Connection) -> Background:
    """The sample of this state of the catalogue, drawn once and kept in memory."""
    with stack.turn:
        now, held = changes.seen(connection), stack.memory.get("background")
        if isinstance(held, Background) and (held.seq, held.dim) == (now, stack.dim):
            return held
        made = stack.memory["background"] = _drawn(stack, connection, now)
        return made


def _drawn(stack: Stack, connection: Connection, now: int) -> Background:
    drawn = sample(connection, SIZE)
    contents = [content for _, content in drawn]
    rows = embeddings.get(connection, contents, stack.model, "index", stack.kept_dim, stack.dim)
    kinds = np.array([group_of(aspect) for aspect, _ in drawn], np.int8)
    found = {group: rows[kinds == n] for n, group in enumerate(GROUPS) if np.any(kinds == n)}
    return Background(now, stack.dim, found)
