"""snapshelf evaluate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from snapshelf.cli import show
from snapshelf.shelf import open_shelf


@dataclass(frozen=True, slots=True)
class Asked:
    """What stood on the command line."""

    queries: Path
    qrels: Path
    metrics: str
    lanes: str
    condensed: bool


def evaluate(asked: Asked, shelf: str, settings: Path | None, json: bool) -> None:
    """Print the report as a table, or as JSON with every query's scores."""
    metrics = [name.strip() for name in asked.metrics.split(",") if name.strip()]
    lanes = [lane.strip() for lane in asked.lanes.split(",")] if asked.lanes else None
    with open_shelf(shelf, settings, create=False) as opened, Progress(transient=True, disable=json) as bar:
        task = bar.add_task("asking", total=None)
        report = opened.evaluate(
            asked.queries,
            asked.qrels,
            metrics,
            lanes,
            asked.condensed,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    if json:
        show.console.out(report.to_json(), highlight=False, end="")
        return
    head, *rows = report.rows()
    show.table(head, rows, right=("number", "mean"))
    left = {"without a relevant judgement": report.excluded, "judged but not asked": report.unknown}
    left |= {"found nothing and count 0": report.empty}
    for reason, ids in left.items():
        if ids:
            show.console.print(f"{len(ids)} queries {reason}: {', '.join(ids[:5])}{' …' if len(ids) > 5 else ''}")
