"""What the exported encoder scores on the retail bundles: the very files that ship, through the package's own code."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from snapshelf.embedders import compact
from snapshelf.protocols import Embedder
from snapshelf.types import Item, Vectors
from snapshelf.vectors import unit
from training.places import DIMS, Places
from training.tables import csv_rows, held_out, members, parquet_rows


def open_encoder(places: Places) -> Embedder:
    """The encoder as the package loads it."""
    return compact.load(compact.CARDS[0], {"threads": places.threads})


Hits = NDArray[np.bool_]  # (questions,): whether each was answered


def grocery(encoder: Embedder, places: Places, dim: int) -> dict[str, tuple[Hits, Hits, Hits]]:
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


def clothing(encoder: Embedder, places: Places, dim: int) -> tuple[Hits, int]:
    """Photo of a sender never trained on → its label's words among all labels: top-1, and how many labels."""
    rows = [row for row in csv_rows(places.data / "clothing/manifest.csv") if row["usable_label"] == "True"]
    labels = sorted({row["label"] for row in rows})
    rows = [row for row in rows if held_out(row["sender_id"])]
    photos = embed(encoder, pictures(places.data / "clothing/images.zip", [row["file"] for row in rows]), dim)
    words = embed(encoder, [f"a photo of a {label.lower()}" for label in labels], dim)
    said = (photos @ words.T).argmax(1)
    return np.asarray([labels[at] == row["label"] for at, row in zip(said, rows, strict=True)]), len(labels)


def magento(encoder: Embedder, places: Places, dim: int) -> dict[str, Hits]:
    """Recall@10 over all pictures of the shop: a title in its colour → a picture of it; a picture → one of its family.

    A picture's own copy does not count. These pictures were trained on, so both figures flatter.
    """
    family, colour = _shown(places)
    files = list(family)
    photos = embed(encoder, pictures(places.data / "magento/images.zip", files), dim)
    names = np.asarray([family[file] for file in files])
    shades = np.asarray([colour[file] for file in files])
    titles = sorted({(shade, name) for name, shade in zip(names.tolist(), shades.tolist(), strict=True)})
    asked = embed(encoder, [f"{shade} {name}".strip() for shade, name in titles], dim)
    near = np.argsort(-(asked @ photos.T), axis=1, kind="stable")[:, :10]
    told = [bool(((names[at] == name) & (shades[at] == s)).any()) for at, (s, name) in zip(near, titles, strict=True)]
    alike = photos @ photos.T
    np.fill_diagonal(alike, -2)
    near = np.argsort(-alike, axis=1, kind="stable")[:, :10]
    siblings = np.asarray([bool((names[at] == name).any()) for at, name in zip(near, names, strict=True)])
    return {"title → its picture": np.asarray(told), "picture → its family": siblings[_many(names)]}


def _shown(places: Places) -> tuple[dict[str, str], dict[str, str]]:
    """Picture → name of its family, and picture → its colour."""
    rows = parquet_rows(places.data / "magento/products.parquet")
    names = {row["sku"]: row["name"] for row in rows if row["product_type"] != "simple" or not row["parent_sku"]}
    family: dict[str, str] = {}
    colour: dict[str, str] = {}
    for row in rows:
        for file in row["images"] or []:
            family.setdefault(file, names.get(row["parent_sku"] or row["sku"], row["name"]))
            colour.setdefault(file, (row["color"] or "").lower())
    return family, colour


def _many(names: NDArray[np.str_]) -> Hits:
    """Those that somebody else is called as well."""
    _, inverse, counts = np.unique(names, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse] > 1)


def _tops(scores: Vectors, right: NDArray[np.int64], coarse: NDArray[np.str_]) -> tuple[Hits, Hits, Hits]:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :5]
    return order[:, 0] == right, (order == right[:, None]).any(1), coarse[order[:, 0]] == coarse[right]


def pictures(path, names: Sequence[str]) -> list[Image.Image]:  # type: ignore[no-untyped-def]
    """The named members of a zip file, opened; nothing but their pixels goes on."""
    return [Image.open(io.BytesIO(file)).convert("RGB") for file in members(path, list(names))]


def embed(encoder: Embedder, items: Sequence[Item], dim: int = DIMS[0]) -> Vectors:
    """Unit rows, 128 items at a time."""
    return np.concatenate([encoder.embed(items[at : at + 128], "query", dim) for at in range(0, len(items), 128)])
