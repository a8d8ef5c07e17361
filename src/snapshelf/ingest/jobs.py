"""An ingest writes down how far it is, for whoever looks from another process (`snapshelf.catalogue.jobs`)."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from snapshelf.catalogue import jobs
from snapshelf.catalogue.jobs import Job, Refusal, State
from snapshelf.errors import Interrupted, SnapshelfError
from snapshelf.ingest.report import Progress, Summary
from snapshelf.stack import Stack

EVERY = 1.0  # seconds between two reports, at least
QUIET = 5.0  # seconds without progress after which it is said that the job is alive
LONGEST = 500  # characters of a reason or an error that are kept


@contextmanager
def reported(
    stack: Stack,
    job: Job,
    summary: Summary,
    tell: Callable[[Progress], None] | None = None,
    quiet: float = QUIET,
) -> Iterator[Callable[[Progress], None]]:
    """Keep a job for as long as the block runs, and how it ended: done, failed with its error, or interrupted.

    The block calls what it is given wherever it has come further; that writes the figures of ``summary`` down, at most
    once a second, and passes the progress on to ``tell``. The writer's lock is held by the caller, so whatever else is
    said to run on this shelf's own catalogue does not.
    """
    report = _Report(stack, job, summary)
    report.begin()
    stop = threading.Event()
    thread = threading.Thread(target=report.keep_alive, args=(stop, quiet), name="snapshelf-job", daemon=True)
    thread.start()

    def told(progress: Progress) -> None:
        report.write(EVERY)
        if tell:
            tell(progress)

    state: State = "failed"
    error = ""
    try:
        yield told
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
        report.end(state, error)


def begun(id: str, source: str, total: int | None, by: str) -> Job:
    """A job that begins now. by: who runs it; "" names the process."""
    now = time.time()
    return Job(id, source, now, now, total=total, by=by or f"process {os.getpid()} on {platform.node() or 'this host'}")


class _Report:
    """The figures of an ingest on their way into the catalogue."""

    def __init__(self, stack: Stack, job: Job, summary: Summary) -> None:
        self.stack, self.job, self.summary = stack, job, summary
        self._written, self._lock = time.monotonic(), threading.Lock()

    def begin(self) -> None:
        own = not self.stack.settings.catalogue.url
        with self.stack.catalogue.write() as connection:
            jobs.interrupt(connection, self.job.began - (0.0 if own else jobs.SILENT))
            jobs.begin(connection, self.job)

    def write(self, after: float) -> None:
        """Write down how far it is, unless that was done less than ``after`` seconds ago.

        A report that finds no room is left out: what matters is the indexing, which says itself why it cannot go on.
        """
        if self._lock.acquire(blocking=False):
            try:
                if time.monotonic() - self._written >= after:
                    self._write(self._counted())
                    self._written = time.monotonic()
            finally:
                self._lock.release()

    def keep_alive(self, stop: threading.Event, quiet: float) -> None:
        """Write from a thread of its own while one step takes long.

        Only then: a second connection that writes would make the first one read its pages anew.
        """
        while not stop.wait(min(quiet, EVERY)):
            self.write(quiet)

    def end(self, state: State, error: str) -> None:
        refused = self.summary.refused[: jobs.REFUSALS]
        kept = tuple(Refusal(row.row, row.column, row.sku, row.reason[:LONGEST]) for row in refused)
        last = self._counted()
        self._write(replace(last, state=state, ended=last.beat, error=error[:LONGEST], refusals=kept))

    def _counted(self) -> Job:
        s = self.summary
        indexed, refused = s.added + s.changed + s.updated, len(s.refused)
        return replace(self.job, beat=time.time(), done=s.seen, indexed=indexed, refused=refused, removed=s.removed)

    def _write(self, job: Job) -> None:
        with suppress(SnapshelfError), self.stack.catalogue.write() as connection:
            jobs.report(connection, job)
