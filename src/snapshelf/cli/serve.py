"""snapshelf serve."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from snapshelf import config
from snapshelf.cli import show
from snapshelf.config import ServeSettings
from snapshelf.shelf import open_shelf

TICKET = 900.0  # seconds for which the printed address of the console lets in


def serve(shelf: str, settings: Path | None, host: str, port: int | None, workers: int) -> None:
    """Serve a shelf until somebody stops it."""
    read = config.load(settings)
    open_shelf(shelf, settings, create=False).close()  # says what is wrong before a port is taken
    wanted = read.serve
    wanted = replace(
        wanted,
        host=host or wanted.host,
        port=wanted.port if port is None else port,
        workers=workers or wanted.workers,
    )
    until_stopped(Path(shelf or read.shelf), settings, wanted)


def until_stopped(folder: Path, settings: Path | None, wanted: ServeSettings) -> None:
    """Serve, and say where."""
    from snapshelf.http import sign
    from snapshelf.http.server import secret_of
    from snapshelf.serve.run import Place, run

    def tell(place: Place) -> None:
        show.console.print(f"\n[bold]open {place.url}[/bold]   (Ctrl-C stops it)", highlight=False)
        signed = sign.sign(secret_of(folder), "ticket", "local", time.time() + TICKET)
        show.console.out(f"  console  {place.url}/console/enter?ticket={signed}", highlight=False)
        show.console.print(f"  API      {place.url}/openapi.json", highlight=False)

    run(folder, settings, wanted, tell)
