"""How long a search takes, by kind of query, one after the other on one core.

    taskset -c 0 python benchmarks/search.py demo/shop demo/shelf      # `make demo` leaves both
    taskset -c 0 python benchmarks/search.py --words 100000            # the lexical lane on that many made-up products

Wall clock, and time of the processor: on a machine that others use, too, the second says what the work itself costs.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import snapshelf
from machine import describe
from snapshelf.lexical import open_lexical
from snapshelf.sample.goods.make import goods


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shop", type=Path, nargs="?")
    parser.add_argument("shelf", type=Path, nargs="?")
    parser.add_argument("--words", type=int, default=0)
    given = parser.parse_args()
    print(describe("snapshelf", "numpy", "tantivy", "onnxruntime"))
    print("| query | number | median ms | p95 ms | processor, median | p95 |\n| --- | --- | --- | --- | --- | --- |")
    if given.words:
        words(given.words)
    if given.shop and given.shelf:
        shop(given.shop, given.shelf)


def line(name: str, asks: list[Callable[[], object]]) -> None:
    wall, cpu = [], []
    for ask in asks:
        began, spent = time.perf_counter(), time.process_time()
        ask()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - spent)
    said = " | ".join(f"{one * 1e3:.1f}" for one in (*np.percentile(wall, (50, 95)), *np.percentile(cpu, (50, 95))))
    print(f"| {name} | {len(asks)} | {said} |", flush=True)


def shop(folder: Path, place: Path) -> None:
    asked = [json.loads(one) for one in (folder / "queries.jsonl").read_text("utf-8").splitlines()]
    with (folder / "products.csv").open(newline="", encoding="utf-8") as file:
        products = list(csv.DictReader(file))
    chance = random.Random(2)
    with snapshelf.open(place) as shelf:
        shelf.search("red mug")
        for kind in ("text", "image", "mixed"):
            some = [
                (q.get("text"), str(folder / q["image"]) if q.get("image") else None)
                for q in asked
                if q["id"].startswith(kind)
            ]
            line(kind, [lambda t=text, i=image: shelf.search(t, i) for text, image in some])
        texts = [q["text"] for q in asked if q["id"].startswith("text")]
        line(
            "words, vector lane alone",
            [lambda t=text: shelf.search(t, lanes="vector", understand=False) for text in texts],
        )
        line(
            "words and a limit",
            [lambda t=text: shelf.search(f"{t} under {chance.randint(20, 90)} EUR") for text in texts],
        )
        line(
            "words, facets, families",
            [lambda t=text: shelf.search(t, collapse="family", facets=["brand", "color"]) for text in texts],
        )
        line("codes", [lambda p=product: shelf.search(p["gtin"]) for product in chance.sample(products, 150)])
        line(
            "a code with a typo",
            [lambda p=product: shelf.search(p["gtin"][:5] + p["gtin"][6:]) for product in chance.sample(products, 150)],
        )
        line(
            "what is not sold",
            [lambda w=word: shelf.search(w) for word in ("tractor", "mortgage", "salmon", "violin") * 10],
        )


def words(count: int) -> None:
    with tempfile.TemporaryDirectory() as spare:
        lexical = open_lexical(Path(spare))
        made = goods(count, 3)
        lexical.put(
            (f"{n}", good.title, good.look.brand, good.kind.category, good.description) for n, good in enumerate(made)
        )
        lexical.commit()
        chance = random.Random(1)
        titles = [chance.choice(made).title.split() for _ in range(300)]
        texts = [" ".join(chance.sample(title, min(len(title), chance.randint(2, 4)))) for title in titles]
        line(f"lexical lane, {count:,} products, 192 best", [lambda t=text: lexical.search(t, 192) for text in texts])


if __name__ == "__main__":
    main()
