"""The figures that the project is judged by, at 256 dimensions, as one table: of what ships, and of another run."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from snapshelf.protocols import Embedder
from snapshelf.stats import mean_interval
from training import judged, measures, shop
from training.leftout import FACTS
from training.places import DIMS, Places

OWN, AGAIN = "figures.json", "again.json"  # in the runs folder: of the weights measured there, and of another run


def main(encoder: Embedder, places: Places) -> dict[str, str]:
    """Task → mean with its 95 % bootstrap interval."""
    words = judged.by_vectors(judged.read(places), lambda texts: measures.embed(encoder, list(texts)))[DIMS[0]]
    photos = measures.grocery(encoder, places, DIMS[0])["both"]
    clothes = measures.magento(encoder, places, DIMS[0])
    ours = shop.scores(encoder, places, DIMS[0])
    found: dict[str, NDArray[np.float64] | NDArray[np.bool_]] = {
        "Icecat, nDCG@10": words,
        "grocery photo → product, top-1": photos[0],
        "grocery photo → product, top-5": photos[1],
        "grocery photo → coarse class": photos[2],
        "clothes photo → label": measures.clothing(encoder, places, DIMS[0])[0],
        **{f"Magento, {task}, recall@10": hits for task, hits in clothes.items()},
        "sample shop, words → product, top-1": ours["words → both"][0],
        "sample shop, photo → product, top-1": ours["photo → both"][0],
    }
    return {task: interval(hits) for task, hits in found.items()}


def interval(scores: NDArray[np.float64] | NDArray[np.bool_]) -> str:
    """Mean and 95 % bootstrap interval."""
    found = mean_interval(scores.astype(np.float64))
    return f"{found.mean:.3f} ({found.low:.3f} to {found.high:.3f})"


def again(own: dict[str, str], places: Places) -> list[list[str]]:
    """Rows of task, ours, and those of another run whose figures lie in the runs folder; none without them.

    Our own are written there as well, for a run elsewhere to be put beside.
    """
    places.cache(OWN).write_text(json.dumps(own, ensure_ascii=False, indent=1), "utf-8")
    if not places.cache(AGAIN).exists():
        return []
    other = json.loads(places.cache(AGAIN).read_text("utf-8"))
    return [[task, shown, other.get(task, "")] for task, shown in own.items()]


def left_out(places: Places) -> tuple[dict[str, int], list[list[str]]]:
    """Of `python -m training left-out`: counts, and rows of dimensions, shelf, top-1 and top-5; empty without a run."""
    if not places.cache(FACTS).exists():
        return {}, []
    held = json.loads(places.cache(FACTS).read_text("utf-8"))
    rows = []
    for name, tops in held["hits"].items():
        dim, _, shelf = name.partition(" ")
        rows.append([dim, shelf, *(interval(np.asarray(top, bool)) for top in tops)])
    photos = len(next(iter(held["hits"].values()))[0])
    return {"products": len(held["products"]), "of": held["of"], "steps": held["steps"], "photos": photos}, rows
