"""The training pictures: small square arrays, the group each belongs to, and each group's captions.

A group is one product, one colour of a garment, or one clothing label. Captions come from manifests and product
tables alone: neither a path nor a file name, which state the class, is ever part of one.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from snapshelf.embedders.compact import letterbox
from training import shop
from training.group import Group
from training.places import Places
from training.tables import csv_rows, held_out, members, parquet_rows

SIZE = 160  # of the letterboxed pictures that views are made from: what the photos have
VIEWS = {"grocery": 8, "catalogue": 40, "clothing": 3, "magento": 5, "eshop": 6, "shop": 1}
QUICK_VIEWS = 6  # times as many where a GPU makes them
CATALOGUE = 4.0  # a catalogue picture is drawn as often as this many photos
# How often each bundle is drawn from: photos that shoppers took count more than pictures of demo shops.
SHARES = {"grocery": 0.34, "catalogue": 0.05, "clothing": 0.22, "magento": 0.08, "eshop": 0.03, "shop": 0.28}


@dataclass(frozen=True, slots=True)
class Pictures:
    """``group`` and ``weight`` (n,): index into ``groups``, how often to draw."""

    group: NDArray[np.int64]
    weight: NDArray[np.float64]
    groups: tuple[Group, ...]

    def counts(self) -> dict[str, int]:
        """Pictures by bundle, of those that are drawn at all."""
        return dict(sorted(Counter(self.groups[number].source for number in self.group[self.weight > 0]).items()))

    def without(self, names: Iterable[str]) -> Pictures:
        """The same pictures in the same order, but those of the groups with one of these captions are never drawn."""
        told = set(names)
        kept = [number for number, group in enumerate(self.groups) if not told & set(group.captions)]
        places = np.zeros(len(self.groups), np.int64)  # of a group that is gone: any, as nothing of it is drawn
        places[kept] = np.arange(len(kept))
        weight = np.where(np.isin(self.group, kept), self.weight, 0.0)
        return Pictures(places[self.group], weight / weight.sum(), tuple(self.groups[number] for number in kept))


@dataclass(frozen=True, slots=True)
class Bundle:
    """Pictures of one source; ``studio`` (n,): on a white ground; ``grounds``: photos to put things before;
    ``views``: how many of each picture are made.
    """

    name: str
    pixels: NDArray[np.uint8]
    studio: NDArray[np.bool_]
    grounds: NDArray[np.uint8]
    views: int


Found = Iterable[tuple[bytes, str, Group, float]]  # file, name of the group, the group, weight


def load(places: Places) -> Pictures:
    """Every training picture but its pixels, which `bundles` has."""
    parts = _parts(places)
    names: dict[str, int] = {}
    groups: list[Group] = []
    for _, keys, found, _ in parts.values():
        for key in keys:
            if names.setdefault(key, len(groups)) == len(groups):
                groups.append(found[key])
    group = np.asarray([names[key] for _, keys, _, _ in parts.values() for key in keys])
    seldom = 1 / np.sqrt(np.bincount(group))[group]  # a group of many pictures is drawn more often, each of them less
    shares, first = [], 0
    for name, (_, _, _, weights) in parts.items():
        part = np.asarray(weights) * seldom[first : first + len(weights)]
        shares.append(SHARES[name] * part / part.sum())
        first += len(weights)
    weight = np.concatenate(shares)
    return Pictures(group, weight / weight.sum(), tuple(groups))


def bundles(places: Places) -> list[Bundle]:
    """The pixels of every training picture, source by source, in the order of `load`."""
    parts = _parts(places)
    grounds = np.concatenate([parts["grocery"][0][::7], parts["clothing"][0][::7]])
    more = QUICK_VIEWS if places.quick else 1
    return [Bundle(name, found[0], _on_white(found[0]), grounds, more * VIEWS[name]) for name, found in parts.items()]


def _on_white(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(n,): three of four corners are white."""
    corners = pixels[:, [4, 4, -5, -5], [4, -5, 4, -5]].min(2)
    return np.asarray((corners > 236).sum(1) >= 3)


def _parts(places: Places):  # type: ignore[no-untyped-def]
    sources = {
        "grocery": _grocery,
        "catalogue": _catalogue,
        "clothing": _clothing,
        "magento": _magento,
        "eshop": _eshop,
    }
    sources["shop"] = shop.pictures
    return {name: _cached(name, source, places) for name, source in sources.items()}


def _cached(name, source, places):  # type: ignore[no-untyped-def]
    """(pixels, key of each picture, groups by key, weights) of one bundle."""
    kept = places.cache(f"pictures_{name}.npy")
    found = list(source(places, not kept.exists()))
    if not kept.exists():
        with ThreadPoolExecutor(places.threads) as pool:
            np.save(kept, np.stack(list(pool.map(lambda row: square(row[0], SIZE), found))))
    pixels = np.load(kept, mmap_mode="r")
    if len(pixels) != len(found):
        raise SystemExit(f"{kept} is from other data; delete it")
    return (
        pixels,
        [key for _, key, _, _ in found],
        {key: group for _, key, group, _ in found},
        [row[3] for row in found],
    )


def square(file: bytes, size: int) -> NDArray[np.uint8]:
    """A picture file as the network will see it."""
    return letterbox(Image.open(io.BytesIO(file)).convert("RGB"), size)


def _files(path: Path, names: list[str], wanted: bool) -> Iterable[bytes]:
    return members(path, names) if wanted else [b""] * len(names)


def grocery_captions(product: dict[str, str]) -> tuple[str, ...]:
    """Names and kinds of a grocery product, as a shopper or a label would put them."""
    name, kind, department = product["name"], product["coarse_name"], product["department"]
    start = product["description"][:80]
    return (name, f"{name}, {kind}", f"a photo of {kind}, {department}", product["shop_title"], start or name)


def _grocery(places: Places, wanted: bool) -> Found:
    data = places.data
    products = {row["product_id"]: row for row in csv_rows(data / "grocery/products.csv")}
    for split in ("train", "val"):
        rows = [row for row in csv_rows(data / "grocery/manifest.csv") if row["split"] == split]
        files = _files(data / f"grocery/{split}.zip", [row["file"] for row in rows], wanted)
        for row, file in zip(rows, files, strict=True):
            yield file, f"grocery {row['fine_id']}", Group("grocery", grocery_captions(products[row["fine_id"]])), 1.0


def _catalogue(places: Places, wanted: bool) -> Found:
    data = places.data
    rows = csv_rows(data / "grocery/products.csv")
    files = _files(data / "grocery/iconic.zip", [row["iconic_image"] for row in rows], wanted)
    for row, file in zip(rows, files, strict=True):
        yield file, f"grocery {row['product_id']}", Group("grocery", grocery_captions(row)), CATALOGUE


def _clothing(places: Places, wanted: bool) -> Found:
    data = places.data
    rows = [row for row in csv_rows(data / "clothing/manifest.csv") if row["usable_label"] == "True"]
    rows = [row for row in rows if not held_out(row["sender_id"])]
    files = _files(data / "clothing/images.zip", [row["file"] for row in rows], wanted)
    for row, file in zip(rows, files, strict=True):
        label, kids = row["label"].lower(), "kids " if row["kids"] == "True" else ""
        captions = (label, f"a photo of a {label}", f"{kids}{label}", f"{kids}{label}, clothing")
        yield file, f"clothing {kids}{label}", Group("clothing", captions), 1.0


def _magento(places: Places, wanted: bool) -> Found:
    data = places.data
    rows = parquet_rows(data / "magento/products.parquet")
    families = {row["sku"]: row for row in rows if row["product_type"] != "simple" or not row["parent_sku"]}
    seen: set[str] = set()
    picked = []
    for row in rows:
        for image in row["images"] or []:
            if image not in seen:
                seen.add(image)
                picked.append((image, row, families.get(row["parent_sku"] or row["sku"], row)))
    files = _files(data / "magento/images.zip", [image for image, _, _ in picked], wanted)
    for (_, row, family), file in zip(picked, files, strict=True):
        colour, kind = (row["color"] or "").lower(), (family["categories"] or ["clothing"])[0].split("/")[-1]
        name = f"{colour} {family['name']}".strip()
        captions = (name, family["name"], f"{colour} {kind}".strip(), f"{name}, {kind}", f"a photo of {kind}")
        yield file, f"magento {family['sku']} {colour}", Group("magento", captions), 1.0


def _eshop(places: Places, wanted: bool) -> Found:
    data = places.data
    rows = csv_rows(data / "eshop/products.csv")
    files = _files(data / "eshop/images.zip", [row["image"] for row in rows], wanted)
    for row, file in zip(rows, files, strict=True):
        captions = (row["name"], f"{row['name']}, {row['type']}", f"a photo of {row['type']}", row["description"][:80])
        yield file, f"eshop {row['id']}", Group("eshop", captions), 1.0
