"""Evaluation: how good the answers are by the judgements, query by query, and whether a change made them better."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from snapshelf.errors import BadInput, SnapshelfError
from snapshelf.evaluate import Change, Report, compare
from snapshelf.http import server
from snapshelf.http.server import Server
from snapshelf.web.console import desk, judge, runs
from snapshelf.web.console.runs import Run

TITLE, ORDER, PATH = "Evaluation", 50, "/console/evaluation"
LANES = {"": "all ways together", "vector": "meaning alone", "lexical": "words alone"}
SHOWN = 30  # queries of a run that are seen at once
Name = Annotated[str, Form(max_length=255)]
router = desk.router()


@router.get(PATH)
async def show(
    request: Request,
    caller: desk.Admin,
    before: Annotated[str, Query(max_length=60)] = "",
    after: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """All runs; with two of them, what changed from one to the other."""
    serving = server.of(request)
    values = await serving.call(_held, serving)
    if before and after:
        try:
            values |= await serving.call(_compared, _folder(serving), before, after)
        except BadInput as error:
            values["wrong"] = str(error)
    return _page(request, values)


@router.post(PATH)
async def run(
    request: Request, caller: desk.Admin, queries: Name, qrels: Name, lanes: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """Begin one; its progress is on the page."""
    serving = server.of(request)
    try:
        await serving.call(_start, serving, queries, qrels, lanes, caller.id)
    except SnapshelfError as error:
        return _page(request, {**await serving.call(_held, serving), "wrong": str(error)})
    return RedirectResponse(PATH, 303)


@router.get(f"{PATH}/{{id}}")
async def one(
    request: Request, caller: desk.Admin, id: str, metric: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """One run: its metrics by kind of query, and every query, the worst first."""
    serving = server.of(request)
    found = await serving.call(runs.one, _folder(serving), id)
    shown = metric if found.report and metric in found.report.metrics else ""
    if found.report and not shown:
        shown = found.report.metrics[-1]
    values = {
        "run": found, "scores": await serving.call(found.report.scores) if found.report else (), "metric": shown,
        "worst": _worst(found, shown), "shown": SHOWN, "lanes": LANES, "inspect": inspected,
        "several": found.report is not None and len(set(found.report.groups.values())) > 1,
    }  # fmt: skip
    return desk.show(request, "console/evaluation-one.html", values)


def inspected(run: Run, id: str) -> str:
    """The inspector's address for a query of words; "" for another, whose media the browser does not have."""
    if id not in run.asked:
        return ""
    words, where = run.asked[id]
    return f"/console/inspect?q={quote(words)}" + (f"&where={quote(where)}" if where else "")


def _worst(run: Run, metric: str) -> list[tuple[str, float]]:
    scored = run.report.per_query.items() if run.report else ()
    return sorted(((id, scores[metric]) for id, scores in scored), key=lambda pair: (pair[1], pair[0]))


def _folder(serving: Server) -> Path:
    return serving.shelf.stack.folder / runs.FOLDER


def _held(serving: Server) -> dict[str, Any]:
    queries, qrels = runs.files(judge.folder_of(serving.shelf))
    made = [(run, _means(run.report)) for run in runs.every(_folder(serving))]
    return {"runs": made, "queries": queries, "qrels": qrels, "changes": (), "before": "", "after": "", "wrong": ""}


def _means(report: Report | None) -> dict[str, float]:
    if report is None or not report.per_query:
        return {}
    each = list(report.per_query.values())
    return {name: sum(scores[name] for scores in each) / len(each) for name in report.metrics}


def _start(serving: Server, queries: str, qrels: str, lanes: str, by: str) -> None:
    folder = judge.folder_of(serving.shelf)
    known = runs.files(folder)
    for name, held in zip((queries, qrels), known, strict=True):
        if name not in held:
            raise BadInput(f"there is no file {name[:60]!r} in {folder}")
    if lanes not in LANES:
        raise BadInput(f"there is no way of finding {lanes!r}")
    runs.start(serving, folder, queries, qrels, [lanes] if lanes else [], by)


def _compared(folder: Path, before: str, after: str) -> dict[str, Any]:
    two = [runs.one(folder, before), runs.one(folder, after)]
    reports = [run.report for run in two if run.report]
    if len(reports) < 2:
        raise BadInput("two evaluations can be compared when both are done")
    changes: tuple[Change, ...] = compare(reports[0], reports[1])
    names = {*two[0].settings, *two[1].settings}
    pairs = {name: (two[0].settings.get(name, ""), two[1].settings.get(name, "")) for name in sorted(names)}
    differ = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    if two[0].lanes != two[1].lanes:
        differ["lanes"] = tuple(", ".join(run.lanes) or "all" for run in two)  # type: ignore[assignment]
    return {
        "changes": changes,
        "differ": differ,
        "before": before,
        "after": after,
        "moved": _moved(two, reports),
        "asked": two[1].asked,
        "several": len({one.group for one in changes}) > 2,
    }


def _moved(two: list[Run], reports: list[Report]) -> list[tuple[str, float, float, str]]:
    """The queries that changed most by the last metric, the worst change first: id, before, after, address."""
    metric = next(name for name in reversed(reports[0].metrics) if name in reports[1].metrics)
    scores = [{id: scores[metric] for id, scores in report.per_query.items()} for report in reports]
    rows = [(id, old, scores[1][id], inspected(two[1], id)) for id, old in scores[0].items() if scores[1][id] != old]
    return sorted(rows, key=lambda row: (row[2] - row[1], row[0]))


def _page(request: Request, values: dict[str, Any]) -> Response:
    template = "evaluation-runs.html" if request.headers.get("x-fragment") else "evaluation.html"
    return desk.show(
        request,
        f"console/{template}",
        {"differ": {}, "moved": [], "asked": {}, "several": True, "lanes": LANES, **values},
        400 if values["wrong"] else 200,
    )
