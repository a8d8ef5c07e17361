"""Hits in the order of a number that products have, such as their price, instead of how well they fit."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from snapshelf.catalogue import changes
from snapshelf.catalogue.schema import attributes
from snapshelf.errors import BadQuery, nearest
from snapshelf.search.page import Card
from snapshelf.search.remembered import known
from snapshelf.search.score import Scored
from snapshelf.stack import Stack

AT_ONCE = 500  # parameters in one IN (…)
MOST = 200_000  # numbers kept in memory; beyond it all are forgotten, and read again
_turn = threading.Lock()  # threads of one process share what is kept


@dataclass
class _Kept:
    """Of one state of the catalogue: attribute → SKU → its number, the smallest of a list, None for none."""

    seq: int
    of: dict[str, dict[str, float | None]] = field(default_factory=dict)


def check(stack: Stack, connection: Connection, sort: str) -> None:
    """Raise BadQuery for what is no number that products have; "" is none, "-price" the other way round."""
    if not isinstance(sort, str):
        raise BadQuery(f'hits are sorted by a name such as "price" or "-price", not by {sort!r}')
    name = sort.removeprefix("-")
    kinds = known(stack, connection) if sort else {}
    numbers = [one for one, kind in kinds.items() if kind == "number"]
    if sort and name not in numbers:
        raise BadQuery(
            f"hits cannot be sorted by {name!r}; it is no number that products have.{nearest(name, numbers)}"
        )


def ordered(
    stack: Stack, connection: Connection, sort: str, scored: Scored, cards: Sequence[Card], first: Sequence[int]
) -> list[Card]:
    """Cards by the number of the product that each shows; those without it last, those alike as they were.

    Only the cards of ``first``, positions in ``scored`` of the first block, are sorted; what comes deeper follows them,
    so that all pages are cut from one list.
    """
    near = set(first)
    front = [card for card in cards if card.at in near]
    numbers = _numbers(stack, connection, sort.removeprefix("-"), [scored.skus[card.at] for card in front])
    way = -1.0 if sort.startswith("-") else 1.0

    def place(card: Card) -> tuple[bool, float]:
        number = numbers[scored.skus[card.at]]
        return number is None, way * (number or 0.0)

    return [*sorted(front, key=place), *(card for card in cards if card.at not in near)]


def _numbers(stack: Stack, connection: Connection, name: str, skus: Sequence[str]) -> dict[str, float | None]:
    a = attributes.c
    with _turn:
        kept = _kept(stack, connection)
        held = kept.of.setdefault(name, {})
        missing = [sku for sku in skus if sku not in held]
        for start in range(0, len(missing), AT_ONCE):
            some = missing[start : start + AT_ONCE]
            query = select(a.sku, func.min(a.number)).where(a.name == name, a.sku.in_(some)).group_by(a.sku)
            held.update(dict.fromkeys(some))
            held.update((sku, number) for sku, number in connection.execute(query))
        return held


def _kept(stack: Stack, connection: Connection) -> _Kept:
    now, held = changes.seen(connection), stack.memory.get("numbers")
    if not isinstance(held, _Kept) or held.seq != now or sum(map(len, held.of.values())) > MOST:
        held = stack.memory["numbers"] = _Kept(now)
    return held
