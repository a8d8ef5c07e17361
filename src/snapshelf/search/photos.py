"""A shopper's photo → a part of the query: opened, cut to what is meant, and told how it could be better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from snapshelf import translate
from snapshelf.errors import BadQuery
from snapshelf.media import open_image
from snapshelf.media.located import located
from snapshelf.photo import Box, advice, cut_out, proposals, read_box, shrunk
from snapshelf.stack import Stack
from snapshelf.types import Part, Vectors

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Photo:
    """The part of the query that a photo is, sentences on how to take a better one, and what was opened.

    ``box`` is the one that was drawn, in pixels of the upright photo; None for all of it.
    """

    part: Part
    advice: tuple[str, ...]
    source: object
    box: Box | None


def crops(given: object, photos: int, usual: str) -> list[object]:
    """What is meant of each photo: a box, "auto" or "". ``usual``: for photos of which nothing is said.

    One value is for the only photo; for several photos there is a list with one entry for each, None for the usual.
    Raises BadQuery.
    """
    if given is None:
        return [usual] * photos
    if not photos:
        raise BadQuery("there is a crop, but no photo to cut; give the photo, too")
    several = isinstance(given, Sequence) and not isinstance(given, str) and any(_is_one(one) for one in given)
    asked = list(given) if several and isinstance(given, Sequence) else [given]
    if len(asked) == 1 and photos > 1 and given in (AUTO, ""):
        asked = asked * photos
    if len(asked) != photos:
        raise BadQuery(f"there are {photos} photos and {len(asked)} crops; give a list with one for each, or None")
    for one in asked:
        if isinstance(one, str) and one not in (AUTO, ""):
            raise BadQuery(f'the crop {one!r} is none; give (left, top, right, bottom), "auto", or "" for all of it')
    return [usual if one is None else one for one in asked]


def _is_one(value: object) -> bool:
    return value is None or isinstance(value, str | Sequence)


def picture(stack: Stack, name: str, value: object, crop: object) -> Photo:
    """Open a photo. A box is searched with alone; what "auto" finds becomes the part's second reading."""
    found = located(value, "picture", stack.fetcher)
    fit = stack.card.image_side
    opened = open_image(found, limits=stack.limits, fit=fit if isinstance(crop, str) else None)  # type: ignore[arg-type]
    image, second, box = opened.image, None, None
    small = shrunk(image)  # once for both
    said = advice(small, (opened.width, opened.height))
    if not isinstance(crop, str):
        box = read_box(crop, opened.width, opened.height)
        image = cut_out(image, box, opened.width, opened.height)
        image.thumbnail((fit, fit), reducing_gap=2.0)
    elif crop == AUTO:
        second = next((image.crop(one.box) for one in proposals(small, 1, image.size)), None)
    return Photo(Part(name, "image", image, crop=second), said, found, box)


def readings(stack: Stack, parts: Sequence[Part], rows: Vectors) -> Vectors:
    """The rows (n, d) of the parts, where a photo has a second reading that of the one with the nearer product."""
    places = [place for place, part in enumerate(parts) if part.crop is not None]
    if not places:
        return rows
    second = translate.embed(stack, [item for part in parts if (item := part.crop) is not None], "query", stack.dim)
    chosen = rows.copy()
    both: Vectors = np.concatenate([rows[places], second])
    scores = [float(found[0]) if len(found) else -1.0 for found in stack.store.search(both, 1).scores]
    for n, place in enumerate(places):
        if scores[len(places) + n] > scores[n]:
            chosen[place] = second[n]
    return chosen
