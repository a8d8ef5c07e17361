"""snapshelf search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.text import Text

from snapshelf.cli import show
from snapshelf.search import written
from snapshelf.shelf import open_shelf


@dataclass(frozen=True, slots=True)
class Shown:
    """How it is shown: facets, what is hardly relevant, words taken as they stand, reasons, in which order."""

    facets: str = ""
    everything: bool = False
    plain: bool = False
    why: bool = False
    sort: str = ""


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
            written.weights(asked.weights),
            (asked.page - 1) * k,
            "family" if asked.family else None,
            written.names(asked.lanes) or None,
            written.names(asked.shown.facets),
            False if asked.shown.everything else None,
            False if asked.shown.plain else None,
            crop=written.crop(asked.crop),
            read_text=asked.read_text,
            sort=asked.shown.sort,
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
            sku,
            text or None,
            list(images) or None,
            where or None,
            written.names(lanes) or None,
            False if plain else None,
        )
    if json:
        show.dump(asdict(found))
    else:
        for line in found.said:
            show.console.print(line, markup=False)


def suggest(typed: str, k: int, shelf: str, settings: Path | None, json: bool) -> None:
    """Print suggestions, what stands for the typed letters emboldened."""
    with open_shelf(shelf, settings, create=False) as opened:
        found = opened.suggest(typed, k)
    if json:
        show.dump([asdict(one) for one in found])
        return
    for one in found:
        line = Text(one.text)
        for start, end in one.spans:
            line.stylize("bold", start, end)
        line.append(f"  {one.kind}{f' of {one.sku}' if one.sku else f', {one.products:,}'}", "dim")
        show.console.print(line)
    if not found:
        show.console.print("nothing to suggest")


@dataclass(frozen=True, slots=True)
class Like:
    """What stood on the command line of ``similar``."""

    sku: str
    where: str
    k: int
    page: int
    family: bool
    why: bool


def similar(asked: Like, shelf: str, settings: Path | None, json: bool) -> None:
    """Print products like one."""
    with open_shelf(shelf, settings, create=False) as opened:
        where, offset = asked.where or None, (asked.page - 1) * asked.k
        results = opened.similar(asked.sku, asked.k, where, offset, asked.family)
    if json:
        show.dump(show.as_json(results))
    else:
        show.hits(results, asked.why)
