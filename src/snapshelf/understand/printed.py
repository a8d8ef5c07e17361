"""What is printed on a package → the shop's own words, brands and codes in it; everything else is dropped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from snapshelf.gtin import is_gtin
from snapshelf.understand.codes import chunks, looks_like_code
from snapshelf.understand.tokens import joined, pieces, stemmed
from snapshelf.understand.vocabulary import LONGEST_KEY, Vocabulary

SHORTEST = 3  # letters of a word; what is shorter is as often a piece of a pattern
CORRECTED = 5  # letters of a word that one wrong letter is forgiven; a shorter one is near to too many
MOST_WORDS = 24  # a leaflet has more, and they say nothing of one product
_SPACES = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True)
class Printed:
    """``words`` are the shop's, folded, each once, in reading order; ``brands`` as the catalogue writes them.

    ``gtins`` are codes of the catalogue with a right check digit, ``codes`` its other codes, as they were read.
    """

    words: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    gtins: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words as the text index is asked for them."""
        return " ".join(self.words)


def printed(lines: Sequence[str], vocabulary: Vocabulary, holds: Callable[[str], bool] | None = None) -> Printed:
    """What lines that were read on a photo say in the words of a catalogue.

    A word counts if the catalogue has it; one of `CORRECTED` letters or more is taken for the catalogue's nearest
    within one mistake, two from eight letters on (`typos`). A brand of fewer than `SHORTEST` letters must be a line by
    itself. ``holds``: whether the catalogue's running text has a word, for words that its names do not have.
    """
    known = [word for line in lines for piece in pieces(line) if (word := _known(piece, vocabulary, holds))]
    brands = [brand for line in lines for brand in _short_brand(line, vocabulary)]
    brands += _brands([stemmed(word, vocabulary.words) for word in known], vocabulary)
    codes = list(dict.fromkeys(_codes(lines, vocabulary)))
    return Printed(
        words=tuple(dict.fromkeys(known))[:MOST_WORDS],
        brands=tuple(dict.fromkeys(brands)),
        gtins=tuple(code for code in codes if is_gtin(code)),
        codes=tuple(code for code in codes if not is_gtin(code)),
    )


def _known(piece: str, vocabulary: Vocabulary, holds: Callable[[str], bool] | None) -> str:
    """The catalogue's word that a piece of a line is, "" for none."""
    if len(piece) < SHORTEST or not piece.isalpha() or piece in vocabulary.words.function:
        return ""
    if stemmed(piece, vocabulary.words) in vocabulary.stems or (holds and holds(piece)):
        return piece
    return (vocabulary.spelling.nearest(piece) or "") if len(piece) >= CORRECTED and piece.isascii() else ""


def _brands(stems: Sequence[str], vocabulary: Vocabulary) -> Iterator[str]:
    """Brands among the words, the longest that begins at each; a brand's words may stand in lines below each other."""
    at = 0
    while at < len(stems):
        for count in range(min(LONGEST_KEY, len(stems) - at), 0, -1):
            found = _named(joined(stems[at : at + count]), vocabulary)
            if found:
                yield from found
                at += count - 1
                break
        at += 1


def _short_brand(line: str, vocabulary: Vocabulary) -> list[str]:
    parts = pieces(line)
    return _named(parts[0], vocabulary) if len(parts) == 1 and len(parts[0]) < SHORTEST else []


def _named(key: str, vocabulary: Vocabulary) -> list[str]:
    readings = vocabulary.values.get(key, ())
    return [str(value) for reading in readings if reading.kind == "brand" for value in reading.values]


def _codes(lines: Sequence[str], vocabulary: Vocabulary) -> Iterator[str]:
    """Codes that the catalogue holds: numbers under a barcode, also with gaps, and part numbers."""
    for line in lines:
        digits = _SPACES.sub("", line)
        if is_gtin(digits) and vocabulary.is_code(digits):
            yield digits
            continue
        for _, _, code in chunks(line):
            if (is_gtin(code) or looks_like_code(code)) and vocabulary.is_code(code):
                yield code
