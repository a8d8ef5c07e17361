"""Open a catalogue's database with the settings it needs, and hand out transactions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from snapshelf.catalogue.migrate import upgrade
from snapshelf.errors import BadSettings, Busy, MissingExtra, NoSpace, Outside, SnapshelfError

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000", "cache_size=-32000")
# A search reads while it waits for the model and the store, and may open a second connection beside its first. With a
# fixed number of connections so many searches at the same time would wait for each other.
POOL: Mapping[str, Any] = {"pool_size": 32, "max_overflow": -1}


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
        with _translated(), self.engine.execution_options(writes=True).begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def open_catalogue(url: str) -> Catalogue:
    """Open, create or migrate the catalogue at a SQLAlchemy URL.

    One that this user may not write to is opened for reading. Raises BadSettings, MissingExtra, Mismatch, NoSpace,
    Outside.
    """
    with _translated():
        engine = _engine(url)
        upgrade(engine)
    return Catalogue(engine)


def _engine(url: str) -> Engine:
    try:
        place = make_url(url)
        if place.get_backend_name() != "sqlite":
            return create_engine(place, **POOL)
        file = Path(place.database or "")
        fixed = file.is_file() and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))
        engine = create_engine(_readable(place, file), poolclass=NullPool) if fixed else create_engine(place, **POOL)
    except ArgumentError as error:
        raise BadSettings(
            f"catalogue.url is {url!r}, which is no address of a database; give one such as "
            "sqlite:////path/catalogue.sqlite, or leave it empty"
        ) from error
    except ModuleNotFoundError as error:
        raise MissingExtra(f"{error.name} is not installed; run: pip install {error.name}") from error
    event.listen(engine, "connect", partial(_prepare, PRAGMAS[2:] if fixed else PRAGMAS))
    event.listen(engine, "begin", _begin)
    return engine


def _readable(place: URL, file: Path) -> URL:
    """For reading alone. Without the journal of a writer beside it the file is whole, and needs no locks."""
    whole = not file.with_name(f"{file.name}-wal").exists()
    asked = {"uri": "true", "mode": "ro"} | ({"immutable": "1"} if whole else {})
    return place.set(database=f"file:{quote(str(file.absolute()))}", query=asked)


def _prepare(pragmas: Sequence[str], connection: Any, _: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, so that DDL is transactional too
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A writer takes its turn at once: one that read first would fail if another had written in between."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    """The database's errors in Snapshelf's words."""
    try:
        yield
    except SnapshelfError:
        raise
    except OperationalError as error:
        reason = str(error.orig)
        if any(said in reason for said in ("full", "disk I/O", "No space left")):
            raise NoSpace(
                "the disk is full; what was finished before is kept, so free space and run it again"
            ) from error
        if "locked" in reason:
            raise Busy("another process is writing to this catalogue; try again when it has finished") from error
        if "readonly" in reason or "unable to open" in reason:
            raise Outside(
                f"the catalogue cannot be written to ({reason}); may this user write into the shelf's folder?"
            ) from error
        raise Outside(f"the catalogue's database says: {' '.join(reason.split())}") from error
    except DatabaseError as error:
        if "not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise Outside(
                f"the catalogue is damaged ({error.orig}); put back a copy of it, or index into another folder"
            ) from error
        raise Outside(f"the catalogue's database says: {error.orig}") from error
