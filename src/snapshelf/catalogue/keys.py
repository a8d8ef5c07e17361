"""Keys of the HTTP API: made, shown once, looked up, revoked.

A secret is "ss_", the key's id, "_" and 256 random bits. What is kept of it is its SHA-256: a slow hash protects what
people think up and others can guess, and nobody guesses 256 random bits, however quickly each try is hashed; and every
request would have to wait for it.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from snapshelf.catalogue.schema import keys
from snapshelf.errors import BadInput, NotHere, nearest

SCOPES = ("search", "events", "catalogue", "admin")  # "admin" includes the others
LONGEST = 100  # characters of a name
ONCE = 60.0  # seconds in which one use is written down
SECRET = re.compile(r"ss_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
NO_HASH = "0" * 64  # compared with where there is no such key, so that this takes as long


@dataclass(frozen=True, slots=True)
class Key:
    """One key, without its secret. Times are seconds since 1970, UTC; ``expires`` None: never."""

    id: str
    name: str
    scopes: tuple[str, ...]
    made: float
    expires: float | None = None
    revoked: float | None = None
    used: float | None = None

    def allows(self, scope: str) -> bool:
        """Whether it may do what needs a scope; "admin" may everything."""
        return scope in self.scopes or "admin" in self.scopes


def add(
    connection: Connection, name: str, scopes: Sequence[str], expires: float | None = None, now: float | None = None
) -> tuple[Key, str]:
    """Make a key; returns it and its secret, which cannot be had again. expires: seconds since 1970.

    Raises BadInput for a name that is empty or too long, no scope or an unknown one, or an end that is past.
    """
    made = time.time() if now is None else now
    wrong = [scope for scope in scopes if scope not in SCOPES]
    if isinstance(scopes, str) or not scopes:
        raise BadInput(f"a key needs scopes: a list of {', '.join(SCOPES)}")
    if wrong:
        raise BadInput(f"there is no scope {wrong[0]!r}.{nearest(str(wrong[0]), SCOPES)}")
    if not name.strip() or len(name) > LONGEST or not name.isprintable():
        raise BadInput(f"a key needs a name of 1 to {LONGEST} letters that says who uses it, not {name[:LONGEST]!r}")
    if expires is not None and not made < expires < float("inf"):
        raise BadInput("the key would have expired before it is made; give a later end, or none")
    key = Key(secrets.token_hex(6), name.strip(), tuple(s for s in SCOPES if s in scopes), made, expires)
    secret = f"ss_{key.id}_{secrets.token_urlsafe(32)}"
    row = {"id": key.id, "name": key.name, "scopes": list(key.scopes), "made": made, "expires": expires}
    connection.execute(insert(keys).values(**row, hash=_hash(secret)))
    return key, secret


def find(connection: Connection, secret: str) -> Key | None:
    """The key of a secret, whatever its state; None for anything else that a caller may have sent.

    The comparison takes the same time wherever two hashes differ, and whether there is such a key or not.
    """
    given = SECRET.fullmatch(secret) if isinstance(secret, str) else None
    if not given:
        return None
    row = connection.execute(select(keys).where(keys.c.id == given[1])).first()
    same = hmac.compare_digest(_hash(secret), row.hash if row else NO_HASH)
    return _key(row) if row and same else None


def state(key: Key, now: float) -> str:
    """Why a key is refused: "revoked" or "expired"; "" for one that is good. It expires at its very second."""
    if key.revoked is not None:
        return "revoked"
    return "expired" if key.expires is not None and key.expires <= now else ""


def revoke(connection: Connection, id: str, now: float | None = None) -> Key:
    """Refuse a key from now on; one that was revoked already keeps its time. Raises NotHere."""
    row = connection.execute(select(keys).where(keys.c.id == id)).first()
    if row is None:
        raise NotHere(f"there is no key {id!r}; `snapshelf keys list` shows their ids")
    if row.revoked is None:
        at = time.time() if now is None else now
        connection.execute(update(keys).where(keys.c.id == id, keys.c.revoked.is_(None)).values(revoked=at))
        row = connection.execute(select(keys).where(keys.c.id == id)).one()
    return _key(row)


def every(connection: Connection) -> list[Key]:
    """All keys, also those that are refused, oldest first."""
    return [_key(row) for row in connection.execute(select(keys).order_by(keys.c.made, keys.c.id))]


def is_due(key: Key, now: float) -> bool:
    """Whether a use now would be written down; ask before a transaction is begun for it."""
    return key.used is None or key.used <= now - ONCE


def touch(connection: Connection, id: str, now: float) -> None:
    """Write down that a key was used; at most once a minute, and never back in time."""
    due = keys.c.used.is_(None) | (keys.c.used <= now - ONCE)
    connection.execute(update(keys).where(keys.c.id == id, due).values(used=now))


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _key(row: Row[Any]) -> Key:
    return Key(row.id, row.name, tuple(row.scopes), row.made, row.expires, row.revoked, row.used)
