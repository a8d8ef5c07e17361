"""Recall under filters: S3 Vectors asked plainly, and Snapshelf's search over it.

    python benchmarks/filtered.py                                # 20,000 vectors, a minute or two
    python benchmarks/filtered.py --vectors 50000 --markdown docs/benchmarks/filtered.md

The twin of S3 Vectors loses results as the service was measured to do (its option ``--recall-loss``). For each share
of products that pass, recall@10 of the service's own ten results and of the first ten hits of a search, against the
exact answer, with the path that search took.
"""

import argparse
import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from snapshelf.catalogue import embeddings, journal, products
from snapshelf.catalogue.products import Entry
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.filters import parse
from snapshelf.ingest.follow import follow
from snapshelf.manifest import Manifest
from snapshelf.search.retrieve import candidates
from snapshelf.stack import Stack, open_stack
from snapshelf.testing.twin import running
from snapshelf.twin.run import Options
from snapshelf.types import Product, split_view
from snapshelf.vectors import unit

SHARES = (0.0001, 0.001, 0.0027, 0.01, 0.1, 0.2, 0.27, 0.5, 1.0)
NEED = 48  # candidates of a page of ten hits
HEAD = "| share that passes | products | service alone | search | ms | path |\n|--:|--:|--:|--:|--:|---|\n"


@dataclass(frozen=True, slots=True, eq=False)
class Shop:
    """A shelf of vectors that were made up: product n has the attribute ``at``, a place among all, shuffled."""

    stack: Stack
    vectors: np.ndarray
    at: np.ndarray

    def nearest(self, query, share):
        """SKUs of the true ten nearest that pass."""
        passing = np.flatnonzero(self.at < share * len(self.at))
        scores = self.vectors[passing] @ query
        return {f"P{n}" for n in passing[np.argsort(-scores)[:10]]}

    def passing(self, share):
        return int(np.count_nonzero(self.at < share * len(self.at)))


def shop(folder, count, dim, options, seed=0):
    """A shelf whose store is filled; its vectors lie in clusters, as those of products do."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.normal(size=(max(10, count // 100), dim)))
    rows = unit(centres[rng.integers(0, len(centres), count)] + 0.7 / np.sqrt(dim) * rng.normal(size=(count, dim)))
    at = rng.permutation(count)
    settings = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="s3vectors", options=options))
    stack = open_stack(folder, settings)
    for start in range(0, count, 2_000):
        some = range(start, min(count, start + 2_000))
        contents = [f"{n:064x}" for n in some]
        with stack.catalogue.write() as connection:
            embeddings.put(connection, contents, rows[some.start : some.stop], "toy@1", "index", dim)
            entries = [
                Entry(Product(f"P{n}", f"product {n}", attributes={"at": float(at[n])}), "made", content, (), "")
                for n, content in zip(some, contents, strict=True)
            ]
            products.put(connection, entries)
    with stack.catalogue.write() as connection:
        made = Manifest("toy", "1", dim)
        journal.set_fact(connection, "manifest", {name: getattr(made, name) for name in made.__slots__})
    with stack.writing():
        follow(stack)
    return Shop(stack, unit(rows.astype(np.float16)), at)


def measured(shop, share, queries, seed=1):
    """(recall@10 of the service, of search, milliseconds of a search, paths) at one share."""
    rng, count = np.random.default_rng(seed), len(shop.vectors)
    picked = shop.vectors[rng.integers(0, count, queries)]
    asked = unit(picked + 0.3 / np.sqrt(picked.shape[1]) * rng.normal(size=picked.shape))
    where = None if share >= 1 else parse(f"at < {share * count}")
    alone, ours, seconds, paths = [], [], 0.0, Counter()
    with shop.stack.catalogue.read() as connection:
        for query in asked:
            true = shop.nearest(query, share)
            plain = shop.stack.store.search(query[None], 10, where).ids[0]
            alone.append(len(true & {split_view(id)[0] for id in plain}) / len(true))
            began = time.perf_counter()
            found = candidates(shop.stack, connection, query[None], NEED, where, False, shop.passing(share), count)
            seconds += time.perf_counter() - began
            rows = {sku: float(shop.vectors[int(sku[1:])] @ query) for sku in found.skus}  # as search orders them
            first = sorted(rows, key=lambda sku: -rows[sku])[:10]
            ours.append(len(true & set(first)) / len(true))
            paths[found.path] += 1
    return float(np.mean(alone)), float(np.mean(ours)), 1000 * seconds / queries, paths


def main():
    from machine import describe

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", type=int, default=20_000)
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
    size = f"{given.vectors:,} × {given.dim} vectors, {given.queries} queries a line, loss seed {given.seed}"
    lines = [f"{describe('snapshelf', 'boto3')}\n{size}\n\n{HEAD}"]
    print(lines[0], end="", flush=True)
    with running(Options(loss=given.seed)) as twin, TemporaryDirectory() as folder:
        options = {"bucket": "measured", "endpoint_url": twin.endpoint, "region": "us-east-1"}
        made = shop(Path(folder) / "shelf", given.vectors, given.dim, options)
        for share in SHARES:
            alone, ours, ms, paths = measured(made, share, given.queries)
            path = paths.most_common(1)[0][0]
            lines.append(f"| {share:.2%} | {made.passing(share):,} | {alone:.3f} | {ours:.3f} | {ms:.0f} | {path} |\n")
            print(lines[-1], end="", flush=True)
        made.stack.close()
    if given.markdown:
        given.markdown.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
