"""The operations on vector buckets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from snapshelf.errors import BadSettings
from snapshelf.twin import permit, tokens
from snapshelf.twin.permit import Statement
from snapshelf.twin.s3vectors import wording
from snapshelf.twin.s3vectors.context import Context, now
from snapshelf.twin.s3vectors.state import BUCKET_NAME, CLASSIC, ENHANCED, Bucket, bucket_arn, bucket_meant
from snapshelf.twin.s3vectors.tags import check_tags

MOST = 10_000  # buckets in a region
PAGE = 500


def create(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """CreateVectorBucket."""
    name = given["vectorBucketName"]
    if not BUCKET_NAME.fullmatch(name):
        raise wording.invalid(wording.BUCKET_NAME, "vectorBucketName")
    tags = check_tags(given.get("tags", {}))
    encryption = encryption_of(given.get("encryptionConfiguration"), {"sseType": "AES256"})
    arn = bucket_arn(context.region, name)
    classic = context.settings.classic
    mode = CLASSIC if classic else ENHANCED
    with context.state.lock:
        if arn in context.state.buckets:
            raise wording.conflict(wording.BUCKET_TAKEN)
        if sum(one.startswith(bucket_arn(context.region, "")) for one in context.state.buckets) >= MOST:
            raise wording.over_quota(f"A region must have at most {MOST} vector buckets")
        bucket = Bucket(arn, name, now(), encryption, mode, classic, tags)
        context.disk.keep_bucket(bucket)
        context.state.buckets[arn] = bucket
    return {"vectorBucketArn": arn}


def get(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """GetVectorBucket."""
    return {"vectorBucket": context.state.bucket(bucket_meant(given, context.region)).described()}


def listed(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """ListVectorBuckets, in the order of names."""
    with context.state.lock:
        here = [one for arn, one in context.state.buckets.items() if arn.startswith(bucket_arn(context.region, ""))]
    return page(context, given, "vectorBuckets", {bucket.name: bucket.summary() for bucket in here})


def delete(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """DeleteVectorBucket; one that has indexes is left alone."""
    arn = bucket_meant(given, context.region)
    with context.state.lock:
        bucket = context.state.bucket(arn)
        if bucket.indexes:
            raise wording.conflict(wording.NOT_EMPTY)
        context.disk.drop_bucket(bucket)
        del context.state.buckets[arn]
    return {}


def put_policy(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """PutVectorBucketPolicy; what it says holds from the next call on."""
    try:
        statements(given["policy"])
    except ValueError as error:
        raise wording.invalid("Policy is not valid JSON", "policy") from error
    except BadSettings as error:
        raise wording.invalid(str(error), "policy") from error
    return _with_policy(context, given, given["policy"])


@lru_cache(maxsize=256)
def statements(policy: str) -> tuple[Statement, ...]:
    """What a policy says. Raises ValueError for what is no JSON, BadSettings for what the twin would pass over."""
    found = json.loads(policy)
    if not isinstance(found, dict) or not found.get("Statement"):
        raise BadSettings("Policy has no statement")
    return permit.statements(found, "Policy", of_resource=True)


def get_policy(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """GetVectorBucketPolicy."""
    policy = context.state.bucket(bucket_meant(given, context.region)).policy
    if policy is None:
        raise wording.not_found(wording.POLICY)
    return {"policy": policy}


def delete_policy(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """DeleteVectorBucketPolicy; one that is not there is no error."""
    return _with_policy(context, given, None)


def put_mode(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """PutVectorBucketDefaultIndexMode."""
    with context.state.lock:
        bucket = context.state.bucket(bucket_meant(given, context.region))
        if given["defaultIndexMode"] == CLASSIC and not bucket.classic:
            raise wording.invalid(wording.BUCKET_CLASSIC, "defaultIndexMode")
        context.disk.keep_bucket(bucket, {"mode": given["defaultIndexMode"]})
        bucket.mode = given["defaultIndexMode"]
    return {}


def page(context: Context, given: Mapping[str, Any], name: str, found: Mapping[str, Any]) -> Mapping[str, Any]:
    """One page of a list, {name: [...], "nextToken"?}, in the order of names."""
    request = tokens.digest(context.operation, given)
    prefix, most, after = given.get("prefix", ""), given.get("maxResults", PAGE), ""
    if "nextToken" in given:
        after = tokens.place(given["nextToken"], request, wording.invalid(wording.TOKEN, "nextToken"))
    names = sorted(one for one in found if one.startswith(prefix) and one > after)
    answer: dict[str, Any] = {name: [found[one] for one in names[:most]]}
    return answer | ({"nextToken": tokens.token(names[most - 1], request)} if len(names) > most else {})


def encryption_of(given: Mapping[str, str] | None, default: Mapping[str, str]) -> dict[str, str]:
    """The encryption that a bucket or an index gets. Raises Refusal for a type and a key that do not fit together."""
    kind, key = (given or {}).get("sseType"), (given or {}).get("kmsKeyArn")
    if key is not None and kind != "aws:kms":
        raise wording.invalid("kmsKeyArn can only be specified when sseType is aws:kms", "encryptionConfiguration")
    if kind == "aws:kms" and key is None:
        raise wording.invalid("kmsKeyArn must be specified when sseType is aws:kms", "encryptionConfiguration")
    if kind is None:
        return dict(default)
    return {"sseType": kind} | ({"kmsKeyArn": key} if key else {})


def _with_policy(context: Context, given: Mapping[str, Any], policy: str | None) -> Mapping[str, Any]:
    with context.state.lock:
        bucket = context.state.bucket(bucket_meant(given, context.region))
        context.disk.keep_bucket(bucket, {"policy": policy})
        bucket.policy = policy
    return {}
