"""What shoppers did: kept once each, whatever order it came in, and counted in the same transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from snapshelf.catalogue import counters, queries
from snapshelf.catalogue.counters import Tally, Terms
from snapshelf.catalogue.journal import fact, set_fact
from snapshelf.catalogue.schema import asked, events, products, strangers
from snapshelf.querytext import normal

AT_ONCE = 500  # parameters in one IN (…)
TERMS = "events_terms"  # the fact that says on which terms the counters were made


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a shopper did with one product. ``at``: seconds since 1970, UTC. ``action``: one of `ACTIONS`.

    ``query`` is the shop's id of the query, ``text`` its words, "" where unknown. ``position`` counts from 1.
    ``randomised``: its place on the page was drawn by lot, which shows how much places matter.
    """

    id: str
    action: str
    sku: str
    at: float
    query: str = ""
    text: str = ""
    position: int | None = None
    client: str = ""
    session: str = ""
    randomised: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of events: new ones counted, ones that were there already, and per unknown SKU how many wait."""

    counted: int = 0
    again: int = 0
    aside: Mapping[str, int] = field(default_factory=dict)


def record(connection: Connection, given: Sequence[Event], words: Mapping[str, str], half_life: float) -> Counted:
    """Keep events and count them, all in the caller's transaction. half_life: days, in which a count halves.

    words: query id → its text, for queries that come beside the events. An event whose id is here already changes
    nothing. One that names only a query id is counted under the query's words as soon as they are known; one of a
    product that is not here is kept aside, and counted once the product comes.
    """
    terms = recount(connection, half_life)
    _readmit(connection, terms)
    told = {**{event.query: event.text for event in given if event.query and event.text}, **words}
    learnt = _learn(connection, {query: normal(text) for query, text in told.items() if normal(text)})
    texts = {**_texts(connection, {event.query for event in given if event.query} - learnt.keys()), **learnt}
    unique = {event.id: event for event in reversed(given)}
    held = _held(connection, list(unique))
    new = [event for event in reversed(unique.values()) if event.id not in held]
    known = _known(connection, {event.sku for event in new})
    rows = [_row(event, normal(event.text) or texts.get(event.query)) for event in new]
    if learnt:
        _attribute(connection, learnt, terms)
    if rows:
        connection.execute(insert(events), rows)
        looked = {action: {e.query for e in new if e.action == action} for action in ("impression", "click")}
        queries.looked_at(connection, looked["impression"], looked["click"])
    counted = [
        Tally(texts_of, event.sku, event.action, event.at, event.position)
        for event, texts_of in zip(new, (str(row["text"] or "") for row in rows), strict=True)
        if event.sku in known
    ]
    counters.add(connection, counted, terms)
    aside = dict(Counter(event.sku for event in new if event.sku not in known))
    _set_aside(connection, aside)
    return Counted(len(counted), len(given) - len(new), aside)


def waiting(connection: Connection) -> dict[str, int]:
    """SKU → events of products that are not in the catalogue."""
    return dict(connection.execute(select(strangers.c.sku, strangers.c.events).order_by(strangers.c.sku)).all())


def count(connection: Connection) -> int:
    """How many events are kept."""
    return connection.execute(select(func.count()).select_from(events)).scalar_one()


def every(connection: Connection, since: float = 0.0, until: float = float("inf")) -> Iterator[Event]:
    """Events of products that are here, at or after ``since`` and before ``until``, in order of time."""
    c = events.c
    stranger = c.sku.in_(select(strangers.c.sku))
    query = select(events).where(c.at >= since, c.at < min(until, 1e300), ~stranger).order_by(c.at, c.id)
    for row in connection.execute(query):
        words = row.text or ""
        yield Event(
            row.id, row.action, row.sku, row.at, row.query, words, row.position, row.client, row.session,
            bool(row.randomised),
        )  # fmt: skip


def _row(event: Event, text: str | None) -> dict[str, object]:
    return {
        "id": event.id,
        "action": event.action,
        "sku": event.sku,
        "at": event.at,
        "query": event.query,
        "text": text or None,
        "position": event.position,
        "client": event.client,
        "session": event.session,
        "randomised": int(event.randomised),
    }


def recount(connection: Connection, half_life: float, places: Sequence[float] | None = None) -> Terms:
    """The terms on which to count; where they differ from those of the counts at hand, these are made anew.

    half_life: days. places: how likely each place is looked at; None: as it was before.
    """
    made = fact(connection, TERMS)
    before = Terms(made["half_life"], tuple(made["places"])) if made else None
    terms = Terms(half_life, tuple(places) if places is not None else before.places if before else ())
    if terms != before:
        if before is not None:
            counters.clear(connection)
            counters.add(connection, [_tally(event) for event in every(connection)], terms)
        set_fact(connection, TERMS, {"half_life": half_life, "places": list(terms.places)})
    return terms


def half_life_of(connection: Connection, wanted: float) -> float:
    """The half-life with which the counts at hand were made; ``wanted`` where there are none."""
    made = fact(connection, TERMS)
    return float(made["half_life"]) if made else wanted


def _tally(event: Event) -> Tally:
    return Tally(event.text, event.sku, event.action, event.at, event.position)


def _readmit(connection: Connection, terms: Terms) -> None:
    """Count the events of products that have come since."""
    come = select(strangers.c.sku).where(strangers.c.sku.in_(select(products.c.sku)))
    skus, c = list(connection.execute(come).scalars()), events.c
    for start in range(0, len(skus), AT_ONCE):
        some = skus[start : start + AT_ONCE]
        rows = connection.execute(select(c.text, c.sku, c.action, c.at, c.position).where(c.sku.in_(some)))
        counters.add(connection, [Tally(text or "", *rest) for text, *rest in rows], terms)
        connection.execute(delete(strangers).where(strangers.c.sku.in_(some)))


def _learn(connection: Connection, told: Mapping[str, str]) -> dict[str, str]:
    """Keep the words of queries not known before; returns those."""
    known = _texts(connection, told.keys())
    new = {query: text for query, text in told.items() if query not in known}
    if new:
        connection.execute(insert(asked), [{"query": query, "text": text} for query, text in new.items()])
    return new


def _texts(connection: Connection, queries: Iterable[str]) -> dict[str, str]:
    ids, found = sorted(queries), dict[str, str]()
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        found.update(dict(connection.execute(select(asked.c.query, asked.c.text).where(asked.c.query.in_(some))).all()))
    return found


def _attribute(connection: Connection, learnt: Mapping[str, str], terms: Terms) -> None:
    """Earlier events of queries whose words are known only now: write the words down, and count them there too."""
    ids, c = sorted(learnt), events.c
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        query = select(c.query, c.sku, c.action, c.at, c.position).where(c.query.in_(some), c.text.is_(None))
        rows = connection.execute(query).all()
        if not rows:
            continue
        statement = update(events).where(c.query == bindparam("q"), c.text.is_(None)).values(text=bindparam("words"))
        connection.execute(statement, [{"q": id, "words": learnt[id]} for id in {row.query for row in rows}])
        known = _known(connection, {row.sku for row in rows}) - waiting(connection).keys()
        tallies = [Tally(learnt[row.query], *row[1:]) for row in rows if row.sku in known]
        counters.add(connection, tallies, terms, whole=False)


def _held(connection: Connection, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(ids), AT_ONCE):
        found.update(
            connection.execute(select(events.c.id).where(events.c.id.in_(ids[start : start + AT_ONCE]))).scalars()
        )
    return found


def _known(connection: Connection, skus: set[str]) -> set[str]:
    wanted, found = sorted(skus), set[str]()
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        found.update(connection.execute(select(products.c.sku).where(products.c.sku.in_(some))).scalars())
    return found


def _set_aside(connection: Connection, aside: Mapping[str, int]) -> None:
    for sku, more in aside.items():
        statement = update(strangers).where(strangers.c.sku == sku).values(events=strangers.c.events + more)
        if not connection.execute(statement).rowcount:
            connection.execute(insert(strangers).values(sku=sku, events=more))
