"""What a person put by hand: pins, sold places, and what goes to the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapshelf.candidates import Candidate
from snapshelf.filters import Columns
from snapshelf.rerankers.rules.shape import Bury, Rules, Slot

PINNED, BURIED = "pinned", "buried"


@dataclass(frozen=True, slots=True)
class Hand:
    """Candidate → place from 1, for pins and sold places; candidates that go to the end; labels of both."""

    places: Mapping[int, int]
    end: Sequence[int]
    labels: Mapping[int, str]

    @property
    def taken(self) -> set[int]:
        """Candidates that are not ordered by score."""
        return {*self.places, *self.end}

    def joined(self, free: Sequence[int]) -> list[int]:
        """The whole order: each in its place, the free ones around them; beyond the last, places close up."""
        at, rest, order = {place: n for n, place in self.places.items()}, iter(free), []
        for place in range(1, len(free) + len(at) + 1):
            n = at.pop(place) if place in at else next(rest, None)
            if n is None:
                break
            order.append(n)
        return [*order, *(at[place] for place in sorted(at)), *self.end]


def place(
    rules: Rules,
    candidates: Sequence[Candidate],
    table: Columns,
    order: Sequence[int],
    relevance: Sequence[float],
    query: str,
    now: float,
) -> Hand:
    """Who stands where by hand, of rules that hold for the query now.

    A pin wins over a sold place, and both over the end; of two rules for one place, the first in the file has it, and a
    pin that finds it taken takes the next.
    """
    pins = [pin for pin in rules.pins if pin.scope.holds(query, now)]
    slots = [slot for slot in rules.slots if slot.scope.holds(query, now)]
    buries = [bury for bury in rules.buries if bury.scope.holds(query, now)]
    if not (pins or slots or buries) or not candidates:
        return Hand({}, (), {})
    by_sku = {one.sku: n for n, one in enumerate(candidates)}
    places: dict[int, int] = {}
    labels: dict[int, str] = {}
    for pin in pins:
        n = by_sku.get(pin.sku)
        if n is not None and n not in places:
            places[n] = _free(pin.position, places)
            labels[n] = PINNED
    asked: list[Slot | Bury] = [*slots, *buries]
    passing = {id(rule): _passing(rule, candidates, table) for rule in asked}
    gone = {n for bury in buries for n in np.flatnonzero(passing[id(bury)]).tolist()} - places.keys()
    highest = max(relevance)
    for slot in slots:
        if slot.position in places.values():
            continue
        fits = passing[id(slot)]
        least = slot.least_relevance * highest
        best = next((n for n in order if fits[n] and relevance[n] >= least and n not in places and n not in gone), None)
        if best is not None:
            places[best], labels[best] = slot.position, slot.label
    end = [n for n in order if n in gone]
    return Hand(places, end, {**labels, **dict.fromkeys(end, BURIED)})


def _free(wanted: int, places: Mapping[int, int]) -> int:
    taken = set(places.values())
    while wanted in taken:
        wanted += 1
    return wanted


def _passing(rule: Slot | Bury, candidates: Sequence[Candidate], table: Columns) -> NDArray[np.bool_]:
    if rule.when is None:
        return np.array([one.sku in rule.skus for one in candidates])
    return table.mask(rule.when)
