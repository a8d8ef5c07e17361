"""Ingest against the encoder alone, on the sample shop's pictures, in one process.

    python benchmarks/ingest.py demo/shop

Encoder alone: every picture file opened and embedded in batches, and every text embedded, with nothing kept. Ingest:
the whole of `shelf.index` into a new shelf. Catalogue work: ingest with an encoder that answers from memory.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import snapshelf
from machine import describe
from snapshelf.config import Settings
from snapshelf.ingest.prepare import text_of
from snapshelf.media import open_image
from snapshelf.protocols import Embedder
from snapshelf.shelf import Shelf
from snapshelf.types import Item, ModelCard, Product, Purpose, Vectors

RUNS = 3


class Remembered:
    """An embedder that costs nothing: one fixed random unit vector for everything."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card
        row = np.random.default_rng(0).normal(size=card.dims[0]).astype(np.float32)
        self.row = row / np.linalg.norm(row)

    def embed(self, items: list[Item], purpose: Purpose, dim: int) -> Vectors:
        return np.repeat(self.row[None, :dim] / np.linalg.norm(self.row[:dim]), len(items), axis=0)


def main() -> None:
    shop = Path(sys.argv[1] if len(sys.argv) > 1 else "demo/shop")
    with tempfile.TemporaryDirectory() as work, snapshelf.open(Path(work) / "probe", Settings()) as probe:
        products = [p for _, p in probe.read(shop / "products.csv") if isinstance(p, Product)]
        encoder = probe.stack.embedder
        encode(encoder, products[:32])  # warm
        alone, whole, rest = [], [], []
        for n in range(RUNS):
            alone.append(timed(lambda: encode(encoder, products)))
            whole.append(timed(lambda n=n: ingest(Path(work) / f"whole-{n}", shop, None)))
            rest.append(timed(lambda n=n: ingest(Path(work) / f"rest-{n}", shop, Remembered(encoder.card))))
    pictures = len({ref for product in products for ref in product.images})
    a, w, r = (statistics.median(times) for times in (alone, whole, rest))
    opening = timed(lambda: [open_image(Path(ref), fit=encoder.card.image_side) for p in products for ref in p.images])
    print(describe("snapshelf", "onnxruntime", "sqlalchemy"))
    print(f"{len(products)} products, {pictures} pictures")
    print(f"encoder alone, opening included   {a:7.2f} s   {pictures / a:7.0f} pictures/s")
    print(f"ingest                            {w:7.2f} s   {pictures / w:7.0f} pictures/s   ratio {w / a:.2f}")
    print(f"ingest without the encoder        {r:7.2f} s")
    print(f"opening pictures alone            {opening:7.2f} s")
    print(
        f"catalogue and index work          {max(0.0, r - opening):7.2f} s   {max(0.0, r - opening) / w:.0%} of ingest"
    )


def encode(encoder: Embedder, products: list[Product]) -> None:
    size, dim = encoder.card.batch, encoder.card.dims[0]
    refs = list(dict.fromkeys(ref for product in products for ref in product.images))
    for start in range(0, len(refs), size):
        opened = [open_image(Path(ref), fit=encoder.card.image_side).image for ref in refs[start : start + size]]
        encoder.embed(opened, "index", dim)
    texts = [text_of(product) for product in products]
    for start in range(0, len(texts), size):
        encoder.embed(texts[start : start + size], "index", dim)


def ingest(folder: Path, shop: Path, instead: Embedder | None) -> None:
    with snapshelf.open(folder, Settings()) as shelf:
        if instead:
            replace_embedder(shelf, instead)
        shelf.index(shop / "products.csv")


def replace_embedder(shelf: Shelf, instead: Embedder) -> None:
    shelf.stack.__dict__["embedder"] = instead


def timed(work) -> float:  # type: ignore[no-untyped-def]
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
