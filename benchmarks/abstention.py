"""What a shop does not sell: how often that is said, of words and of photos, and how often wrongly.

    python benchmarks/abstention.py ../shared/data              # words and photos
    python benchmarks/abstention.py ../shared/data --only photos

Foreign words: `benchmarks/elsewhere.txt`, none of them in the package, without those that a shop does sell (all words in
one product). Foreign photos: those of other data sets. What a photo's strength is made of, and how much photos scatter at
least, was chosen on the first, third, fifth … photo of each set; the figures are of the others.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

import snapshelf
from examples_of import grocery, magento
from lanes import aws, bestbuy, icecat, judgements, rows, sample_shop
from machine import describe
from snapshelf.search import calibrate
from snapshelf.search.confidence import calibrations

MOST = 800  # photos of each set
Photo = Path | Image.Image


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", choices=("words", "photos"))
    parser.add_argument("--keep", type=Path, help="a folder to keep shelves in")
    given = parser.parse_args()
    print(describe("snapshelf", "numpy", "tantivy", "onnxruntime"))
    with tempfile.TemporaryDirectory() as spare:
        keep = given.keep or Path(spare)
        if given.only != "photos":
            words(given.data, keep)
        if given.only != "words":
            photos(given.data, keep)


# --- words ------------------------------------------------------------------------------------------------------------


def words(data: Path, keep: Path) -> None:
    foreign = [line for line in Path(__file__).with_name("elsewhere.txt").read_text("utf-8").splitlines() if line]
    print("| shop | own queries | foreign | ROC AUC | said “nothing” to own | to foreign |")
    print("| --- | --: | --: | --: | --: | --: |")
    shop, folder = sample_shop(keep)
    asked = map(json.loads, (folder / "queries.jsonl").read_text("utf-8").splitlines())
    of_words("sample shop", shop, [q["text"] for q in asked if q["id"].startswith("text")], foreign)
    with (data / "grocery" / "products.csv").open(newline="", encoding="utf-8") as file:
        titles = [row["shop_title"] for row in csv.DictReader(file) if row["shop_title"]]
    of_words("grocery, 81 products", grocery(data, keep), titles, foreign)
    graded = [query for query, grades in judgements(data).items() if max(grades.values()) >= 2]
    of_words("Icecat", icecat(data, keep), graded, foreign)
    for name, opened, bundle in (("Best Buy", bestbuy, "bestbuy"), ("AWS retail", aws, "aws_retail")):
        chance, own = random.Random(1), []
        for (title,) in chance.sample(rows(data, "name", bundle), 150):
            some = [word for word in title.replace("-", " ").split() if len(word) > 2]
            at = chance.randint(0, max(0, len(some) - 3))
            own.append(" ".join(some[at : at + 3]).lower())
        of_words(name, opened(data, keep), own, foreign)


def of_words(name: str, shelf: snapshelf.Shelf, own: list[str], foreign: list[str]) -> None:
    measured(name, shelf, "text")
    foreign = [text for text in foreign if not shelf.stack.lexical.holds_all(text)]
    a, b = ([shelf.search(text, understand=False) for text in texts] for texts in (own, foreign))
    print(f"| {name} | {len(own)} | {len(foreign)} | {told(a, b)} |", flush=True)
    shelf.close()


# --- photos -----------------------------------------------------------------------------------------------------------


def photos(data: Path, keep: Path) -> None:
    print("| shop | own photos | foreign photos | number | ROC AUC | said “nothing” to own | to foreign |")
    print("| --- | --: | --- | --: | --: | --: | --: |")
    shop, folder = sample_shop(keep)
    clothes, views = magento(data, keep)
    customers = sorted((folder / "customer").glob("*.jpg"))
    taken = {"grocery": of_grocery(data), "clothes at home": of_clothing(data), "outdoor goods, drawn": of_eshop(data)}
    of_photos("sample shop", shop, customers, taken)
    rest = {"clothes at home": taken["clothes at home"], "outdoor goods, drawn": taken["outdoor goods, drawn"]}
    of_photos("grocery", grocery(data, keep), taken["grocery"], {**rest, "sample shop's customers": customers})
    of_photos("clothes shop", clothes, views, {"grocery": taken["grocery"], "outdoor goods, drawn": rest["outdoor goods, drawn"]})  # fmt: skip


def of_photos(name: str, shelf: snapshelf.Shelf, own: Sequence[Photo], foreign: dict[str, Sequence[Photo]]) -> None:
    measured(name, shelf, "image")
    a = [shelf.search(image=photo) for photo in own[1::2]]
    for of, some in foreign.items():
        b = [shelf.search(image=photo) for photo in some[1::2]]
        print(f"| {name} | {len(a)} | {of} | {len(b)} | {told(a, b)} |", flush=True)
    shelf.close()


def drawn(names: list[str], archive: zipfile.ZipFile) -> list[Image.Image]:
    """At most `MOST` of them, drawn by lot, in memory."""
    chosen = random.Random(4).sample(names, min(MOST, len(names)))
    return [Image.open(io.BytesIO(archive.read(name))).convert("RGB") for name in chosen]


def of_grocery(data: Path) -> list[Image.Image]:
    with (data / "grocery" / "manifest.csv").open(newline="", encoding="utf-8") as file:
        names = [row["file"] for row in csv.DictReader(file) if row["split"] == "test"]
    return drawn(names, zipfile.ZipFile(data / "grocery" / "test.zip"))


def of_clothing(data: Path) -> list[Image.Image]:
    with (data / "clothing" / "manifest.csv").open(newline="", encoding="utf-8") as file:
        names = [row["file"] for row in csv.DictReader(file) if row["usable_label"] == "True"]
    return drawn(names, zipfile.ZipFile(data / "clothing" / "images.zip"))


def of_eshop(data: Path) -> list[Image.Image]:
    archive = zipfile.ZipFile(data / "eshop" / "images.zip")
    return drawn([name for name in archive.namelist() if not name.endswith("/")], archive)


# --- both -------------------------------------------------------------------------------------------------------------


def measured(name: str, shelf: snapshelf.Shelf, kind: str) -> None:
    with shelf.stack.catalogue.read() as connection:
        there = kind in calibrations(shelf.stack, connection)
    if not there and calibrate(shelf.stack) is None:
        raise SystemExit(f"{name} was not measured")


def told(own: list[snapshelf.Results], foreign: list[snapshelf.Results]) -> str:
    x, y = (np.array([found.confidence for found in some]) for some in (own, foreign))
    auc = float(np.mean((x[:, None] > y) + 0.5 * (x[:, None] == y)))
    denied = [np.mean([bool(found.nothing) for found in some]) for some in (own, foreign)]
    return f"{auc:.3f} | {denied[0]:.3f} | {denied[1]:.3f}"


if __name__ == "__main__":
    main()
