"""The rule words of a language, in one table. Another language is another table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property


@dataclass(frozen=True)
class Phrases:
    """Phrases of one word or more, each with what it means ("" where being there is all).

    ``ahead``: first word → tokens of the longest phrase that begins so; ``behind``: the same of the last word.
    """

    meaning: Mapping[str, str]
    ahead: Mapping[str, int]
    behind: Mapping[str, int]

    @classmethod
    def of(cls, meaning: Mapping[str, str]) -> Phrases:
        """Index phrases; a hyphen may stand for each space."""
        ahead: dict[str, int] = {}
        behind: dict[str, int] = {}
        for phrase in meaning:
            parts = re.findall(r"[^\W\d_]+|<=|>=|\S", phrase)
            length = 2 * len(parts) - 1
            ahead[parts[0]] = max(ahead.get(parts[0], 0), length)
            behind[parts[-1]] = max(behind.get(parts[-1], 0), length)
        return cls(meaning, ahead, behind)


@dataclass(frozen=True)
class Words:
    """What the rules look for, folded (no case, accents, apostrophes); phrases with single spaces.

    ``limits`` maps a phrase before a number to how it bounds: "<", "<=", ">", ">=" or "~" for about; ``after`` the same
    for a phrase behind it. ``endings`` are plurals, (ending, what stands in its place), the first that fits.
    ``function`` words carry no meaning alone, ``everyday`` ones are never taken for misspelt.
    """

    limits: Phrases
    after: Phrases
    between: frozenset[str]
    to: frozenset[str]
    joins: frozenset[str]  # between the two limits of "between A and B"
    priced: Phrases  # words that make the number behind them a price
    cheap: Phrases  # "<" below the lower percentile, ">" above the upper one
    kept: frozenset[str]  # of these the ones that search can use
    turned: Mapping[str, str]  # what "not" makes of them
    degrees: frozenset[str]  # "not too expensive": words between a negation and one of the above
    negators: Phrases
    passed: Phrases  # skipped between a negation and what it denies
    others: frozenset[str]  # join a second denied thing
    bound: Phrases  # the beginnings of words that only look like a negation: "no show", "non stick"
    lacking: frozenset[str]  # in a catalogue's value: it denies the rest
    imitating: frozenset[str]  # in a catalogue's value: it is not the real thing
    only: Phrases
    must: Phrases
    by: Phrases  # before a brand: it is asked for
    fits: Phrases  # before a brand: it is what the thing is for
    brand: frozenset[str]
    category: frozenset[str]
    size: Phrases
    systems: frozenset[str]  # of sizes
    sizes: Phrases  # size in words → as on a label
    colours: frozenset[str]  # parts of the names of attributes that hold colours
    sized: frozenset[str]  # the same of sizes
    named: Mapping[str, str]  # a word that names a measure → the part of an attribute's name
    counted: frozenset[str]  # what is counted and has no price: "under 3 years"
    aged: frozenset[str]  # before a number: it is an age
    articles: frozenset[str]
    models: frozenset[str]  # before "max": it is a model's name
    vague: frozenset[str]  # of ``after``: not behind a bare number, where they may be a model's name
    connecting: frozenset[str]  # dropped with what they led up to
    stocked: Phrases
    same: Mapping[str, str]  # another spelling → the one that keys are made of
    endings: tuple[tuple[str, str], ...]
    function: frozenset[str]
    everyday: frozenset[str]
    shades: frozenset[str]  # part of a colour's name, and no colour alone
    following: frozenset[str]  # may stand behind what is looked for; another noun there is the thing itself
    dimensions: frozenset[str]  # of ``named``, those that say what is measured

    @cached_property
    def spoken(self) -> frozenset[str]:
        """Every single word of the table."""
        found: set[str] = set()
        for field in fields(self):
            held = getattr(self, field.name)
            told = held.meaning if isinstance(held, Phrases) else held
            found.update(word for one in told if isinstance(one, str) for word in one.split())
        return frozenset(found)


def words(text: str) -> frozenset[str]:
    """The words and phrases of a text, parted by commas."""
    return frozenset(_parted(text))


def phrases(text: str) -> Phrases:
    """Phrases of which only their being there counts."""
    return Phrases.of(dict.fromkeys(_parted(text), ""))


def table(marks: Mapping[str, str]) -> Phrases:
    """{"<": "under, below"} → phrases that mean "<"."""
    return Phrases.of({phrase: mark for mark, text in marks.items() for phrase in _parted(text)})


def mapping(text: str) -> dict[str, str]:
    """ "wide: width, tall: height" → {"wide": "width", "tall": "height"}."""
    return dict(part.split(": ", 1) for part in _parted(text))


def _parted(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split(",") if part.strip()]
