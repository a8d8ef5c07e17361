"""Open any sound a shop or a shopper may send: wav, mp3, ogg, opus, m4a, webm, flac, or the sound track of a video."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import BadMedia
from snapshelf.extras import need
from snapshelf.media.container import EXTRA, ClipLimits, Opened, damage, opened
from snapshelf.types import RATE, Clip

SHORTEST = 0.02  # seconds; less than this is a click


@dataclass(frozen=True, slots=True)
class OpenClip:
    """A whole sound, and the sha256 of the file's bytes."""

    clip: Clip
    content: str


def open_clip(source: str | Path | bytes, limits: ClipLimits | None = None) -> OpenClip:
    """The first sound track of a file, as one mono clip at `RATE`; silence stays silence.

    The format is told by the content, never by the name. Channels are averaged. The same bytes give the same clip.
    Raises BadMedia, with the name of the file, for what holds no sound or is beyond the limits; MissingExtra.
    """
    with opened(source, limits or ClipLimits(), "sound") as file:
        samples = track(file)
        if samples is None:
            raise BadMedia(f"{file.name} holds no sound track that can be read")
        if len(samples) < SHORTEST * RATE:
            raise BadMedia(f"{file.name} holds no sound: it is {len(samples) / RATE:.3f} seconds long")
        return OpenClip(Clip(samples, 0.0, len(samples) / RATE), file.content)


def track(file: Opened) -> NDArray[np.float32] | None:
    """All samples of an open file's first sound track, mono at `RATE`; None without one. Raises BadMedia."""
    known = [stream for stream in file.container.streams.audio if stream.codec_context is not None]
    if not known:
        return None
    parts, length, most = [], 0, int(file.limits.max_seconds * RATE)
    try:
        for part in _resampled(file.container, known[0]):
            length += len(part)
            if length > most:
                raise file.too_long()
            parts.append(part)
    except BadMedia:
        raise
    except damage() as error:
        if not parts:
            raise file.damaged(error) from error  # otherwise what came before the damage can still be heard
    samples = np.concatenate(parts) if parts else np.empty(0, np.float32)
    return np.clip(np.nan_to_num(samples), -1, 1)


def _resampled(container: Any, stream: Any) -> Iterator[NDArray[np.float32]]:
    resampler = need("av", extra=EXTRA).AudioResampler(format="fltp", rate=RATE)
    for frame in container.decode(stream):
        frame.pts = None  # so that gaps between packets are not filled with made-up silence
        for part in resampler.resample(frame):
            yield part.to_ndarray().mean(0)
    for part in resampler.resample(None):
        yield part.to_ndarray().mean(0)


def cut(samples: NDArray[np.float32], start: float, end: float) -> Clip:
    """The part of a sound between two seconds."""
    return Clip(samples[round(start * RATE) : round(end * RATE)], start, end)
