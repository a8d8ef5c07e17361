"""What a caller gives (words, paths, bytes, pictures, weights) → the parts of a query."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from snapshelf.errors import BadQuery, Unsupported, nearest
from snapshelf.stack import Stack
from snapshelf.types import Part

if TYPE_CHECKING:
    from PIL.Image import Image

    from snapshelf.media.printed import Line
    from snapshelf.search.photos import Photo

Media: TypeAlias = "str | Path | bytes | Image"
MAX_TEXT = 10_000  # characters; a longer query is an accident
MAX_PARTS = 32


@dataclass(frozen=True, slots=True)
class Question:
    """The parts of a query, the words heard in those that were sound, and of its photos the barcodes and lines of text
    seen in them and how they could be better.
    """

    parts: tuple[Part, ...]
    heard: Mapping[str, str]
    barcodes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    printed: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of text in all photos."""
        return tuple(line for of_photo in self.printed.values() for line in of_photo)


def question(
    stack: Stack,
    text: str | Sequence[str] | None = None,
    image: Media | Sequence[Media] | None = None,
    audio: Media | Sequence[Media] | None = None,
    video: Media | Sequence[Media] | None = None,
    weights: Mapping[str, float] | None = None,
    crop: object = None,
    read_text: bool | None = None,
) -> Question:
    """A query's parts: "text", "text2" …, "image", "image2" … with their weights, 1 where none is given.

    crop: what of the photo is meant, as `photos.crops` reads it. read_text: whether to read what is printed on things,
    None for as the settings say. A spoken part is its words where the model takes no sound; what is said in a video is
    a part "speech" of its own.
    Raises BadQuery for an empty query, a weight for no part, or speech that is not understood; BadMedia for a file that
    cannot be used; Unsupported for what the model knows neither by itself nor in translation; MissingExtra.
    """
    given = {"text": _several(text), "image": _several(image), "audio": _several(audio), "video": _several(video)}
    for modality, values in given.items():
        if values and modality in ("text", "image") and modality not in stack.card.modalities:
            raise Unsupported(f"the model {stack.card.name} does not understand {modality}; it knows {_list(stack)}")
    count = sum(map(len, given.values()))
    if count > MAX_PARTS:
        raise BadQuery(f"a query may have {MAX_PARTS} parts, this one has {count}")
    if not count:
        raise BadQuery("there is nothing to search for; give some words, a photo, a sound or a video")
    parts = [Part(name, "text", _words(value)) for name, value in _named("text", given["text"])]
    photos = _photos(stack, given["image"], crop)
    parts += [photo.part for photo in photos]
    clips = _clips(stack, given["audio"], given["video"])
    heard = {part.name: part.content for part in clips if isinstance(part.content, str)}
    silent = [name.replace("video", "speech") for name, _ in _named("video", given["video"])]
    weighted = tuple(_weighted([*parts, *clips], weights or {}, silent))
    advice = tuple(said for photo in photos for said in photo.advice)
    read: Mapping[str, tuple[Line, ...]] = {}
    if photos or read_text:
        from snapshelf.search.printed import lines, wants

        read = lines(stack, photos, weighted) if wants(stack, read_text, bool(photos)) else {}
    return Question(weighted, heard, _barcodes(weighted), advice, read)


def _photos(stack: Stack, given: Sequence[object], crop: object) -> list[Photo]:
    """What comes of photos; what opens them is imported only for them."""
    if not given and crop is None:
        return []
    from snapshelf.search.photos import crops, picture

    boxes = crops(crop, len(given), stack.settings.search.crop)
    return [picture(stack, name, value, box) for (name, value), box in zip(_named("image", given), boxes, strict=True)]


def _barcodes(parts: Sequence[Part]) -> tuple[str, ...]:
    photos = [part.content for part in parts if part.modality == "image" and part.weight > 0]
    if not photos:
        return ()
    from snapshelf.media.barcodes import read_barcodes

    seen = [code for photo in photos for code in read_barcodes(cast("Image", photo))]
    return tuple(dict.fromkeys(seen))


def _clips(stack: Stack, audio: Sequence[object], video: Sequence[object]) -> list[Part]:
    """What comes of sounds and videos; their libraries are imported only for them."""
    if not audio and not video:
        return []
    from snapshelf.search.clips import sound, videos

    return [
        *(sound(stack, name, value) for name, value in _named("audio", audio)),
        *videos(stack, _named("video", video)),
    ]


def _named(modality: str, values: Sequence[object]) -> list[tuple[str, object]]:
    return [(modality if n == 1 else f"{modality}{n}", value) for n, value in enumerate(values, start=1)]


def _several(value: object) -> list[object]:
    if value is None or (isinstance(value, str) and not value.strip()):
        return []
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str | bytes) else [value]


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise BadQuery(f"text is words, not {type(value).__name__}")
    if len(value) > MAX_TEXT:
        raise BadQuery(f"the text has {len(value):,} characters; at most {MAX_TEXT:,} can be searched for")
    return " ".join(value.split())


def _weighted(parts: Sequence[Part], weights: Mapping[str, float], silent: Sequence[str]) -> list[Part]:
    """The parts with their weights; a weight for one that turned out ``silent`` is passed over."""
    names = [*(part.name for part in parts), *silent]
    if not isinstance(weights, Mapping):
        raise BadQuery('weights go by part, such as {"text": 0.7, "image": 1}')
    for name, weight in weights.items():
        if name not in names:
            raise BadQuery(f"there is a weight for {name!r}, but the query has no such part.{nearest(name, names)}")
        if not isinstance(weight, int | float) or not math.isfinite(weight):
            raise BadQuery(f"the weight of {name!r} is {weight!r}; give a plain number")
    return [replace(part, weight=float(weights.get(part.name, 1.0))) for part in parts]


def _list(stack: Stack) -> str:
    return ", ".join(sorted(stack.card.modalities))
