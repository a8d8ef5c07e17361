"""The legs of a query, by vector and by texts, and how they become one ranking."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from snapshelf.fusion import ranked as by_score
from snapshelf.fusion import rrf
from snapshelf.twin.s3vectors.columns import Mask
from snapshelf.twin.s3vectors.filter import Group, Test, passing
from snapshelf.twin.s3vectors.nearest import Ask, Found
from snapshelf.twin.s3vectors.rankings import Hit
from snapshelf.twin.s3vectors.recall import Loss
from snapshelf.twin.s3vectors.state import Index
from snapshelf.twin.wire import encoded

DEPTH = 100  # results of each leg that are fused, where topK is not more
SEVERAL = 10  # how many times that of each text, where the scores of several are added up
TANDEM = 10  # how many times topK a CLASSIC index looks at before it filters, and so may return fewer than pass
CONSTANT = 60  # of reciprocal rank fusion; AWS does not say which it uses


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that is fit to be answered; ``show`` are the members of the request that add to every result."""

    index: Index
    k: int
    vector: NDArray[np.float32] | None
    texts: Sequence[Mapping[str, str]]
    where: Group | Test | None
    classic: bool
    loss: Loss | None
    show: frozenset[str]

    def mask(self) -> Mask | None:
        """Which rows pass the filter; the index is locked."""
        table = self.index.table
        return None if self.where is None else passing(self.where, table.columns, len(table))


@dataclass(slots=True)
class Scored:
    """What the legs say of one vector."""

    distance: float | None = None
    words: dict[str, float] = field(default_factory=dict)
    fused: float | None = None


def ranked(asked: Asked) -> list[Hit]:
    """The results, best first.

    vector: by distance. texts: by BM25, added up over the texts. Both: the two rankings by reciprocal rank fusion.
    """
    index = asked.index
    if asked.vector is None:
        with index.lock:
            words = _by_texts(asked, asked.k)
            return [_hit(asked, key, Scored(words=one)) for key, one in list(words.items())[: asked.k]]
    if not asked.texts:
        hits: list[Hit] = []
        _by_vector(asked, asked.vector, asked.k, lambda key, near: hits.append(_hit(asked, key, Scored(near))))
        return hits
    depth, nearest = max(asked.k, DEPTH), dict[str, float]()
    _by_vector(asked, asked.vector, depth, nearest.__setitem__)
    with index.lock:
        words = _by_texts(asked, depth)
        nearest = {key: near for key, near in nearest.items() if key in index.table.row}
        fused = rrf([list(nearest), list(words)[:depth]], CONSTANT)[: asked.k]
        return [_hit(asked, key, Scored(nearest.get(key), words.get(key, {}), score)) for key, score in fused]


def _by_vector(asked: Asked, vector: NDArray[np.float32], k: int, take: Callable[[str, float], object]) -> None:
    """Hand over (key, distance) of the k nearest, nearest first, while the index is locked."""
    index, table = asked.index, asked.index.table
    fetch = k * TANDEM if asked.classic and asked.where is not None else k
    fetch = 2 * fetch + 10 if asked.loss else fetch

    def done(found: Found, mask: Mask | None) -> None:
        if asked.classic:
            mask = asked.mask()
        matching = len(table) if mask is None else int(np.count_nonzero(mask))
        if asked.classic and mask is not None:
            found = [(near, row) for near, row in found[: k * TANDEM] if mask[row]]
        if asked.loss is not None:
            names = [table.keys[row] for _, row in found]
            found = asked.loss.kept(found, names, matching, k, vector.tobytes())
        for near, row in found[:k]:
            take(table.keys[row], near)

    index.queue.answer(Ask(vector, fetch, (lambda: None) if asked.classic else asked.mask, done))


def _by_texts(asked: Asked, k: int) -> dict[str, dict[str, float]]:
    """{key: {metadata key: BM25 score}}, highest sum first; the index is locked."""
    index, mask = asked.index, asked.mask()
    row = index.table.row
    scores: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for text in asked.texts:
        name = text["metadataKey"]
        fetch = k if len(asked.texts) == 1 else k * SEVERAL
        found = index.texts.configured[name].search(
            text["text"], fetch, lambda key: mask is None or bool(mask[row[key]])
        )
        for key, score in found:
            scores[key][name] = score
    return {key: scores[key] for key, _ in by_score({key: sum(one.values()) for key, one in scores.items()})}


def _hit(asked: Asked, key: str, scored: Scored) -> Hit:
    """One result as JSON; members that were not asked for, or that no leg has, are left out."""
    table, parts = asked.index.table, [b'"key":' + encoded(key)]
    metadata = table.metadata[table.row[key]]
    if "returnDistance" in asked.show and scored.distance is not None:
        parts.append(b'"distance":' + _float(scored.distance))
    if "returnMetadata" in asked.show and metadata != b"{}":
        parts.append(b'"metadata":' + metadata)
    if "returnScores" in asked.show and asked.texts:
        parts.append(b'"scores":{%s}' % b",".join(_scores(scored)))
    body = b",".join(parts)
    return Hit(body, len(body))


def _scores(scored: Scored) -> list[bytes]:
    parts = [b'"fused":' + _float(scored.fused)] if scored.fused is not None else []
    if scored.words:
        listed = (b'{"metadataKey":%s,"score":%s}' % (encoded(n), _float(s)) for n, s in scored.words.items())
        parts.append(b'"bm25Scores":[%s]' % b",".join(listed))
    if scored.distance is not None:
        parts.append(b'"vectorDistance":' + _float(scored.distance))
    return parts


def _float(value: float) -> bytes:
    """The shortest text that reads as the same float32."""
    return json.dumps(float(str(np.float32(value)))).encode()
