"""Every vector scored for every query: slow, and right. The truth that the other stores are measured by."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from snapshelf.errors import BadSettings
from snapshelf.protocols import Options
from snapshelf.segments import Rows, open_rows
from snapshelf.types import Attributes, Filter, Neighbours, Vectors
from snapshelf.vectors import nearest

EXTRA = ""
CAN = frozenset({"delete", "filter", "filter-safe", "reopen", "update"})


def connect(location: Path, dim: int, options: Options) -> Exact:
    """Open or create. It has no options."""
    if options:
        raise BadSettings(f"the exact store has no setting {min(options)!r}; it has none at all")
    return Exact(open_rows(location, dim))


class Exact:
    """See the module. Scores are of the vectors as kept, in float16, computed in float32. Threads take turns."""

    can = CAN

    def __init__(self, rows: Rows) -> None:
        self.rows, self._turn = rows, threading.RLock()

    def count(self) -> int:
        """How many vectors it holds."""
        with self._turn:
            self.rows.refresh()
            return self.rows.count()

    def add(self, ids: Sequence[str], vectors: Vectors, attributes: Sequence[Attributes]) -> None:
        """Put vectors, replacing those of the same ids."""
        with self._turn:
            self.rows.add(ids, vectors, attributes)

    def update(self, ids: Sequence[str], attributes: Sequence[Attributes]) -> None:
        """Replace attributes."""
        with self._turn:
            self.rows.update(ids, attributes)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors."""
        with self._turn:
            self.rows.delete(ids)

    def search(self, vectors: Vectors, k: int, where: Filter | None = None) -> Neighbours:
        """The k nearest that pass, for each query (q, d)."""
        with self._turn:
            self.rows.refresh()
            passing = self.rows.mask(where)
            scores = np.full((len(vectors), len(self.rows)), -np.inf, np.float32)
            for start, chunk in self.rows.chunks():
                scores[:, start : start + len(chunk)] = np.asarray(vectors, np.float32) @ chunk.T
            scores[:, ~passing] = -np.inf
            found = [nearest(row, k, self.rows.ids.names) for row in scores]
            count = int(np.count_nonzero(passing))
            return Neighbours([ids for ids, _ in found], [s for _, s in found], f"exact over {count:,} vectors", 1.0)

    def flush(self) -> None:
        """Make everything durable."""
        with self._turn:
            if self.rows.sparse():
                self.rows.compact()
            self.rows.flush()

    def close(self) -> None:
        """Flush and let go."""
        self.flush()
