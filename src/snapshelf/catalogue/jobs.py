"""Runs of indexing: how far one is, and how earlier ones ended. One that says nothing any more was interrupted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select, update

from snapshelf.catalogue.schema import jobs

State = Literal["running", "done", "failed", "interrupted"]
SILENT = 30.0  # seconds without a heartbeat after which a run is taken to have been interrupted
REFUSALS = 100  # that are kept with a job; all are counted, and listed in the shelf's refused.csv
KEPT = 500  # jobs; older ones are forgotten when another begins


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was refused: its number, the column at fault ("" for the whole row), its SKU if known, and why."""

    row: int
    field: str
    sku: str
    reason: str


@dataclass(frozen=True, slots=True)
class Job:
    """One run of indexing. Times are seconds since 1970, UTC.

    ``source``: the catalogue file, "" for products given by a program. ``beat``: when it last said that it is alive.
    ``done``: rows so far, of ``total``, None where nobody knows. ``indexed``: products that are new or changed, also in
    price or stock alone. ``refused`` and ``removed``: rows and products. ``error``: why it failed. ``by``: who ran it.
    ``refusals``: the first `REFUSALS` of the refused, known at the end.
    """

    id: str
    source: str
    began: float
    beat: float
    ended: float | None = None
    state: State = "running"
    done: int = 0
    total: int | None = None
    indexed: int = 0
    refused: int = 0
    removed: int = 0
    error: str = ""
    by: str = ""
    refusals: tuple[Refusal, ...] = ()


def begin(connection: Connection, job: Job) -> None:
    """Write down a job that begins, and forget the oldest beyond `KEPT`."""
    connection.execute(insert(jobs).values(**_row(job)))
    oldest = select(jobs.c.began).order_by(jobs.c.began.desc()).offset(KEPT - 1).limit(1).scalar_subquery()
    connection.execute(delete(jobs).where(jobs.c.began < oldest))


def report(connection: Connection, job: Job) -> None:
    """Write down how far a job is, or how it ended; one that was forgotten stays so."""
    row = _row(job)
    connection.execute(update(jobs).where(jobs.c.id == row.pop("id")).values(**row))


def interrupt(connection: Connection, before: float) -> None:
    """End the jobs that run no more: those whose last heartbeat was before a time."""
    silent = (jobs.c.state == "running") & (jobs.c.beat < before)
    connection.execute(update(jobs).where(silent).values(state="interrupted", ended=jobs.c.beat))


def find(connection: Connection, id: str, now: float | None = None) -> Job | None:
    """One job, as `every` shows it; None where there is none."""
    row = connection.execute(select(jobs).where(jobs.c.id == id)).first()
    return _seen(row, time.time() if now is None else now) if row else None


def every(connection: Connection, limit: int = 100, now: float | None = None) -> list[Job]:
    """The newest jobs first. One that has been silent for more than `SILENT` seconds is shown as interrupted, ended at
    its last heartbeat.
    """
    at = time.time() if now is None else now
    rows = connection.execute(select(jobs).order_by(jobs.c.began.desc(), jobs.c.id).limit(limit))
    return [_seen(row, at) for row in rows]


def _seen(row: Row[Any], now: float) -> Job:
    told = row._asdict()
    refusals: Sequence[dict[str, Any]] = told.pop("refusals")
    job = Job(**told, refusals=tuple(Refusal(**one) for one in refusals))
    if job.state == "running" and job.beat < now - SILENT:
        return replace(job, state="interrupted", ended=job.beat)
    return job


def _row(job: Job) -> dict[str, Any]:
    refusals = [asdict(one) for one in job.refusals[:REFUSALS]]
    return {name: getattr(job, name) for name in job.__slots__} | {"refusals": refusals}
