"""Files that were sent: read within their limits. What they hold is checked where they are opened, before decoding."""

from __future__ import annotations

from typing import Literal

from starlette.datastructures import UploadFile

from snapshelf.http.problem import Problem

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
