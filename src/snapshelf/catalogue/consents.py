"""What shoppers agreed to before a photo, sound or video of theirs left the page, and what they took back."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from snapshelf.catalogue.schema import consents
from snapshelf.errors import BadInput, nearest

PURPOSES = ("photo", "sound", "video")
LONGEST = 256  # characters of an id, of a wording's version, of a client
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent. Times are seconds since 1970, UTC.

    ``purposes``: of `PURPOSES`. ``wording``: the version of the sentence that was shown. ``kept_seconds``: for how long
    that sentence said that what is sent is kept; 0: no longer than the answer takes. ``withdrawn``: when it was taken
    back, or None.
    """

    id: str
    at: float
    purposes: tuple[str, ...]
    wording: str
    kept_seconds: int
    client: str = ""
    withdrawn: float | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many consents to one purpose were given, and how many withdrawn, each by its own time."""

    given: int
    withdrawn: int


def give(
    connection: Connection,
    purposes: Collection[str],
    wording: str,
    kept_seconds: int,
    client: str = "",
    now: float | None = None,
) -> Consent:
    """Keep a consent; its id is unguessable, so whoever names it is who gave it. Raises BadInput."""
    wrong = [purpose for purpose in purposes if purpose not in PURPOSES]
    if isinstance(purposes, str) or not purposes:
        raise BadInput(f"a consent names what it is for: a list of {', '.join(PURPOSES)}")
    if wrong:
        raise BadInput(f"nobody can consent to {wrong[0]!r}.{nearest(str(wrong[0]), PURPOSES)}")
    if not _is_short(wording) or not wording:
        raise BadInput(f"wording is the version of the sentence that was shown, 1 to {LONGEST} letters")
    if not _is_short(client):
        raise BadInput(f"client is an id of at most {LONGEST} letters")
    if not isinstance(kept_seconds, int) or not 0 <= kept_seconds <= 2**31 - 1:
        raise BadInput(f"kept_seconds is a whole number of seconds from 0, not {kept_seconds!r}")
    at, named = time.time() if now is None else now, tuple(p for p in PURPOSES if p in purposes)
    consent = Consent(secrets.token_urlsafe(24), at, named, wording, kept_seconds, client)
    columns = {name: int(name in named) for name in PURPOSES}
    row = {"id": consent.id, "at": at, "wording": wording, "kept_seconds": kept_seconds, "client": client}
    connection.execute(insert(consents).values(**row, **columns))
    return consent


def withdraw(connection: Connection, id: str, now: float | None = None) -> bool:
    """Take a consent back; whether there was one to take back. It stays written down, with the time."""
    at = time.time() if now is None else now
    c = consents.c
    return bool(
        connection.execute(update(consents).where(c.id == _id(id), c.withdrawn.is_(None)).values(withdrawn=at)).rowcount
    )


def holds(connection: Connection, id: str, purpose: str, now: float, days: float) -> bool:
    """Whether a consent allows a purpose now: given for it, less than ``days`` old, not withdrawn. False for any other.

    A consent holds up to but without the moment ``days`` after it was given.
    """
    if purpose not in PURPOSES:
        return False
    c = consents.c
    given = select(c.at).where(c.id == _id(id), c[purpose] == 1, c.withdrawn.is_(None))
    at = connection.execute(given).scalar()
    return at is not None and now < at + days * DAY


def find(connection: Connection, id: str) -> Consent | None:
    """The consent of an id, whether it holds or not; None where there is none."""
    row = connection.execute(select(consents).where(consents.c.id == _id(id))).first()
    return _consent(row) if row else None


def every(connection: Connection, limit: int = 100, before: float | None = None) -> list[Consent]:
    """The newest consents first, at most so many, those given before a time: the ``at`` of the last one shown."""
    c = consents.c
    query = select(consents).order_by(c.at.desc(), c.id).limit(limit)
    rows = connection.execute(query if before is None else query.where(c.at < before))
    return [_consent(row) for row in rows]


def counts(connection: Connection, since: float = 0.0) -> Mapping[str, Count]:
    """Purpose → consents given, and withdrawn, at or after a time."""
    c = consents.c
    sums = [func.sum(c[purpose]) for purpose in PURPOSES]
    given = connection.execute(select(*sums).where(c.at >= since)).one()
    back = connection.execute(select(*sums).where(c.withdrawn >= since)).one()
    return {p: Count(int(g or 0), int(w or 0)) for p, g, w in zip(PURPOSES, given, back, strict=True)}


def _is_short(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST and (value.isprintable() or not value)


def _id(id: object) -> str:
    """What a caller sent as an id; "", which no consent has, for what cannot be one."""
    return id if isinstance(id, str) and _is_short(id) else ""


def _consent(row: Row[Any]) -> Consent:
    named = tuple(purpose for purpose in PURPOSES if getattr(row, purpose))
    return Consent(row.id, row.at, named, row.wording, row.kept_seconds, row.client, row.withdrawn)
