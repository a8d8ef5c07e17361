"""Open a catalogue's database with the settings it needs, and hand out transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from snapshelf.catalogue.migrate import upgrade
from snapshelf.errors import Busy, NoSpace, Outside, SnapshelfError

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000", "cache_size=-32000")


class Catalogue:
    """A database of products and embeddings. Any number of readers; writers take turns."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one consistent state."""
        with _translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: all of it or, on any error, nothing. Raises NoSpace, Busy, Outside."""
        with _translated(), self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def open_catalogue(url: str) -> Catalogue:
    """Open, create or migrate the catalogue at a SQLAlchemy URL. Raises Mismatch, NoSpace, Outside."""
    with _translated():
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare)
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        upgrade(engine)
    return Catalogue(engine)


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, so that DDL is transactional too
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _translated() -> Iterator[None]:
    """The database's errors in Snapshelf's words."""
    try:
        yield
    except SnapshelfError:
        raise
    except OperationalError as error:
        reason = str(error.orig)
        if "full" in reason or "disk I/O" in reason:
            raise NoSpace(
                "the disk is full; what was finished before is kept, so free space and run it again"
            ) from error
        if "locked" in reason:
            raise Busy("another process is writing to this catalogue; try again when it has finished") from error
        raise Outside(f"the catalogue's database says: {reason}") from error
    except DatabaseError as error:
        raise Outside(f"the catalogue's database says: {error.orig}") from error
