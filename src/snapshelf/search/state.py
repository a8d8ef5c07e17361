"""The state of the catalogue that a search sees: one number for all that it keeps in memory."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from snapshelf.catalogue import changes

_seen: WeakKeyDictionary[Connection, int] = WeakKeyDictionary()


def now(connection: Connection) -> int:
    """The newest transaction that this connection sees, asked for once: a connection for reading sees one state."""
    seq = _seen.get(connection)
    if seq is None:
        seq = _seen[connection] = changes.now(connection)
    return seq
