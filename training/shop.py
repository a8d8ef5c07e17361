"""The rendered shop as training pictures: other seeds than the sample shop's, so that the sample stays unseen."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from snapshelf.sample import render
from training.pictures import Group
from training.places import RUNS

SEEDS = (1001,)  # the sample shop that everyone sees is seed 7
PRODUCTS = 1200
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
