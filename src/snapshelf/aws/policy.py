"""Least-privilege IAM policies for a shelf on AWS, one for each role that touches it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from snapshelf.errors import BadSettings

Role: TypeAlias = Literal["ingest", "search", "admin"]
ROLES: tuple[Role, ...] = ("ingest", "search", "admin")


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

    ingest: embed, put, delete and read vectors. search: embed queries, and query; reading vectors belongs to it, since
    AWS asks for GetVectors wherever a filter or metadata is used. admin: make, list, tag and remove buckets and
    indexes, which a rebuild needs too.
    """
    if role not in ROLES:
        raise BadSettings(f"there is no role {role!r}; choose one of {', '.join(ROLES)}")
    if not (used.account.isdecimal() and len(used.account) == 12):
        raise BadSettings(
            f"an AWS account is 12 digits, not {used.account!r}; aws sts get-caller-identity prints yours"
        )
    statements = {"ingest": _ingest, "search": _search, "admin": _admin}[role](used)
    return {"Version": "2012-10-17", "Statement": [one for one in statements if one]}


def _ingest(used: Used) -> list[dict[str, Any]]:
    vectors = ["PutVectors", "DeleteVectors", "GetVectors", "ListVectors", "GetIndex"]
    statements = [_allow("WriteVectors", "s3vectors", vectors, [_index(used)]), _embed(used)]
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


def _search(used: Used) -> list[dict[str, Any]]:
    vectors = ["QueryVectors", "GetVectors", "GetIndex"]
    return [_allow("QueryVectors", "s3vectors", vectors, [_index(used)]), _embed(used), _key(used, ["Decrypt"])]


def _admin(used: Used) -> list[dict[str, Any]]:
    created = _allow("Create", "s3vectors", ["CreateVectorBucket", "CreateIndex"], [_bucket(used), _index(used)])
    if used.kms_key:  # nobody can make an index that is not encrypted with the shop's own key
        created["Condition"] = {"StringEquals": {"s3vectors:sseType": "aws:kms", "s3vectors:kmsKeyArn": used.kms_key}}
    bucket = ["GetVectorBucket", "ListIndexes", "TagResource", "UntagResource", "ListTagsForResource"]
    index = ["GetIndex", "DeleteIndex", "ListVectors", "GetVectors", "UpdateIndexMode", "UpdateMetadataConfiguration"]
    tags = ["TagResource", "UntagResource", "ListTagsForResource"]
    return [
        created,
        _allow("Bucket", "s3vectors", bucket, [_bucket(used)]),
        _allow("Indexes", "s3vectors", [*index, *tags], [_index(used)]),
        _key(used, ["Decrypt", "GenerateDataKey", "DescribeKey"]),
    ]


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
