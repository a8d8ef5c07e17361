"""Bring a catalogue's tables to the newest version; alembic is imported only when there is something to do."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from snapshelf.catalogue.schema import HEAD
from snapshelf.errors import Mismatch


def version(engine: Engine) -> str | None:
    """The migration the tables stand at; None for an empty database."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: Engine) -> None:
    """Create or migrate. Raises Mismatch for tables written by a newer Snapshelf, which are left as they are."""
    at = version(engine)
    if at == HEAD:
        return
    if at is not None and at > HEAD:
        raise Mismatch(f"the catalogue is at version {at} and this Snapshelf knows only {HEAD}; upgrade Snapshelf")
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
