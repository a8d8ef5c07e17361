"""What a model does not understand → what it does: sound as the words said in it, video as its frames.

It stands above the embedders, so that each of them gains it: a model whose card lists "audio" or "video" gets clips and
segments as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from snapshelf.catalogue import changes, products
from snapshelf.errors import BadInput, BadSettings, Unsupported
from snapshelf.protocols import Buying, Heard, Outcome, Phrases
from snapshelf.stack import Stack
from snapshelf.types import Clip, Item, Purpose, Segment, Vectors
from snapshelf.vectors import unit

MOST = 20_000  # titles that are read from a catalogue, and brands, categories and values each; more take too long
AT_ONCE = 64  # frames in one call of a model


def embed(stack: Stack, items: Sequence[Item], purpose: Purpose, dim: int) -> Vectors:
    """(n, dim) unit rows in the order of ``items``; a segment of video becomes the mean of its frames where it must.

    Raises Unsupported for sound that was not recognised first, and for video where the model knows no pictures.
    """
    if purpose == "query":
        purpose = stack.asks()
        stack.ledger.settle_soon()
    apart = [_parts(stack, item) for item in items]
    flat = [part for parts in apart for part in parts]
    size = max(AT_ONCE, len(items))
    rows = [stack.embedder.embed(flat[start : start + size], purpose, dim) for start in range(0, len(flat), size)]
    found = np.concatenate(rows) if rows else stack.embedder.embed([], purpose, dim)
    if len(flat) == len(items):
        return found
    starts = np.cumsum([0, *(len(parts) for parts in apart[:-1])])
    means: Vectors = np.add.reduceat(found, starts)
    return unit(means)


def embed_each(
    stack: Stack, items: Sequence[Item], purpose: Purpose, dim: int, keep: Callable[[Sequence[Outcome]], None]
) -> None:
    """The same one by one, for a model whose calls cost money: outcomes are handed to ``keep`` as they come."""
    buyer = stack.embedder
    whole = [place for place, item in enumerate(items) if len(_parts(stack, item)) == 1]
    if isinstance(buyer, Buying):
        buyer.embed_each(
            [items[place] for place in whole], purpose, dim, lambda some: keep([(whole[at], one) for at, one in some])
        )
    for place in sorted(set(range(len(items))) - set(whole)):
        try:
            keep([(place, embed(stack, [items[place]], purpose, dim)[0])])
        except BadInput as error:
            keep([(place, error)])


def _parts(stack: Stack, item: Item) -> Sequence[Item]:
    known, name = stack.card.modalities, stack.card.name
    if isinstance(item, Clip) and "audio" not in known:
        raise Unsupported(f"the model {name} does not understand sound")
    if isinstance(item, Segment) and "video" not in known:
        if "image" not in known:
            raise Unsupported(f"the model {name} understands neither video nor pictures")
        return item.frames
    return (item,)


def hears(stack: Stack) -> bool:
    """Whether sound is to be recognised, since the model takes none. Raises Unsupported where it cannot be."""
    if "audio" in stack.card.modalities:
        return False
    if not stack.settings.speech.recogniser:
        raise Unsupported(
            f"the model {stack.card.name} does not understand sound, and no recogniser is set; set speech.recogniser"
        )
    if "text" not in stack.card.modalities:
        raise Unsupported(f"the model {stack.card.name} understands neither sound nor words")
    return True


def hear(stack: Stack, clip: Clip, phrases: Phrases) -> Heard:
    """The words said in a clip, "" where nothing is understood."""
    return stack.recogniser.hear(clip, phrases)


def phrases_of(stack: Stack, also: Sequence[str] = ()) -> Phrases:
    """What is said in this shop: its catalogue, the file that speech.phrases names, and ``also``."""
    given = _given(stack.settings.speech.phrases)
    with stack.catalogue.read() as connection:
        now = changes.now(connection)
    mark = hashlib.sha256(repr((now, given, tuple(also))).encode("utf-8", "surrogatepass")).hexdigest()

    def read() -> list[str]:
        with stack.catalogue.read() as connection:
            return [*products.phrases(connection, MOST), *given, *also]

    return Phrases(mark, read, stack.writable("speech"))


def _given(file: str) -> tuple[str, ...]:
    if not file:
        return ()
    try:
        return tuple(line.strip() for line in Path(file).read_text("utf-8").splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"speech.phrases names {file}, which cannot be read as a UTF-8 text: {error}") from error
