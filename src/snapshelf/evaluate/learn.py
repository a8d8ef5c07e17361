"""Judged queries from files → the shelf's own lane weights."""

from __future__ import annotations

from pathlib import Path

from snapshelf.evaluate.judgements import read_qrels, read_queries
from snapshelf.evaluate.missing import missing_of
from snapshelf.search import question
from snapshelf.search.weights import Learned, learn
from snapshelf.stack import Stack


def learn_weights(stack: Stack, queries: str | Path, qrels: str | Path) -> list[Learned]:
    """`snapshelf.search.weights.learn` from the files that `evaluate` takes; queries with a filter are left out.

    Raises what reading them raises, and BadInput where there is too little to learn from.
    """
    asked, judged = read_queries(Path(queries)), read_qrels(Path(qrels))
    missing_of(stack, judged, Path(qrels))
    given = []
    for one in asked:
        if one.id in judged and not one.where:
            media = (one.image or None, one.audio or None, one.video or None)
            given.append((question(stack, one.text or None, *media, one.weights).parts, judged[one.id]))
    return learn(stack, given)
