"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ShelfOption = Annotated[str, typer.Option("--shelf", metavar="DIR", help="The shelf; by default the settings' own.")]
SettingsOption = Annotated[Path | None, typer.Option("--settings", help="Settings file instead of ./snapshelf.toml.")]
LanesOption = Annotated[str, typer.Option(help="exact, vector, lexical, joined by commas.")]
PlainOption = Annotated[bool, typer.Option("--plain", help="Take the words as they stand; read no limits out of them.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
