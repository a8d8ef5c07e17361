"""Vectors that look like a shop's Matryoshka embeddings, made from a seed, kept on disk between runs.

200 categories (Zipf 0.9), 2,000 clusters (log-normal sizes, σ 0.8), each a centre of 0.8 × its category + 0.8 × its
own; a vector adds 0.6 × a rank-32 spread and 0.15 × noise; dimension i is scaled by i^-0.5; rows are normalised.
Queries are held-out rows moved by 0.25 × noise. "Far" queries are moved by a constant offset as well, a stand-in for
words that ask an index of pictures.
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
        self.spread = unit(rng.normal(size=(16, RANK, DIM))).astype(np.float32)  # 16 shapes, shared by the clusters
        size = rng.lognormal(0, 0.8, CLUSTERS)
        self.size = size / size.sum()
        self.scale = (np.arange(1, DIM + 1) ** -0.5).astype(np.float32)
        self.offset = unit(rng.normal(size=(1, DIM))).astype(np.float32) * self.scale

    def draw(self, rng: np.random.Generator, n: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """n unit rows and their clusters."""
        cluster = rng.choice(CLUSTERS, n, p=self.size)
        rows = self.centres[cluster].copy()
        inner = rng.normal(size=(n, RANK)).astype(np.float32) / np.sqrt(RANK)
        for shape in range(len(self.spread)):
            members = cluster % len(self.spread) == shape
            rows[members] += 0.6 * (inner[members] @ self.spread[shape])
        rows += 0.15 * rng.normal(size=rows.shape).astype(np.float32) / np.sqrt(DIM)
        return unit(rows * self.scale), cluster


def load(n: int, seed: int = 11) -> Data:
    """The data set of n rows, made on the first call."""
    mixture, rng = Mixture(seed), np.random.default_rng(seed + n)
    path = FOLDER / f"mixture-{n}-{seed}.npy"
    clusters = FOLDER / f"mixture-{n}-{seed}-clusters.npy"
    if not clusters.exists():
        FOLDER.mkdir(exist_ok=True)
        made = np.lib.format.open_memmap(path, "w+", np.float16, (n, DIM))
        held = np.empty(n, np.int64)
        for start in range(0, n, CHUNK):
            rows, held[start : start + CHUNK] = mixture.draw(rng, min(CHUNK, n - start))
            made[start : start + CHUNK] = rows
        made.flush()
        np.save(clusters, held)
    rng = np.random.default_rng(seed + 1)
    queries, _ = mixture.draw(rng, QUERIES)
    noise = unit(rng.normal(size=queries.shape) * mixture.scale)
    queries = unit(queries + 0.25 * noise).astype(np.float32)
    offset = unit(mixture.offset)
    far = unit(queries + 0.7 * offset + 0.3 * unit(rng.normal(size=queries.shape) * mixture.scale)).astype(np.float32)
    category = mixture.category[np.load(clusters)]
    flipped = rng.random(n) < 0.1
    category[flipped] = rng.integers(0, CATEGORIES, int(flipped.sum()))
    price, stock = rng.lognormal(3.5, 1.0, n), rng.random(n) < 0.85
    return Data(np.load(path, mmap_mode="r"), queries, far, category, price, stock)


def unit(rows: NDArray[np.floating]) -> NDArray[np.floating]:
    """Rows of length 1 along the last axis."""
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)
