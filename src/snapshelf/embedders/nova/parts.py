"""Files that are too long for one call: put into S3, cut and embedded by Nova's own jobs, read back with their seconds.

Everything about a file lies under one prefix of the bucket, named by its content and what was asked. A job that has
finished there is read and never bought again, so a run that was cut off goes on where it was. The bucket's owner may
let a lifecycle rule delete what is old.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from snapshelf.aws.call import Fate, call
from snapshelf.aws.nova import Medium, job
from snapshelf.embedders.nova.buy import SERVICE, WHATS, Buyer
from snapshelf.embedders.nova.wishes import Wishes
from snapshelf.errors import BadMedia, Interrupted, Outside
from snapshelf.protocols import Charge, Embedded
from snapshelf.vectors import unit

Result = TypeVar("Result")
START, GET = "StartAsyncInvoke", "GetAsyncInvoke"
RESULT = "segmented-embedding-result.json"
PASSING = ("RATE_LIMIT_EXCEEDED", "INTERNAL_SERVER_EXCEPTION")  # failures that another job may not meet
GOOD = ("SUCCESS", "PARTIAL_SUCCESS")
KINDS = {"AUDIO_VIDEO_COMBINED": "video", "VIDEO": "video"}  # what a part shows, by the type of its vector
SLOWER, SLOWEST = 1.5, 6.0  # polls come further apart by this factor, up to this many times the first wait


@dataclass(frozen=True, slots=True)
class Asked:
    """A file to be cut: its prefix in the bucket, and what is bought of it."""

    medium: Medium
    prefix: str
    dim: int
    seconds: float


class Jobs:
    """Runs jobs for any number of threads."""

    def __init__(self, buyer: Buyer, wishes: Wishes, s3: Callable[[], Any]) -> None:
        self.buyer, self.wishes, self._open_s3 = buyer, wishes, s3
        self._s3: Any = None
        self._lock, self.stopped = threading.Lock(), threading.Event()
        self.failed: Counter[str] = Counter()  # reasons of parts that Nova left out

    def parts(self, data: bytes, medium: Medium, seconds: float, dim: int) -> list[Embedded]:
        """The parts of a file, in order of their seconds. Raises BadMedia, BadSettings, OverBudget, Outside."""
        told = f"{self.wishes.model} {medium} {dim} {self.wishes.segment_seconds}\0"
        mark = hashlib.sha256(told.encode() + data).hexdigest()
        asked = Asked(medium, f"{self.wishes.s3_prefix.strip('/')}/{mark}/", dim, seconds)
        found = self._finished(asked.prefix)
        if found is None:
            self._run(asked, data, mark)
            found = self._finished(asked.prefix)
        if found is None:
            raise Outside(f"Nova's job ended without a result in s3://{self.wishes.s3_bucket}/{asked.prefix}")
        return self._read(found, asked)

    def _finished(self, prefix: str) -> str | None:
        """The key of a result that is already there, and not noted as a failure that passes."""
        listed = self._of_s3(
            "ListObjectsV2", lambda s3: s3.list_objects_v2(Bucket=self.wishes.s3_bucket, Prefix=prefix)
        )
        keys = [one["Key"] for one in listed.get("Contents", [])]
        failed = {key.removeprefix(f"{prefix}failed-") for key in keys if key.startswith(f"{prefix}failed-")}
        found = [key for key in keys if key.endswith(f"/{RESULT}") and key.split("/")[-2] not in failed]
        return max(found) if found else None

    def _run(self, asked: Asked, data: bytes, mark: str) -> None:
        bucket, key = self.wishes.s3_bucket, f"{asked.prefix}input.{asked.medium.format}"
        self._of_s3("PutObject", lambda s3: s3.put_object(Bucket=bucket, Key=key, Body=data))
        source = Medium(
            asked.medium.kind,
            uri=f"s3://{bucket}/{key}",
            owner=self.wishes.s3_owner,
            format=asked.medium.format,
            mode=asked.medium.mode,
        )
        place = {"s3Uri": f"s3://{bucket}/{asked.prefix}"}
        place |= {"kmsKeyId": self.wishes.s3_kms_key} if self.wishes.s3_kms_key else {}
        place |= {"bucketOwner": self.wishes.s3_owner} if self.wishes.s3_owner else {}
        request = {
            "modelId": self.wishes.model,
            "modelInput": job(source, "GENERIC_INDEX", asked.dim, self.wishes.segment_seconds),
            "outputDataConfig": {"s3OutputDataConfig": place},
            "clientRequestToken": self._token(asked.prefix, mark),
        }
        self._wait(self._start(asked, request), asked)

    def _token(self, prefix: str, mark: str) -> str:
        """The same for the same file until a job has failed: a call that is repeated starts nothing twice."""
        listed = self._of_s3(
            "ListObjectsV2", lambda s3: s3.list_objects_v2(Bucket=self.wishes.s3_bucket, Prefix=f"{prefix}failed-")
        )
        return f"{mark[:56]}-{len(listed.get('Contents', []))}"

    def _start(self, asked: Asked, request: dict[str, Any]) -> str:
        prices, kind = self.wishes.prices, asked.medium.kind
        most = asked.seconds * (prices.sound if kind == "audio" else prices.video)

        def before() -> None:
            self.buyer.wait(0, self.stopped)
            self.buyer.purse.reserve(most)

        def after(fate: Fate) -> None:
            if fate != "done":
                self.buyer.failed(START, fate, most, 0.0)  # the token makes a repetition free
                return
            self.buyer.purse.settle(most, most)
            self.buyer.add(Charge(SERVICE, START, self.wishes.model, WHATS[kind], asked.seconds, most))

        client, patience, what = self.buyer.client, self.wishes.patience, f"this {kind}"
        started = call(START, lambda: client.start_async_invoke(**request), patience, before, after, self.stopped, what)
        arn: str = started["invocationArn"]
        return arn

    def _wait(self, arn: str, asked: Asked) -> None:
        began, pause = time.monotonic(), self.wishes.poll_seconds
        while (told := self._told(arn))["status"] != "Completed":
            if told["status"] == "Failed":
                self._note_failure(asked.prefix, arn)
                reason = told.get("failureMessage") or "it gives no reason"
                raise BadMedia(f"Nova could not embed the {asked.medium.kind}: {reason}")
            if time.monotonic() - began + pause > self.wishes.job_seconds:
                raise Outside(
                    f"Nova's job {arn} is still running after {self.wishes.job_seconds:,.0f} seconds; it is paid for, "
                    "so run the same command later, which picks up its result"
                )
            if self.stopped.wait(pause):
                raise Interrupted("stopped; Nova's job goes on, and the same command picks up its result")
            pause = min(pause * SLOWER, self.wishes.poll_seconds * SLOWEST)

    def _told(self, arn: str) -> dict[str, Any]:
        def after(fate: Fate) -> None:
            if fate != "unsent":
                self.buyer.add(Charge(SERVICE, GET, self.wishes.model, "polls", 1, 0.0))

        client = self.buyer.client
        found: dict[str, Any] = call(
            GET, lambda: client.get_async_invoke(invocationArn=arn), self.wishes.patience, None, after, self.stopped
        )
        return found

    def _note_failure(self, prefix: str, arn: str) -> None:
        """Leave a mark beside a job, so that the next run begins another; its own token would bring this one back."""
        key = f"{prefix}failed-{arn.rpartition('/')[2]}"
        self._of_s3("PutObject", lambda s3: s3.put_object(Bucket=self.wishes.s3_bucket, Key=key, Body=b""))

    def _read(self, key: str, asked: Asked) -> list[Embedded]:
        result = json.loads(self._object(f"s3://{self.wishes.s3_bucket}/{key}"))
        found: list[Embedded] = []
        reasons: list[str] = []
        for one in result.get("embeddingResults", []):
            if one.get("status") not in GOOD:
                reasons.append(_reason(one))
                continue
            kind = KINDS.get(one["embeddingType"], "audio" if asked.medium.kind == "audio" else "sound")
            for line in _lines(self._object(one["outputFileUri"])):
                if line.get("status", "SUCCESS") != "SUCCESS":
                    reasons.append(_reason(line))
                else:
                    found.append(_part(line, kind, asked.dim))
        with self._lock:
            self.failed.update(reasons if found else [])
        if not found:
            if reasons and all(any(word in reason for word in PASSING) for reason in reasons):
                self._note_failure(asked.prefix, key.rpartition("/")[0])
            raise BadMedia(f"Nova embedded nothing of the {asked.medium.kind}: {'; '.join(reasons[:3]) or 'no parts'}")
        return sorted(found, key=lambda part: (part.kind, part.start))

    def _object(self, uri: str) -> bytes:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        read: bytes = self._of_s3("GetObject", lambda s3: s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        return read

    def _of_s3(self, operation: str, send: Callable[[Any], Result]) -> Result:
        with self._lock:
            self._s3 = self._s3 or self._open_s3()
        return call(f"{operation} on s3://{self.wishes.s3_bucket}", lambda: send(self._s3), self.wishes.patience)

    def close(self) -> None:
        """Let go of connections."""
        if self._s3 is not None:
            self._s3.close()


def _lines(data: bytes) -> Iterator[dict[str, Any]]:
    for line in data.decode("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _reason(told: dict[str, Any]) -> str:
    return ": ".join(str(told[name]) for name in ("failureReason", "message") if told.get(name)) or "no reason given"


def _part(line: dict[str, Any], kind: str, dim: int) -> Embedded:
    row, about = np.asarray(line["embedding"], np.float32), line.get("segmentMetadata", {})
    if row.shape != (dim,):
        raise Outside(f"the model gave {row.size} coordinates where {dim} were asked for; nothing of it was kept")
    return Embedded(unit(row)[0], kind, float(about["segmentStartSeconds"]), float(about["segmentEndSeconds"]))


# What FFmpeg calls a file → what Nova calls it, where it takes it.
FORMATS = {"matroska": "mkv", "flv": "flv", "mpeg": "mpeg", "asf": "wmv"}


def video_medium(file: bytes | Path, wishes: Wishes) -> tuple[Medium, bytes, float]:
    """The medium of a video file as it is, its bytes, and its seconds. Raises BadMedia for what Nova does not take."""
    from snapshelf.media.container import ClipLimits, opened

    data = file if isinstance(file, bytes) else file.read_bytes()
    with opened(data, ClipLimits(max_bytes=len(data) + 1, max_seconds=7_200.0), "video") as held:
        name, seconds = str(held.container.format.name), held.seconds
    form = _form(name, data, wishes)
    if not form or seconds is None:
        raise BadMedia(
            f"the video is a file of the kind {name}, which Nova does not cut by itself, or it does not say how long "
            'it is; save it as mp4, or set video = "scenes"'
        )
    return Medium("video", format=form, mode=wishes.video_mode), data, seconds


def _form(name: str, data: bytes, wishes: Wishes) -> str:
    if "mp4" in name.split(","):
        brand = data[8:12]
        return wishes.three_gp if brand.startswith(b"3g") else "mov" if brand == b"qt  " else "mp4"
    if name.startswith("matroska"):
        return "webm" if b"webm" in data[:64] else "mkv"
    return FORMATS.get(name.partition(",")[0], "")
