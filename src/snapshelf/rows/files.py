"""The picture, sound or video cell of a row → paths inside the catalogue's folder, and URLs."""

from __future__ import annotations

import json
import re
from pathlib import Path

from snapshelf.errors import BadInput
from snapshelf.rows.cells import list_of, text_of

SUFFIXES = frozenset({".avif", ".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
KNOWN = SUFFIXES | frozenset(
    {".aac", ".avi", ".flac", ".m4a", ".m4v", ".mkv", ".mov", ".mp3", ".mp4", ".mpeg", ".mpg", ".oga", ".ogg", ".ogv"}
    | {".opus", ".wav", ".webm", ".wma", ".wmv"}
)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)


def files_of(cell: object, folder: Path, what: str = "picture") -> tuple[str, ...]:
    """The pictures, or ``what`` else, of a product as given, none twice: URLs, and paths joined to ``folder``.

    Several are parted by "|", ";" or a new line, or stand in a list; by "," only where each piece looks like a file of
    that sort, since a file's name may hold one. Whether a file is there is not asked here. Raises BadInput for a path
    that leads out of the folder.
    """
    return tuple(dict.fromkeys(_place(piece, folder, what) for piece in pieces(cell)))


def pieces(cell: object) -> list[str]:
    """The references in a cell, as they stand there."""
    several = list_of(cell)
    if several is not None:
        return several
    text = text_of(cell)
    parts = [part.strip() for part in re.split(r"[|\n]|;(?!\S*=)", text) if part.strip()]
    if len(parts) == 1 and "," in text:
        by_comma = [part.strip() for part in text.split(",") if part.strip()]
        if all(_looks_like_file(part) for part in by_comma):
            return by_comma
    return parts


def is_url(ref: str) -> bool:
    """Whether a reference is an address of the web rather than a file."""
    return bool(_URL.fullmatch(ref))


def _looks_like_file(part: str) -> bool:
    return is_url(part) or Path(part).suffix.lower() in KNOWN


def _place(ref: str, folder: Path, what: str) -> str:
    if is_url(ref):
        scheme, _, rest = ref.partition(":")
        return f"{scheme.lower()}:{rest}"
    other = re.match(r"([A-Za-z][\w+.-]+):", ref)
    if other:
        raise BadInput(f"the {what} {ref[:80]!r} begins with {other[0]!r}; give a file, or an http or https address")
    if any(ord(letter) < 32 for letter in ref):
        raise BadInput(f"the {what}'s name {json.dumps(ref[:80])} holds a control character")
    path = folder / ref.replace("\\", "/")
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, or a name no file system takes
        raise BadInput(f"the {what} {ref[:80]!r} cannot be looked for") from error
    if not inside:
        raise BadInput(
            f"the {what} {ref[:80]!r} lies outside of {folder}; put it inside, or name its folder with --images"
        )
    return str(path)
