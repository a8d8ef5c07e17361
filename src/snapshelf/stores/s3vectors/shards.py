"""Several indexes by a field that is always filtered by, since a query is billed by the size of the index it asks.

A vector moves when its field's value changes, so the writer keeps a table of where each vector lies. It is made anew
from a listing where it is missing, and when another machine has written since.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from snapshelf.types import And, Compare, Filter, Or, Truth, Value

AT_ONCE = 500  # ids in one IN (…)


def bound(where: Filter | None, name: str) -> frozenset[Value] | None:
    """The only values of a field that a product can hold that passes; None where the filter leaves it open."""
    if isinstance(where, And):
        found = [values for part in where.parts if (values := bound(part, name)) is not None]
        return frozenset.intersection(*found) if found else None
    if isinstance(where, Or):
        parts = [bound(part, name) for part in where.parts]
        closed = [values for values in parts if values is not None]
        return frozenset().union(*closed) if len(closed) == len(parts) else None
    if isinstance(where, Truth) and where.name == name:
        return frozenset([True])
    if isinstance(where, Compare) and where.name == name and where.op in ("==", "in"):
        return frozenset(where.value if isinstance(where.value, tuple) else (where.value,))
    return None


class Placed:
    """Which index each id lies in: a table in one file, of one generation."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._table = sqlite3.connect(path, check_same_thread=False)
        self._table.execute(
            "CREATE TABLE IF NOT EXISTS placed (id TEXT PRIMARY KEY, shard TEXT NOT NULL) WITHOUT ROWID"
        )
        self._table.execute("CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)")

    @property
    def writer(self) -> str:
        """The mark under which this table was last known to be whole; "" for a new one."""
        found = self._table.execute("SELECT value FROM facts WHERE name = 'writer'").fetchone()
        return str(found[0]) if found else ""

    def fill(self, places: Iterable[tuple[str, str]], writer: str) -> None:
        """Replace everything by (id, index) pairs."""
        with self._table:
            self._table.execute("DELETE FROM placed")
            self._table.executemany("INSERT OR REPLACE INTO placed VALUES (?, ?)", places)
            self._table.execute("INSERT OR REPLACE INTO facts VALUES ('writer', ?)", (writer,))

    def of(self, ids: Sequence[str]) -> dict[str, str]:
        """Id → index, for those that are somewhere."""
        found: dict[str, str] = {}
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            marks = ",".join("?" * len(some))
            found.update(self._table.execute(f"SELECT id, shard FROM placed WHERE id IN ({marks})", some).fetchall())
        return found

    def put(self, places: Mapping[str, str]) -> None:
        """Write down where ids lie now."""
        with self._table:
            self._table.executemany("INSERT OR REPLACE INTO placed VALUES (?, ?)", places.items())

    def drop(self, ids: Sequence[str]) -> None:
        """Forget ids."""
        with self._table:
            self._table.executemany("DELETE FROM placed WHERE id = ?", [(id,) for id in ids])

    def close(self) -> None:
        """Let go of the file."""
        self._table.close()
