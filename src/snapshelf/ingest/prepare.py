"""A product → what is kept of it: its text as the model reads it, and its pictures opened safely."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from snapshelf.catalogue.products import Entry, Picture, fingerprint
from snapshelf.errors import BadMedia
from snapshelf.media import Fetcher, MediaLimits, open_image
from snapshelf.types import Item, Product

DESCRIPTION = 600  # characters of the description that the model reads; what matters stands first


@dataclass(frozen=True, slots=True)
class Prepared:
    """A catalogue entry with the items to embed: content → words or picture. Pictures already known are left out."""

    entry: Entry
    items: Mapping[str, Item]


@dataclass(frozen=True, slots=True)
class Opener:
    """How pictures are opened: within these limits, URLs through this fetcher, at most ``side`` pixels long."""

    limits: MediaLimits
    fetcher: Fetcher
    side: int


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


def stamp(ref: str) -> str:
    """Size and modification time of a local file; "" for a URL. Raises BadMedia when the file is not there."""
    if is_url(ref):
        return ""
    try:
        status = Path(ref).stat()
    except OSError as error:
        raise BadMedia(f"the picture {ref} is not there") from error
    return f"{status.st_size}:{status.st_mtime_ns}"


def is_url(ref: str) -> bool:
    """Whether a picture's reference is fetched rather than read."""
    return ref.startswith(("http://", "https://"))


def prepare(product: Product, source: str, opener: Opener, known: Mapping[str, Picture]) -> Prepared | BadMedia:
    """The entry of a product and what of it may need an embedding, or why a picture of it is refused.

    known: its pictures as last read, by reference; one whose stamp is the same is not opened again.
    """
    text = text_of(product)
    name = hashlib.sha256(f"text\0{text}".encode()).hexdigest()
    items: dict[str, Item] = {name: text}
    pictures = []
    for ref in product.images:
        try:
            mark = stamp(ref)
            before = known.get(ref)
            if before and before.stamp == mark:
                pictures.append(before)
                continue
            data = opener.fetcher.fetch(ref) if is_url(ref) else Path(ref)
            opened = open_image(data, limits=opener.limits, fit=opener.side)
        except BadMedia as error:
            return error
        pictures.append(Picture(ref, mark, opened.content, opened.width, opened.height))
        items[opened.content] = opened.image
    return Prepared(Entry(product, source, name, tuple(pictures), fingerprint(product)), items)
