"""A rules file → rules, with every mistake named by file, rule and key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from snapshelf.errors import BadSettings, NotHere
from snapshelf.rerankers.rules.cells import SCOPE, Table, names_in
from snapshelf.rerankers.rules.shape import Boost, Bury, Diversity, Pin, Rules, Slot

TOP = ("max_relevance_loss", "max_learned_loss", "zone", "signals", "boost", "promotion", "sponsored", "pin", "bury")
MOST_RULES = 1_000
MOST_PLACES = 1_000


def read(path: Path) -> Rules:
    """The rules of a TOML file. Raises NotHere, BadSettings."""
    if not path.is_file():
        raise NotHere(f"there is no rules file {path}; the setting ranking.rules names it")
    try:
        return parse(path.read_text("utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise BadSettings(f"{path} is not UTF-8 text ({error.reason}); save it as UTF-8") from error


def parse(text: str, file: str = "rules") -> Rules:
    """The rules that a text of TOML spells; ``file`` names it in messages. Raises BadSettings."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{file}: {error}") from error
    top = Table(file, given, "UTC")
    top.only((*TOP, "diversity"))
    zone = top.text("zone", "UTC")
    top.check_zone(zone)
    boosts = [_boost(row) for row in _rules(given, "boost", file, zone)]
    boosts += [_promotion(row) for row in _rules(given, "promotion", file, zone)]
    slots = [slot for row in _rules(given, "sponsored", file, zone) for slot in _slots(row)]
    pins = [_pin(row) for row in _rules(given, "pin", file, zone)]
    buries = [_bury(row) for row in _rules(given, "bury", file, zone)]
    diversity = _diversity(given.get("diversity", {}), file)
    needs = {boost.signal for boost in boosts if boost.signal} | set(diversity.most)
    asked: list[Boost | Slot | Bury] = [*boosts, *slots, *buries]
    for rule in asked:
        needs |= names_in(rule.when) if rule.when is not None else set()
    return Rules(
        file=file,
        loss=top.number("max_relevance_loss", 0.1, 0.0, 0.99),
        learned_loss=top.number("max_learned_loss", 0.5, 0.0, 0.99),
        sources=_sources(given.get("signals", {}), file),
        boosts=tuple(_distinct(boosts, file)),
        slots=tuple(sorted(slots, key=lambda slot: slot.position)),
        pins=tuple(sorted(pins, key=lambda pin: pin.position)),
        buries=tuple(buries),
        diversity=diversity,
        needs=frozenset(needs),
    )


def _rules(given: Mapping[str, Any], kind: str, file: str, zone: str) -> list[Table]:
    rows = given.get(kind, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise BadSettings(f"{file}: {kind!r} is a list of rules; write each under a line [[{kind}]]")
    if len(rows) > MOST_RULES:
        raise BadSettings(f"{file} holds {len(rows):,} rules of the kind {kind!r}; at most {MOST_RULES:,} are taken")
    tables = []
    for number, row in enumerate(rows, start=1):
        name = row.get("name", "")
        called = f" ({name!r})" if isinstance(name, str) and name else ""
        tables.append(Table(f"{file}, {kind} {number}{called}", row, zone, f"{kind} {number}"))
    return tables


def _boost(row: Table) -> Boost:
    row.only(("name", "by", "when", "signal", "low", "high", *SCOPE))
    when, text = row.filter("when")
    signal = row.text("signal", "")
    if when is None and not signal:
        raise row.wrong("when", "is missing; a boost needs a condition (when) or a signal to grow with (signal)")
    low, high = row.maybe("low"), row.maybe("high")
    if (low is not None or high is not None) and not signal:
        raise row.wrong("low" if low is not None else "high", "bounds a signal, and this boost names none")
    if low is not None and high is not None and not high > low:
        raise row.wrong("high", f"is {high:g}, which is not above low, {low:g}")
    by = row.number("by", None, -0.99, 100.0)
    return Boost(row.name(text or signal), by, when, signal, low, high, row.scope(), row.where, text)


def _promotion(row: Table) -> Boost:
    row.only(("name", "by", "when", *SCOPE))
    when, text = row.filter("when", needed=True)
    if not {"from", "to"} & row.values.keys():
        raise row.wrong("from", "is missing; a promotion has a beginning (from), an end (to) or both")
    by = row.number("by", None, -0.99, 100.0)
    return Boost(row.name(text), by, when, scope=row.scope(), where=row.where, text=text)


def _slots(row: Table) -> list[Slot]:
    row.only(("name", "positions", "position", "skus", "when", "label", "least_relevance", *SCOPE))
    when, text = row.filter("when")
    skus = frozenset(row.texts("skus"))
    if bool(skus) == (when is not None):
        raise row.wrong("skus", "and when: give one of them, which says what may stand in the slot")
    places = row.places()
    label, least = row.text("label", "Sponsored"), row.number("least_relevance", 0.7, 0.0, 1.0)
    if not label or label in ("pinned", "buried"):
        raise row.wrong("label", f"is what shoppers read beside the product, such as 'Sponsored', not {label!r}")
    scope = row.scope()
    return [Slot(row.name(label), at, label, least, skus, when, scope, row.where, text) for at in places]


def _pin(row: Table) -> Pin:
    row.only(("name", "sku", "position", *SCOPE))
    sku, places = row.text("sku"), row.places()
    if "query" not in row.values:
        raise row.wrong("query", 'is missing; a pin says for which queries it holds, "*" for all')
    return Pin(row.name(sku), places[0], sku, row.scope())


def _bury(row: Table) -> Bury:
    row.only(("name", "skus", "when", *SCOPE))
    when, text = row.filter("when")
    skus = frozenset(row.texts("skus"))
    if bool(skus) == (when is not None):
        raise row.wrong("skus", "and when: give one of them, which says what is buried")
    return Bury(row.name(text or ", ".join(sorted(skus))), skus, when, row.scope(), row.where, text)


def _diversity(given: object, file: str) -> Diversity:
    if not isinstance(given, Mapping):
        raise BadSettings(f"{file}: 'diversity' is a section; write [diversity]")
    row = Table(f"{file}, [diversity]", given, "UTC")
    row.only(("relevance_weight", "window", "most"))
    most = given.get("most", {})
    if not isinstance(most, Mapping) or not all(type(v) is int and v >= 1 for v in most.values()):
        raise row.wrong("most", "says how many products of one value may stand in the window, such as brand = 3")
    weight = row.number("relevance_weight", 1.0, 0.0, 1.0)
    return Diversity(weight, int(row.number("window", 24, 1, 200)), dict(most))


def _sources(given: object, file: str) -> dict[str, str]:
    if not isinstance(given, Mapping) or not all(isinstance(value, str) for value in given.values()):
        raise BadSettings(f'{file}, [signals]: give the attribute that holds each signal, such as margin = "db2"')
    return dict(given)


def _distinct(boosts: Sequence[Boost], file: str) -> Sequence[Boost]:
    seen: dict[str, Boost] = {}
    for boost in boosts:
        if boost.name in seen:
            raise BadSettings(
                f"{boost.where}, name: {boost.name!r} is also what {seen[boost.name].where.removeprefix(f'{file}, ')} "
                "is called; give each its own name, which is what a hit shows"
            )
        seen[boost.name] = boost
    return boosts
