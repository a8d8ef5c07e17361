"""A stored file → its segments: where each begins and ends, and how to embed it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from snapshelf.twin.bedrock import media, price, sources, words
from snapshelf.twin.bedrock.blocked import REASONS, SAID, Blocked
from snapshelf.twin.bedrock.encode import Encoder, Row
from snapshelf.twin.bedrock.invoke import modality, video
from snapshelf.twin.bedrock.settings import Settings
from snapshelf.twin.bedrock.shapes import SEGMENT_CHARS, SEGMENT_SECONDS
from snapshelf.twin.bedrock.sources import ASYNC, Objects

MOST_TEXTS, MOST_TIMES = 1_900, 1_434  # segments of a text; of a sound or a video
SHORTEST = 0.02  # seconds; what is left over at the end and shorter than this is no segment


class Unreadable(Exception):
    """A segment that cannot be embedded; the message says why, in words and as ``failureReason``."""

    def __init__(self, message: str, reason: str = "INVALID_CONTENT") -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Segment:
    """``metadata`` says where it is; ``embed`` gives its vectors by type, and raises Unreadable."""

    metadata: dict[str, Any]
    embed: Callable[[], Sequence[tuple[str, Row]]]
    charges: price.Charges = field(default=())


def segments(
    params: Mapping[str, Any], encoder: Encoder, objects: Objects | None, settings: Settings
) -> Sequence[Segment]:
    """The segments of what the parameters of a job name. Raises Refusal for what cannot be read, or has too many."""
    kind = modality(params)
    medium, blocked = params[kind], Blocked(settings.blocked)
    if kind == "text":
        found = list(_texts(sources.text(medium, objects, ASYNC), medium, encoder, blocked))
        most = MOST_TEXTS
    else:
        data = sources.file(kind, medium, objects, ASYNC)
        most = MOST_TIMES
        if kind == "image":
            found = [_image(data, medium, encoder, settings)]
        elif kind == "audio":
            found = list(_sounds(data, medium, encoder))
        else:
            found = list(_videos(data, medium, encoder))
        if blocked.holds(data):
            found = [replace(one, embed=_refusing(kind)) for one in found]
    if len(found) > most:
        raise sources.invalid(f"The {kind} makes {len(found)} segments; at most {most} are embedded")
    return found


def _refusing(kind: str) -> Callable[[], Sequence[tuple[str, Row]]]:
    def embed() -> Sequence[tuple[str, Row]]:
        raise Unreadable(SAID, REASONS[kind])

    return embed


def _texts(text: str, medium: Mapping[str, Any], encoder: Encoder, blocked: Blocked) -> Iterator[Segment]:
    most = medium["segmentationConfig"].get("maxLengthChars", SEGMENT_CHARS[2])
    for index, (start, end) in enumerate(words.segments(text, most)):
        read = words.read(text[start:end], medium["truncationMode"])
        metadata = {"segmentIndex": index, "segmentStartCharPosition": start, "segmentEndCharPosition": end}
        if read is not None and read.cut:
            metadata["truncatedCharLength"] = len(read.text)
        charges = price.of_text(read.tokens) if read is not None else ()
        refused = blocked.holds(text[start:end])
        yield Segment(metadata, _refusing("text") if refused else _embed_text(read, encoder), charges)


def _embed_text(read: words.Read | None, encoder: Encoder) -> Callable[[], Sequence[tuple[str, Row]]]:
    def embed() -> Sequence[tuple[str, Row]]:
        if read is None:
            raise Unreadable(f"The segment has more than {words.MOST_TOKENS} tokens, and truncationMode is NONE")
        return [("TEXT", encoder.text(read.text))]

    return embed


def _image(data: bytes, medium: Mapping[str, Any], encoder: Encoder, settings: Settings) -> Segment:
    picture = media.image(data)
    document = medium.get("detailLevel") == "DOCUMENT_IMAGE"
    charges = price.of_image(document, settings.document_image)
    return Segment({"segmentIndex": 0}, lambda: [("IMAGE", encoder.image(picture))], charges)


def _sounds(data: bytes, medium: Mapping[str, Any], encoder: Encoder) -> Iterator[Segment]:
    clip = media.sound(data, ASYNC)
    for metadata, start, end in _times(clip.end, medium):

        def embed(start: float = start, end: float = end) -> Sequence[tuple[str, Row]]:
            part = media.between(clip, start, end)
            return [("AUDIO", encoder.sound(part))] if part is not None else []

        yield Segment(metadata, embed, price.of_audio(end - start))


def _videos(data: bytes, medium: Mapping[str, Any], encoder: Encoder) -> Iterator[Segment]:
    film = media.film(data, ASYNC)
    for metadata, start, end in _times(film.seconds, medium):

        def embed(start: float = start, end: float = end) -> Sequence[tuple[str, Row]]:
            return video(film, start, end, medium["embeddingMode"], encoder)

        yield Segment(metadata, embed, price.of_video(end - start))


def _times(seconds: float, medium: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], float, float]]:
    step = medium["segmentationConfig"].get("durationSeconds", SEGMENT_SECONDS[2])
    for index in range(max(1, math.ceil((seconds - SHORTEST) / step))):
        start, end = float(index * step), round(min(seconds, (index + 1) * step), 3)
        yield {"segmentIndex": index, "segmentStartSeconds": start, "segmentEndSeconds": end}, start, end
