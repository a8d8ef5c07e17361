"""snapshelf jobs."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from snapshelf.catalogue import jobs as kept
from snapshelf.catalogue.jobs import Job
from snapshelf.cli import show
from snapshelf.shelf import open_shelf


def jobs(limit: int, shelf: str, settings: Path | None, json: bool) -> None:
    """Print the newest runs of indexing. Raises NotHere."""
    with open_shelf(shelf, settings, create=False) as opened, opened.stack.catalogue.read() as connection:
        found = kept.every(connection, limit)
    if json:
        show.dump([asdict(job) for job in found])
        return
    if not found:
        show.console.print("nothing was indexed yet")
        return
    show.table(("began (UTC)", "source", "state", "what"), [_row(job) for job in found], right=("began (UTC)", "state"))


def _row(job: Job) -> list[str]:
    source = Path(job.source).name or "a program"
    return [_time(job.began), source, job.state, f"{_counts(job)}: {job.error}" if job.error else _counts(job)]


def _counts(job: Job) -> str:
    rows = f"{job.done:,}" + (f" of {job.total:,}" if job.total is not None and job.state != "done" else "") + " rows"
    numbers = {"indexed": job.indexed, "refused": job.refused, "removed": job.removed}
    took = (time.time() if job.ended is None else job.ended) - job.began
    return ", ".join([rows, *(f"{number:,} {name}" for name, number in numbers.items() if number)]) + f", {took:,.1f} s"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
