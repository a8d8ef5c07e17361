"""A product → what is kept of it: its text as the model reads it, and its media opened safely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from snapshelf.catalogue.products import Entry, Medium, fingerprint
from snapshelf.errors import BadMedia, SnapshelfError, Unsupported
from snapshelf.ingest.read import KINDS, Known, Opener, named, read, unchanged
from snapshelf.protocols import Embedded
from snapshelf.types import Item, Product

DESCRIPTION = 600  # characters of the description that the model reads; what matters stands first


@dataclass(frozen=True, slots=True)
class Prepared:
    """A catalogue entry with the items to embed, by content. Media already known are left out."""

    entry: Entry
    items: Mapping[str, Item | Embedded]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a product cannot be taken: the field of the medium that is wrong, and what is wrong with it."""

    field: str
    error: SnapshelfError


def text_of(product: Product) -> str:
    """What a model reads of a product: never its price or stock, so that a change of these embeds nothing."""
    words = [f"{name.replace('_', ' ')}: {value}" for name, value in _texts(product)]
    parts = [product.title, product.brand, product.category, ", ".join(words), product.description[:DESCRIPTION]]
    return "\n".join(part for part in parts if part)


def _texts(product: Product) -> list[tuple[str, str]]:
    found = []
    for name, value in sorted(product.attributes.items()):
        if isinstance(value, tuple):
            value = ", ".join(value)
        if isinstance(value, str) and len(value) <= 100:
            found.append((name, value))
    return found


def prepare(product: Product, source: str, opener: Opener, known: Known) -> Prepared | Refused:
    """The entry of a product and what of it may need an embedding, or why a medium of it is refused.

    known: its media as last read, by reference; one whose stamp is the same is not opened again.
    """
    text = text_of(product)
    name = named("text", text)
    items: dict[str, Item | Embedded] = {name: text}
    media: list[Medium] = []
    for column, kind in KINDS.items():
        for ref in getattr(product, column):
            try:
                before = unchanged(ref, kind, known, opener.rules)
                opened = [] if before else read(ref, kind, opener)
            except (BadMedia, Unsupported) as error:
                return Refused(column, error)
            media += before or [medium for medium, _ in opened]
            items |= {medium.content: item for medium, item in opened}
    return Prepared(Entry(product, source, name, tuple(media), fingerprint(product)), items)
