"""Items without an embedding → kept embeddings, in journalled batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from snapshelf import translate
from snapshelf.catalogue import embeddings, journal
from snapshelf.errors import BadInput, Outside, SnapshelfError
from snapshelf.stack import Stack
from snapshelf.types import Item, Vectors


def embed_missing(stack: Stack, run: str, items: Mapping[str, Item]) -> tuple[int, dict[str, SnapshelfError]]:
    """Embed and keep what is not kept yet, content → item.

    Returns how many were embedded, and those that the model refused with its reason. A batch is noted before it goes
    to the model and marked in the transaction that keeps it, so a crash neither loses nor repeats a kept one.
    """
    with stack.catalogue.read() as connection:
        wanted = embeddings.missing(connection, list(items), stack.model, "index", stack.kept_dim)
    alike: dict[type, list[str]] = {}
    for content in wanted:
        alike.setdefault(type(items[content]), []).append(content)
    refused: dict[str, SnapshelfError] = {}
    done, size = 0, stack.card.batch
    for contents in alike.values():
        for start in range(0, len(contents), size):
            batch = contents[start : start + size]
            done += _one_batch(stack, run, batch, [items[content] for content in batch], refused)
    return done, refused


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
