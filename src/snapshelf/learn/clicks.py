"""A log of events → examples of what was meant by a photo and words: what was clicked, and what was passed over for it.

The log is one of User Behavior Insights as `snapshelf.rank.ubi` reads it. The photo of a query stands in its
``query_attributes``: ``{"user_query": "in red", "query_id": "q1", "query_attributes": {"image": "photos/1.jpg"},
"query_response_hit_ids": […]}``. A shelf does not keep shoppers' photos, so the log is read for every training.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from snapshelf.errors import BadInput, BadRow
from snapshelf.learn.triplets import Triplet
from snapshelf.rank import ubi
from snapshelf.rank.record import lines

WORTH = ("click", "cart", "purchase")  # what says that a product was wanted


@dataclass
class _Query:
    """One query of the log: its parts, the place of each product that was shown, and what was clicked."""

    photo: str = ""
    text: str = ""
    places: dict[str, int] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)


def of_events(path: Path) -> list[Triplet]:
    """An example for every product that was clicked, put into the cart or bought after a query of a photo and words.

    ``passed_over`` are the products shown above it that nobody took (Joachims 2002, Optimizing Search Engines using
    Clickthrough Data, KDD: click > skip above); what was shown below may never have been seen. The order of the rows
    does not matter. Photos are relative to the file, or URLs. Raises NotHere without the file, BadRow for a row that is
    no event or names a photo that is not there, BadInput where no query has both parts and a click.
    """
    queries: dict[str, _Query] = {}
    now = time.time()
    for number, row in lines(path):
        try:
            if isinstance(row, ubi.Refused):
                raise row
            one = ubi.read(row, now)
        except ubi.Refused as error:
            raise BadRow(str(path), number, "", str(error)) from error
        if not one.query:
            continue
        held = queries.setdefault(one.query, _Query())
        held.text = held.text or one.text
        held.photo = held.photo or _photo(path, number, row)
        for event in one.events:
            if event.position and event.sku not in held.places:
                held.places[event.sku] = event.position
            if event.action in WORTH and event.sku not in held.wanted:
                held.wanted.append(event.sku)
    found = [example for held in queries.values() if held.photo and held.text for example in _examples(held)]
    if not found:
        raise BadInput(
            f"{path} holds no click after a query of a photo and words; a query names its photo in "
            '"query_attributes": {"image": "photo.jpg"}, and its clicks have its query_id'
        )
    return list(dict.fromkeys(found))


def _examples(held: _Query) -> list[Triplet]:
    made = []
    for sku in held.wanted:
        place = held.places.get(sku, 0)
        over = [one for one, at in held.places.items() if at < place and one not in held.wanted]
        made.append(Triplet(held.photo, held.text, sku, tuple(sorted(over, key=lambda one: held.places[one]))))
    return made


def _photo(path: Path, number: int, row: object) -> str:
    told = row.get("query_attributes") if isinstance(row, Mapping) else None
    named = told.get("image") if isinstance(told, Mapping) else None
    if named is None:
        return ""
    if not isinstance(named, str) or not named.strip():
        raise BadRow(str(path), number, "query_attributes.image", f"a photo is a path or a URL, not {named!r}")
    photo = named if "://" in named else str(path.parent / named)
    if "://" not in photo and not os.path.isfile(photo):
        raise BadRow(str(path), number, "query_attributes.image", f"there is no file {named}")
    return photo
