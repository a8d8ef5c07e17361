"""One table of a rules file: its values, typed, and the sentence for one that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from snapshelf.errors import BadFilter, BadSettings, nearest
from snapshelf.filters import parse
from snapshelf.querytext import normal
from snapshelf.rerankers.rules.shape import Scope
from snapshelf.types import And, Filter, Not, Or

SCOPE = ("query", "from", "to")


class Table:
    """A table of TOML under the name by which messages call it."""

    def __init__(self, where: str, values: Mapping[str, Any], zone: str, called: str = "") -> None:
        self.where, self.values, self.zone, self.called = where, values, zone, called

    def wrong(self, key: str, reason: str) -> BadSettings:
        """The error to raise for a key."""
        return BadSettings(
            f"{self.where}, {key}: {reason}" if not reason.startswith("and ") else f"{self.where}: {key} {reason}"
        )

    def only(self, known: Sequence[str]) -> None:
        """Raise BadSettings for a key that means nothing here."""
        for key in self.values:
            if key not in known:
                raise BadSettings(f"{self.where}: there is no key {key!r} here.{nearest(key, known)}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text; one without default must be there, and hold something."""
        value = self.values.get(key, default)
        if value is None:
            raise self.wrong(key, "is missing")
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(key, f"is a text in quotes, not {value!r}")
        return value

    def name(self, otherwise: str) -> str:
        """The rule's name; without one, what it is about."""
        return self.text("name", "") or otherwise or self.called

    def texts(self, key: str) -> list[str]:
        """A list of texts, empty where there is none."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self.wrong(key, f'is a list of texts, such as ["A-1", "B-2"], not {value!r}')
        return value

    def number(self, key: str, default: float | None, least: float, most: float) -> float:
        """A number within bounds; one without default must be there."""
        value = self.values.get(key, default)
        if value is None:
            raise self.wrong(key, f"is missing; it is a number from {least:g} to {most:g}")
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"is a number from {least:g} to {most:g}, not {value!r}")
        return float(value)

    def maybe(self, key: str) -> float | None:
        """A number, or None where there is none."""
        return self.number(key, None, -1e300, 1e300) if key in self.values else None

    def places(self) -> list[int]:
        """One position, or a list of them, from 1."""
        given = self.values.get("positions", self.values.get("position"))
        found = given if isinstance(given, list) else [given]
        if not found or not all(type(place) is int and 1 <= place <= 1_000 for place in found):
            key = "positions" if "positions" in self.values else "position"
            raise self.wrong(
                key, "is a place on the page from 1 to 1000, such as 3" if given is not None else "is missing"
            )
        return found

    def filter(self, key: str, needed: bool = False) -> tuple[Filter | None, str]:
        """A filter and its text; (None, "") where there is none."""
        if key not in self.values and not needed:
            return None, ""
        text = self.text(key)
        try:
            return parse(text), text
        except BadFilter as error:
            raise self.wrong(key, str(error)) from error

    def scope(self) -> Scope:
        """For which queries and when the rule holds."""
        given = self.values.get("query", [])
        patterns = [given] if isinstance(given, str) else given
        if not isinstance(patterns, list) or not all(isinstance(one, str) and one.strip() for one in patterns):
            raise self.wrong("query", 'is the words of a query, such as "garden chair*", or a list of such')
        start, end = self.moment("from"), self.moment("to", whole_day=True)
        if start is not None and end is not None and not start < end:
            raise self.wrong("to", "is not after from, so this rule would never hold")
        return Scope(
            tuple(_pattern(one) for one in patterns),
            float("-inf") if start is None else start,
            float("inf") if end is None else end,
        )

    def moment(self, key: str, whole_day: bool = False) -> float | None:
        """Seconds since 1970 of a date or a time; the end of a date with ``whole_day``."""
        value = self.values.get(key)
        if value is None:
            return None
        zone = ZoneInfo(self.zone)
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=zone)).timestamp()
        if isinstance(value, date):
            day = value + timedelta(days=1) if whole_day else value
            return datetime.combine(day, time(), zone).timestamp()
        raise self.wrong(key, f"is a date without quotes, such as 2026-11-25 or 2026-11-25T08:00:00, not {value!r}")

    def check_zone(self, zone: str) -> None:
        """Raise BadSettings for a time zone that does not exist."""
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise self.wrong("zone", f"is a time zone such as 'Europe/Berlin' or 'UTC', not {zone!r}") from error


def names_in(where: Filter) -> set[str]:
    """The signals that a filter reads."""
    if isinstance(where, And | Or):
        return {name for part in where.parts for name in names_in(part)}
    return names_in(where.part) if isinstance(where, Not) else {where.name}


def _pattern(text: str) -> re.Pattern[str]:
    """The words of a query; * stands for any letters."""
    return re.compile(".*".join(re.escape(piece) for piece in normal(text).split("*")))
