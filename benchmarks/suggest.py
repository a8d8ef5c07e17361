"""How long suggestions take while somebody types, and how long it takes to read the catalogue in for them.

    taskset -c 0 python benchmarks/suggest.py --products 100000

Every beginning of queries made of the words of titles, letter by letter, every third of them with a typo. Wall clock,
and time of the processor: on a machine that others use, too, the second says what the work itself costs.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np

from machine import describe
from snapshelf.catalogue import products
from snapshelf.config import Settings
from snapshelf.sample.goods.make import Good, goods
from snapshelf.search.suggest import make, suggest
from snapshelf.stack import Stack, open_stack
from snapshelf.types import Product

QUERIES = 120
AT_ONCE = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--slowest", type=int, default=0, help="print so many of the slowest")
    given = parser.parse_args()
    print(describe("snapshelf", "numpy"))
    made = goods(given.products, 3)
    with tempfile.TemporaryDirectory() as folder:
        stack = open_stack(Path(folder), Settings())
        fill(stack, made)
        began, spent = time.perf_counter(), time.process_time()
        suggest(stack, "sho")
        wall, cpu = time.perf_counter() - began, time.process_time() - spent
        known = stack.memory["suggest"]
        print(f"{given.products:,} products, {len({one.title for one in made}):,} different titles")
        print(f"read in: {wall:.2f} s, of the processor {cpu:.2f} s")
        print(f"{len(known.terms.entries):,} terms of {len(known.terms.words):,} words")
        print(f"{len(known.goods.entries):,} titles of {len(known.goods.words):,} words")
        ask(stack, beginnings([one.title for one in made]), given.slowest)
        tracemalloc.start()
        with stack.catalogue.read() as connection:
            held = make(connection, 30.0)
        print(f"in memory: {tracemalloc.get_traced_memory()[0] / 1e6:.0f} MB ({len(held.goods.entries):,} titles)")
        stack.close()


def fill(stack: Stack, made: list[Good]) -> None:
    for start in range(0, len(made), AT_ONCE):
        some = [
            Product(
                g.sku, g.title, g.description, g.look.brand, g.kind.category, g.price, "EUR", g.stock, g.gtin, g.mpn, g.family
            )
            for g in made[start : start + AT_ONCE]
        ]  # fmt: skip
        with stack.catalogue.write() as connection:
            products.put(connection, [products.Entry(one, "", "", (), products.fingerprint(one)) for one in some])


def beginnings(titles: list[str]) -> list[str]:
    chance = random.Random(1)
    found = []
    for number in range(QUERIES):
        words = [word.strip(",").lower() for word in chance.choice(titles).split()]
        start = chance.randrange(len(words))
        text = " ".join(words[start : start + chance.randint(1, 3)])
        if number % 3 == 2:
            text = mistyped(text, chance)
        found += [text[:end] for end in range(1, len(text) + 1)]
    return found


def mistyped(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    change = chance.choice(("lost", "added", "changed", "swapped"))
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    after = text[at:]
    if change == "added":
        return text[:at] + letter + after
    if change == "swapped":
        return text[:at] + after[1:2] + after[:1] + after[2:]
    return text[:at] + (letter if change == "changed" else "") + after[1:]


def ask(stack: Stack, typed: list[str], slowest: int) -> None:
    wall, cpu, empty = [], [], 0
    for text in typed:
        began, spent = time.perf_counter(), time.process_time()
        found = suggest(stack, text)
        wall.append((time.perf_counter() - began) * 1e3)
        cpu.append((time.process_time() - spent) * 1e3)
        empty += not found
    print(f"{len(typed):,} beginnings, {empty / len(typed):.1%} of them without a suggestion")
    print("| | p50 ms | p95 ms | p99 ms | worst |\n| --- | --: | --: | --: | --: |")
    for name, times in (("wall", wall), ("processor", cpu)):
        print(
            f"| {name} | "
            + " | ".join(f"{one:.2f}" for one in (*np.percentile(times, (50, 95, 99)), max(times)))
            + " |"
        )
    for at in np.argsort(wall)[::-1][:slowest]:
        print(f"{wall[at]:7.2f} ms  {typed[at]!r}")


if __name__ == "__main__":
    main()
