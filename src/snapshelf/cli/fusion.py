"""snapshelf train fusion."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.progress import Progress

from snapshelf.cli import show
from snapshelf.errors import BadInput, Interrupted
from snapshelf.learn import read_triplets
from snapshelf.shelf import open_shelf


def train(triplets: Path | None, events: Path | None, shelf: str, settings: Path | None, json: bool) -> None:
    """Teach a fusion, say what it is worth, and deploy it if it is better."""
    from snapshelf import learn

    if not triplets and not events:
        raise BadInput("there is nothing to learn from; give a CSV of examples, or a log with --events")
    examples = [*(read_triplets(triplets) if triplets else ()), *(learn.of_events(events) if events else ())]
    with (
        open_shelf(shelf, settings, create=False) as opened,
        Progress(transient=True, disable=json or not show.console.is_terminal) as bar,
    ):
        task = bar.add_task("looking at examples", total=len(examples))

        def tell(step: str, done: int, all: int) -> None:
            bar.update(task, description=step, completed=done, total=all)

        try:
            outcome = learn.train(opened.stack, examples, tell)
        except KeyboardInterrupt as error:
            raise Interrupted("stopped; nothing was changed, and the search is as it was") from error
    if json:
        show.dump(asdict(outcome))
    else:
        show.console.print(outcome.said, markup=False)
