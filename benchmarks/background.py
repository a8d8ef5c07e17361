"""How far the ground behind a thing decides what is found: one thing on six grounds, whole and cropped.

    python benchmarks/background.py --page docs/benchmarks/background.md

Things of a rendered shop are photographed on a plain pale ground and on other grounds, each with the same light, place
and viewpoint, and asked against all catalogue pictures of the shop.
"""

import argparse
import sys
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from machine import describe
from snapshelf.embedders import compact
from snapshelf.photo import proposals
from snapshelf.sample.goods.make import goods
from snapshelf.sample.shop import drawing
from snapshelf.sample.street import SIDE, ground, viewed
from snapshelf.sample.studio import shoot
from snapshelf.stats import mean_interval

SEED, PRODUCTS = 41, 240  # of a shop that nothing was chosen on
GROUNDS = ("plain", "wood", "cloth", "tiles", "grass", "carpet", "chequered")


def surface(kind, seed):
    """SIDE pixels of a ground, RGB."""
    chance = Random(seed)
    if kind == "plain":
        return Image.new("RGB", (SIDE, SIDE), (238, 236, 232))
    if kind == "chequered":
        y, x = np.mgrid[0:SIDE, 0:SIDE] // (SIDE // 10)
        colours = np.array([[chance.randint(0, 255) for _ in range(3)] for _ in range(2)], np.uint8)
        return Image.fromarray(colours[(x + y) % 2])
    for tries in range(1000):  # the grounds are drawn by lot: the first of the kind that is wanted
        at = Random(f"{seed}/{tries}")
        at.uniform(0, 60), at.uniform(0, 60)
        if at.choice(("wood", "cloth", "tiles", "grass", "carpet", "wall")) == kind:
            return ground(Random(f"{seed}/{tries}"))
    raise RuntimeError(f"no ground is {kind}")


def photo(thing, kind, seed):
    """The thing on a ground; everything but the ground depends on the seed alone."""
    chance = Random(f"view {seed}")
    size = int(SIDE * 0.62)
    seen = viewed(thing, size, chance)
    picture = surface(kind, f"ground {seed}")
    at = (int((SIDE - size) * chance.uniform(0.3, 0.7)), int((SIDE - size) * chance.uniform(0.3, 0.7)))
    picture.paste(seen, at, seen.getchannel("A"))
    return picture


def embed(encoder, items):
    return np.concatenate([encoder.embed(items[at : at + 64], "query", 256) for at in range(0, len(items), 64)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page", type=Path, help="also write the table into this file")
    given = parser.parse_args()
    encoder = compact.load(compact.CARDS[0], {"threads": 1})
    shop = [good for good in goods(PRODUCTS, SEED) if good.snapped]
    things = [drawing(good) for good in shop]
    shelf = embed(encoder, [shoot(thing, good.sku) for thing, good in zip(things, shop, strict=True)])
    lines = [
        "| ground | cosine with the same photo on plain | top-1, whole | same top-1 as on plain | cropped "
        "| top-1, crop | top-1, nearer of both |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    plain = None
    for kind in GROUNDS:
        photos = [photo(thing, kind, good.sku) for thing, good in zip(things, shop, strict=True)]
        boxes = [next((one.box for one in proposals(picture, 1)), None) for picture in photos]
        whole = embed(encoder, photos)
        crop = embed(encoder, [p.crop(box) if box else p for p, box in zip(photos, boxes, strict=True)])
        scores = whole @ shelf.T, crop @ shelf.T
        nearer = np.where(scores[1].max(1, keepdims=True) > scores[0].max(1, keepdims=True), scores[1], scores[0])
        tops = [score.argmax(1) for score in (*scores, nearer)]
        plain = (whole, tops[0]) if plain is None else plain
        right = np.arange(len(shop))
        hits = [mean_interval((top == right).astype(float)) for top in tops]
        cells = [f"{hit.mean:.3f} ({hit.low:.3f} to {hit.high:.3f})" for hit in hits]
        alike, same = np.vecdot(whole, plain[0]).mean(), (tops[0] == plain[1]).mean()
        used = np.mean([box is not None for box in boxes])
        lines.append(f"| {kind} | {alike:.3f} | {cells[0]} | {same:.3f} | {used:.2f} | {cells[1]} | {cells[2]} |")
        print(lines[-1], flush=True)
    if given.page:
        told = (
            f"`python benchmarks/background.py`, {len(shop)} things, compact, on {describe('pillow', 'onnxruntime')}."
        )
        page = "\n".join(lines)
        given.page.write_text(f"# What the ground does to a photo\n\n{told}\n\n{page}\n", "utf-8")


if __name__ == "__main__":
    main()
