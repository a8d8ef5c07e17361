"""Small WebP pictures for pages, made once each and kept in a folder that may be emptied at any time."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from snapshelf.media.images import MediaLimits, open_image

WIDTHS = (160, 320, 640, 1280)  # of the longer side, in pixels; others are rounded up to these
QUALITY = 80


def width_of(wanted: int) -> int:
    """The width that is made for a wanted one: the next larger, the largest for 0 and for more."""
    return next((width for width in WIDTHS if 0 < wanted <= width), WIDTHS[-1])


def thumbnail(source: Path | bytes, content: str, width: int, folder: Path | None, limits: MediaLimits) -> bytes:
    """The picture as WebP, its longer side at most ``width`` pixels; ``content`` is its sha256, by which it is kept.

    folder: None where nothing may be written. Raises BadMedia.
    """
    kept = folder / content[:2] / f"{content}-{width}.webp" if folder else None
    if kept and kept.is_file():
        return kept.read_bytes()
    made = _made(source, width, limits)
    if kept:
        _keep(kept, made)
    return made


def _made(source: Path | bytes, width: int, limits: MediaLimits) -> bytes:
    import io

    opened, into = open_image(source, limits, fit=width), io.BytesIO()
    opened.image.save(into, "WEBP", quality=QUALITY, method=4)
    return into.getvalue()


def _keep(file: Path, data: bytes) -> None:
    """Whole or not at all, whoever else makes the same one; a folder that is full costs only the keeping."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as made:
            made.write(data)
        os.replace(made.name, file)
    except OSError:
        return
