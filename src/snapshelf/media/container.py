"""Open a sound or video file through PyAV: bounded before anything of it is decoded, and never more than one file."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snapshelf.errors import BadMedia
from snapshelf.extras import need

EXTRA = "media"
# What FFmpeg may take a file for. Playlists (hls, dash, concat) are not among them: they would open other files.
FORMATS = "aac,ac3,aiff,amr,asf,avi,caf,flac,flv,gif,matroska,webm,mov,mp4,m4a,mp3,mpeg,mpegts,ogg,w64,wav,wv"
STREAMS = 16  # a file with more tracks than this is no clip of a product
MICRO = 1_000_000  # container times count in these


@dataclass(frozen=True, slots=True)
class ClipLimits:
    """What a sound or a video may be at most: bytes of the file, seconds, pixels of a frame."""

    max_bytes: int = 200_000_000
    max_seconds: float = 600.0
    max_pixels: int = 50_000_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A file with its header read and nothing decoded. ``seconds`` is what the header says, None where it is silent."""

    container: Any
    name: str
    content: str
    seconds: float | None
    limits: ClipLimits

    def damaged(self, error: Exception) -> BadMedia:
        """What to raise when decoding fails."""
        return BadMedia(f"{self.name} is damaged or cut off: {said(error)}")

    def too_long(self) -> BadMedia:
        """What to raise when it runs on beyond the limit."""
        return BadMedia(
            f"{self.name} is longer than {self.limits.max_seconds:g} seconds; cut it, or raise the setting for its "
            "length (media.max_seconds, speech.max_seconds, serve.clip_seconds)"
        )


@contextmanager
def opened(source: str | Path | bytes, limits: ClipLimits, what: str) -> Iterator[Opened]:
    """The file at a path, or bytes, open for decoding; ``what`` names it in errors ("sound", "video").

    A text is a path, never an address. Raises BadMedia for what is too large, too long, has too many tracks, or is
    neither sound nor video; MissingExtra.
    """
    if not isinstance(source, str | Path | bytes):
        raise BadMedia(f"a {what} is a path or bytes, not {type(source).__name__}")
    av = need("av", extra=EXTRA)
    name = f"the {what}" if isinstance(source, bytes) else Path(source).name
    with _file(source, name, limits, what) as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        options = {"format_whitelist": FORMATS, "max_pixels": str(limits.max_pixels), "threads": "1"}
        try:
            container = av.open(file, options=options, metadata_errors="replace")
        except damage() as error:
            raise BadMedia(f"{name} is no {what} that can be read: {said(error)}") from error
        with container:
            seconds = container.duration / MICRO if container.duration and container.duration > 0 else None
            found = Opened(container, name, content, seconds, limits)
            if len(container.streams) > STREAMS:
                raise BadMedia(f"{name} has {len(container.streams)} tracks; at most {STREAMS} are read")
            if seconds and seconds > limits.max_seconds:
                raise found.too_long()
            yield found


def damage() -> tuple[type[Exception], ...]:
    """What decoding a damaged file may raise."""
    own: type[Exception] = need("av", extra=EXTRA).FFmpegError
    return own, ValueError, OSError, MemoryError, RuntimeError, LookupError


def said(error: Exception) -> str:
    """FFmpeg's own words for an error, without the numbers around them."""
    words = getattr(error, "strerror", None) or str(error)
    return "it holds data of no format that is known" if "Invalid" in words else words


@contextmanager
def _file(source: str | Path | bytes, name: str, limits: ClipLimits, what: str) -> Iterator[Any]:
    if isinstance(source, bytes):
        size, file = len(source), io.BytesIO(source)
    else:
        path = Path(source)
        if path.is_dir():
            raise BadMedia(f"{path} is a folder, not a {what}")
        try:
            size, file = path.stat().st_size, path.open("rb")  # type: ignore[assignment]
        except OSError as error:
            raise BadMedia(f"the {what} {path} cannot be read: {error.strerror or error}") from error
    with file:
        if size > limits.max_bytes:
            raise BadMedia(f"{name} is larger than {limits.max_bytes:,} bytes; save it smaller")
        if not size:
            raise BadMedia(f"{name} is empty")
        yield file
