"""snapshelf search."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from snapshelf.cli import show
from snapshelf.errors import BadQuery
from snapshelf.shelf import open_shelf


@dataclass(frozen=True, slots=True)
class Asked:
    """What stood on the command line."""

    text: str
    images: tuple[str, ...]
    audio: str | None
    video: str | None
    where: str
    weights: str
    k: int
    page: int
    family: bool
    lanes: str
    crop: str


def search(asked: Asked, shelf: str, settings: Path | None, json: bool) -> None:
    """Answer one query."""
    with open_shelf(shelf, settings, create=False) as opened:
        k = asked.k or opened.stack.settings.search.k
        results = opened.search(
            asked.text or None,
            list(asked.images) or None,
            asked.audio,
            asked.video,
            asked.where or None,
            k,
            read_weights(asked.weights),
            (asked.page - 1) * k,
            "family" if asked.family else None,
            [lane.strip() for lane in asked.lanes.split(",")] if asked.lanes else None,
            read_crop(asked.crop),
        )
        if json:
            show.dump(show.as_json(results))
        else:
            show.hits(results)


def read_weights(text: str) -> dict[str, float]:
    """ "text=0.7,image=1" as a mapping. Raises BadQuery."""
    weights = {}
    for one in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, number = one.partition("=")
        try:
            weights[name.strip()] = float(number)
        except ValueError as error:
            raise BadQuery(f"the weight {one!r} is not of the form part=number, such as text=0.7,image=1") from error
    return weights


def read_crop(text: str) -> list[int] | str | None:
    """ "10,20,200,300" as numbers, "auto", "whole" as "" for all of it, "" as None for the usual. Raises BadQuery."""
    if text.strip() in ("", "auto", "whole"):
        return {"": None, "auto": "auto", "whole": ""}[text.strip()]
    try:
        return [int(piece) for piece in text.split(",")]
    except ValueError as error:
        raise BadQuery(f"the crop {text!r} is none; give left,top,right,bottom in pixels, auto, or whole") from error
