"""The operations on tags, of buckets and of indexes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from snapshelf.twin.s3vectors import wording
from snapshelf.twin.s3vectors.context import Context
from snapshelf.twin.s3vectors.state import Bucket, Index, resource_meant

MOST = 50


def put(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """TagResource: adds tags, and gives those of the same key their new value."""
    with context.state.lock:
        resource = _resource(context, given)
        tags = check_tags(resource.tags | given["tags"])
        _keep(context, resource, tags)
    return {}


def delete(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """UntagResource; keys that are not there are passed over."""
    with context.state.lock:
        resource = _resource(context, given)
        left = {key: value for key, value in resource.tags.items() if key not in given["tagKeys"]}
        _keep(context, resource, left)
    return {}


def listed(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """ListTagsForResource."""
    with context.state.lock:
        return {"tags": dict(_resource(context, given).tags)}


def check_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags as they may be kept. Raises Refusal for more than 50, or a key that AWS keeps to itself."""
    if len(tags) > MOST:
        raise wording.invalid(f"A resource must have at most {MOST} tags", "tags")
    if any(key.lower().startswith("aws:") for key in tags):
        raise wording.invalid("Tag keys must not start with aws:", "tags")
    return dict(tags)


def _resource(context: Context, given: Mapping[str, Any]) -> Bucket | Index:
    arn = resource_meant(given, context.region)
    return context.state.index(arn) if "/index/" in arn else context.state.bucket(arn)


def _keep(context: Context, resource: Bucket | Index, tags: dict[str, str]) -> None:
    if isinstance(resource, Index):
        context.disk.keep_index(resource, {"tags": tags})
    else:
        context.disk.keep_bucket(resource, {"tags": tags})
    resource.tags = tags
