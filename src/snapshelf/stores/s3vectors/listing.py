"""Everything an index holds, by up to 16 listings at the same time: each sees a part of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from snapshelf.stores.s3vectors.calls import Calls
from snapshelf.stores.s3vectors.limits import LISTED, SEGMENTS

Page: TypeAlias = "list[dict[str, Any]]"


def everything(calls: Calls, index: str, data: bool = False, metadata: bool = False) -> Iterator[Page]:
    """Pages of {"key", "data"?, "metadata"?}, in no order. An index of one page costs one call.

    What is put or deleted meanwhile may be among them or not. Raises what the calls raise.
    """
    asked = {"vectorBucketName": calls.bucket, "indexName": index, "maxResults": LISTED}
    asked |= {"returnData": data, "returnMetadata": metadata}
    only = calls.call("ListVectors", asked)
    if "nextToken" not in only:
        yield only.get("vectors", [])
        return
    open_: list[dict[str, Any]] = [{"segmentCount": SEGMENTS, "segmentIndex": number} for number in range(SEGMENTS)]
    while open_:
        answers = list(calls.at_once(lambda part: calls.call("ListVectors", asked | part), open_))
        yield from (answer.get("vectors", []) for answer in answers)
        pairs = zip(open_, answers, strict=True)
        open_ = [part | {"nextToken": answer["nextToken"]} for part, answer in pairs if "nextToken" in answer]


def keys(calls: Calls, index: str) -> Iterator[str]:
    """The keys of everything."""
    for page in everything(calls, index):
        yield from (one["key"] for one in page)


def indexes(calls: Calls, prefix: str) -> list[str]:
    """Names of the bucket's indexes that begin with ``prefix``, sorted. Raises NotHere where there is no bucket."""
    found: list[str] = []
    asked: dict[str, Any] = {"vectorBucketName": calls.bucket, "prefix": prefix, "maxResults": 500}
    while True:
        answer = calls.call("ListIndexes", asked)
        found += [one["indexName"] for one in answer.get("indexes", [])]
        if "nextToken" not in answer:
            return sorted(found)
        asked["nextToken"] = answer["nextToken"]
