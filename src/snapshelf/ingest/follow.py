"""Let the indexes follow the catalogue: apply what changed since their cursor, or everything when they are new."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from snapshelf.catalogue import changes, embeddings, products
from snapshelf.errors import Busy
from snapshelf.stack import LEXICAL, Stack
from snapshelf.types import Attributes, View

BATCH = 2000  # views per call of a store
Tell = Callable[[int, int], None]


def follow(stack: Stack, tell: Tell | None = None) -> int:
    """Bring the vector store and the text index up to date; returns how many views were applied.

    The caller holds `Stack.writing`. A cursor moves only after its index is durable, and applying a change twice is
    the same as once, so a crash anywhere is mended by the next call.
    """
    return _follow_vectors(stack, tell) + _follow_words(stack)


def catch_up(stack: Stack) -> None:
    """Follow before a search that found an index behind; another process that is writing will do it itself."""
    try:
        with stack.writing():
            follow(stack)
    except Busy:
        return


def _follow_vectors(stack: Stack, tell: Tell | None) -> int:
    name, store = stack.index, stack.store
    with stack.catalogue.read() as connection:
        since, now = 0 if name in stack.rebuild else changes.cursor(connection, name), changes.now(connection)
        if since == now:
            return 0
        behind = changes.behind(connection, since)
        total, done = behind.added + behind.touched, 0
        store.delete(changes.gone_views(connection, since))
        for views in changes.added_views(connection, since, BATCH):
            _add(stack, connection, views)
            done += len(views)
            if tell:
                tell(done, total)
        for views in changes.touched_views(connection, since, BATCH):
            if "update" in store.can:
                store.update([view.id for view in views], _attributes(connection, views))
            else:
                _add(stack, connection, views)
            done += len(views)
            if tell:
                tell(done, total)
    store.flush()
    with stack.catalogue.write() as connection:
        changes.move(connection, name, now)
    stack.rebuild.discard(name)
    return done


def _add(stack: Stack, connection: Connection, views: Sequence[View]) -> None:
    contents = [view.content for view in views]
    rows = embeddings.get(connection, contents, stack.model, "index", stack.kept_dim, stack.dim)
    stack.store.add([view.id for view in views], rows, _attributes(connection, views))


def _attributes(connection: Connection, views: Sequence[View]) -> list[Attributes]:
    found = products.get(connection, list(dict.fromkeys(view.sku for view in views)))
    filterable = {sku: product.filterable() for sku, product in found.items()}
    return [filterable[view.sku] for view in views]


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
