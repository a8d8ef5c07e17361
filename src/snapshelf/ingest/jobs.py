"""An ingest writes down how far it is, for whoever looks from another process (`snapshelf.catalogue.jobs`)."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from snapshelf.catalogue import jobs
from snapshelf.catalogue.jobs import Job, Refusal, State
from snapshelf.errors import Interrupted, SnapshelfError
from snapshelf.ingest.report import Summary
from snapshelf.stack import Stack

EVERY = 1.0  # seconds between two reports
LONGEST = 500  # characters of a reason or an error that are kept


@contextmanager
def reported(
    stack: Stack, id: str, source: str, total: int | None, summary: Summary, by: str = "", every: float = EVERY
) -> Iterator[None]:
    """Keep a job for as long as the block runs, and how it ended: done, failed with its error, or interrupted.

    The writer's lock is held by the caller, so whatever else is said to run on this shelf's own catalogue does not.
    A thread writes the figures of ``summary`` down every second, so that a long step is not taken for a dead one.
    """
    now = time.time()
    job = Job(
        id, source, now, now, total=total, by=by or f"process {os.getpid()} on {platform.node() or 'this machine'}"
    )
    with stack.catalogue.write() as connection:
        jobs.interrupt(connection, now - jobs.SILENT if stack.settings.catalogue.url else now)
        jobs.begin(connection, job)
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(stack, job, summary, stop, every), name="snapshelf-job", daemon=True)
    thread.start()
    state: State = "failed"
    error = ""
    try:
        yield
        state = "done"
    except (KeyboardInterrupt, Interrupted):
        state, error = "interrupted", "stopped by a person"
        raise
    except BaseException as fault:
        error = str(fault) if isinstance(fault, SnapshelfError) else f"{type(fault).__name__}: {fault}"
        raise
    finally:
        stop.set()
        thread.join()
        _end(stack, job, summary, state, error)


def _beat(stack: Stack, job: Job, summary: Summary, stop: threading.Event, every: float) -> None:
    while not stop.wait(every):
        _write(stack, _counted(job, summary))


def _end(stack: Stack, job: Job, summary: Summary, state: State, error: str) -> None:
    refusals = tuple(
        Refusal(row.row, row.column, row.sku, row.reason[:LONGEST]) for row in summary.refused[: jobs.REFUSALS]
    )
    last = _counted(job, summary)
    _write(stack, replace(last, state=state, ended=last.beat, error=error[:LONGEST], refusals=refusals))


def _counted(job: Job, summary: Summary) -> Job:
    indexed = summary.added + summary.changed + summary.updated
    refused, removed = len(summary.refused), summary.removed
    return replace(job, beat=time.time(), done=summary.seen, indexed=indexed, refused=refused, removed=removed)


def _write(stack: Stack, job: Job) -> None:
    """A report that finds no room is left out; what matters is the indexing, which says itself why it cannot go on."""
    with suppress(SnapshelfError), stack.catalogue.write() as connection:
        jobs.report(connection, job)
