"""QueryVectors: by a vector, by texts, or by both, fused by reciprocal rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from snapshelf.twin import tokens
from snapshelf.twin.s3vectors import filter as filters
from snapshelf.twin.s3vectors import legs, price, records, wording
from snapshelf.twin.s3vectors.context import Context
from snapshelf.twin.s3vectors.legs import Asked
from snapshelf.twin.s3vectors.rankings import Hit
from snapshelf.twin.s3vectors.state import CLASSIC, Index, index_meant
from snapshelf.twin.wire import Answer, encoded

MOST, PAGE = 10_000, 100  # results of a query, and of a page of it


def query(context: Context, given: Mapping[str, Any]) -> Answer:
    """QueryVectors, 100 results to a page."""
    index = context.state.index(index_meant(given, context.region))
    start, request, ranking = 0, "", None
    if "nextToken" in given:
        request = tokens.digest(context.operation, given)
        start = tokens.place(given["nextToken"], request, wording.invalid(wording.TOKEN, "nextToken"))
        ranking = context.rankings.find(request)
    if ranking is None:
        ranking = _ranked(context, index, given)
        if len(ranking) > PAGE:
            request = request or tokens.digest(context.operation, given)
            context.rankings.keep(request, ranking)
    shown = ranking[start : start + PAGE]
    more = b',"nextToken":%s' % encoded(tokens.token(start + PAGE, request)) if len(ranking) > start + PAGE else b""
    body = b'{"vectors":[%s],"distanceMetric":"%s"%s}' % (
        b",".join(b"{%s}" % hit.body for hit in shown),
        index.metric.encode(),
        more,
    )
    count = len(index.table)
    return Answer(body=body, charges=price.of_query(count, index.table.bytes / max(1, count), [h.size for h in shown]))


def _ranked(context: Context, index: Index, given: Mapping[str, Any]) -> list[Hit]:
    if given["topK"] > MOST:
        raise wording.invalid(f"topK must be between 1 and {MOST}", "topK")
    texts = given.get("queryTexts", ())
    vector = None
    if "queryVector" in given:
        vector = records.query(given["queryVector"]["float32"], index.dimension, index.metric)
    elif not texts:
        raise wording.invalid("Must specify queryVector, queryTexts, or both")
    classic = _classic(index, given)
    if texts:
        _check_texts(index, texts, classic)
    where = filters.parsed(given["filter"], index.fixed, not classic) if "filter" in given else None
    asked = Asked(
        index=index,
        k=given["topK"],
        vector=vector,
        texts=texts,
        where=where,
        classic=classic,
        loss=context.settings.loss,
        show=frozenset(name for name in ("returnDistance", "returnMetadata", "returnScores") if given.get(name)),
    )
    return legs.ranked(asked)


def _classic(index: Index, given: Mapping[str, Any]) -> bool:
    """Whether the query filters as CLASSIC does. Raises Refusal where an ENHANCED index is asked to."""
    mode = given.get("queryMode", index.mode)
    if mode == CLASSIC and index.mode != CLASSIC:
        raise wording.invalid(wording.QUERY_CLASSIC, "queryMode")
    return bool(mode == CLASSIC)


def _check_texts(index: Index, texts: Sequence[Mapping[str, str]], classic: bool) -> None:
    names = [one["metadataKey"] for one in texts]
    if classic:
        raise wording.invalid("queryTexts needs ENHANCED mode", "queryTexts")
    if len(set(names)) < len(names):
        raise wording.invalid("queryTexts must have one entry for each metadata key", "queryTexts")
    for name in names:
        text = index.texts.configured.get(name)
        if text is None:
            raise wording.invalid(f"Metadata key {name} has no text search configuration", "queryTexts")
        if not text.active:
            raise wording.invalid(f"The text search configuration of metadata key {name} is not ACTIVE", "queryTexts")
