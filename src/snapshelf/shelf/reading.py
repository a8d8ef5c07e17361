"""A catalogue file, opened by the source that reads its kind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from snapshelf import plugins
from snapshelf.errors import BadInput, NotHere
from snapshelf.protocols import Reader


def read_catalogue(path: str | Path, columns: Mapping[str, str], images: str | Path | None = None) -> Reader:
    """Open a catalogue file: its guessed columns, and its rows. It needs no shelf. Raises BadInput, NotHere."""
    found = Path(path)
    if not found.exists():
        raise NotHere(f"there is no catalogue {found}")
    suffix = "/" if found.is_dir() else found.suffix.lower()
    modules = {name: plugins.find("sources", name) for name in plugins.names("sources")}
    for module in modules.values():
        if suffix in module.SUFFIXES:
            reader: Reader = module.read(found, columns, Path(images) if images else None)
            return reader
    known = sorted(s for module in modules.values() for s in module.SUFFIXES if s != "/")
    raise BadInput(f"{found} is no catalogue that can be read; give a folder of pictures or one of {', '.join(known)}")
