"""Least-privilege IAM policies for a shelf on AWS, one for each role that touches it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from snapshelf.errors import BadSettings

Role: TypeAlias = Literal["ingest", "search", "admin"]
ROLES: tuple[Role, ...] = ("ingest", "search", "admin")
QUERY = ("QueryVectors", "GetVectors", "GetIndex", "ListTagsForResource")
TAGS = ("TagResource", "UntagResource", "ListTagsForResource")


@dataclass(frozen=True, slots=True)
class Used:
    """What the settings use. ``account``: 12 digits. ``index``: the index's name; generations and shards add to it.

    ``media``: "bucket/prefix" through which large pictures, sounds and videos go; "" where none do.
    """

    region: str
    account: str
    bucket: str
    index: str
    model: str = "amazon.nova-2-multimodal-embeddings-v1:0"
    media: str = ""
    kms_key: str = ""
    partition: str = "aws"


def policy(role: Role, used: Used) -> dict[str, Any]:
    """The policy document. Raises BadSettings for an unknown role or an account that is not 12 digits.

    search: find the index in use by its tags, embed queries, and query; reading vectors belongs to it, since AWS asks
    for GetVectors wherever a filter or metadata is used. ingest: all of that, write, and build an index anew beside the
    one in use, in a bucket that is there. admin: make the bucket, change what is set for it, and look after indexes.
    """
    if role not in ROLES:
        raise BadSettings(f"there is no role {role!r}; choose one of {', '.join(ROLES)}")
    if not (used.account.isdecimal() and len(used.account) == 12):
        raise BadSettings(
            f"an AWS account is 12 digits, not {used.account!r}; aws sts get-caller-identity prints yours"
        )
    statements = {"ingest": _ingest, "search": _search, "admin": _admin}[role](used)
    return {"Version": "2012-10-17", "Statement": [one for one in statements if one]}


def _search(used: Used) -> list[dict[str, Any]]:
    return [_find(used), _allow("Query", "s3vectors", QUERY, [_index(used)]), _embed(used), _key(used, ["Decrypt"])]


def _ingest(used: Used) -> list[dict[str, Any]]:
    vectors = ["PutVectors", "DeleteVectors", "ListVectors", "DeleteIndex", "TagResource", *QUERY]
    statements = [
        _find(used, "GetVectorBucket"),
        _allow("Write", "s3vectors", vectors, [_index(used)]),
        _create(used, ["CreateIndex"], [_index(used)]),
        _embed(used),
    ]
    if used.media:
        bucket, _, prefix = used.media.partition("/")
        objects = f"arn:{used.partition}:s3:::{bucket}/{prefix.strip('/')}{'/' if prefix.strip('/') else ''}*"
        jobs = f"arn:{used.partition}:bedrock:{used.region}:{used.account}:async-invoke/*"
        statements += [
            _allow("LargeMedia", "s3", ["GetObject", "PutObject", "DeleteObject"], [objects]),
            _allow("LongMedia", "bedrock", ["StartAsyncInvoke"], [_model(used), jobs]),
            _allow("WatchLongMedia", "bedrock", ["GetAsyncInvoke", "ListAsyncInvokes"], [jobs]),
        ]
    return [*statements, _key(used, ["Decrypt", "GenerateDataKey"])]


def _admin(used: Used) -> list[dict[str, Any]]:
    modes = ["UpdateIndexMode", "UpdateMetadataConfiguration", "DeleteIndex", "ListVectors", "GetVectors", "GetIndex"]
    return [
        _create(used, ["CreateVectorBucket", "CreateIndex"], [_bucket(used), _index(used)]),
        _allow("Bucket", "s3vectors", ["GetVectorBucket", "ListIndexes", "DeleteVectorBucket", *TAGS], [_bucket(used)]),
        _allow("Indexes", "s3vectors", [*modes, *TAGS], [_index(used)]),
        _key(used, ["Decrypt", "GenerateDataKey", "DescribeKey"]),
    ]


def _find(used: Used, *more: str) -> dict[str, Any]:
    """Which of the indexes is in use is told by their names and tags."""
    return _allow("Find", "s3vectors", ["ListIndexes", *more], [_bucket(used)])


def _create(used: Used, actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """With a key of the shop's own, nobody can make what is not encrypted with it."""
    created = _allow("Create", "s3vectors", actions, resources)
    if used.kms_key:
        created["Condition"] = {"StringEquals": {"s3vectors:sseType": "aws:kms", "s3vectors:kmsKeyArn": used.kms_key}}
    return created


def _embed(used: Used) -> dict[str, Any]:
    return _allow("Embed", "bedrock", ["InvokeModel"], [_model(used)])


def _key(used: Used, actions: Sequence[str]) -> dict[str, Any]:
    return _allow("Key", "kms", actions, [used.kms_key]) if used.kms_key else {}


def _allow(name: str, service: str, actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    return {
        "Sid": name,
        "Effect": "Allow",
        "Action": sorted(f"{service}:{action}" for action in actions),
        "Resource": sorted(resources),
    }


def _model(used: Used) -> str:
    return f"arn:{used.partition}:bedrock:{used.region}::foundation-model/{used.model}"


def _bucket(used: Used) -> str:
    return f"arn:{used.partition}:s3vectors:{used.region}:{used.account}:bucket/{used.bucket}"


def _index(used: Used) -> str:
    return f"{_bucket(used)}/index/{used.index}*"
