"""Where the file of a query is: a path, an address, or in the hands of the caller."""

from __future__ import annotations

from pathlib import Path

from snapshelf.errors import BadMedia
from snapshelf.media.fetch import Fetcher


def located(value: object, what: str, fetcher: Fetcher) -> object:
    """A path, the bytes of an http or https address, or the value itself. Raises BadMedia for what is not there."""
    if isinstance(value, str):
        value = fetcher.fetch(value) if value.startswith(("http://", "https://")) else Path(value)
    if isinstance(value, Path) and value.is_dir():
        raise BadMedia(f"{value} is a folder, not a {what}")
    if isinstance(value, Path) and not value.is_file():
        raise BadMedia(f"there is no {what} {value}")
    return value
