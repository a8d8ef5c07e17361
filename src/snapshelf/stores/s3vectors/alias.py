"""Generations of an index: which one is in use, how the next is begun, and how it takes the place of the one before.

The head of a generation carries the tag ``snapshelf-state``: "building" from its creation, "live" when it is complete.
The live one with the highest number is in use, so that one call makes the change, for every machine. A generation that
a crash left unfinished is deleted when the next is begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from snapshelf.errors import Mismatch, NotHere, SnapshelfError
from snapshelf.stores.s3vectors import names
from snapshelf.stores.s3vectors.calls import Calls, code_of
from snapshelf.stores.s3vectors.listing import indexes
from snapshelf.stores.s3vectors.options import Wanted

STATE, BUILDING, LIVE = "snapshelf-state", "building", "live"
SHARDED = "snapshelf-shard-by"
WRITER = "snapshelf-writer"


@dataclass(frozen=True, slots=True)
class Head:
    """What the service says of a generation's head."""

    name: str
    arn: str
    dim: int
    metric: str
    non_filterable: tuple[str, ...]
    text: tuple[str, ...]
    mode: str  # "" where the SDK knows of no modes


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation: its number, its head, the field it is sharded by, and the names of its shards."""

    number: int
    head: Head
    shard_by: str
    shards: tuple[str, ...]

    @property
    def indexes(self) -> tuple[str, ...]:
        """All its indexes."""
        return (self.head.name, *self.shards)


def look(calls: Calls, name: str) -> Head | None:
    """The head called so; None where there is none."""
    try:
        found = calls.call("GetIndex", {"vectorBucketName": calls.bucket, "indexName": name})["index"]
    except NotHere:
        return None
    config: dict[str, Any] = found.get("metadataConfiguration", {})
    text = tuple(one["metadataKey"] for one in config.get("textSearchConfigurations", []))
    return Head(
        name,
        found["indexArn"],
        found["dimension"],
        found["distanceMetric"],
        tuple(config.get("nonFilterableMetadataKeys", [])),
        text,
        found.get("indexMode", ""),
    )


def fits(head: Head, dim: int) -> None:
    """Raise Mismatch where an index of our name cannot be ours."""
    if (head.dim, head.metric) != (dim, "cosine"):
        raise Mismatch(
            f"the index {head.name} has {head.dim} dimensions and {head.metric} distances, and {dim} and cosine are "
            "needed; name another in store.options.index"
        )


def generations(calls: Calls, wanted: Wanted, dim: int) -> dict[int, list[str]]:
    """Generation → names of its indexes, heads first. Empty where there is no bucket."""
    found: dict[int, list[str]] = {}
    try:
        listed = indexes(calls, names.stem(wanted.index, dim))
    except NotHere:
        return found
    for name in listed:
        number = names.generation(wanted.index, dim, name)
        if number is not None:
            found.setdefault(number, []).append(name)
    return found


def shards(calls: Calls, head: Head) -> tuple[str, ...]:
    """The indexes beside a head, as the bucket has them now."""
    return tuple(indexes(calls, f"{head.name}-"))


def live(calls: Calls, wanted: Wanted, dim: int, there: dict[int, list[str]]) -> tuple[int, Head | None, str]:
    """Number and head of the generation in use, and the field it is sharded by; 0, None, "" where there is none."""
    for number in sorted(there, reverse=True):
        head = look(calls, names.head(wanted.index, dim, number))
        if head is not None:
            marks = tags(calls, head)
            if marks.get(STATE) == LIVE:
                return number, head, marks.get(SHARDED, "")
    return 0, None, ""


def tags(calls: Calls, head: Head) -> dict[str, str]:
    """The tags of a head."""
    found: dict[str, str] = calls.call("ListTagsForResource", {"resourceArn": head.arn}).get("tags", {})
    return found


def mark(calls: Calls, head: Head, marks: dict[str, str]) -> None:
    """Set tags of a head."""
    calls.call("TagResource", {"resourceArn": head.arn, "tags": marks})


def begin(calls: Calls, wanted: Wanted, dim: int, there: dict[int, list[str]], used: int) -> tuple[int, Head]:
    """Make the next generation, empty; unfinished ones are deleted. Makes the bucket where there is none."""
    for number, left in there.items():
        if number != used:
            remove(calls, left)
    if not there:
        make_bucket(calls, wanted)
    number = max(there, default=0) + 1
    name = names.head(wanted.index, dim, number)
    make_index(calls, wanted, name, dim, {STATE: BUILDING} | ({SHARDED: wanted.shard_by} if wanted.shard_by else {}))
    head = look(calls, name)
    if head is None:
        raise NotHere(f"the index {name} was made and is not there; was it deleted meanwhile?")
    fits(head, dim)
    return number, head


def make_bucket(calls: Calls, wanted: Wanted) -> None:
    """Make the bucket unless it is there."""
    try:
        calls.call("GetVectorBucket", {"vectorBucketName": calls.bucket})
        return
    except NotHere:
        asked: dict[str, Any] = {"vectorBucketName": calls.bucket}
        asked |= _encryption(wanted) | ({"tags": dict(wanted.tags)} if wanted.tags else {})
        _made(calls, "CreateVectorBucket", asked)


def make_index(calls: Calls, wanted: Wanted, name: str, dim: int, marks: dict[str, str]) -> None:
    """Make an index as the settings ask for it; one that is there already is as good."""
    asked: dict[str, Any] = {"vectorBucketName": calls.bucket, "indexName": name, "dataType": "float32"}
    asked |= {"dimension": dim, "distanceMetric": "cosine"} | _encryption(wanted)
    config: dict[str, Any] = {}
    if wanted.non_filterable:
        config["nonFilterableMetadataKeys"] = list(wanted.non_filterable)
    if wanted.text and calls.words:
        language = {"language": wanted.language} if wanted.language else {}
        config["textSearchConfigurations"] = [{"metadataKey": one, **language} for one in wanted.text]
    if config:
        asked["metadataConfiguration"] = config
    asked["tags"] = dict(wanted.tags) | marks
    _made(calls, "CreateIndex", {name: value for name, value in asked.items() if value})


def _made(calls: Calls, operation: str, asked: dict[str, Any]) -> None:
    """Make something; that another was quicker, or an answer was lost on its way, is as good."""
    try:
        calls.call(operation, asked)
    except SnapshelfError as error:
        if code_of(error) != "ConflictException":
            raise


def remove(calls: Calls, left: Sequence[str]) -> None:
    """Delete indexes, a head last, so that what is left of a generation can still be found."""
    for name in sorted(left, key=len, reverse=True):
        try:
            calls.call("DeleteIndex", {"vectorBucketName": calls.bucket, "indexName": name})
        except NotHere:
            continue


def _encryption(wanted: Wanted) -> dict[str, Any]:
    if not wanted.encryption:
        return {}
    key = {"kmsKeyArn": wanted.kms_key} if wanted.kms_key else {}
    return {"encryptionConfiguration": {"sseType": wanted.encryption, **key}}
