"""Let the indexes follow the catalogue: apply what changed since their cursor, or everything when they are new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from sqlalchemy import Connection

from snapshelf.catalogue import changes, embeddings, products
from snapshelf.errors import Busy, NotHere, SomeRefused
from snapshelf.protocols import Renewable
from snapshelf.stack import LEXICAL, Stack
from snapshelf.types import Attributes, View

BATCH = 2000  # views per call of a store
Tell = Callable[[int, int], None]


def follow(stack: Stack, tell: Tell | None = None) -> int:
    """Bring the vector store and the text index up to date; returns how many views were applied.

    The caller holds `Stack.writing`. A cursor moves only after its index is durable, and applying a change twice is
    the same as once, so a crash anywhere is mended by the next call. Raises SomeRefused, when all else is done, for
    views that the store cannot take.
    """
    refused: SomeRefused | None = None
    try:
        done = _follow_vectors(stack, tell)
    except SomeRefused as error:
        refused, done = error, 0
    done += _follow_words(stack)
    if refused:
        raise refused
    return done


def catch_up(stack: Stack) -> None:
    """Follow before a search that found an index behind; another process that is writing will do it itself."""
    try:
        with stack.writing(follows=True):
            follow(stack)
    except (Busy, SomeRefused):  # what was refused was said when it was indexed
        return


def _follow_vectors(stack: Stack, tell: Tell | None) -> int:
    name, store = stack.index, stack.store
    with stack.catalogue.read() as connection:
        since, now = 0 if name in stack.rebuild else changes.cursor(connection, name), changes.now(connection)
        if since == now:
            return 0
        behind = changes.behind(connection, since)
        total, done = behind.added + behind.touched, 0
        if name in stack.rebuild and "renew" in store.can:
            cast(Renewable, store).renew()
        else:
            store.delete(changes.gone_views(connection, since))
        for views in changes.added_views(connection, since, BATCH):
            _add(stack, connection, views)
            done += len(views)
            if tell:
                tell(done, total)
        for views in changes.touched_views(connection, since, BATCH):
            _touch(stack, connection, views)
            done += len(views)
            if tell:
                tell(done, total)
    refused: SomeRefused | None = None
    try:
        store.flush()
    except SomeRefused as error:
        refused = error  # the rest is in, and trying again would change nothing
    with stack.catalogue.write() as connection:
        changes.move(connection, name, now)
    stack.rebuild.discard(name)
    if refused:
        raise refused
    return done


def _touch(stack: Stack, connection: Connection, views: Sequence[View]) -> None:
    """Give views other attributes; all are added where one is not in the store, which may have refused it before."""
    if "update" not in stack.store.can:
        return _add(stack, connection, views)
    try:
        return stack.store.update([view.id for view in views], _attributes(stack, connection, views))
    except NotHere:
        return _add(stack, connection, views)


def _add(stack: Stack, connection: Connection, views: Sequence[View]) -> None:
    contents = [view.content for view in views]
    rows = embeddings.get(connection, contents, stack.model, "index", stack.kept_dim, stack.dim)
    stack.store.add([view.id for view in views], rows, _attributes(stack, connection, views))


def _attributes(stack: Stack, connection: Connection, views: Sequence[View]) -> list[Attributes]:
    """What a filter may ask about, and the texts that a store with a text index of its own wants."""
    texts: Sequence[str] = getattr(stack.store, "texts", ())
    found = products.get(connection, list(dict.fromkeys(view.sku for view in views)))
    held: dict[str, Attributes] = {}
    for sku, product in found.items():
        told = {name: str(text) for name in texts if (text := getattr(product, name, ""))}
        held[sku] = {**product.filterable(), **told}
    return [held[view.sku] for view in views]


def _follow_words(stack: Stack) -> int:
    lexical = stack.lexical
    with stack.catalogue.read() as connection:
        since, now = 0 if LEXICAL in stack.rebuild else changes.cursor(connection, LEXICAL), changes.now(connection)
        if since == now:
            return 0
        done = 0
        lexical.delete(changes.gone_products(connection, since))
        for rows in changes.changed_products(connection, since, BATCH):
            lexical.put(rows)
            done += len(rows)
    lexical.commit()
    with stack.catalogue.write() as connection:
        changes.move(connection, LEXICAL, now)
    stack.rebuild.discard(LEXICAL)
    return done
