"""snapshelf index."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from snapshelf import ingest
from snapshelf.cli import show
from snapshelf.errors import Interrupted, SomeRefused
from snapshelf.shelf import Shelf, open_shelf

SHOWN = 10  # refused rows printed; all of them are in the report


def index(
    catalogue: Path, images: Path | None, keep_missing: bool, shelf: str, settings: Path | None, json: bool
) -> None:
    """Index a catalogue and say what happened; SomeRefused, at the end, when rows were refused."""
    with open_shelf(shelf, settings) as opened:
        columns = opened.read(catalogue, images).columns
        if not json:
            _columns(columns)
        summary = put(opened, catalogue, images, keep_missing, quiet=json)
        if json:
            show.dump(asdict(summary) | {"refused": [str(row) for row in summary.refused]})
        else:
            describe(summary)
    if summary.refused:
        raise SomeRefused(f"{len(summary.refused)} rows were refused; they are listed in {summary.report}")


def put(shelf: Shelf, catalogue: Path, images: Path | None, keep_missing: bool, quiet: bool) -> ingest.Summary:
    """Index with a progress bar: rows done, rate, time left."""
    bar = Progress(
        TextColumn("indexing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=show.console,
        disable=quiet,
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None, rate="")

        def tell(progress: ingest.Progress) -> None:
            rate = f"{bar.tasks[task].speed or 0:.0f} products/s"
            bar.update(task, completed=progress.done, total=progress.total, rate=rate)

        try:
            return shelf.index(catalogue, images, tell, keep_missing)
        except KeyboardInterrupt as error:
            raise Interrupted("stopped; what was finished is kept, and the same command goes on from there") from error


def describe(summary: ingest.Summary) -> None:
    """Print what an ingest did."""
    s = summary
    counts = {"added": s.added, "changed": s.changed, "price or stock updated": s.updated, "unchanged": s.unchanged}
    counts |= {"removed": s.removed, "refused": len(s.refused)}
    said = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    show.console.print(f"[bold]{said or 'nothing changed'}[/bold] in {s.seconds:.1f} s")
    show.console.print(f"{s.embedded:,} views embedded, {s.reused:,} reused")
    for note in s.notes:
        show.console.print(note, markup=False)
    for row in s.refused[:SHOWN]:
        show.console.print(f"  refused: {row}", markup=False)
    if len(s.refused) > SHOWN:
        show.console.print(f"  … and {len(s.refused) - SHOWN} more")


def _columns(columns: object) -> None:
    if isinstance(columns, dict) or hasattr(columns, "items"):
        said = [f"{column} → {field}" for column, field in columns.items()]
        show.console.print("columns: " + ", ".join(said), markup=False, style="dim")
