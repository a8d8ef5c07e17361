"""What a user holds: `open_shelf` opens one, `Shelf` is it. `read_catalogue` needs none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from snapshelf import config
from snapshelf.errors import BadSettings
from snapshelf.shelf.held import Info, Shelf
from snapshelf.shelf.reading import read_catalogue
from snapshelf.stack import open_stack

__all__ = ["Info", "Shelf", "open_shelf", "read_catalogue"]


def open_shelf(path: str | Path = "", settings: Any = None, create: bool = True) -> Shelf:
    """Open the shelf in a folder, made if it is not there; "" takes the settings' folder.

    settings: a `config.Settings`, or the path of a TOML file; without it ``./snapshelf.toml``, if any.
    Raises BadSettings, Mismatch, NotHere (with create=False).
    """
    if not isinstance(settings, config.Settings | str | Path | None):
        raise BadSettings(f"settings is a config.Settings or the path of a TOML file, not a {type(settings).__name__}")
    read = settings if isinstance(settings, config.Settings) else config.load(Path(settings) if settings else None)
    return Shelf(open_stack(Path(path or read.shelf), read, create))
