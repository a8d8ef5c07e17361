"""A state of the catalogue that the indexes have followed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from snapshelf.stack import Stack


@contextmanager
def followed(stack: Stack, words: bool, needed: bool = True) -> Iterator[Connection]:
    """A connection that sees one state; where an index is behind the catalogue, it is brought up to it first.

    words, needed: as in `Stack.is_behind`. Raises what indexing raises.
    """
    with stack.catalogue.read() as connection:
        if not stack.is_behind(connection, words, needed):
            yield connection
            return
    from snapshelf.ingest.follow import catch_up

    catch_up(stack)
    with stack.catalogue.read() as connection:
        yield connection
