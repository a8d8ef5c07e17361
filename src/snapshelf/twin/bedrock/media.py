"""Files → what the encoder takes, through Snapshelf's own readers; what they refuse becomes Bedrock's refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from snapshelf.errors import BadMedia, MissingExtra
from snapshelf.twin.bedrock.sources import ASYNC, Limits, invalid
from snapshelf.twin.wire import Refusal
from snapshelf.types import RATE, Clip

if TYPE_CHECKING:
    from PIL.Image import Image

    from snapshelf.media import ClipLimits

SIDE = 384  # pixels of a picture's longer side, from which on
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A video: the frames of its scenes, with the seconds when a scene begins and ends, and all its sound."""

    scenes: tuple[tuple[float, float, tuple[Image, ...]], ...]
    sound: Clip | None

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.scenes[-1][1]

    def frames(self, start: float, end: float) -> list[Image]:
        """Those of the scenes that are on between two seconds."""
        return [
            frame for begun, over, frames in self.scenes if begun < end and over > start for frame in frames
        ] or list(self.scenes[-1][2])


def image(data: bytes) -> Image:
    """A picture, of an animation the first frame. Raises Refusal."""
    from snapshelf.media import MediaLimits, open_image

    return _read(lambda: open_image(data, MediaLimits(max_bytes=ASYNC.sizes["image"]), SIDE).image)


def sound(data: bytes, limits: Limits) -> Clip:
    """A sound. Raises Refusal."""
    from snapshelf.media.sound import open_clip

    return _read(lambda: open_clip(data, _bounds(limits, "audio")).clip)


def film(data: bytes, limits: Limits) -> Film:
    """A video. Raises Refusal."""
    from snapshelf.media.video import open_video

    found = _read(lambda: open_video(data, _bounds(limits, "video")).segments)
    clips = [segment.sound.samples for segment in found if segment.sound is not None]
    samples = np.concatenate(clips) if clips else None
    scenes = tuple((segment.start, segment.end, segment.frames) for segment in found)
    return Film(scenes, None if samples is None else Clip(samples, 0.0, len(samples) / RATE))


def between(clip: Clip, start: float, end: float) -> Clip | None:
    """The part of a sound between two seconds; None where it is over by then."""
    samples = clip.samples[round(start * RATE) : round(end * RATE)]
    return Clip(samples, start, start + len(samples) / RATE) if len(samples) else None


def _bounds(limits: Limits, kind: str) -> ClipLimits:
    from snapshelf.media import ClipLimits

    return ClipLimits(max_bytes=limits.sizes[kind], max_seconds=limits.seconds)


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except BadMedia as error:
        raise invalid(f"The content could not be processed: {error}") from error
    except MissingExtra as error:
        more = {"originalStatusCode": 501, "resourceName": "snapshelf[media]"}
        raise Refusal(
            424, "ModelErrorException", f"This twin cannot read sound and video: {error}", more=more
        ) from error
