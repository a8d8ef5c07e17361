"""What the operations of S3 Vectors work with."""

from __future__ import annotations

import time
from dataclasses import dataclass

from snapshelf.twin.s3vectors.disk import Disk
from snapshelf.twin.s3vectors.rankings import Rankings
from snapshelf.twin.s3vectors.recall import Loss
from snapshelf.twin.s3vectors.state import State


@dataclass(frozen=True, slots=True)
class Settings:
    """How this twin differs from the plainest one.

    classic: buckets are made as before 2026-09-30, when an index could still be CLASSIC; loss: results drop out as they
    do on AWS; building: seconds for which a text search that was added says BUILDING.
    """

    classic: bool = False
    loss: Loss | None = None
    building: float = 0


@dataclass(frozen=True, slots=True)
class Context:
    """One call's surroundings."""

    state: State
    disk: Disk
    settings: Settings
    rankings: Rankings
    region: str
    operation: str


def now() -> float:
    """The time as the service gives it: seconds since 1970, to the millisecond."""
    return round(time.time(), 3)
