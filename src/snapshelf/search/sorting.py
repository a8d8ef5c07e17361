"""Hits in the order of a number that products have, such as their price, instead of how well they fit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from snapshelf.errors import BadQuery, nearest
from snapshelf.search.page import Card
from snapshelf.search.remembered import known, values
from snapshelf.search.score import Scored
from snapshelf.stack import Stack


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
    """Cards by the number of the product that each shows, of several the smallest; those without it last.

    Those alike stay as they were. Only the cards of ``first``, positions in ``scored`` of the first block, are sorted;
    what comes deeper follows them, so that all pages are cut from one list.
    """
    near, name, way = set(first), sort.removeprefix("-"), -1.0 if sort.startswith("-") else 1.0
    front = [card for card in cards if card.at in near]
    numbers = values(stack, connection, [name], [scored.skus[card.at] for card in front])[name]

    def place(card: Card) -> tuple[bool, float]:
        held = [float(one) for one in numbers[scored.skus[card.at]]]
        return not held, way * min(held, default=0.0)

    return [*sorted(front, key=place), *(card for card in cards if card.at not in near)]
