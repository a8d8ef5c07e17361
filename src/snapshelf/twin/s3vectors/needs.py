"""Which permissions a call needs, and what it takes from its index's rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from snapshelf.twin.s3vectors.state import State, bucket_arn, bucket_meant, index_meant, resource_meant
from snapshelf.twin.wire import Load, Need, Refusal

OF_TAGS = ("TagResource", "UntagResource", "ListTagsForResource")
OF_INDEX = (
    *("GetIndex", "DeleteIndex", "UpdateIndexMode", "UpdateMetadataConfiguration"),
    *("PutVectors", "GetVectors", "ListVectors", "DeleteVectors", "QueryVectors"),
)
# What S3 Vectors does with an index's own key, by the operations that its service model gives the Kms errors.
OF_KEY: Mapping[str, tuple[str, ...]] = {
    "PutVectors": ("kms:GenerateDataKey", "kms:Decrypt"),
    **dict.fromkeys(("GetVectors", "DeleteVectors", "QueryVectors"), ("kms:Decrypt",)),
}
READS = ("GetVectors", "ListVectors", "QueryVectors")


def needs(operation: str, given: Mapping[str, Any], region: str) -> Sequence[Need]:
    """The action itself, and what else AWS asks for. Raises Refusal where the call names its target wrongly.

    A query that filters, returns metadata or searches texts, and a listing with data or metadata, reads vectors and
    needs GetVectors as well; whoever creates with tags needs TagResource.
    """
    resource = _resource(operation, given, region)
    encryption = given.get("encryptionConfiguration", {})
    names = {"s3vectors:sseType": "sseType", "s3vectors:kmsKeyArn": "kmsKeyArn"}
    conditions = {name: encryption[member] for name, member in names.items() if member in encryption}
    found = [Need(f"s3vectors:{operation}", resource, conditions)]
    if operation == "QueryVectors" and ("filter" in given or given.get("returnMetadata") or "queryTexts" in given):
        found.append(Need("s3vectors:GetVectors", resource))
    if operation == "ListVectors" and (given.get("returnData") or given.get("returnMetadata")):
        found.append(Need("s3vectors:GetVectors", resource))
    if operation in ("CreateVectorBucket", "CreateIndex") and given.get("tags"):
        found.append(Need("s3vectors:TagResource", resource))
    return found


def of_key(operation: str, given: Mapping[str, Any], region: str, state: State) -> Sequence[Need]:
    """What the caller must be allowed to do with the key of the index, where it has one of its own."""
    if operation not in OF_KEY:
        return ()
    try:
        arn = state.index(index_meant(given, region)).encryption.get("kmsKeyArn", "")
    except Refusal:  # which is told when the call is carried out
        return ()
    return [Need(action, arn) for action in OF_KEY[operation]] if arn else ()


def load(operation: str, given: Mapping[str, Any], region: str) -> Load | None:
    """Writes: a request and its vectors; reads: a request."""
    if operation in READS:
        return Load(index_meant(given, region), {"reads": 1})
    if operation in ("PutVectors", "DeleteVectors"):
        count = len(given["vectors"] if operation == "PutVectors" else given["keys"])
        return Load(index_meant(given, region), {"writes": 1, "vectors": count})
    return None


def _resource(operation: str, given: Mapping[str, Any], region: str) -> str:
    if operation == "ListVectorBuckets":
        return "*"
    if operation in OF_TAGS:
        return resource_meant(given, region)
    if operation in OF_INDEX:
        return index_meant(given, region)
    if operation == "CreateVectorBucket":
        return bucket_arn(region, given["vectorBucketName"])
    home = bucket_meant(given, region)
    return f"{home}/index/{given['indexName']}" if operation == "CreateIndex" else home
