"""snapshelf init."""

from __future__ import annotations

from pathlib import Path

import typer

from snapshelf import config
from snapshelf.errors import BadInput


def init() -> None:
    """Write the commented settings, unless there are some."""
    try:
        with Path(config.FILE).open("x", encoding="utf-8") as file:
            file.write(config.template())
    except FileExistsError as error:
        raise BadInput(f"{config.FILE} is already here and was left as it is; delete or rename it first") from error
    typer.echo(f"wrote {config.FILE}; next: snapshelf index products.csv --images photos/")
