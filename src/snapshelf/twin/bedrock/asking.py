"""StartAsyncInvoke, GetAsyncInvoke and ListAsyncInvokes."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any

from snapshelf.twin import tokens
from snapshelf.twin.bedrock.invoke import params_of
from snapshelf.twin.bedrock.jobs import RUNNING, Job, Jobs, fresh_id
from snapshelf.twin.bedrock.shapes import SEGMENTED
from snapshelf.twin.bedrock.sources import Objects, invalid, location
from snapshelf.twin.bedrock.work import Stopped, Worker
from snapshelf.twin.wire import ACCOUNT, Refusal

PATIENCE = 10  # seconds to wait for a job to stop
PAGE = 100  # jobs of a page where a client does not say


class Asking:
    """The three operations on jobs, and the thread that works through them, one after the other."""

    def __init__(self, jobs: Jobs, worker: Worker, objects: Objects | None, least: float) -> None:
        """Jobs that were under way when the last twin ended are begun again. ``least``: seconds that a job takes."""
        self._jobs, self._worker, self._objects, self._least = jobs, worker, objects, least
        self._waiting: SimpleQueue[Job | None] = SimpleQueue()
        for job in sorted(jobs.all(), key=_order):
            if job.status == RUNNING:
                self._waiting.put(job)
        self._thread = threading.Thread(target=self._work, name="snapshelf-twin-jobs", daemon=True)
        self._thread.start()

    def start(self, given: Mapping[str, Any], model: str, region: str) -> dict[str, Any]:
        """Begin a job; the same token and request give the same job. Raises Refusal."""
        params = params_of(given["modelInput"], SEGMENTED)
        output = given["outputDataConfig"]["s3OutputDataConfig"]
        if self._objects is None:
            raise invalid("This twin runs without S3, so it has nowhere to write to")
        if output.get("bucketOwner", ACCOUNT) != ACCOUNT:
            raise Refusal(403, "AccessDeniedException", f"The bucket of {output['s3Uri']} belongs to another account")
        bucket = location(output["s3Uri"])[0]
        request = tokens.digest("StartAsyncInvoke", {**given, "clientRequestToken": ""})
        token, now = given.get("clientRequestToken", ""), round(time.time(), 3)
        job = Job(fresh_id(), region, model, params, given["outputDataConfig"], token, request, now)
        if not self._objects.has(bucket):
            raise invalid(f"The output bucket {bucket} does not exist or cannot be written to")
        kept = self._jobs.begin(job)
        if kept.request != request:
            text = "The clientRequestToken was used before, with other parameters"
            raise Refusal(400, "ConflictException", text)
        if kept is job:
            self._waiting.put(job)
        return {"invocationArn": kept.arn}

    def get(self, given: Mapping[str, Any], region: str) -> dict[str, Any]:
        """A job. Raises Refusal (ValidationException: the operation knows no other for a job that is not there)."""
        job = self._jobs.get(given["invocationArn"])
        if job is None or job.region != region:
            raise invalid(f"Invocation {given['invocationArn']} was not found")
        return job.seen(self._least).told()

    def listed(self, given: Mapping[str, Any], region: str) -> dict[str, Any]:
        """A page of the jobs of a region, the latest first where a client does not say. Raises Refusal."""
        after, before = given.get("submitTimeAfter", 0.0), given.get("submitTimeBefore", float("inf"))
        seen = [job.seen(self._least) for job in self._jobs.all() if job.region == region]
        found = [
            job
            for job in seen
            if after < job.submitted < before and given.get("statusEquals", job.status) == job.status
        ]
        latest_first = given.get("sortOrder", "Descending") == "Descending"
        found.sort(key=_order, reverse=latest_first)
        request = tokens.digest("ListAsyncInvokes", {**given, "region": region})
        if "nextToken" in given:
            last = tuple(tokens.place(given["nextToken"], request, invalid("The nextToken is not valid")))
            found = [job for job in found if (_order(job) < last if latest_first else _order(job) > last)]
        most = given.get("maxResults", PAGE)
        told: dict[str, Any] = {"asyncInvokeSummaries": [job.told() for job in found[:most]]}
        if len(found) > most:
            told["nextToken"] = tokens.token(_order(found[most - 1]), request)
        return told

    def close(self) -> None:
        """Stop at the next segment; what is under way is begun again by the next twin with the same folder."""
        self._worker.stopping.set()
        self._waiting.put(None)
        self._thread.join(PATIENCE)  # a long film is read in one go, and may be left to end with the process

    def _work(self) -> None:
        while (job := self._waiting.get()) and not self._worker.stopping.is_set():
            try:
                self._jobs.end(job, self._worker.work(job))
            except Stopped:
                return
            except Exception:  # a fault of the twin's own: said to both sides
                if self._worker.stopping.is_set():
                    return
                print(traceback.format_exc(), file=sys.stderr)  # noqa: T201
                self._jobs.end(job, "The twin failed; see its error output")


def typed(query: Mapping[str, Any]) -> dict[str, Any]:
    """What the query of ListAsyncInvokes says, as values. Raises Refusal for a number or a time that is none."""
    found: dict[str, Any] = {}
    for name, (value, *_) in query.items():
        try:
            if name == "maxResults":
                found[name] = int(value)
            elif name.startswith("submitTime"):
                at = datetime.fromisoformat(value)
                found[name] = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
            else:
                found[name] = value
        except ValueError as error:
            raise Refusal(400, "SerializationException", f"{name} cannot be {value!r}") from error
    return found


def _order(job: Job) -> tuple[float, str]:
    return job.submitted, job.id
