"""The journal of batches sent to a model, and small facts such as the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from snapshelf.catalogue.schema import batches, facts


def sent(connection: Connection, run: str, contents: Sequence[str]) -> int:
    """Note that these contents are about to be embedded; returns the batch's number."""
    row = insert(batches).values(run=run, contents=list(contents), state="sent").returning(batches.c.id)
    number: int = connection.execute(row).scalar_one()
    return number


def done(connection: Connection, batch: int) -> None:
    """Mark a batch whose embeddings are kept, in the same transaction that keeps them."""
    connection.execute(update(batches).where(batches.c.id == batch).values(state="done"))


def lost(connection: Connection) -> int:
    """How many contents were sent in batches that a crash cut off."""
    rows = connection.execute(select(batches.c.contents).where(batches.c.state == "sent")).scalars()
    return sum(len(contents) for contents in rows)


def settle(connection: Connection) -> None:
    """Forget every batch: called when a run has come to its end and nothing is under way."""
    connection.execute(delete(batches))


def counts(connection: Connection) -> dict[str, int]:
    """Number of batches by state."""
    query = select(batches.c.state, func.count()).group_by(batches.c.state)
    return dict(connection.execute(query).all())


def fact(connection: Connection, name: str) -> Any:
    """A small value kept under a name; None when there is none."""
    return connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()


def set_fact(connection: Connection, name: str, value: Any) -> None:
    """Keep a small JSON value under a name."""
    changed = connection.execute(update(facts).where(facts.c.name == name).values(value=value))
    if not changed.rowcount:
        connection.execute(insert(facts).values(name=name, value=value))
