"""The query log: what was asked, how quickly it was answered, whether anything was found, what it cost.

Words are kept as they are compared (`querytext.normal`); of a photo, sound or video nothing is kept but that there was
one. Whether shoppers saw and clicked the answer comes from the events that name the query's id, in whatever order the
two arrive.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from snapshelf.catalogue.schema import events, queries
from snapshelf.errors import BadInput
from snapshelf.querytext import normal

KINDS = ("words", "photo", "sound", "video", "mixed", "code", "similar")
AT_ONCE = 500  # parameters in one IN (…)
LONGEST = 256  # characters of an id, as of those in events
MOST = 2_000_000_000  # of a whole number in the database
SECOND = 1_000_000  # in micros
HOUR = 3_600


@dataclass(frozen=True, slots=True)
class AskedQuery:
    """One query that was answered. ``at``: seconds since 1970, UTC. ``kind``: of `KINDS`.

    ``id`` is the id under which events name it. ``seconds``: until the answer was there, kept to the millionth.
    ``hits``: how many it had. ``nothing``: it was told that nothing fits. ``dollars``: what calls for it cost.
    ``client``: an id, never an address.
    """

    id: str
    at: float
    kind: str
    text: str = ""
    seconds: float = 0.0
    hits: int = 0
    nothing: bool = False
    dollars: float = 0.0
    client: str = ""


def record(connection: Connection, many: Sequence[AskedQuery]) -> int:
    """Write queries down; returns how many are new. One whose id is here already changes nothing. Raises BadInput."""
    rows = {row["id"]: row for row in reversed([_row(query) for query in many])}
    held = _held(connection, list(rows))
    new = [row for id, row in rows.items() if id not in held]
    looked = _looked_at(connection, [row["id"] for row in new])
    for row in new:
        row |= looked.get(row["id"], {"seen": 0, "clicked": 0})
    if new:
        connection.execute(insert(queries), new)
    return len(new)


def looked_at(connection: Connection, seen: Collection[str], clicked: Collection[str]) -> None:
    """Mark queries whose answers were seen, and those that were clicked; ids that are not here are passed over."""
    for column, ids in (("seen", {*seen, *clicked}), ("clicked", set(clicked))):
        wanted = sorted(ids - {""})
        for start in range(0, len(wanted), AT_ONCE):
            some = queries.c.id.in_(wanted[start : start + AT_ONCE])
            connection.execute(update(queries).where(some, queries.c[column] == 0).values({column: 1}))


def every(connection: Connection, limit: int = 100, before: float | None = None) -> list[AskedQuery]:
    """The newest queries first, at most so many, those asked before a time: the ``at`` of the last one shown."""
    c = queries.c
    query = select(queries).order_by(c.hour.desc(), c.at.desc(), c.id).limit(limit)
    rows = connection.execute(query if before is None else query.where(c.hour <= hour_of(before), c.at < before))
    return [_query(row) for row in rows]


def count(connection: Connection) -> int:
    """How many queries are kept."""
    return connection.execute(select(func.count()).select_from(queries)).scalar_one()


def purge(connection: Connection, before: float) -> int:
    """Forget queries asked before a time; returns how many."""
    c = queries.c
    return connection.execute(delete(queries).where(c.hour <= hour_of(before), c.at < before)).rowcount


def wrong(query: AskedQuery) -> str:
    """Why a query cannot be logged, as half a sentence; "" for one that can."""
    if not isinstance(query.id, str) or not 0 < len(query.id) <= LONGEST or _plain(query.id) != query.id:
        return f"its id is not 1 to {LONGEST} letters"
    if query.kind not in KINDS:
        return f"its kind is {query.kind!r}, and not one of {', '.join(KINDS)}"
    if not isinstance(query.text, str) or not isinstance(query.client, str):
        return "its text or client is no text"
    numbers = {"at": query.at, "seconds": query.seconds, "hits": query.hits, "dollars": query.dollars}
    bad = [name for name, value in numbers.items() if not isinstance(value, int | float) or not 0 <= value < math.inf]
    return f"its {bad[0]} is {numbers[bad[0]]!r}, and not a number from 0" if bad else ""


def hour_of(at: float) -> int:
    """The hour since 1970 that a time lies in; the last that the database holds for a time beyond it."""
    return math.floor(min(max(at, 0.0), MOST * HOUR) / HOUR)


def _row(query: AskedQuery) -> dict[str, Any]:
    fault = wrong(query)
    if fault:
        raise BadInput(f"query {str(query.id)[:LONGEST]!r} cannot be logged: {fault}")
    return {
        "id": query.id,
        "at": query.at,
        "hour": hour_of(query.at),
        "kind": query.kind,
        "text": normal(_plain(query.text)),
        "micros": min(round(query.seconds * SECOND), MOST),
        "hits": min(query.hits, MOST),
        "empty": int(query.nothing),
        "dollars": query.dollars,
        "client": _plain(query.client)[:LONGEST],
    }


def _plain(text: str) -> str:
    """Without what no database keeps: NUL, halves of characters."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _held(connection: Connection, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(ids), AT_ONCE):
        some = select(queries.c.id).where(queries.c.id.in_(ids[start : start + AT_ONCE]))
        found.update(connection.execute(some).scalars())
    return found


def _looked_at(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """What events that came before the query say of it."""
    found: dict[str, dict[str, int]] = {}
    e = events.c
    for start in range(0, len(ids), AT_ONCE):
        some = e.query.in_(ids[start : start + AT_ONCE])
        query = select(e.query, e.action).where(some, e.action.in_(("impression", "click"))).distinct()
        for id, action in connection.execute(query):
            marks = found.setdefault(id, {"seen": 1, "clicked": 0})
            marks["clicked"] |= int(action == "click")
    return found


def _query(row: Row[Any]) -> AskedQuery:
    seconds, nothing = row.micros / SECOND, bool(row.empty)
    return AskedQuery(row.id, row.at, row.kind, row.text, seconds, row.hits, nothing, row.dollars, row.client)
