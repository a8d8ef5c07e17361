"""The query log: once each, bounded, never in a search's way, and joined with events in whatever order they come."""

import itertools
import logging
import multiprocessing
import threading
import time

import pytest
from sqlalchemy import select
from sqlalchemy.event import listen

import snapshelf
from snapshelf.catalogue import open_catalogue, queries, schema
from snapshelf.catalogue.queries import AskedQuery
from snapshelf.errors import BadInput, NoSpace
from snapshelf.observe.querylog import QueryLog
from snapshelf.rank.record import record
from snapshelf.types import Product

NOW = 1_764_000_000.0


def asked(n=0, at=NOW, kind="words", **more):
    return AskedQuery(f"q{n}", at, kind, **more)


def put(catalogue, *many):
    with catalogue.write() as connection:
        return queries.record(connection, many)


def kept(catalogue, **more):
    with catalogue.read() as connection:
        return queries.every(connection, **more)


# --- the table --------------------------------------------------------------------------------------------------------


def test_a_query_is_kept_once_as_it_was_first_said(catalogue):
    first = asked(1, text="  Red\tSHOE ", seconds=0.0123456, hits=3, dollars=0.0001, client="c")
    assert put(catalogue, first, asked(1, text="other"), asked(2, kind="photo", nothing=True)) == 2
    assert put(catalogue, asked(2), asked(1), asked(3, kind="code")) == 1
    held = {query.id: query for query in kept(catalogue)}
    assert held["q1"] == AskedQuery("q1", NOW, "words", "red shoe", 0.012346, 3, False, 0.0001, "c")
    assert held["q2"].kind == "photo"
    assert held["q2"].nothing
    assert held["q2"].text == ""


def test_more_than_one_statement_can_name(catalogue):
    many = [asked(n) for n in range(1_200)]
    assert put(catalogue, *many) == 1_200
    assert put(catalogue, *many, asked("more")) == 1


def test_pages_and_purge(catalogue):
    put(catalogue, *[asked(n, NOW + n * 1800) for n in range(6)])
    assert [q.id for q in kept(catalogue, limit=2)] == ["q5", "q4"]
    assert [q.id for q in kept(catalogue, limit=2, before=NOW + 4 * 1800)] == ["q3", "q2"]
    with catalogue.write() as connection:
        assert queries.purge(connection, NOW + 3 * 1800) == 3
        assert queries.purge(connection, NOW + 3 * 1800) == 0
        assert queries.count(connection) == 3
        assert queries.purge(connection, float("inf")) == 3


WRONG = [
    ({"id": ""}, "its id"),
    ({"id": "x" * 257}, "its id"),
    ({"id": "a\0"}, "its id"),
    ({"id": None}, "its id"),
    ({"kind": "picture"}, "its kind is 'picture'"),
    ({"at": -1.0}, "its at is -1.0"),
    ({"at": None}, "its at is None"),
    ({"seconds": float("nan")}, "its seconds is nan"),
    ({"dollars": float("inf")}, "its dollars is inf"),
    ({"hits": "3"}, "its hits is '3'"),
    ({"text": None}, "no text"),
]


@pytest.mark.parametrize(("fields", "said"), WRONG)
def test_what_is_no_query_is_refused_with_its_whole_batch(catalogue, fields, said):
    given = {"id": "bad", "at": NOW, "kind": "words", **fields}
    with pytest.raises(BadInput, match=said):
        put(catalogue, asked(1), AskedQuery(**given))
    assert kept(catalogue) == []


def test_words_that_no_database_keeps_are_cleaned(catalogue):
    put(catalogue, asked(1, text="red\0 \ud800shoe " + "x" * 1000), asked(2, seconds=1e9, hits=10**12))
    one, two = sorted(kept(catalogue), key=lambda query: query.id)
    assert one.text == ("red shoe " + "x" * 1000)[:200]
    assert two.seconds == queries.MOST / queries.SECOND
    assert two.hits == queries.MOST


# --- joined with events -----------------------------------------------------------------------------------------------


def event(action, query, sku="A"):
    told = {"object": {"object_id": sku}}
    stamp = "2025-11-24T16:00:00Z"
    return {"action_name": action, "timestamp": stamp, "query_id": query, "event_attributes": told}


STEPS = {
    "logged": lambda stack: put(stack.catalogue, *[asked(n) for n in range(4)]),
    "seen": lambda stack: record(
        stack, [event("impression", "q0"), event("impression", "q1"), event("impression", "other")], now=NOW
    ),
    "clicked": lambda stack: record(
        stack, [event("click", "q1"), event("click", "q2", "gone"), event("purchase", "q3")], now=NOW
    ),
}


@pytest.mark.parametrize("order", list(itertools.permutations(STEPS)), ids="-".join)
def test_what_events_say_of_a_query_is_known_in_any_order(tmp_path, order):
    (tmp_path / "s.toml").write_text('[embedder]\nname = "toy"\n[store]\nname = "exact"\n')
    with snapshelf.open(tmp_path / "shelf", settings=tmp_path / "s.toml") as shelf:
        shelf.index([Product("A", "red shoe")])
        for step in (*order, *order):
            STEPS[step](shelf.stack)
        c = schema.queries.c
        with shelf.stack.catalogue.read() as connection:
            rows = connection.execute(select(c.id, c.seen, c.clicked).order_by(c.id)).all()
    assert rows == [("q0", 1, 0), ("q1", 1, 1), ("q2", 1, 1), ("q3", 0, 0)]


# --- the log in memory ------------------------------------------------------------------------------------------------


@pytest.fixture
def log(catalogue):
    opened = QueryLog(catalogue)
    yield opened
    opened.close()


def wait_until(true, seconds=20.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def test_what_was_added_is_written_soon_without_closing(catalogue, log):
    log.add(asked(1))
    wait_until(lambda: kept(catalogue))
    log.add(asked(2))
    wait_until(lambda: len(kept(catalogue)) == 2)


def test_closing_writes_the_rest(catalogue):
    log = QueryLog(catalogue)
    threads = [threading.Thread(target=lambda t=t: [log.add(asked(f"{t}-{n}")) for n in range(700)]) for t in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    log.close()
    assert (len(kept(catalogue, limit=9_999)), log.dropped) == (2_800, 0)


def test_a_log_that_was_never_used_starts_and_holds_nothing(catalogue):
    before = threading.active_count()
    log = QueryLog(catalogue)
    assert threading.active_count() == before
    log.close()


def impatient(url):
    """A catalogue that waits 20 milliseconds for another writer instead of 10 seconds."""
    opened = open_catalogue(url)
    opened.engine.dispose()
    listen(opened.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=20"))
    return opened


def test_a_busy_catalogue_delays_nobody_and_loses_only_what_has_no_room(catalogue, url, caplog):
    quick = impatient(url)
    log = QueryLog(quick, capacity=50)
    with catalogue.write():
        slowest = 0.0
        for n in range(200):
            began = time.perf_counter()
            log.add(asked(n))
            slowest = max(slowest, time.perf_counter() - began)
        wait_until(lambda: log.dropped >= 100)
    assert slowest < 5.0  # the database would have been waited for until the writer had finished, which is never
    log.close()
    held = len(kept(catalogue, limit=999))
    assert held >= 50
    assert held + log.dropped == 200
    said = [one.getMessage() for one in caplog.records]
    assert sum(int(line.split()[0]) for line in said) == log.dropped
    assert all("queries were not logged: more came than the catalogue took" in line for line in said)
    quick.close()


def test_a_catalogue_that_stays_busy_is_given_up_at_the_end(catalogue, url, caplog):
    quick = impatient(url)
    log = QueryLog(quick)
    with catalogue.write():
        log.add(asked(1))
        log.close(timeout=0.05)
    assert (kept(catalogue), log.dropped) == ([], 1)
    assert "1 queries were not logged: another process is writing" in caplog.text
    quick.close()


def test_one_bad_query_costs_no_other(catalogue, caplog):
    log = QueryLog(catalogue)
    for fields, _ in WRONG:
        log.add(AskedQuery(**{"id": "bad", "at": NOW, "kind": "words", **fields}))
    log.add(asked(1))
    log.close()
    log.add(asked(2))
    assert [query.id for query in kept(catalogue)] == ["q1"]
    assert log.dropped == len(WRONG) + 1


def test_a_database_that_fails_is_said_and_the_next_batch_has_its_chance(catalogue, monkeypatch, caplog):
    log, real, failing = QueryLog(catalogue), catalogue.write, [NoSpace("the disk is full"), ValueError("odd")]

    def write():
        if failing:
            raise failing.pop(0)
        return real()

    monkeypatch.setattr(catalogue, "write", write)
    for n in range(3):
        log.add(asked(n))
        wait_until(lambda n=n: log.dropped == min(n + 1, 2))
    log.close()
    assert [query.id for query in kept(catalogue)] == ["q2"]
    assert [one.getMessage() for one in caplog.records] == [
        "1 queries were not logged: the disk is full",
        "1 queries were not logged: ValueError: odd",
    ]
    assert {one.levelno for one in caplog.records} == {logging.WARNING}


def log_some(url, name):
    catalogue = open_catalogue(url)
    log = QueryLog(catalogue)
    for n in range(1_000):
        log.add(asked(n if n % 2 else f"{name}-{n}"))
    log.close(60)
    catalogue.close()
    raise SystemExit(log.dropped)


def test_two_processes_log_into_one_catalogue(catalogue, url):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=log_some, args=(url, name)) for name in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    with catalogue.read() as connection:
        assert queries.count(connection) == 1_500  # the odd ones were logged by both
