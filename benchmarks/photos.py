"""Crops and advice on real photos: does a crop find more, what does it undo, how many photos are found fault with.

    PYTHONPATH=. python benchmarks/photos.py ../shared/data --page docs/benchmarks/photos.md

Grocery photos (test split) are asked against 81 products, clothes against their labels' words, customers' photos of
rendered shops against their catalogue pictures. Crops and limits were chosen on other photos (grocery: train and val).
"""

import argparse
import csv
import io
import random
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from training import stress

from machine import describe
from snapshelf.embedders import compact
from snapshelf.photo import checks, proposals, shrunk
from snapshelf.sample import render
from snapshelf.stats import mean_interval, paired
from snapshelf.vectors import unit

SEEN = 400  # photos of each kind that advice is counted on
SEEDS = (31, 32)  # of rendered shops that nothing was chosen on
SHOP = 240


def opened(archive, names):
    return [Image.open(io.BytesIO(archive.read(name))).convert("RGB") for name in names]


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def embed(encoder, items):
    return np.concatenate([encoder.embed(items[at : at + 64], "query", 256) for at in range(0, len(items), 64)])


class Shop:
    """What is asked: photos, rows of views (products, views, d), and which product is right for each photo."""

    def __init__(self, name, photos, views, ids, right):
        self.name, self.photos, self.views = name, photos, views
        self.ids, self.right = np.asarray(ids), np.asarray(right)

    def scores(self, queries):
        return np.max([queries @ view.T for view in self.views], axis=0)

    def hits(self, scores):
        return (self.ids[scores.argmax(1)] == self.right).astype(float)

    def with_photos(self, name, photos):
        return Shop(name, photos, self.views, self.ids, self.right[: len(photos)])


def grocery(encoder, data, most):
    products = rows(data / "grocery/products.csv")
    photos = [row for row in rows(data / "grocery/manifest.csv") if row["split"] == "test"]
    photos = random.Random(0).sample(photos, min(most, len(photos)))
    words = embed(encoder, [f"{row['name']}, {row['coarse_name']}" for row in products])
    with zipfile.ZipFile(data / "grocery/iconic.zip") as archive:
        shown = embed(encoder, opened(archive, [row["iconic_image"] for row in products]))
    with zipfile.ZipFile(data / "grocery/test.zip") as archive:
        pictures = opened(archive, [row["file"] for row in photos])
    ids = [row["product_id"] for row in products]
    return Shop("grocery photos", pictures, [words, shown], ids, [row["fine_id"] for row in photos])


def clothing(encoder, data, most):
    photos = [row for row in rows(data / "clothing/manifest.csv") if row["usable_label"] == "True"]
    photos = random.Random(0).sample(photos, min(most, len(photos)))
    labels = sorted({row["label"] for row in photos})
    words = embed(encoder, [f"a photo of a {label.lower()}" for label in labels])
    with zipfile.ZipFile(data / "clothing/images.zip") as archive:
        pictures = opened(archive, [row["file"] for row in photos])
    return Shop("clothes at home", pictures, [words], labels, [row["label"] for row in photos])


def rendered(encoder, work):
    photos, shown, ids, right = [], [], [], []
    for seed in SEEDS:
        folder = render(work / str(seed), seed, SHOP)
        for row in rows(folder / "products.csv"):
            look = f"{seed} {row['family']} {row['color']}"
            shown.append(Image.open(folder / row["images"].split("|")[0]).convert("RGB"))
            ids.append(look)
            snapped = folder / "customer" / f"{row['sku']}.jpg"
            if snapped.exists():
                photos.append(Image.open(snapped).convert("RGB"))
                right.append(look)
    return Shop("rendered shop", photos, [embed(encoder, shown)], ids, right)


def chequered(shop, most):
    """The shop's photos at 60 % of their size on a chequered cloth, and the boxes in which they lie there."""
    photos, boxes, chance = [], [], random.Random("cloth")
    for photo in shop.photos[:most]:
        width, height = photo.size
        y, x = np.mgrid[0:height, 0:width] // max(4, max(photo.size) // 12)
        colours = np.array([[chance.randint(0, 255) for _ in range(3)] for _ in range(2)], np.uint8)
        cloth = Image.fromarray(colours[(x + y) % 2])
        small = photo.resize((max(8, int(width * 0.6)), max(8, int(height * 0.6))))
        left, top = chance.randint(0, width - small.width), chance.randint(0, height - small.height)
        cloth.paste(small, (left, top))
        photos.append(cloth)
        boxes.append((left, top, left + small.width, top + small.height))
    return shop.with_photos("on a chequered cloth", photos), boxes


def crop_rows(encoder, shop):
    """Table rows: how often the whole, the crop, their mean and the nearer of the two find the right product first."""
    boxes = [next((one.box for one in proposals(photo, most=1)), None) for photo in shop.photos]
    whole = embed(encoder, shop.photos)
    cut = [photo.crop(box) if box else photo for photo, box in zip(shop.photos, boxes, strict=True)]
    crop, used = embed(encoder, cut), np.array([box is not None for box in boxes])[:, None]
    scores = shop.scores(whole), shop.scores(crop)
    nearer = np.where(scores[1].max(1, keepdims=True) > scores[0].max(1, keepdims=True), scores[1], scores[0])
    hits = {
        "whole": shop.hits(scores[0]),
        "crop": shop.hits(scores[1]),
        "mean": shop.hits(shop.scores(np.where(used, unit(whole + crop), whole))),
        "nearer": shop.hits(nearer),
    }
    change = paired(hits["whole"], hits["nearer"])
    cells = [f"{one.mean:.3f}" for one in map(mean_interval, hits.values())]
    span = f"{change.interval.mean:+.3f} ({change.interval.low:+.3f} to {change.interval.high:+.3f}), p {change.p:.3f}"
    return f"| {shop.name} | {len(shop.photos):,} | {used.mean():.2f} | {' | '.join(cells)} | {span} |"


def worsened():
    """Check → what makes a photo fail it."""
    chance = random.Random("worse")
    return {
        "blurred": {f"out of focus, {name}": (lambda p, n=n: stress.blur(p, n, chance)) for n, name in enumerate(stress.STRENGTHS)},
        "dark": {f"{share:.0%} of the light": (lambda p, s=share: p.point([int(v * s) for v in range(256)] * 3)) for share in (0.35, 0.2)},
        "glare": {f"a lamp's reflection, {name}": (lambda p, n=n: stress.glare(p, n, chance)) for n, name in enumerate(stress.STRENGTHS)},
        "empty": {"a plain wall": lambda p: Image.new("RGB", p.size, (180, 175, 168))},
        "small": {"48 pixels long": lambda p: p.resize((max(1, 48 * p.width // max(p.size)), max(1, 48 * p.height // max(p.size))))},
    }  # fmt: skip


def advice_rows(shops):
    lines = [
        "| check | limit | " + " | ".join(f"false alarms, {s.name}" for s in shops) + " | caught |",
        "|---|--:|" + "--:|" * len(shops) + "---|",
    ]
    seen = [[{c.name: c for c in checks(photo)} for photo in shop.photos[:SEEN]] for shop in shops]
    for name, troubles in worsened().items():
        false = [f"{np.mean([found[name].bad for found in some]):.3f}" for some in seen]
        pool = [photo for shop in shops for photo in shop.photos[:100]]
        caught = [
            f"{trouble}: {np.mean([next(c for c in checks(worsen(p)) if c.name == name).bad for p in pool]):.2f}"
            for trouble, worsen in troubles.items()
        ]
        lines.append(f"| {name} | {seen[0][0][name].limit:g} | {' | '.join(false)} | {'; '.join(caught)} |")
    any_fault = [f"{np.mean([any(c.bad for c in found.values()) for found in some]):.3f}" for some in seen]
    return [*lines, f"| any | | {' | '.join(any_fault)} | |"]


def speed(photo):
    """Processor milliseconds of proposals and checks for a photo of one megapixel, medians of 40."""
    large = photo.resize((1000, 1000))
    took = {}

    def both(photo):
        small = shrunk(photo)
        return proposals(small, whole=photo.size), checks(small, photo.size)

    for name, work in (("crop proposals", proposals), ("quality", checks), ("both together", both)):
        times = []
        for _ in range(40):
            begun = time.process_time()
            work(large)
            times.append(time.process_time() - begun)
        took[name] = float(np.median(times) * 1e3)
    return took


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--most", type=int, default=600, help="photos of each real set")
    parser.add_argument("--page", type=Path, help="also write the tables into this file")
    given = parser.parse_args()
    encoder = compact.load(compact.CARDS[0], {"threads": 1})
    with tempfile.TemporaryDirectory() as work:
        shops = [grocery(encoder, given.data, given.most), clothing(encoder, given.data, given.most)]
        shops.append(rendered(encoder, Path(work)))
    cloth, boxes = chequered(shops[0], 300)
    drawn = embed(encoder, [photo.crop(box) for photo, box in zip(cloth.photos, boxes, strict=True)])
    exact = cloth.hits(cloth.scores(drawn)).mean()
    head = ["| photos | number | cropped | whole | crop | mean of both | nearer of both | nearer less whole |", "|---|--:|--:|--:|--:|--:|--:|---|"]  # fmt: skip
    lines = [
        *head,
        *(crop_rows(encoder, shop) for shop in [*shops, cloth]),
        "",
        f"On the cloth, with the exact box drawn: {exact:.3f}.",
        "",
        *advice_rows(shops),
        "",
    ]
    took = speed(shops[0].photos[0])
    lines.append(
        "Processor time for a photo of one megapixel: " + ", ".join(f"{n} {ms:.1f} ms" for n, ms in took.items()) + "."
    )
    page = "\n".join(lines) + "\n"
    print(page)
    if given.page:
        told = f"`python benchmarks/photos.py`, precision at 1, on {describe('pillow', 'numpy', 'onnxruntime')}."
        given.page.write_text(f"# Crops and advice on photos\n\n{told}\n\n{page}", "utf-8")


if __name__ == "__main__":
    main()
