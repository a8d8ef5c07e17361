"""How many tokens a text has, where it is cut when it has too many, and how it is parted into segments.

AWS publishes no tokenizer. The twin counts one token for every five ASCII letters or digits of a word, begun or whole,
and one for every other sign that is not white; of plain English that makes about 1.3 tokens a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MOST_TOKENS = 8_172  # that the model reads
TOKEN = re.compile(r"[A-Za-z0-9]{1,5}|[^\sA-Za-z0-9]")
WINDOW = 400  # characters that the encoder reads at once


class Read(NamedTuple):
    """What the model reads of a text, its tokens, and whether that is less than all."""

    text: str
    tokens: int
    cut: bool


def tokens(text: str) -> int:
    """Tokens of a text."""
    return sum(1 for _ in TOKEN.finditer(text))


def read(text: str, mode: str) -> Read | None:
    """As much of a text as the model takes; ``mode`` names the side that is dropped. None where NONE forbids it."""
    found = [match.span() for match in TOKEN.finditer(text)]
    if len(found) <= MOST_TOKENS:
        return Read(text, len(found), False)
    if mode == "NONE":
        return None
    kept = text[found[-MOST_TOKENS][0] :] if mode == "START" else text[: found[MOST_TOKENS - 1][1]]
    return Read(kept, MOST_TOKENS, True)


def segments(text: str, most: int) -> Iterator[tuple[int, int]]:
    """(start, end) of the parts of a text, each of at most ``most`` characters; they end after a space if they can."""
    start = 0
    while start < len(text):
        end = start + most
        if end < len(text):
            space = next((at for at in range(end - 1, start, -1) if text[at].isspace()), end - 1)
            end = space + 1
        yield start, min(end, len(text))
        start = end


def windows(text: str) -> list[str]:
    """A long text in pieces that the encoder reads whole."""
    return [text[start:end] for start, end in segments(text, WINDOW)]
