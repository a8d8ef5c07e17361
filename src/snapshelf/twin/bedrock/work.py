"""Carry out a job: read its file, embed its segments, and write the results beside each other in S3."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from snapshelf.errors import SnapshelfError
from snapshelf.twin.bedrock.encode import Encoder, sized, written
from snapshelf.twin.bedrock.invoke import dimension, modality
from snapshelf.twin.bedrock.jobs import Job
from snapshelf.twin.bedrock.price import Charges
from snapshelf.twin.bedrock.segments import Segment, Unreadable, segments
from snapshelf.twin.bedrock.settings import Settings
from snapshelf.twin.bedrock.sources import Objects
from snapshelf.twin.trouble import Dropped, Trouble
from snapshelf.twin.wire import Refusal, encoded

# AWS's guide names the first four; of pictures and sound together it does not say, so clients follow outputFileUri.
FILES = {
    "TEXT": "embedding-text.jsonl",
    "AUDIO": "embedding-audio.jsonl",
    "VIDEO": "embedding-video.jsonl",
    "IMAGE": "embedding-image.json",
    "AUDIO_VIDEO_COMBINED": "embedding-audio-video.jsonl",
}
RESULT, MANIFEST = "segmented-embedding-result.json", "manifest.json"
SEGMENT = "Segment"  # what rules of faults call the embedding of one segment
REASONS = {424: "INVALID_CONTENT", 429: "RATE_LIMIT_EXCEEDED"}


class Stopped(Exception):
    """The twin ends before the job does; it goes on when a twin is started with the same folder."""


class Worker:
    """What jobs are carried out with. ``charge`` is told what every job has cost."""

    def __init__(
        self,
        encoder: Encoder,
        objects: Objects | None,
        settings: Settings,
        trouble: Trouble,
        charge: Callable[[Charges], None],
    ) -> None:
        self._encoder, self._objects, self._settings = encoder, objects, settings
        self._trouble, self._charge = trouble, charge
        self.stopping = threading.Event()

    def work(self, job: Job) -> str:
        """Why the job has failed, "" where it has not. Raises Stopped."""
        try:
            if self._objects is None:
                return "This twin runs without S3"
            listed = segments(job.params, self._encoder, self._objects, self._settings)
            lines = self._lines(job, listed)
            return self._write(job, lines)
        except Refusal as refusal:
            return refusal.message
        except SnapshelfError as error:
            return str(error)

    def _lines(self, job: Job, listed: Sequence[Segment]) -> dict[str, list[dict[str, Any]]]:
        """The lines of the results by type."""
        lines: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for segment in listed:
            if self.stopping.is_set():
                raise Stopped
            failed = self._failure()
            try:
                found = [] if failed else segment.embed()
            except Unreadable as error:
                failed = {"failureReason": error.reason, "message": str(error)}
            if failed:
                for kind in _kinds(job):
                    lines[kind].append({"segmentMetadata": segment.metadata, "status": "FAILURE", **failed})
                continue
            for kind, row in found:
                line = {"embedding": row, "segmentMetadata": segment.metadata, "status": "SUCCESS"}
                lines[kind].append(line)
            self._charge(segment.charges)
        return lines

    def _failure(self) -> dict[str, str]:
        """What a fault that was asked for makes of a segment; nothing where there is none."""
        try:
            self._trouble.meet("bedrock", SEGMENT, after=False, by_name=True)
        except Refusal as refusal:
            reason = REASONS.get(refusal.status, "INTERNAL_SERVER_EXCEPTION")
            return {"failureReason": reason, "message": refusal.message}
        except Dropped:
            return {"failureReason": "INTERNAL_SERVER_EXCEPTION", "message": "The segment was lost"}
        return {}

    def _write(self, job: Job, lines: dict[str, list[dict[str, Any]]]) -> str:
        bucket, prefix = job.place
        objects, purpose = self._objects, job.params["embeddingPurpose"]
        if objects is None or not objects.has(bucket):
            return f"The output bucket {bucket} does not exist or cannot be written to"
        asked = purpose if self._settings.purposes == "differ" else ""
        results = []
        for kind, listed in lines.items():
            text = "".join(f"{_line(line, dimension(job.params), asked)}\n" for line in listed)
            objects.write(bucket, f"{prefix}/{FILES[kind]}", text.encode())
            results.append(
                {"embeddingType": kind, **_outcome(listed), "outputFileUri": f"s3://{bucket}/{prefix}/{FILES[kind]}"}
            )
        source = job.params[modality(job.params)]["source"]["s3Location"]["uri"]
        told = {"sourceFileUri": source, "embeddingDimension": dimension(job.params), "embeddingResults": results}
        objects.write(bucket, f"{prefix}/{RESULT}", encoded(told))
        failed = all(one["status"] == "FAILURE" for one in results)
        manifest = {"invocationArn": job.arn, "files": [RESULT, *(FILES[kind] for kind in lines)]}
        objects.write(bucket, f"{prefix}/{MANIFEST}", encoded(manifest))
        return f"No segment could be embedded: {results[0].get('message', '')}" if failed else ""


def _kinds(job: Job) -> list[str]:
    """The types of vectors that a job makes of each segment."""
    kind = modality(job.params)
    if kind != "video":
        return [kind.upper()]
    mode = job.params["video"]["embeddingMode"]
    return ["VIDEO", "AUDIO"] if mode == "AUDIO_VIDEO_SEPARATE" else [mode]


def _outcome(lines: list[dict[str, Any]]) -> dict[str, str]:
    failed = [line for line in lines if line["status"] == "FAILURE"]
    if not failed:
        return {"status": "SUCCESS"}
    status = "FAILURE" if len(failed) == len(lines) else "PARTIAL_SUCCESS"
    return {"status": status, "failureReason": failed[0]["failureReason"], "message": failed[0]["message"]}


def _line(line: dict[str, Any], dim: int, purpose: str) -> str:
    if "embedding" not in line:
        return json.dumps(line, separators=(",", ":"), ensure_ascii=False)
    rest = json.dumps({name: value for name, value in line.items() if name != "embedding"}, separators=(",", ":"))
    return f'{{"embedding":{written(sized(line["embedding"], dim, purpose))},{rest[1:]}'
