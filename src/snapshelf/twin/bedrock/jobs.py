"""Jobs: what was asked for and how far it is; on disk where a folder is given, so that they outlive a twin."""

from __future__ import annotations

import json
import os
import secrets
import string
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from snapshelf.errors import Outside, of_system
from snapshelf.twin.bedrock.sources import location
from snapshelf.twin.wire import ACCOUNT

DIGITS = string.ascii_lowercase + string.digits
RUNNING, DONE, FAILED = "InProgress", "Completed", "Failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One job. Times are seconds since 1970; ``ended`` is 0 while it runs; ``request`` stands for what was asked."""

    id: str
    region: str
    model: str  # ARN
    params: Mapping[str, Any]
    output: Mapping[str, Any]
    token: str
    request: str
    submitted: float
    status: str = RUNNING
    ended: float = 0
    failure: str = ""

    @property
    def arn(self) -> str:
        """What it is asked for by."""
        return f"{self.model.partition('::')[0]}:{ACCOUNT}:async-invoke/{self.id}"

    @property
    def place(self) -> tuple[str, str]:
        """(bucket, prefix) of what it writes."""
        bucket, prefix = location(self.output["s3OutputDataConfig"]["s3Uri"])
        return bucket, f"{prefix.rstrip('/')}/{self.id}".lstrip("/")

    def seen(self, least: float) -> Job:
        """As it shows itself now, where a job takes at least so many seconds."""
        if self.status == RUNNING:
            return self
        ended = max(self.ended, self.submitted + least)
        if time.time() < ended:
            return replace(self, status=RUNNING, ended=0, failure="")
        return replace(self, ended=ended)

    def told(self) -> dict[str, Any]:
        """As GetAsyncInvoke and ListAsyncInvokes have it."""
        found: dict[str, Any] = {
            "invocationArn": self.arn,
            "modelArn": self.model,
            "clientRequestToken": self.token,
            "status": self.status,
            "submitTime": _stamp(self.submitted),
            "lastModifiedTime": _stamp(self.ended or self.submitted),
            "outputDataConfig": self.output,
        }
        if self.ended:
            found["endTime"] = _stamp(self.ended)
        if self.failure:
            found["failureMessage"] = self.failure[:2048]
        return found


class Jobs:
    """All jobs. Threads may use it at the same time."""

    def __init__(self, folder: Path | None) -> None:
        """Read what a folder holds. Raises Outside for one that cannot be used, or is damaged."""
        self._folder, self._lock = folder, threading.Lock()
        self._jobs: dict[str, Job] = {}
        if folder is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise of_system(error) from error
        for path in folder.glob("*.json"):
            try:
                job = Job(**json.loads(path.read_text("utf-8")))
            except (OSError, ValueError, TypeError) as error:
                raise Outside(f"{path} is damaged: {error}; move it away to go on without it") from error
            self._jobs[job.arn] = job

    def begin(self, job: Job) -> Job:
        """Keep a job, or give back the one that was begun with the same token."""
        with self._lock:
            for other in self._jobs.values():
                if job.token and (other.token, other.region) == (job.token, job.region):
                    return other
            self._keep(job)
        return job

    def end(self, job: Job, failure: str = "") -> None:
        """Write down that a job is over."""
        over = replace(job, status=FAILED if failure else DONE, failure=failure, ended=round(time.time(), 3))
        with self._lock:
            self._keep(over)

    def get(self, arn: str) -> Job | None:
        """A job by its ARN."""
        with self._lock:
            return self._jobs.get(arn)

    def all(self) -> list[Job]:
        """Every job, in no order."""
        with self._lock:
            return list(self._jobs.values())

    def _keep(self, job: Job) -> None:
        if self._folder is not None:
            beside = self._folder / f".{job.id}"
            with beside.open("w", encoding="utf-8") as file:
                json.dump(asdict(job), file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._folder / f"{job.id}.json")
        self._jobs[job.arn] = job


def fresh_id() -> str:
    """Twelve letters and digits that no job has had."""
    return "".join(secrets.choice(DIGITS) for _ in range(12))


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
