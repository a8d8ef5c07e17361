"""Signals: what is known of a product beside how well it fits the query. From the catalogue, and from events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Connection, select

from snapshelf.catalogue import asking, counters, events
from snapshelf.catalogue.counters import DAY, NONE, Counts
from snapshelf.catalogue.schema import attributes
from snapshelf.types import Attributes, Kind, Value

# What events say of a product: of it at all, and of it as an answer to this query.
BEHAVIOUR: Mapping[str, str] = {
    "impressions": "how often it was shown, decayed",
    "clicks": "how often it was clicked, decayed",
    "carts": "how often it was put into a cart, decayed",
    "purchases": "how often it was bought, decayed",
    "ctr": "clicks per impression, smoothed",
    "cart_rate": "carts per click, smoothed",
    "conversion": "purchases per click, smoothed",
    "query_ctr": "clicks per impression as an answer to this query, smoothed towards its ctr",
    "query_cart_rate": "carts per click as an answer to this query",
    "query_conversion": "purchases per click as an answer to this query",
}
MADE: Mapping[str, str] = {
    "age_days": "days since `released`, an attribute that holds a date such as 2026-11-25",
    "margin": "an attribute of that name; where there is none, 1 - cost / price of an attribute `cost`",
}
AT_ONCE = 500
RELEASED = " released"  # no name of a signal: the date from which age_days is made at each query
_RATES = (("ctr", 1, 0), ("cart_rate", 2, 1), ("conversion", 3, 1))  # name, successes and trials in `Counts`


@dataclass(frozen=True, slots=True)
class Smoothing:
    """half_life: days. strength m: trials that the shop's own mean counts as."""

    half_life: float = 30.0
    strength: float = 20.0


DEFAULT = Smoothing()


def known(connection: Connection) -> dict[str, Kind]:
    """Every signal there is in this shop, with its type: fields and attributes of products, and what events say."""
    made: dict[str, Kind] = dict.fromkeys((*BEHAVIOUR, *MADE), "number")
    return {**made, **asking.known(connection)}


def join(
    connection: Connection,
    skus: Sequence[str],
    needs: frozenset[str],
    text: str,
    now: float,
    smoothing: Smoothing = DEFAULT,
    sources: Mapping[str, str] | None = None,
    held: dict[str, Mapping[str, Value]] | None = None,
) -> dict[str, Attributes]:
    """SKU → the signals named in ``needs``; one that is unknown of a product is left out.

    text: the query's words, normalised. now: seconds since 1970. sources: signal → the attribute that holds it. held:
    what was read from the catalogue before, for the same needs and sources and an unchanged catalogue; added to.
    """
    named = {signal: (sources or {}).get(signal, signal) for signal in (*needs, "released", "cost", "price")}
    known = {} if held is None else held
    unread = [sku for sku in skus if sku not in known]
    if unread:
        known.update(_fixed(connection, unread, needs, named, set(sources or {})))
    of_events = needs & BEHAVIOUR.keys() - (sources or {}).keys()
    done = behaviour(connection, skus, text, now, smoothing) if of_events else {}
    found: dict[str, Attributes] = {}
    for sku in skus:
        row = dict(known[sku])
        if of_events:
            rates = done[sku]
            for signal in of_events:
                if signal in rates:
                    row[signal] = rates[signal]
        if "age_days" in needs and "age_days" not in row and isinstance(released := row.get(RELEASED), str):
            age = _age(released, now)
            if age is not None:
                row["age_days"] = age
        row.pop(RELEASED, None)
        found[sku] = row
    return found


def _fixed(
    connection: Connection, skus: Sequence[str], needs: frozenset[str], named: Mapping[str, str], given: set[str]
) -> dict[str, dict[str, Value]]:
    """SKU → the signals that only the catalogue changes, and its release date under `RELEASED`."""
    wanted = {named[signal] for signal in needs if signal not in BEHAVIOUR or signal in given}
    wanted |= {named["released"]} if "age_days" in needs else set()
    wanted |= {named["cost"], named["price"]} if "margin" in needs else set()
    read = _held(connection, skus, wanted) if wanted else {}
    found: dict[str, dict[str, Value]] = {}
    for sku in skus:
        values = read.get(sku, {})
        row = {signal: values[named[signal]] for signal in needs if named[signal] in values}
        if "margin" in needs and "margin" not in row:
            cost, price = values.get(named["cost"]), values.get(named["price"])
            if isinstance(cost, int | float) and isinstance(price, int | float) and price > 0:
                row["margin"] = 1.0 - cost / price
        if "age_days" in needs and isinstance(released := values.get(named["released"]), str):
            row[RELEASED] = released
        found[sku] = row
    return found


def behaviour(
    connection: Connection, skus: Sequence[str], text: str, now: float, smoothing: Smoothing
) -> dict[str, dict[str, float]]:
    """SKU → everything that events say of it; rates of a shop without any events are left out."""
    life = events.half_life_of(connection, smoothing.half_life)
    overall, within, shop = counters.of_products(connection, skus, text, now, life)
    return {sku: rates(overall.get(sku, NONE), within.get(sku, NONE), shop, smoothing.strength) for sku in skus}


def rates(overall: Counts, within: Counts, shop: Counts, strength: float) -> dict[str, float]:
    """Counts and smoothed rates of one product.

    A rate is the mean of its Beta posterior, (x + m·p) / (n + m): x successes of n trials, m = ``strength``, and the
    prior's mean p the shop's own rate; within a query, the product's rate (Gelman et al. 2013, Bayesian Data Analysis,
    §2.4, the beta-binomial model). Trials are never fewer than successes: an impression that was not reported took
    place all the same.
    """
    shown, clicked, carted, bought = overall
    found = {"impressions": shown, "clicks": clicked, "carts": carted, "purchases": bought}
    for name, of, per in _RATES:
        if shop[of] > 0 or shop[per] > 0:
            prior = shop[of] / max(shop[per], shop[of])
            own = (overall[of] + strength * prior) / (max(overall[per], overall[of]) + strength)
            found[name] = own
            found[f"query_{name}"] = (within[of] + strength * own) / (max(within[per], within[of]) + strength)
    return found


def _held(connection: Connection, skus: Sequence[str], names: set[str]) -> dict[str, dict[str, Value]]:
    """SKU → attribute → value, of those that are asked for; of a list all its elements."""
    kinds, a = asking.known(connection), attributes.c
    found: dict[str, dict[str, Value]] = {}
    for start in range(0, len(skus), AT_ONCE):
        query = select(a.sku, a.name, a.number, a.text).where(
            a.sku.in_(skus[start : start + AT_ONCE]), a.name.in_(names)
        )
        for sku, name, number, text in connection.execute(query.order_by(a.sku, a.name, a.position)).all():
            row, kind = found.setdefault(sku, {}), kinds.get(name)
            if kind == "list":
                row[name] = (*cast("tuple[str, ...]", row.get(name, ())), text)
            else:
                row[name] = text if number is None else bool(number) if kind == "bool" else number
    return found


def _age(released: str, now: float) -> float | None:
    try:
        moment = datetime.fromisoformat(released.strip())
    except ValueError:
        return None
    return (now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()) / DAY
