"""A video → its scenes: where one begins and ends, a few frames that differ, and the sound beside them.

A frame is looked at every `EYE` seconds, as a small picture. A new segment begins where some part of it differs
from the first frame of the current one by more than `SCENE`, or, after `LONGEST` seconds, by more than `SAME`; what
stands still for longer stays one segment. An animated GIF is a video without sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import BadMedia
from snapshelf.media.container import ClipLimits, Opened, damage, opened
from snapshelf.media.sound import cut, track
from snapshelf.types import Segment

if TYPE_CHECKING:
    from PIL.Image import Image

EYE = 0.25  # seconds between the frames that are looked at
SMALL = 32  # pixels of each side of what is compared
PART = 8  # pixels of each side of the parts of it, so that one thing that comes into view is seen
SCENE, SAME = 28.0, 12.0  # mean difference of a part, of 255: another scene; the same picture
SHORTEST, LONGEST = 1.0, 5.0  # seconds of a segment, unless nothing changes
FRAMES = 4  # of a segment that are kept
SEGMENTS = 120  # of a file; a longer file has longer ones
DECODED = 60  # frames per second of the limit's length that are decoded before a file is refused
PIXELS = 300_000_000_000  # decoded of a file before it is refused: ten minutes of 4K at 60 frames per second
SIDE = 384  # pixels of a kept frame's longer side
CUTTING = "1"  # another number: the rules above changed, so that segments are cut and embedded anew


@dataclass(frozen=True, slots=True)
class OpenVideo:
    """The segments of a video in order, without gaps, and the sha256 of the file's bytes."""

    segments: tuple[Segment, ...]
    content: str


@dataclass(slots=True)
class _Scene:
    """A segment as it grows: the frames kept of it, and what they look like when small; the first one began it."""

    start: float
    looks: list[NDArray[np.float32]]
    frames: list[Image] = field(default_factory=list)


def open_video(source: str | Path | bytes, limits: ClipLimits | None = None, fit: int = SIDE) -> OpenVideo:
    """The segments of a video file; frames are upright RGB, their longer side at most ``fit`` and `SIDE`.

    The same bytes give the same segments. Raises BadMedia, with the name of the file, for what shows no moving
    pictures, is damaged before its first frame, or is beyond the limits; MissingExtra.
    """
    bounds = limits or ClipLimits()
    with opened(source, bounds, "video") as file:
        scenes, end = _scenes(file, min(fit, SIDE))
        content = file.content
    with opened(source, bounds, "video") as file:  # once more for the sound, which stands between the pictures
        samples = track(file)
    ends = [scene.start for scene in scenes[1:]] + [end]
    segments = []
    for scene, until in zip(scenes, ends, strict=True):
        sound = None if samples is None else cut(samples, scene.start, until)
        segments.append(
            Segment(tuple(scene.frames), scene.start, until, sound if sound and len(sound.samples) else None)
        )
    return OpenVideo(tuple(segments), content)


def _scenes(file: Opened, fit: int) -> tuple[list[_Scene], float]:
    scenes: list[_Scene] = []
    end = 0.0
    shortest = max(SHORTEST, (file.seconds or file.limits.max_seconds) / SEGMENTS)
    for at, until, frame in _looked_at(file):
        end = max(end, until)
        if frame is None:
            continue
        look = frame.reformat(width=SMALL, height=SMALL, format="rgb24").to_ndarray().astype(np.float32)
        if not scenes or _begins(scenes[-1], look, at, shortest):
            scenes.append(_Scene(at if scenes else 0.0, [look], [_picture(frame, fit)]))
        elif len(scenes[-1].frames) < FRAMES and min(_apart(look, seen) for seen in scenes[-1].looks) > SAME:
            scenes[-1].looks.append(look)
            scenes[-1].frames.append(_picture(frame, fit))
    if not scenes:
        raise BadMedia(f"{file.name} holds no picture that can be shown")
    end = round(max(end, scenes[-1].start + 0.1), 1)
    if len(scenes) > 1 and end - scenes[-1].start < SHORTEST:
        scenes.pop()  # too short to be a scene of its own
    return scenes, end


def _begins(scene: _Scene, look: NDArray[np.float32], at: float, shortest: float) -> bool:
    length, apart = at - scene.start, _apart(look, scene.looks[0])
    return length >= shortest and (apart > SCENE or (length >= max(LONGEST, shortest) and apart > SAME))


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The part that differs most: its mean difference."""
    parts = np.abs(one - other).max(2).reshape(SMALL // PART, PART, SMALL // PART, PART)
    return float(parts.mean((1, 3)).max())


def _looked_at(file: Opened) -> Iterator[tuple[float, float, Any]]:
    """(its second, the second until which it is shown, the frame or None where it is passed over)."""
    stream = _stream(file)
    due, step, most = 0.0, 0.0, int(file.limits.max_seconds * DECODED)
    origin: float | None = None
    last, pixels, shown = 0.0, 0, False
    try:
        for number, frame in enumerate(file.container.decode(stream), start=1):
            time = float(frame.time) if frame.time is not None else (origin or 0.0) + last + step
            origin = time if origin is None else origin
            at = max(last, time - origin)
            step = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else at - last
            last = at
            pixels += frame.width * frame.height
            if at > file.limits.max_seconds or number > most or pixels > PIXELS:
                raise file.too_long()
            wanted = at >= due
            due = at + EYE if wanted else due
            shown = True
            yield round(at, 1), at + step, frame if wanted else None
    except BadMedia:
        raise
    except damage() as error:
        if not shown:
            raise file.damaged(error) from error  # otherwise what came before the damage can still be seen


def _stream(file: Opened) -> Any:
    """The first video track that is no cover picture, its frames within the limits."""
    for stream in file.container.streams.video:
        if "ATTACHED_PIC" in str(stream.disposition).upper() or stream.codec_context is None:
            continue  # None: a coding that nobody knows
        width, height = stream.codec_context.width, stream.codec_context.height
        if not width or not height:
            raise BadMedia(
                f"the frames of {file.name} cannot be read, or have more than {file.limits.max_pixels:,} pixels"
            )
        if width * height > file.limits.max_pixels:
            raise BadMedia(
                f"{file.name} has frames of {width:,} × {height:,} pixels; at most {file.limits.max_pixels:,} are read"
            )
        stream.codec_context.options = {"max_pixels": str(file.limits.max_pixels)}
        stream.codec_context.thread_count = 1
        return stream
    raise BadMedia(f"{file.name} holds no moving pictures that can be read")


def _picture(frame: Any, fit: int) -> Image:
    scale = min(1.0, fit / max(frame.width, frame.height))
    size = {"width": max(1, round(frame.width * scale)), "height": max(1, round(frame.height * scale))}
    image: Image = frame.to_image(**size)
    turn = int(getattr(frame, "rotation", 0) or 0) % 360
    return image.rotate(turn, expand=True) if turn else image
