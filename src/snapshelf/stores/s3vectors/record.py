"""The small file beside the catalogue that says which generation is in use, so that opening costs one call."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from snapshelf.errors import Mismatch
from snapshelf.types import Kind

FILE = "record.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Record:
    """Where the vectors are and how they were put. ``generation`` 0: not known, so the tags say which.

    ``kinds`` are the types of the attributes that were put.
    """

    bucket: str
    index: str
    dim: int
    generation: int = 0
    shard_by: str = ""
    kinds: dict[str, Kind] = field(default_factory=dict)
    shards: tuple[str, ...] = ()  # names of indexes beside the head


def read(location: Path) -> Record | None:
    """The record, None where there is none. Raises Mismatch for one that cannot be read."""
    try:
        held = json.loads((location / FILE).read_text(encoding="utf-8"))
        if held.pop("format") != FORMAT:
            raise ValueError("another format")
        return Record(**held | {"shards": tuple(held["shards"])})
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Mismatch(f"{location / FILE} cannot be read ({error}); it is made anew from the bucket") from error


def write(location: Path, record: Record) -> None:
    """Put the record in place in one step."""
    location.mkdir(parents=True, exist_ok=True)
    new = location / f"{FILE}.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, **asdict(record)}, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(location / FILE)


def stamp(location: Path) -> tuple[int, int]:
    """What changes when the record does; (0, 0) where there is none."""
    try:
        found = (location / FILE).stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino
