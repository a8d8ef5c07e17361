"""snapshelf index."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from snapshelf import config, ingest
from snapshelf.cli import show
from snapshelf.errors import Interrupted, SomeRefused
from snapshelf.protocols import Reader
from snapshelf.shelf import Shelf, open_shelf, read_catalogue

SHOWN = 10  # refused rows printed; all of them are in the report


def index(
    catalogue: Path, images: Path | None, keep_missing: bool, shelf: str, settings: Path | None, json: bool
) -> None:
    """Index a catalogue and say what happened; SomeRefused, at the end, when rows were refused."""
    read = config.load(settings)
    reader = read_catalogue(catalogue, read.columns, images)  # before a shelf is made for one that cannot be read
    if not json:
        said = [f"{column} → {field}" for column, field in reader.columns.items()]
        show.console.print("columns: " + ", ".join(said), markup=False, style="dim")
    with open_shelf(shelf, read) as opened:
        summary = put(opened, catalogue, images, keep_missing, quiet=json, reader=reader)
        if json:
            show.dump(asdict(replace(summary, refused=[])) | {"refused": [str(row) for row in summary.refused]})
        else:
            describe(summary)
    if summary.refused:
        were = "1 row was" if len(summary.refused) == 1 else f"{len(summary.refused):,} rows were"
        raise SomeRefused(f"{were} refused, see {summary.report}")


def put(
    shelf: Shelf, catalogue: Path, images: Path | None, keep_missing: bool, quiet: bool, reader: Reader | None = None
) -> ingest.Summary:
    """Index with a progress bar: rows done, rate, time left."""
    bar = Progress(
        TextColumn("indexing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=show.console,
        disable=quiet or not show.console.is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None, rate="")

        def tell(progress: ingest.Progress) -> None:
            rate = f"{bar.tasks[task].speed or 0:.0f} products/s"
            bar.update(task, completed=progress.done, total=progress.total, rate=rate)

        try:
            return shelf.index(catalogue, images, tell, keep_missing, reader)
        except KeyboardInterrupt as error:
            raise Interrupted("stopped; what was finished is kept, and the same command goes on from there") from error


def describe(summary: ingest.Summary) -> None:
    """Print what an ingest did."""
    s = summary
    counts = {"added": s.added, "changed": s.changed, "price or stock updated": s.updated, "unchanged": s.unchanged}
    counts |= {"removed": s.removed, "refused": len(s.refused)}
    said = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    show.console.print(f"[bold]{said or 'nothing changed'}[/bold] in {s.seconds:.1f} s")
    show.console.print(f"{s.embedded:,} view{'s' * (s.embedded != 1)} embedded, {s.reused:,} reused")
    for note in s.notes:
        show.console.print(note, markup=False)
    for row in s.refused[:SHOWN]:
        show.console.print(f"  refused: {row}", markup=False)
    if len(s.refused) > SHOWN:
        show.console.print(f"  … and {len(s.refused) - SHOWN} more")
