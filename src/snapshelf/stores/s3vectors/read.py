"""Searches of one generation: which of its indexes are asked, and how their answers become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import BadInput, NotHere, Unsupported
from snapshelf.stores.s3vectors import names
from snapshelf.stores.s3vectors.alias import Generation
from snapshelf.stores.s3vectors.calls import Calls
from snapshelf.stores.s3vectors.grammar import Asked, translate
from snapshelf.stores.s3vectors.limits import TEXT_QUERY, TEXTS, TOP
from snapshelf.stores.s3vectors.query import Found, Query, by_words, nearest
from snapshelf.stores.s3vectors.shards import bound
from snapshelf.types import Filter, Kind, Neighbours, Vectors


@dataclass(frozen=True, slots=True)
class Reading:
    """A generation as a search sees it. ``kinds`` grows by what answers show."""

    calls: Calls
    generation: Generation
    kinds: dict[str, Kind]


def ask(reading: Reading, vectors: Vectors, k: int, where: Filter | None) -> Neighbours:
    """The k nearest of those that pass, for each row of vectors (q, d). Raises Unsupported, and what calls raise."""
    query = _query(reading, where)
    indexes = _asked(reading, where)
    work = [(index, row) for row in np.asarray(vectors, np.float32) for index in indexes]
    found = _all(reading, work, k, query)
    rows = [found[start : start + len(indexes)] for start in range(0, len(found), len(indexes) or 1)]
    best = [merged(row, k) for row in rows] or [[] for _ in vectors]
    return Neighbours(
        [[id for _, id in hits] for hits in best],
        [np.array([score for score, _ in hits], np.float32) for hits in best],
        _path(reading, rows, len(indexes), where is not None, k),
        None,
    )


def merged(found: Sequence[Found], k: int) -> list[tuple[float, str]]:
    """The k best of several answers, each id once, ties in id order."""
    best: dict[str, float] = {}
    for one in found:
        for score, id in one.hits:
            best[id] = max(score, best.get(id, -2.0))
    return sorted(((score, id) for id, score in best.items()), key=lambda hit: (-hit[0], hit[1]))[:k]


def ask_words(
    reading: Reading, texts: Mapping[str, str], row: NDArray[np.float32] | None, k: int, where: Filter | None
) -> Neighbours:
    """As `ask` for one query, by BM25 over the service's own text index, fused by the service with ``row`` if given."""
    calls, held = reading.calls, reading.generation.head.text
    if not calls.words:
        raise Unsupported("the installed boto3 knows no full-text search of S3 Vectors; use the lexical lane instead")
    missing = [name for name in texts if name not in held]
    if missing or not 1 <= len(texts) <= TEXTS:
        raise BadInput(
            f"this index has the text of {', '.join(held) or 'no field'}, not of {', '.join(missing) or 'none'}; "
            'list fields in store.options, such as text = "title,description"'
        )
    long = next((name for name, text in texts.items() if not 1 <= len(text) <= TEXT_QUERY), None)
    if long:
        raise BadInput(f"the text for {long!r} has {len(texts[long]):,} characters; 1 to {TEXT_QUERY:,} can be asked")
    query, indexes = _query(reading, where), _asked(reading, where)
    asked = {"queryTexts": [{"text": text, "metadataKey": name} for name, text in texts.items()], "returnScores": True}
    found = calls.at_once(lambda index: by_words(calls, index, asked, row, k, query), indexes)
    best = merged(found, k)
    mode = "hybrid" if row is not None else "full text"
    path = f"S3 Vectors, {mode}, {len(indexes)} index{'es' * (len(indexes) != 1)}"
    return Neighbours([[id for _, id in best]], [np.array([score for score, _ in best], np.float32)], path, None)


def _query(reading: Reading, where: Filter | None) -> Query:
    head = reading.generation.head
    asked = Asked(None) if where is None else translate(where, reading.kinds, set(head.non_filterable))
    enhanced = head.mode == "CLASSIC" and "queryMode" in reading.calls.members("QueryVectors")
    return Query(asked, where, enhanced, reading.kinds)


def _asked(reading: Reading, where: Filter | None) -> tuple[str, ...]:
    values = bound(where, reading.generation.shard_by) if reading.generation.shard_by else None
    if values is None:
        return reading.generation.indexes
    return tuple(sorted({names.shard(reading.generation.head.name, value) for value in values}))


def _all(reading: Reading, work: Sequence[tuple[str, NDArray[np.float32]]], k: int, query: Query) -> list[Found]:
    def one(item: tuple[str, NDArray[np.float32]]) -> Found:
        index, row = item
        try:
            return nearest(reading.calls, index, row, k, query)
        except NotHere:
            if index == reading.generation.head.name:
                raise
            return Found()  # no vector holds that value, or the last one went

    return [one(item) for item in work] if len(work) == 1 else reading.calls.at_once(one, work)


def _path(reading: Reading, rows: Sequence[Sequence[Found]], asked: int, filtered: bool, k: int) -> str:
    pages = max((found.pages for row in rows for found in row), default=0)
    path = f"S3 Vectors, {pages} page{'s' * (pages != 1)}"
    if filtered:
        path += ", filter first"
    if reading.generation.shard_by:
        path += f", {asked} of {len(reading.generation.indexes)} shards"
    if k > (TOP if reading.calls.pages else 100):
        path += f", at most {TOP if reading.calls.pages else 100:,} results"
    return path
