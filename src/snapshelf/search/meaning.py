"""What the words of a query mean, put to use: demands become a filter, wishes a small push, denials a push away."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sqlalchemy import Connection

from snapshelf.catalogue import changes
from snapshelf.catalogue.vocabulary import facts
from snapshelf.errors import BadQuery, nearest
from snapshelf.search.remembered import among
from snapshelf.stack import Stack
from snapshelf.types import And, Compare, Filter, Part
from snapshelf.understand import KINDS, Understood, Vocabulary, understand

AWAY = -0.25  # weight of a denied word, beside 1 for the words it stands with
QUICK, STALE = 0.2, 60.0  # seconds: a vocabulary that takes longer to make may be so old, though the catalogue changed


@dataclass(frozen=True, slots=True)
class Meaning:
    """A query as understood: its ``parts`` without what became a constraint, the texts as ``said``, and what follows.

    ``where``: all demands as one filter, ``demands`` the same in words. ``wishes``: in words → filter.
    """

    parts: tuple[Part, ...]
    said: str
    where: Filter | None = None
    demands: tuple[str, ...] = ()
    wishes: Mapping[str, Filter] = field(default_factory=dict)
    understood: Mapping[str, Understood] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def filters(self) -> tuple[tuple[str, Filter], ...]:
        """Every demand and wish as its kind and a filter of its own."""
        found = (one for each in self.understood.values() for one in each.constraints)
        return tuple((one.kind, one.where) for one in found if one.where is not None)


def check(off: Collection[str]) -> None:
    """Raise BadQuery for a kind of understanding that there is not."""
    if isinstance(off, str):
        raise BadQuery('what is not to be understood is a list of kinds, such as ["price"]')
    for kind in off:
        if kind not in KINDS:
            raise BadQuery(f"there is no kind {kind!r} to switch off.{nearest(str(kind), KINDS)}")


def plainly(parts: Sequence[Part]) -> Meaning:
    """The query as it stands, nothing understood."""
    return Meaning(tuple(parts), _said(parts))


def read(stack: Stack, connection: Connection, parts: Sequence[Part], off: Collection[str] = ()) -> Meaning:
    """Understand every part that is words and counts for the query."""
    words = {part.name: part.content for part in parts if isinstance(part.content, str) and part.weight > 0}
    if not words:
        return plainly(parts)
    held = vocabulary(stack, connection)
    found = {name: understand(text, held, frozenset(off)) for name, text in words.items()}
    kept = [_without(part, found[part.name]) if part.name in found else part for part in parts]
    kept += [away for part in parts if part.name in found for away in _away(part, found[part.name])]
    hard = [one for each in found.values() for one in each.constraints if one.hard and one.where is not None]
    soft = [one for each in found.values() for one in each.constraints if not one.hard and one.where is not None]
    filters = tuple(one.where for one in hard if one.where is not None)
    return Meaning(
        parts=tuple(kept),
        said=_said(parts),
        where=both(*filters),
        demands=tuple(one.said for one in hard),
        wishes={one.said: one.where for one in soft if one.where is not None},
        understood=found,
        notes=tuple(note for each in found.values() for note in _notes(each)),
    )


def both(*filters: Filter | None) -> Filter | None:
    """All of these filters as one; None for none."""
    parts = tuple(one for one in filters if one is not None)
    return None if not parts else parts[0] if len(parts) == 1 else And(parts)


class Granted(NamedTuple):
    """A soft wish: the candidates that meet it, and whether it names what kind of thing is wanted."""

    skus: Collection[str]
    category: bool


def granted(
    stack: Stack, connection: Connection, wishes: Mapping[str, Filter], skus: Sequence[str]
) -> dict[str, Granted]:
    """Which of these products meet which wish."""
    return {
        said: Granted(among(stack, connection, wish, skus), isinstance(wish, Compare) and wish.name == "category")
        for said, wish in wishes.items()
    }


def vocabulary(stack: Stack, connection: Connection) -> Vocabulary:
    """The shop's vocabulary, kept in memory; a large one may be a minute behind the catalogue."""
    now = changes.seen(connection)
    held = _held(stack, now)
    if held is None:
        with stack.turn:  # one thread makes it, the others wait for it
            held = _held(stack, now)
            if held is None:
                began = time.monotonic()
                held = Vocabulary.of(facts(connection))
                stack.memory["vocabulary"] = (held, now, time.monotonic() - began, time.monotonic())
    return held


def _held(stack: Stack, now: int) -> Vocabulary | None:
    held = stack.memory.get("vocabulary")
    if not isinstance(held, tuple):
        return None
    made, seq, took, at = held
    return made if seq == now or (took > QUICK and time.monotonic() - at < STALE) else None


def _said(parts: Sequence[Part]) -> str:
    return " ".join(part.content for part in parts if isinstance(part.content, str) and part.weight > 0)


def _without(part: Part, found: Understood) -> Part:
    return replace(part, content=found.residual) if found.residual.strip() else part


def _away(part: Part, found: Understood) -> list[Part]:
    if not found.negatives or not found.residual.strip():
        return []
    words = " ".join(found.negatives)
    return [Part(f"not {part.name}", "text", words, AWAY * part.weight)]


def _notes(found: Understood) -> list[str]:
    fixed = [f"“{one.right}” was searched for instead of “{one.wrong}”" for one in found.corrections]
    return [*fixed, *found.faults]
