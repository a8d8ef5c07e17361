"""The figures that the project is judged by, at 256 dimensions, as one table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from snapshelf.protocols import Embedder
from snapshelf.stats import mean_interval
from training import judged, measures, shop
from training.places import DIMS, Places

FILE = "figures.json"  # in the runs folder: those of the weights that were measured there last


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
