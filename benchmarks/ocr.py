"""Words on packaging: how often a photo's brand is read, what that finds, what it costs.

    python benchmarks/ocr.py ../shared/data --page docs/benchmarks/packaging.md

Photos of packages taken in a shop (grocery, test split, 160 pixels long) against its 81 products, once known by picture
and words, once by words alone; catalogue pictures of packages (320 pixels) against the products known by words alone;
photos of fruit and vegetables, to see whether reading does harm where there is little to read. `--rates` prints instead
what training photos name, by which `snapshelf.search.printed` weighs.
"""

import argparse
import csv
import random
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

import snapshelf
from machine import describe
from snapshelf.config import EmbedderSettings, Settings
from snapshelf.media.printed import read_lines
from snapshelf.search import printed
from snapshelf.stats import mean_interval, paired
from snapshelf.types import Product
from snapshelf.understand.tokens import pieces

LARGE = (4000, 3000)  # pixels of what a telephone takes


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def brand(row):
    """The first word of a package's name; of "God Morgon" the first two."""
    words = row["name"].split()
    return "" if row["department"] != "Packages" else " ".join(words[: 1 + (words[0] == "God")])


def catalogue(data, work, pictures):
    return [
        Product(
            row["product_id"],
            row["name"],
            f"{row['description']} {row['shop_title']} {row['description_sv']}".strip(),
            brand(row),
            row["coarse_name"],
            images=(str(work / "iconic" / row["iconic_image"]),) if pictures else (),
        )
        for row in rows(data / "grocery/products.csv")
    ]


class Reading:
    """Reads each picture once, however often it is asked for, and notes the processor time."""

    def __init__(self):
        self.kept, self.ms = {}, []

    def __call__(self, picture):
        key = picture.tobytes()
        if key not in self.kept:
            begun = time.process_time()
            self.kept[key] = read_lines(picture)
            self.ms.append((time.process_time() - begun) * 1e3)
        return self.kept[key]


class Asked:
    """The answers to photos, not read and read: right first, right among five, what was named, milliseconds."""

    def __init__(self, shelf, photos, brands):
        self.first, self.five, self.ms = ([], []), ([], []), []
        self.named, self.other, self.words, self.flags = [], [], [], []
        for path, sku in photos:
            for read in (False, True):
                begun = time.process_time()
                found = shelf.search(image=path, read_text=read, k=5, cutoff=False)
                took = (time.process_time() - begun) * 1e3
                skus = [hit.sku for hit in found]
                self.first[read].append(float(skus[0] == sku))
                self.five[read].append(float(sku in skus))
                if not read:
                    self.ms.append(took)
            with shelf.stack.catalogue.read() as connection:
                seen = printed.understood(
                    shelf.stack, connection, [line for one in found.printed.values() for line in one]
                )
            self.named.append(float(brands[sku] in seen.brands))
            self.other.append(float(bool(set(seen.brands) - {brands[sku]})))
            self.words.append(float(bool(seen.words)))
            self.flags += [
                (brands[hit.sku] == brands[sku], bool(hit.receipt.disagrees))
                for hit in found
                if brands[sku] in seen.brands and brands[hit.sku]
            ]

    def line(self, name):
        cells = [
            name,
            len(self.named),
            f"{np.mean(self.named):.3f}",
            f"{np.mean(self.other):.3f}",
            f"{np.mean(self.words):.3f}",
        ]
        for pair in (self.first, self.five):
            change = paired(pair[0], pair[1])
            span = change.interval
            cells += [f"{mean_interval(pair[0]).mean:.3f}", f"{mean_interval(pair[1]).mean:.3f}"]
            cells += [f"{span.mean:+.3f} ({span.low:+.3f} to {span.high:+.3f}), p {change.p:.3f}"]
        return f"| {' | '.join(map(str, cells))} |"


def large_ms(photos):
    """Processor time of reading photos as large as a telephone's, enlarged from these."""
    times = []
    for path, _ in photos:
        picture = Image.open(path).convert("RGB").resize(LARGE)
        picture.thumbnail((printed.LARGEST, printed.LARGEST))
        begun = time.process_time()
        read_lines(picture)
        times.append((time.process_time() - begun) * 1e3)
    return times


def percentiles(times):
    return f"median {np.median(times):.0f} ms, p95 {np.percentile(times, 95):.0f} ms"


def chosen(data, work, departments, splits, most):
    photos = [r for r in rows(data / "grocery/manifest.csv") if r["split"] in splits and r["department"] in departments]
    photos = random.Random(0).sample(photos, min(most, len(photos)))
    return [(work / row["split"] / row["file"], row["fine_id"]) for row in photos]


def shelves(data, work):
    """(known by picture and words, known by words alone)."""
    for name in ("iconic", "train", "val", "test"):
        with zipfile.ZipFile(data / f"grocery/{name}.zip") as archive:
            archive.extractall(work / name)
    settings = Settings(embedder=EmbedderSettings(options={"threads": 1}))
    made = [snapshelf.open(work / name, settings) for name in ("pictures", "words")]
    for shelf, pictures in zip(made, (True, False), strict=True):
        shelf.index(catalogue(data, work, pictures))
    return made


def rates(data, work, most):
    """How often training photos name their own brand, another one, and words of their own product: what `printed` weighs by."""
    words = shelves(data, work)[1]
    made = catalogue(data, work, False)
    brands = {p.sku: p.brand for p in made if p.brand}
    own, other, having, chance = [], [], [], []
    for path, sku in chosen(data, work, ("Packages",), ("train", "val"), most):
        lines = read_lines(Image.open(path).convert("RGB"))
        with words.stack.catalogue.read() as connection:
            seen = printed.understood(words.stack, connection, lines)
        own.append(brands[sku] in seen.brands)
        other.append(bool(set(seen.brands) - {brands[sku]}))
        named = {piece for brand in brands.values() for piece in pieces(brand)}
        for word in set(seen.words) - named:
            has = words.stack.lexical.scores(word, list(brands))
            having.append(sku in has)
            chance.append(len(has) / len(brands))
    print(
        f"{len(own)} photos: own brand {np.mean(own):.3f}, another {np.sum(other)}; {len(having)} other words, of which"
    )
    print(f"{np.mean(having):.3f} stand in the product's own texts, and {np.mean(chance):.3f} would by chance")


def page(data, work, most):
    seen, words = shelves(data, work)
    brands = {p.sku: p.brand for p in catalogue(data, work, False)}
    packages = chosen(data, work, ("Packages",), ("test",), most)
    greens = chosen(data, work, ("Fruit", "Vegetables"), ("test",), most // 3)
    own = [
        (work / "iconic" / r["iconic_image"], r["product_id"]) for r in rows(data / "grocery/products.csv") if brand(r)
    ]
    for shelf in (seen, words):
        shelf.search(image=packages[0][0], read_text=True)  # what is loaded once is no photo's time
    reading.ms.clear()
    asked = Asked(seen, packages, brands)
    took = percentiles(reading.ms)
    lines = [
        "| photos, products known by | number | brand read | another brand read | any word | P@1 | read | change | R@5 | read | change |",
        "|---|--:|--:|--:|--:|--:|--:|---|--:|--:|---|",
        asked.line("packages, pictures and words"),
        Asked(words, packages, brands).line("packages, words"),
        Asked(words, own, brands).line("catalogue pictures of packages, words"),
        Asked(seen, greens, brands).line("fruit and vegetables, pictures and words"),
        "",
        *disagreements(asked),
        "",
        f"Processor time, one thread: reading a photo of 160 pixels {took}; one of 12 megapixels "
        f"{percentiles(large_ms(packages[:20]))}; the rest of the search {percentiles(asked.ms)}.",
    ]
    return "\n".join(lines) + "\n"


def disagreements(asked):
    wrong = [flag for right, flag in asked.flags if not right]
    right = [flag for right, flag in asked.flags if right]
    return [
        f"Of the {len(wrong)} hits of another brand than the photo's, where that was read, {np.mean(wrong):.3f} say so; of the "
        f"{len(right)} hits of the right brand {np.mean(right):.3f} say that they are of another."
    ]


reading = Reading()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--most", type=int, default=1_000, help="photos of packages")
    parser.add_argument("--rates", action="store_true", help="what training photos name, instead")
    parser.add_argument("--page", type=Path, help="also write the tables into this file")
    given = parser.parse_args()
    printed.read_lines = reading
    with tempfile.TemporaryDirectory() as work:
        if given.rates:
            rates(given.data, Path(work), given.most)
            return
        made = page(given.data, Path(work), given.most)
    print(made)
    if given.page:
        told = (
            f"`python benchmarks/ocr.py DATA --most {given.most}`, on {describe('rapidocr', 'onnxruntime', 'pillow')}."
        )
        given.page.write_text(f"# Words on packaging\n\n{told}\n\n{made}", "utf-8")


if __name__ == "__main__":
    main()
