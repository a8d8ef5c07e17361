"""Spoken queries and clips → parts of a query, translated where the model takes no sound or no video."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from snapshelf import translate
from snapshelf.errors import BadQuery
from snapshelf.media.located import located
from snapshelf.media.sound import cut, open_clip
from snapshelf.media.video import open_video
from snapshelf.stack import Stack
from snapshelf.types import RATE, Clip, Part, Segment

FRAMES = 16  # of a whole video that a query looks at


def sound(stack: Stack, name: str, value: object) -> Part:
    """A spoken query: the clip, or the words in it. Raises BadQuery where none are understood."""
    found = cast("Path | bytes", located(value, "sound", stack.clip_fetcher))
    recognised = translate.hears(stack)
    clip = open_clip(found, stack.clip_limits(stack.settings.speech.max_seconds)).clip
    if not recognised:
        return Part(name, "audio", clip)
    words = translate.hear(stack, clip, translate.phrases_of(stack)).words
    if not words:
        called = found.name if isinstance(found, Path) else "the sound"
        raise BadQuery(
            f"nothing is understood in {called}: no speech was heard, or no words of this shop; say it again close to "
            "the microphone, or type it"
        )
    return Part(name, "text", words)


def videos(stack: Stack, given: Sequence[tuple[str, object]]) -> list[Part]:
    """A part for each video, of frames from all over it, and one for what is said in it, where there is something."""
    parts = []
    for name, value in given:
        whole = _whole(cast("Path | bytes", located(value, "video", stack.clip_fetcher)), stack)
        parts.append(Part(name, "video", whole))
        words = _said(stack, whole.sound)
        if words:
            parts.append(Part(name.replace("video", "speech"), "text", words))
    return parts


def _whole(found: Path | bytes, stack: Stack) -> Segment:
    """One segment that is the whole video, with `FRAMES` frames at most."""
    import numpy as np

    segments = open_video(found, stack.clip_limits(), stack.card.image_side).segments
    frames = [frame for segment in segments for frame in segment.frames]
    step = max(1, -(-len(frames) // FRAMES))
    sounds = [segment.sound.samples for segment in segments if segment.sound]
    end = segments[-1].end
    clip = Clip(np.concatenate(sounds), 0.0, end) if sounds else None
    return Segment(tuple(frames[::step]), 0.0, end, clip)


def _said(stack: Stack, clip: Clip | None) -> str:
    """The words said in a video; "" where there are none, and where nothing can listen: its pictures are enough."""
    speech = stack.settings.speech
    if clip is None or "audio" in stack.card.modalities or not speech.recogniser:
        return ""
    start = cut(clip.samples, 0.0, min(speech.max_seconds, len(clip.samples) / RATE))
    return translate.hear(stack, start, translate.phrases_of(stack)).words
