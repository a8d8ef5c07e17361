"""What a caller gives (words, paths, bytes, pictures, weights) → the parts of a query."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from snapshelf.errors import BadMedia, BadQuery, Unsupported, nearest
from snapshelf.media import MediaLimits, open_image
from snapshelf.types import Modality, ModelCard, Part

if TYPE_CHECKING:
    from PIL.Image import Image

Media: TypeAlias = "str | Path | bytes | Image"
MAX_TEXT = 10_000  # characters; a longer query is an accident
MAX_PARTS = 32


def question(
    card: ModelCard,
    limits: MediaLimits,
    text: str | Sequence[str] | None,
    image: Media | Sequence[Media] | None,
    audio: Media | Sequence[Media] | None,
    video: Media | Sequence[Media] | None,
    weights: Mapping[str, float] | None,
    fetch: Callable[[str], bytes],
) -> tuple[Part, ...]:
    """The parts of a query: "text", "text2" …, "image", "image2" …, each with its weight, 1 where none is given.

    fetch: gives what an http or https address holds. Raises BadQuery for an empty query, a weight for no part, or one
    that is not finite; BadMedia for a picture that cannot be used; Unsupported for a modality that the model does not
    know.
    """
    given: list[tuple[Modality, object]] = []
    given += [("text", one) for one in _several(text)]
    given += [("image", one) for one in _several(image)]
    given += [("audio", one) for one in _several(audio)]
    given += [("video", one) for one in _several(video)]
    for modality, _ in given:
        if modality not in card.modalities:
            raise Unsupported(f"the model {card.name} does not understand {modality}; it knows {_list(card)}")
    if len(given) > MAX_PARTS:
        raise BadQuery(f"a query may have {MAX_PARTS} parts, this one has {len(given)}")
    picture = partial(_picture, card=card, limits=limits, fetch=fetch)
    parts: list[Part] = []
    for modality, value in given:
        number = sum(part.modality == modality for part in parts) + 1
        name = modality if number == 1 else f"{modality}{number}"
        parts.append(Part(name, modality, _words(value) if modality == "text" else picture(value)))
    if not parts:
        raise BadQuery("there is nothing to search for; give some words, a photo, or both")
    return tuple(_weighted(parts, weights or {}))


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


def _picture(value: object, card: ModelCard, limits: MediaLimits, fetch: Callable[[str], bytes]) -> Image:
    if isinstance(value, str):
        value = fetch(value) if value.startswith(("http://", "https://")) else Path(value)
    if isinstance(value, Path) and value.is_dir():
        raise BadMedia(f"{value} is a folder, not a picture")
    if isinstance(value, Path) and not value.is_file():
        raise BadMedia(f"there is no picture {value}")
    return open_image(value, limits=limits, fit=card.image_side).image  # type: ignore[arg-type]


def _weighted(parts: Sequence[Part], weights: Mapping[str, float]) -> list[Part]:
    names = [part.name for part in parts]
    if not isinstance(weights, Mapping):
        raise BadQuery('weights go by part, such as {"text": 0.7, "image": 1}')
    for name, weight in weights.items():
        if name not in names:
            raise BadQuery(f"there is a weight for {name!r}, but the query has no such part.{nearest(name, names)}")
        if not isinstance(weight, int | float) or not math.isfinite(weight):
            raise BadQuery(f"the weight of {name!r} is {weight!r}; give a plain number")
    return [Part(part.name, part.modality, part.content, float(weights.get(part.name, 1.0))) for part in parts]


def _list(card: ModelCard) -> str:
    return ", ".join(sorted(card.modalities))
