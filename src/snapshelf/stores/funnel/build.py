"""Making the lists, writing and reading them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from snapshelf.errors import Mismatch, NoSpace
from snapshelf.segments import Rows
from snapshelf.stores.funnel.index import Index, prefix, scale_of, whole

FILE = "lists.faiss"
SHORT, LONG = 24, 256  # rows of a list: short ones up to ENOUGH lists, then longer ones before there are more lists
ENOUGH = 4_096
TRAIN_PER_LIST = 16  # vectors that the lists' centres are trained on
ROUNDS = 5  # of k-means
LINKS = 12  # of a centre to others in the graph


def build(rows: Rows) -> Index:
    """Train centres on living rows and put every row into its list; dead rows too, so that row numbers agree."""
    import faiss

    lib: Any = faiss  # its stubs are wrong about some of it
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    living = np.flatnonzero(rows.alive)
    wanted = max(1, min(ENOUGH, len(living) / SHORT), len(living) / LONG)
    lists = int(2 ** round(np.log2(wanted)))
    sample = np.sort(np.random.default_rng(0).choice(living, min(len(living), lists * TRAIN_PER_LIST), replace=False))
    short = np.concatenate([prefix(rows.gather(some)) for some in np.array_split(sample, 1 + len(sample) // 16_384)])
    centres = lib.Kmeans(
        short.shape[1], lists, niter=ROUNDS, spherical=True, seed=1, min_points_per_centroid=1,
        max_points_per_centroid=TRAIN_PER_LIST,
    )  # fmt: skip
    centres.train(short)
    dim, kind, metric = short.shape[1], lib.ScalarQuantizer.QT_8bit_direct_signed, lib.METRIC_INNER_PRODUCT
    graph = lib.IndexHNSWSQ(dim, kind, LINKS, metric)
    graph.hnsw.efConstruction = 200
    graph.add(whole(centres.centroids, scale_of(centres.centroids)))
    ivf = lib.IndexIVFScalarQuantizer(graph, dim, lists, kind, metric, False)
    ivf.train(short[:1])  # nothing is left to train, but it has to be said
    made = Index(ivf, {"scale": scale_of(short), "built": len(rows)})
    made.extend(rows)
    faiss.omp_set_num_threads(1)
    return made


def write(index: Index, folder: Path) -> None:
    """Put the lists into a new folder. Raises NoSpace."""
    import faiss

    folder.mkdir(parents=True, exist_ok=True)
    try:
        faiss.write_index(index.ivf, str(folder / FILE))
    except RuntimeError as error:
        raise NoSpace(f"the vector index cannot be written, so the disk is probably full: {error}") from error


def read(folder: Path, about: Mapping[str, Any]) -> Index:
    """The lists of a folder. Raises Mismatch for damaged ones."""
    import faiss

    try:
        ivf = faiss.read_index(str(folder / FILE))
    except RuntimeError as error:
        raise Mismatch(f"{folder} is damaged; the index has to be rebuilt from the catalogue") from error
    faiss.omp_set_num_threads(1)  # a search is too short to be worth waking threads for
    return Index(ivf, about)
