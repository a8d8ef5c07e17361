"""Events by the names of User Behavior Insights, version 1.3.0 (github.com/o19s/ubi) → events and queries of ours.

An event: ``{"action_name": "click", "timestamp": "2026-11-25T10:00:00Z", "query_id": "…", "client_id": "…",
"session_id": "…", "event_attributes": {"object": {"object_id": "SKU"}, "position": {"ordinal": 3}}}``. Beside the names
of UBI: ``event_id`` (a name of the event's own, by which it is known again), ``user_query`` (the words, also in an
event) and ``event_attributes.randomised`` (true: its place was drawn by lot).

A query: ``{"user_query": "red shoe", "query_id": "…", "timestamp": …, "query_response_hit_ids": ["SKU", …]}``, whose
hits become one impression each, in their order. ``user_id`` is not kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from snapshelf.catalogue.events import Event

VERSION = "1.3.0"
NAMES = {
    "impression": "impression",
    "click": "click",
    "click_through": "click",
    "add_to_cart": "cart",
    "purchase": "purchase",
}
AHEAD = 300.0  # seconds that a shopper's clock may be ahead of ours
LONGEST = 256  # characters of an id, as in the specification
MOST = 10_000  # hits of one query that become impressions


class Refused(ValueError):
    """One row that is no event; the message says why."""


@dataclass(frozen=True, slots=True)
class Read:
    """What one row holds: events, the words of its query, or an action that is not counted."""

    events: tuple[Event, ...] = ()
    query: str = ""
    text: str = ""
    ignored: str = ""


def read(row: object, now: float) -> Read:
    """The events of one row. now: seconds since 1970, by our clock. Raises Refused.

    An impression is known again by its query id and SKU: a product seen twice on the answer to one query was seen. Any
    other event without ``event_id`` is known by everything it says.
    """
    if not isinstance(row, Mapping):
        raise Refused(f"an event is a table of names and values, not {_shown(row)}")
    if "action_name" not in row and "user_query" in row:
        return _query(row, now)
    action = _text(row, "action_name")
    if not action:
        raise Refused("action_name is missing; it is impression, click, add_to_cart or purchase")
    query, text = _text(row, "query_id"), _text(row, "user_query", 10_000)
    if action not in NAMES:
        return Read(query=query, text=text, ignored=action)
    at = _time(row.get("timestamp"), now)
    told = _table(row, "event_attributes")
    held = _table(told, "object", "event_attributes.")
    sku = _sku(held.get("object_id"))
    position = _position(_table(told, "position", "event_attributes.").get("ordinal"))
    randomised = told.get("randomised", False)
    if not isinstance(randomised, bool):
        raise Refused(f"event_attributes.randomised is true or false, not {_shown(randomised)}")
    client, session, kind = _text(row, "client_id"), _text(row, "session_id"), NAMES[action]
    own = _text(row, "event_id")
    if kind == "impression" and query:
        id = _mark("impression", query, sku)
    else:
        id = own or _mark(kind, sku, at, query, text, position, client, session)
    event = Event(id, kind, sku, at, query, text, position, client, session, randomised)
    return Read((event,), query, text)


def _query(row: Mapping[str, Any], now: float) -> Read:
    text, query = _text(row, "user_query", 10_000), _text(row, "query_id")
    hits = row.get("query_response_hit_ids") or []
    if not isinstance(hits, list):
        raise Refused(f"query_response_hit_ids is a list of SKUs, not {_shown(hits)}")
    if not query:
        raise Refused("query_id is missing; without it no later event can be joined to this query")
    if len(hits) > MOST:
        raise Refused(f"query_response_hit_ids holds {len(hits):,} SKUs; at most {MOST:,} of one query are taken")
    skus = list(dict.fromkeys(_sku(hit) for hit in hits))
    at = _time(row.get("timestamp"), now) if skus else 0.0
    client, session = _text(row, "client_id"), _text(row, "session_id")
    seen = tuple(
        Event(_mark("impression", query, sku), "impression", sku, at, query, text, place, client, session)
        for place, sku in enumerate(skus, start=1)
    )
    return Read(seen, query, text)


def _text(row: Mapping[str, Any], name: str, longest: int = LONGEST) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused(f"{name} is a text, not {_shown(value)}")
    if len(value) > longest:
        raise Refused(f"{name} has {len(value):,} characters; at most {longest:,} are taken")
    if "\x00" in value or (not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)):
        raise Refused(f"{name} holds a character that is none")
    return value.strip()


def _table(row: Mapping[str, Any], name: str, above: str = "") -> Mapping[str, Any]:
    value = row.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Refused(f"{above}{name} is a table of names and values, not {_shown(value)}")
    return value


def _sku(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None or value == "":
        raise Refused("event_attributes.object.object_id is missing; it is the product's SKU")
    return _text({"object_id": value}, "object_id")


def _position(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1_000_000:
        raise Refused(f"event_attributes.position.ordinal counts from 1, so it is not {_shown(value)}")
    return value


def _time(value: object, now: float) -> float:
    if value is None:
        raise Refused("timestamp is missing; write it as 2026-11-25T10:00:00Z")
    try:
        if not isinstance(value, str):
            raise ValueError
        moment = datetime.fromisoformat(value)
        at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise Refused(f"timestamp is {_shown(value)}; write it as 2026-11-25T10:00:00Z") from None
    if at > now + AHEAD:
        raise Refused(f"timestamp {value} is {(at - now) / 60:,.0f} minutes in the future; set the clock that wrote it")
    if at < 0:
        raise Refused(f"timestamp {value} is before 1970")
    return at


def _mark(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
