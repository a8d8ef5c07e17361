"""snapshelf search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from snapshelf.cli import show
from snapshelf.errors import BadQuery
from snapshelf.shelf import open_shelf


@dataclass(frozen=True, slots=True)
class Shown:
    """How much is shown: facets, what is hardly relevant, words taken as they stand, reasons."""

    facets: str = ""
    everything: bool = False
    plain: bool = False
    why: bool = False


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
    shown: Shown = Shown()
    crop: str = ""
    read_text: bool | None = None


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
            _names(asked.lanes) or None,
            _names(asked.shown.facets),
            False if asked.shown.everything else None,
            False if asked.shown.plain else None,
            crop=read_crop(asked.crop),
            read_text=asked.read_text,
        )
        if json:
            show.dump(show.as_json(results))
        else:
            show.hits(results, asked.shown.why)


def explain(
    text: str,
    images: Sequence[str],
    where: str,
    lanes: str,
    plain: bool,
    sku: str,
    shelf: str,
    settings: Path | None,
    json: bool,
) -> None:
    """Say why a product is where it is. Raises NotHere for one that is not in the shelf."""
    with open_shelf(shelf, settings, create=False) as opened:
        found = opened.explain(
            sku, text or None, list(images) or None, where or None, _names(lanes) or None, False if plain else None
        )
    if json:
        show.dump(asdict(found))
    else:
        for line in found.said:
            show.console.print(line, markup=False)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


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
