"""Ask every judged query, score every answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from snapshelf import plugins
from snapshelf.errors import BadInput, SnapshelfError
from snapshelf.evaluate.judgements import JudgedQuery
from snapshelf.evaluate.report import Report
from snapshelf.metrics import top
from snapshelf.protocols import MetricModule

METRICS = ("precision@1", "recall@5", "mrr@10", "ndcg@10")
DEEPER = 10  # a condensed list loses most of its products, so that many times more are asked for


def evaluate(
    search: Callable[[JudgedQuery, int], Sequence[str]],
    queries: Sequence[JudgedQuery],
    qrels: Mapping[str, Mapping[str, int]],
    metrics: Sequence[str] = METRICS,
    condensed: bool = False,
    depth: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """The scores of every query that has a relevant judgement; the others are not asked, and listed as excluded.

    search: answers a query with at most so many SKUs, best first, none twice; what it raises passes through, with a
    note that names the query. No answer counts 0 in every metric. metrics: ``name@k``. condensed: take products that
    nobody judged out of every ranking first, which is fair to a system whose finds the judges never saw (Sakai 2007,
    Alternatives to Bpref, SIGIR). depth: how many products to ask for; by default the largest k, or ten times that
    when condensed. progress: called with (done, all) after each query. The same answers give the same report.

    Raises UnknownAdapter for an unknown metric, BadInput for one without @k, an id given twice, a ranking with a SKU
    twice, a depth below the largest k, or when no query can be scored.
    """
    measures = {name: _measure(name) for name in metrics}
    scored = _with_relevant(queries, qrels)
    asked = _depth([k for _, k in measures.values()], condensed, depth)
    per_query: dict[str, dict[str, float]] = {}
    empty: list[str] = []
    for done, query in enumerate(scored, start=1):
        ranking, grades = _answer(search, query, asked), qrels[query.id]
        if not ranking:
            empty.append(query.id)
        kept = [sku for sku in ranking if sku in grades] if condensed else ranking
        per_query[query.id] = {name: metric.score(kept, grades, k) for name, (metric, k) in measures.items()}
        if progress:
            progress(done, len(scored))
    groups, known = {query.id: query.group for query in scored}, {query.id for query in queries}
    excluded = tuple(query.id for query in queries if query.id not in per_query)
    unknown = tuple(id for id in qrels if id not in known)
    unjudged = tuple(query.id for query in queries if not qrels.get(query.id))
    return Report(per_query, groups, excluded, unknown, tuple(empty), condensed, asked, unjudged)


def _with_relevant(queries: Sequence[JudgedQuery], qrels: Mapping[str, Mapping[str, int]]) -> list[JudgedQuery]:
    if len({query.id for query in queries}) < len(queries):
        raise BadInput("two queries have the same id; give each its own")
    found = [query for query in queries if any(grade > 0 for grade in qrels.get(query.id, {}).values())]
    if not found:
        raise BadInput(
            f"none of {len(queries)} queries has a product with a grade above 0, so there is nothing to measure; "
            f"do the ids of the queries and of the judgements match?"
        )
    return found


def _depth(cuts: Sequence[int], condensed: bool, depth: int | None) -> int:
    if not cuts:
        raise BadInput(f"name at least one metric, such as {METRICS[-1]}")
    if depth is None:
        return max(cuts) * (DEEPER if condensed else 1)
    if depth < max(cuts):
        raise BadInput(f"to score the first {max(cuts)} products, ask for at least as many, not {depth}")
    return depth


def _measure(name: str) -> tuple[MetricModule, int]:
    form = re.fullmatch(r"([^@]+)@([1-9][0-9]{0,5})", name)
    if not form:
        raise BadInput(f"a metric says how many places count, such as ndcg@10; {name!r} does not")
    return plugins.find("metrics", form[1]), int(form[2])


def _answer(search: Callable[[JudgedQuery, int], Sequence[str]], query: JudgedQuery, depth: int) -> Sequence[str]:
    try:
        ranking = list(search(query, depth))
    except SnapshelfError as error:
        error.add_note(f"while answering query {query.id!r}")
        raise
    try:
        return top(ranking, depth)
    except BadInput as error:
        raise BadInput(f"query {query.id!r}: {error}") from error
