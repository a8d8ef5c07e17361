"""Text → tokens: words, numbers and signs, each with its place in the original text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from snapshelf.understand.words import Words

MOST = 256  # tokens that are read; what comes behind is left to search as it stands
_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:[.,][0-9]+|['’][0-9]{3}(?![0-9]))*)"
    r"|(?P<word>(?:[^\W\d_][\u0300-\u036f]*)+(?:['’´`](?:[^\W\d_][\u0300-\u036f]*)+)*)"
    r"|(?P<sign><=|>=|[^\s])"
)
_WORDS = re.compile(r"[^\W\d_]+|[0-9]+(?:[.,][0-9]+)*")
_SILENT = str.maketrans("", "", "'’´`™®©℠")  # apostrophes, and marks of ownership


class Token(NamedTuple):
    """A piece of the query. ``kind`` is "number", "word" or "sign"; ``text`` as written, ``word`` folded.

    ``stem``: the word without its plural, the form that keys are made of. ``glued``: nothing stands before it but the
    token before. ``fixed``: it was misspelt, and ``word`` is what was meant.
    """

    kind: str
    text: str
    word: str
    stem: str
    start: int
    end: int
    glued: bool
    fixed: bool = False


def tokens(text: str, words: Words) -> list[Token]:
    """The first `MOST` tokens of a text, in order."""
    found: list[Token] = []
    last = -1
    for match in _TOKEN.finditer(text):
        kind, piece = match.lastgroup or "sign", match[0]
        start, end = match.span()
        word = fold(piece) if kind == "word" else piece
        stem = stemmed(word, words) if kind == "word" else word
        found.append(Token(kind, piece, word, stem, start, end, start == last))
        last = end
        if len(found) == MOST:
            break
    return found


def fold(text: str) -> str:
    """Without case, accents and apostrophes, compatible characters made one: "Crème" → "creme"."""
    if text.isascii():
        return text.lower() if text.isalnum() else text.lower().translate(_SILENT)
    parts = unicodedata.normalize("NFKD", text.translate(_SILENT).casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def stemmed(word: str, words: Words) -> str:
    """A folded word in the form that keys are made of: one spelling, singular."""
    if len(word) > 2 and word[-1] == "s":
        for ending, instead in words.endings:
            if word.endswith(ending):
                word = word[: len(word) - len(ending)] + instead
                break
    return words.same.get(word, word)


def key(text: str, words: Words) -> tuple[str, ...]:
    """The stems of a catalogue's name or value; empty for one without letters and digits."""
    return tuple(stemmed(piece, words) for piece in pieces(text))


def pieces(text: str) -> list[str]:
    """The folded words and numbers of a text, as `tokens` would part them."""
    return _WORDS.findall(fold(text))


def joined(stems: Iterable[str]) -> str:
    """Stems as one dictionary key."""
    return " ".join(stems)
