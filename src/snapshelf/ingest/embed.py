"""Items without an embedding → kept embeddings, in journalled batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from snapshelf import translate
from snapshelf.catalogue import embeddings, journal
from snapshelf.errors import BadInput, Outside, SnapshelfError
from snapshelf.protocols import Buying, Embedded, Outcome
from snapshelf.stack import Stack
from snapshelf.types import Item, Vectors


def embed_missing(
    stack: Stack, run: str, items: Mapping[str, Item | Embedded]
) -> tuple[int, dict[str, SnapshelfError]]:
    """Embed and keep what is not kept yet, content → item; what comes with its vector is kept as it is.

    Returns how many were embedded, and those that the model refused with its reason. A batch is noted before it goes
    to the model and marked in the transaction that keeps it, so a crash neither loses nor repeats a kept one. What a
    model is paid for is kept as it comes, each part with its charge.
    """
    with stack.catalogue.read() as connection:
        wanted = embeddings.missing(connection, list(items), stack.model, "index", stack.kept_dim)
    alike: dict[type, list[tuple[str, Item]]] = {}
    ready: list[tuple[str, Embedded]] = []
    for content in wanted:
        item = items[content]
        if isinstance(item, Embedded):
            ready.append((content, item))
        else:
            alike.setdefault(type(item), []).append((content, item))
    refused: dict[str, SnapshelfError] = {}
    done, size = _keep_ready(stack, run, ready), stack.card.batch
    for some in alike.values():
        for start in range(0, len(some), size):
            contents, batch = zip(*some[start : start + size], strict=True)
            one = _bought_batch if isinstance(stack.embedder, Buying) else _one_batch
            done += one(stack, run, contents, batch, refused)
    return done, refused


def _keep_ready(stack: Stack, run: str, ready: Sequence[tuple[str, Embedded]]) -> int:
    if ready:
        rows = _checked(np.stack([one.row for _, one in ready]))
        with stack.ledger.writing(run) as connection:
            embeddings.put(connection, [content for content, _ in ready], rows, stack.model, "index", stack.kept_dim)
    return len(ready)


def _bought_batch(
    stack: Stack, run: str, contents: Sequence[str], items: Sequence[Item], refused: dict[str, SnapshelfError]
) -> int:
    """Every row is kept as soon as it has come, in one transaction with the charge for it."""
    done = 0

    def keep(outcomes: Sequence[Outcome]) -> None:
        nonlocal done
        kept, rows = [], []
        for place, found in outcomes:
            if isinstance(found, SnapshelfError):
                refused[contents[place]] = found
            else:
                kept.append(contents[place])
                rows.append(found)
        with stack.ledger.writing(run) as connection:
            # What an interruption hands over a second time is there already.
            new = set(embeddings.missing(connection, kept, stack.model, "index", stack.kept_dim))
            if new:
                fresh = _checked(np.stack([row for content, row in zip(kept, rows, strict=True) if content in new]))
                placed = [content for content in kept if content in new]
                embeddings.put(connection, placed, fresh, stack.model, "index", stack.kept_dim)
        done += len(new)

    with stack.catalogue.write() as connection:
        number = journal.sent(connection, run, contents)
    try:
        translate.embed_each(stack, items, "index", stack.kept_dim, keep)
    finally:  # whatever ended it, nothing is under way any more
        with stack.ledger.writing(run) as connection:
            journal.done(connection, number)
    return done


def _one_batch(
    stack: Stack, run: str, contents: Sequence[str], items: Sequence[Item], refused: dict[str, SnapshelfError]
) -> int:
    with stack.catalogue.write() as connection:
        number = journal.sent(connection, run, contents)
    kept, rows = _embed(stack, contents, items, refused)
    with stack.catalogue.write() as connection:
        if kept:
            embeddings.put(connection, kept, rows, stack.model, "index", stack.kept_dim)
        journal.done(connection, number)
    return len(kept)


def _embed(
    stack: Stack, contents: Sequence[str], items: Sequence[Item], refused: dict[str, SnapshelfError]
) -> tuple[list[str], Vectors]:
    """The batch in one call; if the model refuses it, one by one, so that a single bad item costs only itself."""
    try:
        return list(contents), _checked(translate.embed(stack, items, "index", stack.kept_dim))
    except BadInput:
        pass
    kept, rows = [], []
    for content, item in zip(contents, items, strict=True):
        try:
            rows.append(_checked(translate.embed(stack, [item], "index", stack.kept_dim)))
            kept.append(content)
        except BadInput as error:
            refused[content] = error
    return kept, np.concatenate(rows) if rows else np.empty((0, stack.kept_dim), np.float32)


def _checked(rows: Vectors) -> Vectors:
    """The rows, if each is finite and of unit length: a broken model must not fill a catalogue."""
    length = np.linalg.norm(rows, axis=1)
    if not np.all(np.abs(length - 1) < 1e-3):
        raise Outside("the model returned a vector that is not of unit length; nothing of its batch was kept")
    return rows
