"""Files that were sent: read within their limits. What they hold is checked where they are opened, before decoding."""

from __future__ import annotations

from typing import Literal

from starlette.datastructures import UploadFile

from snapshelf.errors import BadMedia
from snapshelf.http.problem import Problem
from snapshelf.http.server import Server
from snapshelf.media.container import ClipLimits, opened

Kind = Literal["image", "audio", "video"]
# Browsers send a recording as video/webm or audio/webm alike, and what they do not know as octet-stream.
TAKEN = {"image": ("image/",), "audio": ("audio/", "video/webm", "video/ogg"), "video": ("video/",)}
UNKNOWN = ("", "application/octet-stream")


async def read(file: UploadFile, kind: Kind) -> bytes:
    """The bytes of a file. Raises Problem 415 for one that says it is something else, 400 for an empty one."""
    said = (file.content_type or "").partition(";")[0].strip().lower()
    if said not in UNKNOWN and not said.startswith(TAKEN[kind]):
        raise Problem(415, "wrong_type", f"{kind} is a file of type {kind}/…, not {said[:60]}", kind)
    data = await file.read()
    if not data:
        raise Problem(400, "empty_file", f"the file sent as {kind} is empty; choose it again", kind)
    return data


async def clip(server: Server, file: UploadFile, kind: Literal["audio", "video"]) -> bytes:
    """The bytes of a sound or video, of which the header was looked at: nothing of one that is too long is decoded.

    Raises Problem 400 besides what `read` raises, MissingExtra where no sound or video can be opened.
    """
    data = await read(file, kind)
    try:
        await server.call(_look, data, "sound" if kind == "audio" else "video", server.settings.clip_seconds)
    except BadMedia as error:
        raise Problem(400, "bad_media", str(error), kind) from error
    return data


def _look(data: bytes, what: str, seconds: float) -> None:
    with opened(data, ClipLimits(max_seconds=seconds), what) as found:
        del found  # its header is all that is wanted
