"""The operations on vector indexes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from snapshelf.twin.s3vectors import wording
from snapshelf.twin.s3vectors.buckets import encryption_of, page
from snapshelf.twin.s3vectors.context import Context, now
from snapshelf.twin.s3vectors.state import CLASSIC, INDEX_NAME, Index, bucket_meant, index_meant
from snapshelf.twin.s3vectors.table import Table
from snapshelf.twin.s3vectors.tags import check_tags
from snapshelf.twin.s3vectors.texts import Texts

MOST = 10_000  # indexes in a bucket
MOST_TEXTS = 10  # keys with full-text search
ONE_CHANGE = "Must specify exactly one of add and delete"


def create(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """CreateIndex; it can be used at once."""
    name = given["indexName"]
    if not INDEX_NAME.fullmatch(name):
        raise wording.invalid(wording.INDEX_NAME, "indexName")
    home, tags = bucket_meant(given, context.region), check_tags(given.get("tags", {}))
    configuration = given.get("metadataConfiguration", {})
    fixed = tuple(configuration.get("nonFilterableMetadataKeys", ()))
    if len(set(fixed)) < len(fixed):
        raise wording.invalid("nonFilterableMetadataKeys must be unique", "metadataConfiguration")
    texts = configuration.get("textSearchConfigurations", ())
    _check_texts(texts, {})
    with context.state.lock:
        bucket = context.state.bucket(home)
        if name in bucket.indexes:
            raise wording.conflict(wording.INDEX_TAKEN)
        if len(bucket.indexes) >= MOST:
            raise wording.over_quota(f"A vector bucket must have at most {MOST} indexes")
        if texts and bucket.mode == CLASSIC:
            raise wording.invalid("Text search needs an index in ENHANCED mode", "metadataConfiguration")
        index = Index(
            number=context.disk.number(),
            arn=f"{home}/index/{name}",
            bucket=bucket.name,
            name=name,
            created=now(),
            dimension=given["dimension"],
            metric=given["distanceMetric"],
            fixed=fixed,
            encryption=encryption_of(given.get("encryptionConfiguration"), bucket.encryption),
            mode=bucket.mode,
            tags=tags,
            table=Table(given["dimension"]),
            texts=Texts(texts),
        )
        context.disk.keep_index(index)
        bucket.indexes[name] = index
    return {"indexArn": index.arn}


def get(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """GetIndex."""
    index = context.state.index(index_meant(given, context.region))
    with index.lock:
        return {"index": index.described()}


def listed(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """ListIndexes, in the order of names."""
    with context.state.lock:
        bucket = context.state.bucket(bucket_meant(given, context.region))
        found = {name: index.summary() for name, index in bucket.indexes.items()}
    return page(context, given, "indexes", found)


def delete(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """DeleteIndex, with everything in it."""
    arn = index_meant(given, context.region)
    with context.state.lock:
        index = context.state.index(arn)
        with index.lock:
            context.disk.drop_index(index)
            del context.state.bucket(arn.partition("/index/")[0]).indexes[index.name]
    return {}


def put_mode(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """UpdateIndexMode."""
    arn = index_meant(given, context.region)
    with context.state.lock:
        index = context.state.index(arn)
        if given["indexMode"] == CLASSIC and not context.state.bucket(arn.partition("/index/")[0]).classic:
            raise wording.invalid(wording.INDEX_CLASSIC, "indexMode")
        if given["indexMode"] == CLASSIC and index.texts.configured:
            raise wording.invalid("An index with text search cannot be CLASSIC", "indexMode")
        context.disk.keep_index(index, {"mode": given["indexMode"]})
        index.mode = given["indexMode"]
    return {}


def put_texts(context: Context, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """UpdateMetadataConfiguration: text search for more keys, or for fewer."""
    arn = index_meant(given, context.region)
    if ("add" in given) == ("delete" in given):
        raise wording.invalid(ONE_CHANGE)
    with context.state.lock:
        index = context.state.index(arn)
        with index.lock:
            if "add" in given:
                changed = _with_texts(context, index, given["add"].get("textSearchConfigurations", ()))
            else:
                changed = _without_texts(index, given["delete"].get("textSearchConfigurations", ()))
            context.disk.keep_index(index, {"texts": changed.described()})
            index.texts = changed
    return {"indexArn": arn}


def _with_texts(context: Context, index: Index, added: Sequence[Mapping[str, str]]) -> Texts:
    if index.mode == CLASSIC:
        raise wording.invalid("Text search needs an index in ENHANCED mode", "add")
    _check_texts(added, index.texts.configured)
    delay = context.settings.building
    more = Texts()
    more.add(added, zip(index.table.keys, index.table.metadata, strict=True), now() + delay if delay else 0)
    more.configured = index.texts.configured | more.configured
    return more


def _without_texts(index: Index, dropped: Sequence[Mapping[str, str]]) -> Texts:
    names = {one["metadataKey"] for one in dropped}
    for name in names:
        if name not in index.texts.configured:
            raise wording.not_found(f"There is no text search configuration for metadata key {name}")
    fewer = Texts()
    fewer.configured = {name: text for name, text in index.texts.configured.items() if name not in names}
    return fewer


def _check_texts(added: Sequence[Mapping[str, str]], there: Mapping[str, Any]) -> None:
    names = [one["metadataKey"] for one in added]
    if len(set(names)) < len(names):
        raise wording.invalid("textSearchConfigurations must have one entry for each metadata key")
    if taken := [name for name in names if name in there]:
        raise wording.conflict(f"There is a text search configuration for metadata key {taken[0]} already")
    if len(names) + len(there) > MOST_TEXTS:
        raise wording.invalid(f"An index must have at most {MOST_TEXTS} text search configurations")
