"""What the exported encoder scores on the retail bundles: the very files that ship, through the package's own code."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from snapshelf.embedders import compact
from snapshelf.protocols import Embedder
from snapshelf.types import Item, Vectors
from snapshelf.vectors import unit
from training.places import DIMS, Places
from training.tables import csv_rows, held_out, members


def open_encoder(places: Places) -> Embedder:
    """The encoder as the package loads it."""
    return compact.load(compact.CARDS[0], {"threads": places.threads})


def grocery(encoder: Embedder, places: Places, dim: int) -> dict[str, tuple[float, float, float]]:
    """Photo of the test split → 81 products, by text, catalogue picture and both: top-1, top-5, right coarse class."""
    products = csv_rows(places.data / "grocery/products.csv")
    tests = [row for row in csv_rows(places.data / "grocery/manifest.csv") if row["split"] == "test"]
    photos = embed(encoder, pictures(places.data / "grocery/test.zip", [row["file"] for row in tests]), dim)
    text = embed(encoder, [f"{row['name']}, {row['coarse_name']}" for row in products], dim)
    files = [row["iconic_image"] for row in products]
    seen = embed(encoder, pictures(places.data / "grocery/iconic.zip", files), dim)
    place = {row["product_id"]: number for number, row in enumerate(products)}
    right = np.asarray([place[row["fine_id"]] for row in tests])
    coarse = np.asarray([row["coarse_id"] for row in products])
    shelves = {"text": text, "catalogue picture": seen, "both": unit(text + seen)}
    return {name: _tops(photos @ shelf.T, right, coarse) for name, shelf in shelves.items()}


def clothing(encoder: Embedder, places: Places, dim: int) -> tuple[float, int]:
    """Photo of a sender never trained on → its label's words among all labels: top-1, and how many photos."""
    rows = [row for row in csv_rows(places.data / "clothing/manifest.csv") if row["usable_label"] == "True"]
    labels = sorted({row["label"] for row in rows})
    rows = [row for row in rows if held_out(row["sender_id"])]
    photos = embed(encoder, pictures(places.data / "clothing/images.zip", [row["file"] for row in rows]), dim)
    words = embed(encoder, [f"a photo of a {label.lower()}" for label in labels], dim)
    said = (photos @ words.T).argmax(1)
    return float(np.mean([labels[at] == row["label"] for at, row in zip(said, rows, strict=True)])), len(rows)


def _tops(scores: Vectors, right: np.ndarray, coarse: np.ndarray) -> tuple[float, float, float]:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :5]
    first = float((order[:, 0] == right).mean())
    return first, float((order == right[:, None]).any(1).mean()), float((coarse[order[:, 0]] == coarse[right]).mean())


def pictures(path, names: Sequence[str]) -> list[Image.Image]:  # type: ignore[no-untyped-def]
    """The named members of a zip file, opened; nothing but their pixels goes on."""
    return [Image.open(io.BytesIO(file)).convert("RGB") for file in members(path, list(names))]


def embed(encoder: Embedder, items: Sequence[Item], dim: int = DIMS[0]) -> Vectors:
    """Unit rows, 128 items at a time."""
    return np.concatenate([encoder.embed(items[at : at + 128], "query", dim) for at in range(0, len(items), 128)])
