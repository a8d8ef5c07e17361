"""The rendered shop as training pictures: other seeds than the sample shop's, so that the sample stays unseen."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL.Image import Image

from snapshelf.media import open_image
from snapshelf.protocols import Embedder
from snapshelf.sample import render
from snapshelf.sample.goods.make import Good, goods
from snapshelf.sample.shop import drawing
from snapshelf.sample.street import snap
from snapshelf.sample.studio import shoot
from snapshelf.types import Vectors
from snapshelf.vectors import unit
from training.group import Group
from training.measures import Hits
from training.places import Places

SEEDS = tuple(range(1001, 1017))
FEW = 6  # of these shops, where no GPU learns from them
WORDED = SEEDS[:3]  # whose texts are read; the others say the same of other goods
PRODUCTS = 1200
PHOTOS = 1  # customers' photos of each look
Row = tuple[bytes, str, Group, float]
SAMPLE, SAMPLED = 7, 600  # the shop that everyone sees, and that is never trained on
STUDIO = 1.0  # how often a catalogue picture is drawn, when a photo is once


def looks(seed: int) -> list[Good]:
    """One product of each design and colour of the shop with this seed."""
    return [good for good in goods(PRODUCTS, seed) if good.snapped]


def texts() -> list[str]:
    """What these shops say of their goods."""
    return [text for seed in WORDED for good in looks(seed) for text in (*captions(good), good.description)]


def captions(good: Good) -> tuple[str, ...]:
    """The title, and what a shopper would call it."""
    look = good.look
    words = " ".join(word for _, word in look.traits)
    shown = "" if look.pattern == "plain" else look.pattern
    said = " ".join(f"{good.plain} {shown} {words} {good.kind.name}".split())
    made = " ".join(f"{good.colour} {look.material} {good.kind.name}".split())
    return good.title.split(", size")[0], said, made, f"{good.plain} {good.kind.name}"


def pictures(places: Places, wanted: bool) -> Iterable[Row]:
    """(file, group, its captions, weight); a group is one design in one colour. Files are empty unless ``wanted``."""
    seeds = SEEDS if places.quick else SEEDS[:FEW]
    if not wanted:
        return [row for seed in seeds for row in _rows(seed, False)]
    print(f"rendering {len(seeds)} shops", flush=True)
    with ProcessPoolExecutor(places.threads, get_context("spawn")) as pool:  # which torch's threads survive
        return [row for rows in pool.map(_rows, seeds) for row in rows]


def _rows(seed: int, wanted: bool = True) -> list[Row]:
    rows = []
    for good in looks(seed):
        key, group = f"shop {seed} {good.sku}", Group("rendered shop", captions(good))
        thing = drawing(good) if wanted else None
        for number in range(1 + PHOTOS):
            file = b"" if thing is None else _file(thing, f"{seed}/{good.sku}/{number}", number == 0)
            rows.append((file, key, group, STUDIO if number == 0 else 1.0))
    return rows


def _file(thing: Image, seed: str, studio: bool) -> bytes:
    held = io.BytesIO()
    picture = shoot(thing, seed) if studio else snap(thing, seed)
    picture.save(held, "JPEG", quality=85)
    return held.getvalue()


def scores(encoder: Embedder, places: Places, dim: int) -> dict[str, tuple[Hits, Hits]]:
    """The sample shop: top-1 and top-5 of its customers' photos and of its judged words.

    A photo's answer is its product in any size; words are answered by any product that is all they ask for.
    """
    folder = render(places.cache("sample"), SAMPLE, SAMPLED)
    with (folder / "products.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    photos = [folder / "customer" / f"{row['sku']}.jpg" for row in rows]
    asked = [number for number, path in enumerate(photos) if path.exists()]
    text = encoder.embed([f"{row['title']}. {row['description']}" for row in rows], "index", dim)
    seen = _embed(encoder, [folder / row["images"].split("|")[0] for row in rows], dim)
    queries = _embed(encoder, [photos[number] for number in asked], dim)
    same = np.asarray([f"{row['family']} {row['color']}" for row in rows])
    right = same[asked][:, None] == same[None]
    shelves = {"text": text, "catalogue picture": seen, "both": unit(text + seen)}
    found = {f"photo → {name}": _tops(queries @ shelf.T, right) for name, shelf in shelves.items()}
    words, wanted = _words(folder, [row["sku"] for row in rows])
    heard = encoder.embed(words, "query", dim)
    return found | {f"words → {name}": _tops(heard @ shelf.T, wanted) for name, shelf in shelves.items()}


def _tops(scores: Vectors, right: Hits) -> tuple[Hits, Hits]:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :5]
    hits = np.take_along_axis(right, order, axis=1)
    return hits[:, 0], hits.any(1)


def _words(folder: Path, skus: list[str]) -> tuple[list[str], Hits]:
    """The judged queries of words alone, and (queries, products) which products are what they ask for."""
    lines = (folder / "queries.jsonl").read_text("utf-8").splitlines()
    asked = [found for found in map(json.loads, lines) if "image" not in found]
    best: dict[str, set[str]] = defaultdict(set)
    with (folder / "qrels.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if int(row["grade"]) == 2:
                best[row["query"]].add(row["sku"])
    return [one["text"] for one in asked], np.array([[sku in best[one["id"]] for sku in skus] for one in asked])


def _embed(encoder: Embedder, paths: list[Path], dim: int) -> Vectors:
    parts = [paths[start : start + 64] for start in range(0, len(paths), 64)]
    return np.concatenate([encoder.embed([open_image(path).image for path in part], "index", dim) for part in parts])
