"""What there is: buckets and their indexes, by region and name, and how a call names them."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from snapshelf.twin.s3vectors import wording
from snapshelf.twin.s3vectors.nearest import Queue
from snapshelf.twin.s3vectors.table import Table
from snapshelf.twin.s3vectors.texts import Texts
from snapshelf.twin.wire import ACCOUNT

CLASSIC, ENHANCED = "CLASSIC", "ENHANCED"
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
INDEX_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ARN = re.compile(r"arn:aws[-a-z0-9]*:s3vectors:([a-z0-9-]+):(\d{12}):bucket/([^/]+)(?:/index/([^/]+))?")


@dataclass(slots=True)
class Index:
    """One vector index. ``lock`` is held by whoever reads or changes ``table`` and ``texts``."""

    number: int  # names it on disk, where a name may be used again after a deletion
    arn: str
    bucket: str
    name: str
    created: float
    dimension: int
    metric: str
    fixed: tuple[str, ...]  # the keys that cannot be filtered on
    encryption: Mapping[str, str]
    mode: str
    tags: dict[str, str]
    table: Table
    texts: Texts
    lock: threading.RLock = field(default_factory=threading.RLock)
    queue: Queue = field(init=False)

    def __post_init__(self) -> None:
        self.queue = Queue(self.table, self.metric, self.lock)

    def described(self) -> dict[str, Any]:
        """What GetIndex shows."""
        configuration: dict[str, Any] = {}
        if self.fixed:
            configuration["nonFilterableMetadataKeys"] = list(self.fixed)
        if self.texts.configured:
            configuration["textSearchConfigurations"] = self.texts.described()
        told = {
            **self.summary(),
            "dataType": "float32",
            "dimension": self.dimension,
            "distanceMetric": self.metric,
            "encryptionConfiguration": dict(self.encryption),
            "indexMode": self.mode,
        }
        return told | ({"metadataConfiguration": configuration} if configuration else {})

    def summary(self) -> dict[str, Any]:
        """What ListIndexes shows."""
        return {
            "vectorBucketName": self.bucket,
            "indexName": self.name,
            "indexArn": self.arn,
            "creationTime": self.created,
        }


@dataclass(slots=True)
class Bucket:
    """One vector bucket. ``classic``: made before every bucket became ENHANCED, and so free to choose."""

    arn: str
    name: str
    created: float
    encryption: Mapping[str, str]
    mode: str
    classic: bool
    tags: dict[str, str]
    policy: str | None = None
    indexes: dict[str, Index] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """What ListVectorBuckets shows."""
        return {"vectorBucketName": self.name, "vectorBucketArn": self.arn, "creationTime": self.created}

    def described(self) -> dict[str, Any]:
        """What GetVectorBucket shows."""
        return {
            **self.summary(),
            "encryptionConfiguration": dict(self.encryption),
            "defaultIndexMode": self.mode,
        }


class State:
    """All buckets, by ARN. ``lock`` is held by whoever changes which buckets and indexes there are."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.buckets: dict[str, Bucket] = {}

    def bucket(self, arn: str) -> Bucket:
        """The bucket of an ARN. Raises Refusal (NotFound)."""
        with self.lock:
            if arn not in self.buckets:
                raise wording.not_found(wording.BUCKET)
            return self.buckets[arn]

    def index(self, arn: str) -> Index:
        """The index of an ARN. Raises Refusal (NotFound)."""
        bucket_arn, _, name = arn.partition("/index/")
        with self.lock:
            found = self.bucket(bucket_arn).indexes.get(name)
        if found is None:
            raise wording.not_found(wording.INDEX)
        return found


def bucket_arn(region: str, name: str) -> str:
    """The ARN of a bucket."""
    return f"arn:aws:s3vectors:{region}:{ACCOUNT}:bucket/{name}"


def bucket_meant(given: Mapping[str, Any], region: str) -> str:
    """The ARN of the bucket that a call names by name or by ARN. Raises Refusal for both, neither, or a bad name."""
    name, arn = given.get("vectorBucketName"), given.get("vectorBucketArn")
    if (name is None) == (arn is None):
        raise wording.invalid(wording.WHICH_BUCKET)
    if name is None:
        return _checked(str(arn), region)
    if not BUCKET_NAME.fullmatch(name):
        raise wording.invalid(wording.BUCKET_NAME, "vectorBucketName")
    return bucket_arn(region, name)


def index_meant(given: Mapping[str, Any], region: str) -> str:
    """The ARN of the index that a call names by both names or by ARN. Raises Refusal as `bucket_meant` does."""
    bucket, name, arn = (given.get(key) for key in ("vectorBucketName", "indexName", "indexArn"))
    names = (bucket is not None) + (name is not None)
    if (arn is None and names < 2) or (arn is not None and names):
        raise wording.invalid(wording.WHICH_INDEX)
    if arn is not None:
        return _checked(str(arn), region)
    if not BUCKET_NAME.fullmatch(str(bucket)):
        raise wording.invalid(wording.BUCKET_NAME, "vectorBucketName")
    if not INDEX_NAME.fullmatch(str(name)):
        raise wording.invalid(wording.INDEX_NAME, "indexName")
    return f"{bucket_arn(region, str(bucket))}/index/{name}"


def _checked(arn: str, region: str) -> str:
    """An ARN as the twin writes it, whichever partition it came with; nothing of another region can be reached."""
    found = ARN.fullmatch(arn)
    if not found:
        raise wording.invalid("Invalid resource ARN", "resourceArn")
    home, account, bucket, index = found.groups()
    if home != region:
        raise wording.not_found(wording.INDEX if index else wording.BUCKET)
    if account != ACCOUNT:
        return arn  # found in no list, so the answer is "could not be found"
    return bucket_arn(region, bucket) + (f"/index/{index}" if index else "")


def resource_meant(given: Mapping[str, Any], region: str) -> str:
    """The ARN that a call on tags names. Raises Refusal."""
    return _checked(str(given["resourceArn"]), region)
