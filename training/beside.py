"""Another run of the training beside the weights that ship, and products never taught: docs/models/again.md.

The runs folder is that of the other run, after `evaluate` in its own checkout; `left-out` adds its figures.
"""

from __future__ import annotations

import json

import numpy as np

from training import figures, leftout, measures
from training.evaluate import table
from training.places import DIMS, PAGE, WEIGHTS, Places

BESIDE = PAGE.with_name("again.md")
TEXT = """# compact, trained again

Written by `python -m training beside`. Intervals are 95 % bootstrap.

{again}

## Products never taught

{left_out}
"""
ONCE = """What ships came of one training from nothing, as [the card](compact.md) tells it.
It was not done a second time yet."""
AGAIN = """The figures of [the weights that ship](compact.md), measured by this command, beside those of a run from
nothing in another checkout, whose weights do not ship.

| | steps for words | rounds of the texts | steps for pictures |
| --- | --- | --- | --- |
| what ships | {own_text} | {own_rounds:.1f} | {own_image} of {own_batch} |
| trained again | {text} | {rounds:.1f} | {image} of {batch} |

{table}

A training that is stopped by the clock ends where its machine has come to, and sums on another processor end in other
last digits. So a figure counts as reproduced where it lies within the other's interval and the steps were as many; a
run of fewer steps stays below."""


def run(places: Places) -> None:
    """Measure what ships, if it is not of this very run, and write the page."""
    page = TEXT.format(again=_again(places), left_out=_left_out(places))
    BESIDE.write_text(page, "utf-8")
    print(f"{page}\nwritten to {BESIDE}", flush=True)


def _again(places: Places) -> str:
    ships = json.loads((WEIGHTS / "card.json").read_text("utf-8"))
    words, pictures = (json.loads(places.cache(f"{tower}_facts.json").read_text()) for tower in ("text", "image"))
    del pictures["log"]  # of which the card has a few lines
    if words.items() <= ships["text"].items() and pictures.items() <= ships["image"].items():
        return ONCE
    own = figures.main(measures.open_encoder(places), places)
    other = json.loads(places.cache(figures.FILE).read_text("utf-8"))
    rows = [[task, shown, other.get(task, "")] for task, shown in own.items()]
    return AGAIN.format(
        own_text=ships["text"]["steps"],
        own_rounds=ships["text"]["epochs"],
        own_image=ships["image"]["steps"],
        own_batch=ships["image"]["batch"],
        text=words["steps"],
        rounds=words["epochs"],
        image=pictures["steps"],
        batch=pictures["batch"],
        table=table(rows, "256 dimensions", "what ships", "trained again"),
    )


def _left_out(places: Places) -> str:
    file = places.cache(leftout.FACTS)
    if not file.exists():
        return "Not measured: `python -m training left-out` was not run."
    held = json.loads(file.read_text("utf-8"))
    hits = {tuple(name.split(" ", 1)): [np.asarray(top, bool) for top in tops] for name, tops in held["hits"].items()}
    rows = [[dim, shelf, *map(figures.interval, tops)] for (dim, shelf), tops in hits.items()]
    photos = len(hits[str(DIMS[0]), "both"][0])
    left, of = len(held["products"]), held["of"]
    said = (
        f"The image tower taught again in {held['steps']} steps of {held['batch']}, without {left} products "
        f"of the grocery: neither their photos nor their catalogue pictures nor their names. {photos} photos of them "
        f"against all {of}; by chance {1 / of:.3f} would be right, and {5 / of:.3f} among five."
    )
    return f"{said}\n\n{table(rows, 'dim', 'products known by', 'top-1', 'top-5')}"
