"""Words on the things in photos: whether to read them, what the shop makes of them, and what they say of a hit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Connection

from snapshelf.catalogue import products
from snapshelf.errors import BadQuery, Outside
from snapshelf.search import meaning
from snapshelf.search.relevance import Floats, Slopes
from snapshelf.stack import Stack
from snapshelf.types import Part, Product
from snapshelf.understand import Printed, printed
from snapshelf.understand.tokens import pieces

if TYPE_CHECKING:  # what most searches do not need is not imported for them
    from snapshelf.media.printed import Line
    from snapshelf.search.lanes import Asked
    from snapshelf.search.photos import Photo

# Log-odds between a product whose brand a photo names and others, and between one that has every word read and one that
# has none. Of 331 training photos of packages 0.287 named their own brand and 1 another; of the other words read, 0.78
# stood in the product's own texts, where 0.19 would by chance: log(0.78 / 0.19) - log(0.22 / 0.81) is about 2.7. Of the
# brand the data would allow more than 6; a photo with two things in it, or a shop of one brand's parts, would not.
BRAND, WORDS = 4.0, 2.5
SHORTEST = 4  # letters of a word that only descriptions have


def wants(stack: Stack, read_text: bool | None, photos: bool) -> bool:
    """Whether photos are to be read: as the caller says, or else the settings.

    Raises MissingExtra where they are and there is nothing to read with, BadQuery where there is no photo to read.
    """
    if read_text and not photos:
        raise BadQuery("there is no photo to read text in; give one, or do not ask for reading")
    wanted = photos and (stack.settings.search.read_text if read_text is None else read_text)
    if wanted:
        from snapshelf.media.printed import check_reader

        check_reader()
    return wanted


def lines(stack: Stack, photos: Sequence[Photo], parts: Sequence[Part]) -> dict[str, tuple[Line, ...]]:
    """Part → the lines in a photo, or within the box that was drawn in it; of photos that count for the query."""
    counts = {part.name for part in parts if part.weight > 0}
    return {photo.part.name: _read(stack, photo) for photo in photos if photo.part.name in counts}


def _read(stack: Stack, photo: Photo) -> tuple[Line, ...]:
    """Opened once more, since letters are smaller than what a model looks at."""
    from snapshelf.media import open_image
    from snapshelf.media.printed import LARGEST, read_lines
    from snapshelf.photo import cut_out

    opened = open_image(photo.source, stack.limits, None if photo.box else LARGEST)  # type: ignore[arg-type]
    if photo.box is None:
        found = read_lines(opened.image)
        return tuple(_moved(line, 0, 0, opened.width / opened.image.width) for line in found)
    left, top, *_ = photo.box
    found = read_lines(cut_out(opened.image, photo.box, opened.width, opened.height))
    return tuple(_moved(line, left, top, 1.0) for line in found)


def _moved(line: Line, left: int, top: int, scale: float) -> Line:
    """A line with its box in pixels of the whole photo."""
    a, b, c, d = (round(at * scale) for at in line.box)
    return replace(line, box=(a + left, b + top, c + left, d + top))


def understood(stack: Stack, connection: Connection, found: Sequence[Line]) -> Printed:
    """The shop's own words, brands and codes among lines."""
    if not found:
        return Printed()

    def holds(word: str) -> bool:
        try:
            return len(word) >= SHORTEST and any(map(stack.lexical.holds, stack.lexical.words(word)))
        except Outside:  # the text index cannot be opened; then it is not asked for words either
            return False

    return printed([line.text for line in found], meaning.vocabulary(stack, connection), holds)


def slopes(usual: Slopes, asked: Asked) -> Slopes:
    """The slopes of a query, of which those of photos alone know no words."""
    return replace(usual, lexical=BRAND + WORDS) if asked.reads else usual


def shares(stack: Stack, connection: Connection, asked: Asked, skus: Sequence[str]) -> Floats:
    """(n,) how much of what a photo shows the products have, in [0, 1]: its brand, and its words by their rarity.

    That a word is there counts, not how often nor in how long a text, as it does in BM25: what is printed on a package
    tells brands and kinds apart, but not two products of one brand by the length of what the shop says of them.
    """
    seen = asked.printed
    held = products.get(connection, skus)
    brand = np.array([held[sku].brand in seen.brands if sku in held else False for sku in skus], np.float64)
    rarity = {word: stack.lexical.ideal(word) for word in seen.words}
    having = {word: stack.lexical.scores(word, skus) for word in seen.words}
    words = np.array([sum(rarity[word] for word in seen.words if sku in having[word]) for sku in skus], np.float64)
    return (BRAND * brand + WORDS * words / (sum(rarity.values()) or 1.0)) / (BRAND + WORDS)


def notes(asked: Asked, codes: Mapping[str, object]) -> list[str]:
    """What is said of words in photos."""
    seen = asked.printed
    said = [f"the photo names {_listed(seen.brands)}"] if seen.brands else []
    said += [f"words read in the photo were searched for: {', '.join(seen.words)}"] if asked.reads else []
    return [*said, *(f"the photo shows the code {code}" for code in (*seen.gtins, *seen.codes) if codes)]


def disagreement(brands: Collection[str], product: Product) -> str:
    """A sentence where a photo names brands of which the product is none, and its title speaks of none; else ""."""
    if not brands or not product.brand or product.brand in brands:
        return ""
    title = f" {' '.join(pieces(product.title))} "
    if any(f" {' '.join(pieces(brand))} " in title for brand in brands):
        return ""
    return f"the photo names {_listed(brands)}, this is of {product.brand}"


def _listed(brands: Collection[str]) -> str:
    return " and ".join(brands)
