"""Vectors that look like a shop's Matryoshka embeddings, made from a seed, kept on disk between runs.

200 categories (Zipf 0.9), 2,000 clusters (log-normal sizes, σ 0.8), each a centre of 0.8 × its category + 0.8 × its
own; a vector adds 0.6 × a rank-32 spread of its cluster and 0.15 × noise; dimension i is scaled by i^-0.5; rows are
normalised. Queries are held-out rows moved by 0.25 × noise. "Far" queries are moved by a constant offset as well, a
stand-in for words that ask an index of pictures.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DIM, CATEGORIES, CLUSTERS, RANK, QUERIES = 1024, 200, 2_000, 32, 1_000
FOLDER = Path(__file__).parent / "data"
CHUNK = 20_000


@dataclass(frozen=True)
class Data:
    """vectors (n, 1024) float16 on disk; queries and far queries (1000, 1024) float32; attributes of each row."""

    vectors: NDArray[np.float16]
    queries: NDArray[np.float32]
    far: NDArray[np.float32]
    category: NDArray[np.int64]
    price: NDArray[np.float64]
    stock: NDArray[np.bool_]


class Mixture:
    """The distribution: draw as many rows of it as wanted."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        share = 1 / np.arange(1, CATEGORIES + 1) ** 0.9
        category = unit(rng.normal(size=(CATEGORIES, DIM)))
        self.category = rng.choice(CATEGORIES, CLUSTERS, p=share / share.sum())
        self.centres = 0.8 * category[self.category] + 0.8 * unit(rng.normal(size=(CLUSTERS, DIM)))
        self.centres = self.centres.astype(np.float32)
        self.spread = unit(rng.standard_normal((CLUSTERS, RANK, DIM), np.float32))
        size = rng.lognormal(0, 0.8, CLUSTERS)
        self.size = size / size.sum()
        self.scale = (np.arange(1, DIM + 1) ** -0.5).astype(np.float32)
        self.offset = unit(unit(rng.normal(size=(1, DIM))) * self.scale)

    def draw(self, rng: np.random.Generator, n: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """n unit rows and their clusters."""
        cluster = rng.choice(CLUSTERS, n, p=self.size)
        rows = self.centres[cluster]
        inner = rng.standard_normal((n, RANK), np.float32) * np.float32(0.6 / np.sqrt(RANK))
        order = np.argsort(cluster, kind="stable")
        for members in np.split(order, np.flatnonzero(np.diff(cluster[order])) + 1):
            rows[members] += inner[members] @ self.spread[cluster[members[0]]]
        rows += np.float32(0.15 / np.sqrt(DIM)) * rng.standard_normal(rows.shape, np.float32)
        return unit(rows * self.scale), cluster


def load(n: int, seed: int = 11) -> Data:
    """The data set of n rows, made on the first call."""
    path = FOLDER / f"mixture-{n}-{seed}.npy"
    rest = FOLDER / f"mixture-{n}-{seed}.npz"
    if not rest.exists():
        FOLDER.mkdir(exist_ok=True)
        make(n, seed, path, rest)
    with np.load(rest) as held:
        return Data(np.load(path, mmap_mode="r"), **held)


def make(n: int, seed: int, path: Path, rest: Path) -> None:
    """Write the rows to ``path`` and everything else to ``rest``."""
    mixture, rng = Mixture(seed), np.random.default_rng(seed + n)
    made = np.lib.format.open_memmap(path, "w+", np.float16, (n, DIM))
    clusters = np.empty(n, np.int64)
    for start in range(0, n, CHUNK):
        rows, clusters[start : start + CHUNK] = mixture.draw(rng, min(CHUNK, n - start))
        made[start : start + CHUNK] = rows
    made.flush()
    rng = np.random.default_rng(seed + 1)
    queries, _ = mixture.draw(rng, QUERIES)
    noise = unit(rng.normal(size=queries.shape) * mixture.scale)
    queries = unit(queries + 0.25 * noise)
    noise = unit(rng.normal(size=queries.shape) * mixture.scale)
    far = unit(queries + 0.7 * mixture.offset + 0.3 * noise)
    category = mixture.category[clusters]
    flipped = rng.random(n) < 0.1
    category[flipped] = rng.integers(0, CATEGORIES, int(flipped.sum()))
    price, stock = rng.lognormal(3.5, 1.0, n), rng.random(n) < 0.85
    drawn = {"queries": queries.astype(np.float32), "far": far.astype(np.float32)}
    np.savez(rest, **drawn, category=category, price=price, stock=stock)


def unit(rows: NDArray[np.floating]) -> NDArray[np.floating]:
    """Rows of length 1 along the last axis."""
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)
