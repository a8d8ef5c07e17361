"""What a shop's catalogue knows, indexed so that every question of a rule is one look into a dictionary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from snapshelf.facts import Facts, Spread, levels
from snapshelf.types import FILTERABLE, Kind
from snapshelf.understand.codes import CodeSet
from snapshelf.understand.english import ENGLISH
from snapshelf.understand.readings import Measured, Reading, measured, named_like
from snapshelf.understand.tokens import joined, key, pieces, stemmed
from snapshelf.understand.typos import Spelling
from snapshelf.understand.words import Words

MOST_ATTRIBUTES = 200  # text attributes whose values are known, the most usual first
MOST_READINGS = 4  # attributes that one value may stand in
MOST_VALUES = 50  # values of one attribute that one word may stand for
LONGEST_KEY = 5  # words of a value that is looked for
MOST_WORDS = 50_000  # words that misspellings are corrected to, the most usual first


@dataclass(frozen=True)
class Vocabulary:
    """Made by `of`; the same facts give the same vocabulary.

    ``values``: key → what it stands for, the most usual reading first. ``longest``: first stem → words of the longest
    key that begins so. ``parts``: stem → colour and material values that hold it among other words. ``measures``: what
    is measured → attributes. ``counts``: key → number attribute without a unit. ``flags``: key → boolean attribute.
    """

    facts: Facts
    words: Words
    known: Mapping[str, Kind]
    values: Mapping[str, tuple[Reading, ...]]
    longest: Mapping[str, int]
    parts: Mapping[str, tuple[Reading, ...]]
    sizes: Mapping[str, tuple[Reading, ...]]
    measures: Mapping[str, tuple[Measured, ...]]
    counts: Mapping[str, str]
    names: Mapping[str, str]
    stems: frozenset[str]
    spelling: Spelling
    is_code: Callable[[str], bool] = field(compare=False)

    @classmethod
    def of(cls, facts: Facts, words: Words = ENGLISH, is_code: Callable[[str], bool] | None = None) -> Vocabulary:
        """Index facts. ``is_code``: whether the catalogue holds a code, in place of ``facts.codes``."""
        values, parts, sizes = _values(facts, words)
        held = _spelt(facts, words)
        measures = _measures(facts)
        taken = {one.name for several in measures.values() for one in several}
        counts = {joined(key(name.replace("_", " "), words)): name for name in facts.numbers if name not in taken}
        names = [*facts.texts, *facts.numbers, *facts.flags]
        return cls(
            facts=facts,
            words=words,
            known={**FILTERABLE, **facts.kinds},
            values=values,
            longest=_longest([*values, *counts]),
            parts=parts,
            sizes=sizes,
            measures=measures,
            counts=counts,
            names={joined(key(name.replace("_", " "), words)): name for name in names},
            stems=frozenset(stemmed(word, words) for word in held) | {stem for one in values for stem in one.split()},
            spelling=Spelling.of(dict(islice(held.items(), MOST_WORDS))),
            is_code=is_code or CodeSet.of(facts.codes),
        )

    def knows(self, word: str, stem: str) -> bool:
        """Whether a word is one of the catalogue's or of the language's, so that it cannot be misspelt."""
        table = self.words
        return stem in self.stems or word in table.spoken or stem in table.spoken


def _values(
    facts: Facts, words: Words
) -> tuple[dict[str, tuple[Reading, ...]], dict[str, tuple[Reading, ...]], dict[str, tuple[Reading, ...]]]:
    """(key → readings, stem → readings of values that hold it among other words, key of a size → readings)."""
    whole, inside, sizes = _Gathered(), _Gathered(), _Gathered()
    for brand, count in facts.brands.items():
        whole.add(_keys(brand, words), "brand", "brand", brand, count)
    for category, count in facts.categories.items():
        for names in _called(category):
            whole.add(_keys(names, words), "category", "category", category, count)
    for name, held in _usual(facts.texts):
        kind = named_like(name, words)
        for value, count in held.items():
            if kind == "size":
                sizes.add(_keys(value, words), kind, name, value, count)
                continue
            stems = key(value, words)
            whole.add([] if _says_little(stems, words) else _keys(value, words), kind, name, value, count)
            _within(inside, stems, words, (kind, name, value, count))
    for name, held_numbers in facts.numbers.items():
        if named_like(name, words) == "size":
            for number in held_numbers.values:
                sizes.add([f"{number:g}"], "size", name, number, held_numbers.count)
    for name, count in facts.flags.items():
        called = name.replace("_", " ").removeprefix("has ").removeprefix("is ").removeprefix("with ")
        stems = key(called, words)
        if not _says_little(stems, words) and not set(stems) & (words.colours | words.sized):
            whole.add([joined(stems)], "attribute", name, True, count)
    return whole.readings(), inside.readings(), sizes.readings()


def _within(inside: _Gathered, stems: tuple[str, ...], words: Words, reading: tuple[str, str, str, int]) -> None:
    """File a value of several words under each of them, unless it says that it lacks or imitates it."""
    if len(stems) > 1 and not set(stems) & (words.lacking | words.imitating):
        inside.add([stem for stem in stems if len(stem) > 2 and stem not in words.function], *reading)


class _Gathered:
    """Readings while they are collected: key → (kind, attribute) → value → products."""

    def __init__(self) -> None:
        self.held: dict[str, dict[tuple[str, str], dict[bool | float | str, int]]] = defaultdict(
            lambda: defaultdict(dict)
        )

    def add(self, keys: Iterable[str], kind: str, name: str, value: bool | float | str, count: int) -> None:
        for one in keys:
            self.held[one][kind, name][value] = count

    def readings(self) -> dict[str, tuple[Reading, ...]]:
        return {one: _ranked(held) for one, held in self.held.items()}


def _ranked(held: Mapping[tuple[str, str], Mapping[bool | float | str, int]]) -> tuple[Reading, ...]:
    """The most usual readings of one key. What is a colour anywhere is no other attribute's value."""
    colour = any(kind == "colour" for kind, _ in held)
    found = []
    for (kind, name), values in held.items():
        if not (colour and kind == "attribute"):
            most = sorted(values, key=lambda value: (-values[value], str(value)))[:MOST_VALUES]
            found.append(Reading(kind, name, tuple(sorted(most, key=str)), sum(values.values())))
    return tuple(sorted(found, key=lambda one: (-one.count, one.name))[:MOST_READINGS])


def _usual(texts: Mapping[str, Mapping[str, int]]) -> list[tuple[str, Mapping[str, int]]]:
    return sorted(texts.items(), key=lambda one: (-sum(one[1].values()), one[0]))[:MOST_ATTRIBUTES]


def _called(category: str) -> list[str]:
    """The names under which a category is asked for: each step of its path, and each half of "Cases & Clips"."""
    steps = levels(category)
    halves = [
        half for step in steps for half in step.replace(" and ", " & ").split("&") if "&" in step or " and " in step
    ]
    return [*steps, *halves]


def _keys(value: str, words: Words) -> list[str]:
    """The keys of a value: its stems, and written as one word where it has a hyphen."""
    stems = key(value, words)
    if not stems or len(stems) > LONGEST_KEY:
        return []
    found = [joined(stems)]
    if "-" in value and len(stems) > 1:
        found.append("".join(stems))
    return found


def _says_little(stems: tuple[str, ...], words: Words) -> bool:
    """Whether a value is no word that somebody would mean: "Yes", "2", "A", "other"."""
    meaning = [stem for stem in stems if len(stem) > 1 and not stem[0].isdigit() and stem not in words.function]
    return not meaning or joined(stems) in LITTLE


LITTLE = frozenset({"yes", "none", "other", "unknown", "various", "standard", "default", "type", "new", "n a", "set",
                    "size", "brand", "price", "only", "cheap", "case", "free"})  # fmt: skip


def _longest(keys: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in keys:
        first, count = one.partition(" ")[0], one.count(" ") + 1
        found[first] = max(found.get(first, 0), count)
    return found


def _measures(facts: Facts) -> dict[str, tuple[Measured, ...]]:
    """What is measured → the attributes that hold it, as numbers or as texts such as "55 inch"."""
    found: dict[str, list[Measured]] = defaultdict(list)
    told: list[tuple[str, Spread | Mapping[str, int]]] = [*facts.numbers.items(), *_usual(facts.texts)]
    for name, held in told:
        one = measured(name, held, facts.units.get(name, ""))
        if one:
            found[one.unit[0]].append(one)
    return {what: tuple(sorted(several, key=lambda one: (-one.count, one.name))) for what, several in found.items()}


def _spelt(facts: Facts, words: Words) -> dict[str, int]:
    """Words of titles, brands, categories, values and flags → how often, the most usual first."""
    counts = Counter(pieces("\n".join(facts.titles)))
    for held in (facts.brands, facts.categories, *facts.texts.values()):
        for value, count in held.items():
            for piece in pieces(value):
                counts[piece] += count
    for name, count in facts.flags.items():
        for piece in pieces(name.replace("_", " ")):
            counts[piece] += count
    plain = {word: count for word, count in counts.items() if word.isalpha()}
    return dict(sorted(plain.items(), key=lambda one: (-one[1], one[0])))
