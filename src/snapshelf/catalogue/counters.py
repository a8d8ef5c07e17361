"""Counts of what shoppers did, decayed with each event's own time, so that the order of arrival does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from snapshelf.catalogue.schema import counters

ACTIONS = ("impression", "click", "cart", "purchase")
AT_ONCE = 250  # keys in one IN (…), two parameters each
DAY = 86_400.0


class Counts(NamedTuple):
    """How often something happened, each time weighing 2^(-age / half-life); impressions as `Terms` have it."""

    impression: float = 0.0
    click: float = 0.0
    cart: float = 0.0
    purchase: float = 0.0


NONE = Counts()


@dataclass(frozen=True, slots=True)
class Terms:
    """How events count. ``half_life``: days. ``places``: how likely each place of an answer is looked at, from the
    first, those beyond as the last; none: every impression was seen.
    """

    half_life: float
    places: tuple[float, ...] = ()

    def seen(self, place: int | None) -> float:
        """What an impression at a place counts: 1 where the place is not known."""
        return self.places[min(place, len(self.places)) - 1] if place and self.places else 1.0


@dataclass(frozen=True, slots=True)
class Tally:
    """One event to count: under which query text ("" for none), for which product, what, when (seconds, UTC), where."""

    text: str
    sku: str
    action: str
    at: float
    place: int | None = None


def add(connection: Connection, tallies: Iterable[Tally], terms: Terms, whole: bool = True) -> None:
    """Count events, once for each key they belong to: product, shop, and product within query text.

    An impression counts as much as its place is looked at, so that clicks per impression are clicks over expected
    looks (after Zhang & Jones 2007, Comparing Click Logs and Editorial Labels for Training Query Rewriting, workshop at
    WWW). whole: False counts under the query text alone, for events whose words became known later.

    A sum S at time t and an event at u join to S · 2^-(v - t)/h + 2^-(v - u)/h at the later time v = max(t, u):
    exponential decay is a factor of the time passed, so any order of events gives the same sums (to rounding).
    """
    given = list(tallies)
    if not given:
        return
    life, newest = terms.half_life * DAY, max(tally.at for tally in given)
    sums: dict[tuple[str, str], list[float]] = {}
    for tally in given:
        weight, column = 2.0 ** ((tally.at - newest) / life), ACTIONS.index(tally.action)
        weight *= terms.seen(tally.place) if column == 0 else 1.0
        keys = [("", tally.sku), ("", "")] if whole else []
        for key in [*keys, (tally.text, tally.sku)] if tally.text else keys:
            sums.setdefault(key, [0.0] * len(ACTIONS))[column] += weight
    kept = _kept(connection, list(sums))
    changed = []
    for (text, sku), added in sums.items():
        old, then = kept.get((text, sku), ([0.0] * len(ACTIONS), newest))
        last = max(then, newest)
        aged, fresh = 2.0 ** ((then - last) / life), 2.0 ** ((newest - last) / life)
        values = [a * aged + b * fresh for a, b in zip(old, added, strict=True)]
        changed.append({"text": text, "sku": sku, "at": last, **dict(zip(ACTIONS, values, strict=True))})
    _put(connection, [row for row in changed if (row["text"], row["sku"]) not in kept], changed, kept.keys())


def _kept(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[list[float], float]]:
    c, found = counters.c, dict[tuple[str, str], tuple[list[float], float]]()
    for start in range(0, len(keys), AT_ONCE):
        query = select(counters).where(tuple_(c.text, c.sku).in_(keys[start : start + AT_ONCE]))
        for row in connection.execute(query):
            text, sku, at = row.text, row.sku, row.at
            found[text, sku] = ([getattr(row, name) for name in ACTIONS], at)
    return found


def _put(
    connection: Connection,
    fresh: Sequence[Mapping[str, object]],
    changed: Sequence[Mapping[str, object]],
    kept: Iterable[tuple[str, str]],
) -> None:
    held = set(kept)
    if fresh:
        connection.execute(insert(counters), list(fresh))
    again = [{"t": row["text"], "s": row["sku"], **row} for row in changed if (row["text"], row["sku"]) in held]
    if again:
        key = (counters.c.text == bindparam("t"), counters.c.sku == bindparam("s"))
        values: dict[str, Any] = {name: bindparam(name) for name in (*ACTIONS, "at")}
        plain = [{name: row[name] for name in ("t", "s", "at", *ACTIONS)} for row in again]
        connection.execute(update(counters).where(*key).values(values), plain)


def of_products(
    connection: Connection, skus: Sequence[str], text: str, now: float, half_life: float
) -> tuple[dict[str, Counts], dict[str, Counts], Counts]:
    """(per SKU, per SKU within the query text, of the whole shop), decayed to ``now``; SKUs never seen are left out.

    Always what the last committed event made of it: nothing is cached.
    """
    wanted, life, c = ["", *skus], half_life * DAY, counters.c
    query = select(c.text, c.sku, c.impression, c.click, c.cart, c.purchase, c.at)
    overall: dict[str, Counts] = {}
    within: dict[str, Counts] = {}
    for start in range(0, len(wanted), 2 * AT_ONCE):
        some = wanted[start : start + 2 * AT_ONCE]
        texts = c.text.in_(["", text]) if text else c.text == ""
        for held, sku, shown, clicked, carted, bought, at in connection.execute(
            query.where(texts, c.sku.in_(some))
        ).all():
            aged = 2.0 ** (min(0.0, at - now) / life)  # a clock ahead of ours does not make an event count double
            (within if held else overall)[sku] = Counts(shown * aged, clicked * aged, carted * aged, bought * aged)
    return overall, within, overall.pop("", NONE)


def clear(connection: Connection) -> None:
    """Forget every count, to be made again from the events."""
    connection.execute(delete(counters))
