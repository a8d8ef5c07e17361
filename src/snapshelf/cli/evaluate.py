"""snapshelf evaluate."""

from __future__ import annotations

import json as plain
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.progress import Progress

from snapshelf.cli import show
from snapshelf.errors import BadInput, NotHere
from snapshelf.evaluate import Change, Report, changes_rows, compare, learn_weights
from snapshelf.shelf import Shelf, open_shelf

SHOWN = 5  # ids named of those left out


@dataclass(frozen=True, slots=True)
class Asked:
    """What stood on the command line."""

    queries: Path
    qrels: Path
    metrics: str
    lanes: str
    condensed: bool
    baseline: Path | None
    baseline_lanes: str
    out: Path | None
    learn: bool = False


def evaluate(asked: Asked, shelf: str, settings: Path | None, json: bool) -> None:
    """Print the report as a table, or as JSON with every query's scores; then what changed from the baseline."""
    if asked.baseline and asked.baseline_lanes:
        raise BadInput("compare with --baseline or with --baseline-lanes, not with both")
    if asked.out and not asked.out.absolute().parent.is_dir():
        raise NotHere(f"there is no folder {asked.out.parent} to save the report in; make it first")
    before = _saved(asked.baseline) if asked.baseline else None
    with open_shelf(shelf, settings, create=False) as opened:
        if asked.learn:
            _learn(opened, asked, json)
        if asked.baseline_lanes:
            before = _ask(opened, asked, asked.baseline_lanes, json)
        report = _ask(opened, asked, asked.lanes, json)
    changes = compare(before, report) if before else None
    content = _content(report, changes)
    if asked.out:
        asked.out.write_text(content, encoding="utf-8")
    if json:
        show.console.out(content, highlight=False, end="")
    else:
        _print(report, changes)


def _learn(shelf: Shelf, asked: Asked, quiet: bool) -> None:
    """Learn lane weights and say of each kind of query what came of it."""
    for one in learn_weights(shelf.stack, asked.queries, asked.qrels):
        of = one.change.interval
        now = "kept" if one.kept else "not kept: it does not help for sure"
        said = (
            f"{one.kind}, {one.queries} queries: nDCG@10 {of.mean:+.3f} on those held out, p {one.change.p:.3f}; {now}"
        )
        if not quiet:
            show.console.print(said, markup=False)


def _saved(path: Path) -> Report:
    try:
        return Report.from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotHere(f"there is no report {path}; make one with: snapshelf evaluate … --out {path}") from error
    except (BadInput, OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path} is no report of an evaluation; make one with: snapshelf evaluate … --out FILE"
        ) from error


def _ask(shelf: Shelf, asked: Asked, lanes: str, quiet: bool) -> Report:
    metrics = [name.strip() for name in asked.metrics.split(",") if name.strip()]
    paths = [lane.strip() for lane in lanes.split(",")] if lanes else None
    with Progress(transient=True, disable=quiet or not show.console.is_terminal) as bar:
        task = bar.add_task(f"asking {lanes}".strip(), total=None)
        return shelf.evaluate(
            asked.queries,
            asked.qrels,
            metrics,
            paths,
            asked.condensed,
            lambda done, total: bar.update(task, completed=done, total=total),
        )


def _content(report: Report, changes: Sequence[Change] | None) -> str:
    """The report as JSON, with the comparison under ``changes`` if there is one; `Report.from_json` reads both."""
    if changes is None:
        return report.to_json()
    content = plain.loads(report.to_json()) | {"changes": [asdict(change) for change in changes]}
    return plain.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _print(report: Report, changes: Sequence[Change] | None) -> None:
    head, *rows = report.rows()
    show.table(head, rows, right=("number", "mean"))
    if changes is not None:
        show.console.print()
        head, *rows = changes_rows(changes)
        show.table(head, rows, right=("number", "before", "after", "change", "p"))
    zeros = [id for id in report.excluded if id not in set(report.unjudged)]
    left = {
        "queries without any judgement, in no mean": report.unjudged,
        "queries without a grade above 0, in no mean": zeros,
        "queries judged but not asked": report.unknown,
        "queries found nothing and count 0": report.empty,
        "judged products are not in this shelf and cannot be found": report.missing,
    }
    for said, ids in left.items():
        if ids:
            more = " …" if len(ids) > SHOWN else ""
            show.console.print(f"{len(ids):,} {said}: {', '.join(ids[:SHOWN])}{more}", markup=False)
