"""What was understood of a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from snapshelf.types import And, Filter

KINDS = ("price", "measure", "size", "colour", "brand", "category", "attribute", "code", "negation", "correction")


class Span(NamedTuple):
    """A place in the query's text, in characters: ``start`` to ``end``, for highlighting."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """One thing that a shopper asks for. ``kind`` is one of `KINDS` but "correction".

    ``where`` is the filter that says it, None for a ``code`` (written as in the query) and for a denied word that the
    catalogue has no value for. ``hard``: products that fail are not to be shown; otherwise it is a guess, which may
    raise those that pass. ``words`` stand at ``span`` of the text, ``said`` repeats them in plain English.
    """

    kind: str
    hard: bool
    span: tuple[int, int]
    words: str
    said: str
    where: Filter | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that nobody knows, and the catalogue's word that it was taken for."""

    wrong: str
    right: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Understood:
    """A query, understood.

    ``residual``: the words for vector and lexical search, in their order, corrected. ``negatives``: words to be pushed
    away from. ``faults``: sentences on what contradicts itself or cannot be; no constraint was made of it.
    """

    text: str
    constraints: tuple[Constraint, ...] = ()
    residual: str = ""
    negatives: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def where(self) -> Filter | None:
        """All hard constraints as one filter; None when there are none."""
        parts = tuple(one.where for one in self.constraints if one.hard and one.where)
        return (parts[0] if len(parts) == 1 else And(parts)) if parts else None

    @property
    def wishes(self) -> tuple[Filter, ...]:
        """The filters of soft constraints, in the order of the text."""
        return tuple(one.where for one in self.constraints if not one.hard and one.where)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, as written in the query."""
        return tuple(one.code for one in self.constraints if one.code)

    @property
    def highlight(self) -> tuple[Span, ...]:
        """Places of constraints, and of corrections outside of them; in order, none overlaps another."""
        spans = [Span(*one.span, one.kind) for one in self.constraints]
        for one in self.corrections:
            if not any(span.start < one.span[1] and one.span[0] < span.end for span in spans):
                spans.append(Span(*one.span, "correction"))
        return tuple(sorted(spans))
