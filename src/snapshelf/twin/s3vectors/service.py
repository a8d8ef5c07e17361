"""S3 Vectors behind the twin's port: which call is which operation, what it needs, and who carries it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from snapshelf.twin import sign
from snapshelf.twin.kms import Kms
from snapshelf.twin.permit import Statement
from snapshelf.twin.s3vectors import buckets, indexes, needs, price, query, tags, vectors
from snapshelf.twin.s3vectors.context import Context, Settings
from snapshelf.twin.s3vectors.disk import Disk
from snapshelf.twin.s3vectors.rankings import Rankings
from snapshelf.twin.s3vectors.state import index_meant
from snapshelf.twin.validate import model
from snapshelf.twin.wire import REGION, Answer, Call, Load, Need, encoded

Operation = Callable[[Context, Mapping[str, Any]], Answer | Mapping[str, Any]]
OPERATIONS: Mapping[str, Operation] = {
    "CreateVectorBucket": buckets.create,
    "GetVectorBucket": buckets.get,
    "ListVectorBuckets": buckets.listed,
    "DeleteVectorBucket": buckets.delete,
    "PutVectorBucketPolicy": buckets.put_policy,
    "GetVectorBucketPolicy": buckets.get_policy,
    "DeleteVectorBucketPolicy": buckets.delete_policy,
    "PutVectorBucketDefaultIndexMode": buckets.put_mode,
    "CreateIndex": indexes.create,
    "GetIndex": indexes.get,
    "ListIndexes": indexes.listed,
    "DeleteIndex": indexes.delete,
    "UpdateIndexMode": indexes.put_mode,
    "UpdateMetadataConfiguration": indexes.put_texts,
    "PutVectors": vectors.put,
    "GetVectors": vectors.get,
    "ListVectors": vectors.listed,
    "DeleteVectors": vectors.delete,
    "QueryVectors": query.query,
    "TagResource": tags.put,
    "UntagResource": tags.delete,
    "ListTagsForResource": tags.listed,
}


class S3Vectors:
    """The service. Without a folder everything is in memory alone."""

    name = "s3vectors"
    largest = 20_971_520  # bytes of a body, inclusive

    def __init__(self, folder: Path | None = None, settings: Settings | None = None, kms: Kms | None = None) -> None:
        """Read what a folder holds; ``kms`` knows which keys cannot be used.

        Raises MissingExtra, Busy when another twin has it open, Outside.
        """
        self._model = model(self.name)
        self._settings = settings or Settings()
        self._disk = Disk(folder)
        self._state = self._disk.read()
        self._rankings = Rankings()
        self._kms = kms or Kms()

    def operation(self, call: Call) -> str | None:
        """The operation of a method and a path."""
        found = self._model.operation(call.method, call.path)
        return found[0] if found else None

    def needs(self, operation: str, call: Call) -> Sequence[Need]:
        """The permissions that a call needs. Raises Refusal for a call that does not fit the model."""
        given, where = self._given(operation, call), region(call)
        return [*needs.needs(operation, given, where), *needs.of_key(operation, given, where, self._state)]

    def attached(self, need: Need) -> Sequence[Statement]:
        """The policy of the bucket that a call is about."""
        bucket = self._state.buckets.get(need.resource.partition("/index/")[0])
        return buckets.statements(bucket.policy) if bucket is not None and bucket.policy is not None else ()

    def load(self, operation: str, call: Call) -> Load | None:
        """What a call takes from its index's rates."""
        return needs.load(operation, self._given(operation, call), region(call))

    def answer(self, operation: str, call: Call) -> Answer:
        """Carry it out. Raises Refusal."""
        given = self._given(operation, call)
        context = Context(self._state, self._disk, self._settings, self._rankings, region(call), operation)
        if operation in needs.OF_KEY:
            self._kms.check(self._state.index(index_meant(given, context.region)).encryption)
        answer = OPERATIONS[operation](context, given)
        return answer if isinstance(answer, Answer) else Answer(body=encoded(answer), charges=price.PLAIN)

    def standing(self) -> Mapping[str, float]:
        """Vectors and bytes kept, and what a month of them would cost."""
        return price.standing(self._state)

    def close(self) -> None:
        """Close the files."""
        self._disk.close()

    def _given(self, operation: str, call: Call) -> dict[str, Any]:
        if "given" not in call.memory:
            call.memory["given"] = self._model.given(operation, call)
        found: dict[str, Any] = call.memory["given"]
        return found


def region(call: Call) -> str:
    """The region that a call was signed for."""
    signature = sign.read(call)
    return signature.region if signature else REGION
