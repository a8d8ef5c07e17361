"""A query while it is read: its tokens, which of them are spoken for, and what was found."""

from __future__ import annotations

from snapshelf.types import Filter
from snapshelf.understand.tokens import Token
from snapshelf.understand.understood import Constraint, Correction
from snapshelf.understand.vocabulary import Vocabulary
from snapshelf.understand.words import Phrases, Words


class Sheet:
    """The rules write on it one after the other; a token belongs to one constraint at most."""

    def __init__(self, text: str, tokens: list[Token], vocabulary: Vocabulary, off: frozenset[str]) -> None:
        self.text, self.tokens, self.vocabulary, self.off = text, tokens, vocabulary, off
        self.words: Words = vocabulary.words
        self.taken = bytearray(len(tokens))
        self.constraints: list[Constraint] = []
        self.corrections: list[Correction] = []
        self.faults: list[str] = []
        self.negatives: list[tuple[str, tuple[int, int]]] = []  # what is denied, and the span of its constraint
        self.dropped: dict[tuple[int, int], bool] = {}  # spans that search gets no word of → whether it could use them
        self.quotes = 0  # quotation marks open so far

    def on(self, kind: str) -> bool:
        """Whether this kind is to be understood."""
        return kind not in self.off

    def free(self, first: int, last: int) -> bool:
        """Whether all tokens from ``first`` up to ``last``, left out, are there and belong to nothing yet."""
        return first >= 0 and last <= len(self.tokens) and not any(self.taken[first:last])

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The place of tokens in the text."""
        return self.tokens[first].start, self.tokens[last - 1].end

    def take(self, first: int, last: int) -> tuple[int, int]:
        """Mark tokens as spoken for; returns their place."""
        for at in range(first, last):
            self.taken[at] = 1
        return self.span(first, last)

    def drop(self, span: tuple[int, int], useful: bool = False) -> None:
        """Keep a place of the text from search; ``useful``: unless nothing else were left."""
        self.dropped[span] = useful

    def add(
        self, kind: str, first: int, last: int, said: str, where: Filter | None, hard: bool, code: str = ""
    ) -> Constraint:
        """Note a constraint over tokens; one that rests on a corrected word is soft."""
        span = self.take(first, last)
        sure = hard and not any(token.fixed for token in self.tokens[first:last])
        made = Constraint(kind, sure, span, self.text[span[0] : span[1]], said, where, code)
        self.constraints.append(made)
        return made

    def phrase(self, at: int, table: Phrases) -> int:
        """How many tokens from ``at`` on make the longest phrase of a table; 0 for none."""
        longest = table.ahead.get(self.tokens[at].word, 0) if at < len(self.tokens) else 0
        for last in range(min(at + longest, len(self.tokens)), at, -1):
            if self.said(at, last) in table.meaning and self.free(at, last):
                return last - at
        return 0

    def before(self, at: int, table: Phrases) -> int:
        """How many tokens just before ``at`` make the longest phrase of a table; 0 for none."""
        longest = table.behind.get(self.tokens[at - 1].word, 0) if at > 0 else 0
        for first in range(max(at - longest, 0), at):
            if self.said(first, at) in table.meaning and self.free(first, at):
                return at - first
        return 0

    def meaning(self, at: int, count: int, table: Phrases) -> str:
        """What the phrase of ``count`` tokens means."""
        return table.meaning[self.said(at, at + count)]

    def said(self, first: int, last: int) -> str:
        """Folded tokens with spaces between; signs glued as they are ("w/o"), a hyphen between words as a space."""
        if last == first + 1:
            return self.tokens[first].word
        found = self.tokens[first].word
        hyphen = False
        for token in self.tokens[first + 1 : last]:
            if token.word == "-" and token.glued:
                hyphen = True
                continue
            glued = token.glued and not hyphen
            found += token.word if glued else f" {token.word}"
            hyphen = False
        return found + ("-" if hyphen else "")

    def word(self, at: int) -> str:
        """The folded word at a place; "" outside of the query."""
        return self.tokens[at].word if 0 <= at < len(self.tokens) else ""
