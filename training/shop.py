"""The rendered shop as training pictures: other seeds than the sample shop's, so that the sample stays unseen."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from snapshelf.media import open_image
from snapshelf.protocols import Embedder
from snapshelf.sample import render
from snapshelf.vectors import unit
from training.pictures import Group
from training.places import RUNS, Places

SEEDS = (1001,)
PRODUCTS = 1200
SAMPLE, SAMPLED = 7, 600  # the shop that everyone sees, and that is never trained on
STUDIO = 0.5  # a catalogue picture is drawn as often as this share of a customer's photo


def pictures(data: Path, wanted: bool = True) -> Iterable[tuple[bytes, str, Group, float]]:
    """(file, group, its captions, weight); a group is one design in one colour. ``data`` is not read."""
    for seed in SEEDS:
        folder = render(RUNS / f"shop-{seed}", seed, PRODUCTS)
        with (folder / "products.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            kind = row["category"].split(" > ")[-1]
            words = f"{row['color']} {row['pattern']}".replace("plain", "").strip()
            captions = (row["title"], row["description"], f"{words}, {kind}", row["title"].split(", size")[0])
            group = Group("rendered shop", captions)
            key = f"shop {seed} {row['family']} {row['color']}"
            places = [(folder / ref, STUDIO) for ref in row["images"].split("|")]
            photo = folder / "customer" / f"{row['sku']}.jpg"
            for path, weight in [*places, (photo, 1.0)]:
                if path.exists():
                    yield path.read_bytes() if wanted else b"", key, group, weight


def scores(encoder: Embedder, places: Places, dim: int) -> dict[str, tuple[float, float, int]]:
    """Customer's photo of the sample shop → its product in any size: top-1, top-5 and the number of photos."""
    folder = render(places.cache("sample"), SAMPLE, SAMPLED)
    with (folder / "products.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    photos = [folder / "customer" / f"{row['sku']}.jpg" for row in rows]
    asked = [number for number, path in enumerate(photos) if path.exists()]
    text = encoder.embed([row["title"] for row in rows], "index", dim)
    seen = _embed(encoder, [folder / row["images"].split("|")[0] for row in rows], dim)
    queries = _embed(encoder, [photos[number] for number in asked], dim)
    looks = np.asarray([f"{row['family']} {row['color']}" for row in rows])
    found = {}
    for name, shelf in {"text": text, "catalogue picture": seen, "both": unit(text + seen)}.items():
        order = np.argsort(-(queries @ shelf.T), axis=1, kind="stable")[:, :5]
        right = looks[order] == looks[asked][:, None]
        found[name] = (float(right[:, 0].mean()), float(right.any(1).mean()), len(asked))
    return found


def _embed(encoder: Embedder, paths: list[Path], dim: int) -> np.ndarray:
    parts = [paths[start : start + 64] for start in range(0, len(paths), 64)]
    return np.concatenate([encoder.embed([open_image(path).image for path in part], "index", dim) for part in parts])
