"""Jobs: an ingest can be watched from another process, and however it ends, that is what stands there."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import snapshelf
from snapshelf.catalogue import jobs, open_catalogue
from snapshelf.catalogue.jobs import Job, Refusal
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.errors import BadInput, Interrupted, NoSpace, SomeRefused
from snapshelf.ingest.jobs import begun, reported
from snapshelf.ingest.report import Summary
from snapshelf.types import Product
from tests.unit.test_ingest import ROWS, write_catalogue

TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
NOW = 1_764_000_000.0


@pytest.fixture
def shelf(tmp_path, url):
    (tmp_path / "shelf").mkdir()
    os.replace(tmp_path / "catalogue.sqlite", tmp_path / "shelf" / "catalogue.sqlite")
    with snapshelf.open(tmp_path / "shelf", TOY) as opened:
        yield opened


def every(shelf, **more):
    with shelf.stack.catalogue.read() as connection:
        return jobs.every(connection, **more)


def put(catalogue, *many):
    with catalogue.write() as connection:
        for job in many:
            jobs.begin(connection, job)


# --- the table --------------------------------------------------------------------------------------------------------


def test_a_silent_job_is_shown_as_interrupted_and_a_living_one_as_running(catalogue):
    job = Job("j", "x.csv", NOW, NOW, total=9, by="me")
    put(catalogue, job)
    with catalogue.read() as connection:
        assert jobs.every(connection, now=NOW + 30) == [job]
        silent = jobs.find(connection, "j", NOW + 31)
        assert (silent.state, silent.ended, silent.total, silent.by) == ("interrupted", NOW, 9, "me")
        assert jobs.find(connection, "other") is None
    with catalogue.write() as connection:
        jobs.report(connection, Job("j", "x.csv", NOW, NOW + 31, done=4))
        jobs.report(connection, Job("forgotten", "x.csv", NOW, NOW))
        assert [(one.state, one.done) for one in jobs.every(connection, now=NOW + 32)] == [("running", 4)]
        jobs.report(connection, Job("j", "x.csv", NOW, NOW + 32, NOW + 32, "done", 9))
        assert jobs.find(connection, "j", NOW + 999).state == "done"


def test_only_the_silent_are_ended(catalogue):
    put(catalogue, Job("old", "", NOW, NOW), Job("new", "", NOW, NOW + 5), Job("done", "", NOW, NOW, NOW, "done"))
    with catalogue.write() as connection:
        jobs.interrupt(connection, NOW + 5)
        states = {job.id: (job.state, job.ended) for job in jobs.every(connection, now=NOW + 6)}
    assert states == {"old": ("interrupted", NOW), "new": ("running", None), "done": ("done", NOW)}


def test_the_oldest_are_forgotten(catalogue, monkeypatch):
    monkeypatch.setattr(jobs, "KEPT", 6)
    put(catalogue, *[Job(f"j{n}", "", NOW + n, NOW + n, NOW + n, "done") for n in range(11)])
    with catalogue.read() as connection:
        held = [job.id for job in jobs.every(connection, limit=9_999)]
        assert [job.id for job in jobs.every(connection, limit=2)] == held[:2]
    assert held == [f"j{n}" for n in range(10, 4, -1)]


# --- what an ingest writes --------------------------------------------------------------------------------------------


def test_an_ingest_leaves_its_figures_and_refusals(shelf, tmp_path):
    path = write_catalogue(tmp_path, [*ROWS, ("D", "red", "abc", 1), ("A", "red", 1, 1)])
    shelf.index(path, by="the nightly run")
    shelf.index(write_catalogue(tmp_path, [("A", "red", 9, 5), *ROWS[1:2]]))
    second, first = every(shelf)
    assert (first.state, first.source, first.by, first.error) == ("done", str(path), "the nightly run", "")
    assert (first.done, first.indexed, first.refused, first.removed) == (5, 3, 2, 0)
    assert [(one.row, one.field, one.sku) for one in first.refusals] == [(5, "price", "D"), (6, "sku", "A")]
    assert "abc" in first.refusals[0].reason
    assert first.began <= first.beat == first.ended
    assert (second.done, second.indexed, second.removed, second.refusals) == (2, 1, 1, ())
    assert f"process {os.getpid()} on " in second.by


def test_only_the_first_refusals_are_kept_and_all_are_counted(shelf):
    shelf.index([Product("A", "red shoe"), *[Product("A", "red shoe")] * 150])
    (job,) = every(shelf)
    assert (job.indexed, job.refused, len(job.refusals)) == (1, 150, 100)
    assert job.refusals[0] == Refusal(2, "sku", "A", "SKU A is already in row 1; each product needs its own")


def failing(error):
    yield Product("A", "red shoe")
    raise error


@pytest.mark.parametrize(
    ("error", "state", "said"),
    [
        (NoSpace("the disk is full"), "failed", "the disk is full"),
        (ValueError("x" * 9_999), "failed", "ValueError: " + "x" * 488),
        (KeyboardInterrupt(), "interrupted", "stopped by a person"),
        (Interrupted("stopped"), "interrupted", "stopped by a person"),
    ],
)
def test_how_it_ended(shelf, error, state, said):
    with pytest.raises(type(error)):
        shelf.index(failing(error))
    (job,) = every(shelf)
    assert (job.state, job.error) == (state, said)
    assert job.ended is not None


def test_an_empty_catalogue_is_a_failed_job(shelf):
    with pytest.raises(BadInput):
        shelf.index([])
    assert [(job.state, job.error) for job in every(shelf)] == [
        ("failed", "the catalogue holds no products, so nothing was changed")
    ]


def test_a_long_step_keeps_saying_that_it_is_alive(shelf):
    """Nothing but time passes inside the block, as while a model works on one chunk."""
    summary = Summary()
    with shelf.stack.writing(), reported(shelf.stack, begun("j", "x.csv", 10, ""), summary, quiet=0.01):
        (first,) = every(shelf)
        summary.added = 4
        end = time.monotonic() + 20
        while (seen := every(shelf)[0]).indexed != 4 or seen.beat <= first.beat:
            assert time.monotonic() < end
            threading.Event().wait(0.01)
        assert (seen.state, seen.done, seen.total) == ("running", 4, 10)
    assert every(shelf)[0].state == "done"


def test_an_unwritable_report_stops_no_ingest(shelf, monkeypatch):
    def refuse(connection, job):
        raise NoSpace("the disk is full")

    monkeypatch.setattr(jobs, "report", refuse)
    assert shelf.index([Product("A", "red shoe")]).added == 1


WAITING = """
    import sys
    import snapshelf
    from snapshelf.config import EmbedderSettings, Settings, StoreSettings
    from snapshelf.types import Product

    def products():
        for n in range(200):
            yield Product(f"P{n}", f"red thing {n}")
        print("waiting", flush=True)
        sys.stdin.readline()

    toy = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
    with snapshelf.open(sys.argv[1], toy) as shelf:
        shelf.index(products(), by="another process")
"""


def test_another_process_watches_it_and_sees_that_it_was_killed(shelf, tmp_path):
    line = [sys.executable, "-c", textwrap.dedent(WAITING), str(tmp_path / "shelf")]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "waiting\n"
        end = time.monotonic() + 30
        while (job := every(shelf)[0]).done < 128:  # two chunks are through, and the third waits for the line
            assert time.monotonic() < end
            threading.Event().wait(0.02)
        assert (job.state, job.by, job.total) == ("running", "another process", None)
        process.send_signal(signal.SIGKILL)
    assert every(shelf, now=job.beat + 60)[0].state == "interrupted"
    shelf.index([Product("A", "red shoe")])  # it holds the writer's lock, so the other one is no more
    states = [(one.state, one.by) for one in every(shelf)]
    assert states[1] == ("interrupted", "another process")
    assert states[0][0] == "done"


def test_the_command(home, run):
    run("init")
    write_catalogue(home, [*ROWS, ("D", "red", "abc", 1)])
    assert run("index", "products.csv", "--json")[0] == SomeRefused.exit_code
    was = time.time() - 99
    with snapshelf.open("shelf", "snapshelf.toml") as shelf:
        put(shelf.stack.catalogue, Job("j", "/far/big.csv", was, was + 9, done=7, total=1_000))
        put(shelf.stack.catalogue, Job("k", "bad.csv", NOW, NOW, NOW + 2, "failed", error="the disk is full"))
    said = run("jobs")[1]
    assert "interrupted" in said
    assert "7 of 1,000 rows, 9.0 s" in said
    assert "the disk is full" in said
    assert "4 rows, 3 indexed, 1 refused" in said
    told = {job["source"].rpartition("/")[2]: job for job in json.loads(run("jobs", "--json")[1])}
    assert told["products.csv"]["state"] == "done"
    assert told["products.csv"]["refusals"][0]["field"] == "price"
    assert json.loads(run("jobs", "--limit", "1", "--json")[1])[0]["id"] == told["products.csv"]["id"]


def test_a_shelf_without_jobs(home, run):
    (home / "shelf").mkdir()
    open_catalogue("sqlite:///shelf/catalogue.sqlite").close()
    assert "nothing was indexed yet" in run("jobs")[1]
    assert run("jobs", "--json")[1].strip() == "[]"
