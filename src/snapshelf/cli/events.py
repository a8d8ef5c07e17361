"""snapshelf events."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from snapshelf.cli import show
from snapshelf.errors import SomeRefused
from snapshelf.rank.record import Recorded, lines
from snapshelf.shelf import open_shelf

SHOWN = 5


def events(file: Path, shelf: str, settings: Path | None, json: bool) -> None:
    """Record a file of events. Raises SomeRefused where rows were refused."""
    given = lines(file)
    with open_shelf(shelf, settings, create=False) as opened:
        done = opened.record(given)
    if json:
        told = asdict(replace(done, refused=())) | {
            "refused": [{"row": bad.row, "reason": bad.reason} for bad in done.refused]
        }
        show.dump(told)
    else:
        report(done)
    if done.refusals:
        first = done.refused[0]
        raise SomeRefused(
            f"{done.refusals:,} rows of {file} were refused and the rest went in; "
            f"the first: row {first.row}: {first.reason}"
        )


def report(done: Recorded) -> None:
    """Print what became of events."""
    show.console.print(f"{done.counted:,} events counted" + (f", {done.again:,} known already" if done.again else ""))
    if done.aside:
        named = ", ".join(list(done.aside)[:SHOWN]) + (" …" if len(done.aside) > SHOWN else "")
        many = sum(done.aside.values())
        show.console.print(f"{many:,} kept aside, of products that are not in the shelf: {named}", markup=False)
    if done.ignored:
        named = ", ".join(f"{action} ({count:,})" for action, count in done.ignored.items())
        show.console.print(f"not counted, for their action: {named}", markup=False)
