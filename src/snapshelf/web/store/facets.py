"""What a shopper may narrow by, with counts that say what a click would show; and what stands in chips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from snapshelf.types import Results
from snapshelf.web.store.asked import Asked, address, short

SHOWN = 8  # values of an attribute before "more"
LONG = 40  # values in all


@dataclass(frozen=True, slots=True)
class Choice:
    """A value with the number of products that it would leave, None where that is not known."""

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """An attribute: ``first`` are shown at once, ``rest`` behind "more"."""

    name: str
    label: str
    first: tuple[Choice, ...]
    rest: tuple[Choice, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that holds for the results, and where it is taken away."""

    kind: str
    said: str
    without: str


def facets(names: Sequence[str], counted: Mapping[str, Mapping[str, int]], asked: Asked) -> list[Facet]:
    """Those with anything to choose. ``counted``: attribute → value → products, of a chosen one without its choice."""
    found = []
    for name in names:
        counts, chosen = counted.get(name, {}), asked.chosen.get(name, ())
        values = [*(one for one in chosen if one not in counts), *counts]
        choices = [Choice(one, one, counts.get(one, 0), one in chosen) for one in values]
        choices.sort(key=lambda one: not one.chosen)  # stable: the most frequent first among the rest
        if len(choices) > 1 or chosen:
            first = max(SHOWN, len(chosen))
            label = name.replace("_", " ").strip().capitalize()
            found.append(Facet(name, label, tuple(choices[:first]), tuple(choices[first:LONG]), len(chosen)))
    return found


def chosen(asked: Asked, money: str) -> list[Chip]:
    """What was chosen beside the words. money: the currency of prices."""
    start, chips = replace(asked, page=1), []
    for name, values in asked.chosen.items():
        for value in values:
            rest = {**asked.chosen, name: tuple(one for one in values if one != value)}
            without = replace(start, chosen={key: kept for key, kept in rest.items() if kept})
            chips.append(Chip(name.replace("_", " "), value, address(without)))
    if asked.least is not None:
        chips.append(Chip("price", f"from {short(asked.least)} {money}".strip(), address(replace(start, least=None))))
    if asked.most is not None:
        chips.append(Chip("price", f"up to {short(asked.most)} {money}".strip(), address(replace(start, most=None))))
    if asked.in_stock:
        chips.append(Chip("", "in stock", address(replace(start, in_stock=False))))
    if asked.where:
        chips.append(Chip("filter", asked.where, address(replace(start, where=""))))
    return chips


def understood(found: Results, asked: Asked) -> list[Chip]:
    """What was read out of the words; taking one away takes its kind of meaning away."""
    chips: dict[tuple[str, str], Chip] = {}
    for each in found.understood.values():
        for one in each.constraints:
            without = address(replace(asked, page=1, off=(*asked.off, one.kind)))
            chips[one.kind, one.said] = Chip(one.kind, one.said, without)
    return list(chips.values())


def corrected(found: Results, asked: Asked) -> list[tuple[str, str, str]]:
    """(what was searched for, what was typed, where that is searched for instead)."""
    instead = address(replace(asked, page=1, off=(*asked.off, "correction")))
    return [(one.right, one.wrong, instead) for each in found.understood.values() for one in each.corrections]


def notes(found: Results) -> list[str]:
    """What else is to be said, without the corrections, which have a sentence of their own."""
    said = [f"“{one.right}” was searched for instead of “{one.wrong}”"
            for each in found.understood.values() for one in each.corrections]  # fmt: skip
    return [one for one in found.notes if one not in said]
