"""Making the lists, writing and reading them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from snapshelf.errors import Mismatch, NoSpace
from snapshelf.segments import Rows
from snapshelf.stores.funnel.index import PREFIX, Index, prefix

FILE = "lists.faiss"
SHORT, LONG = 24, 256  # rows of a list: short ones up to ENOUGH lists, then longer ones before there are more lists
ENOUGH = 4_096
TRAIN_PER_LIST = 16  # vectors that the lists' centres are trained on
ROUNDS = 5  # of k-means
LINKS = 12  # of a centre to others in the graph


def build(rows: Rows) -> Index:
    """Train centres on living rows and put every row into its list; dead rows too, so that row numbers agree."""
    import faiss

    faiss.omp_set_num_threads(os.cpu_count() or 1)
    living = np.flatnonzero(rows.alive)
    wanted = max(1, min(ENOUGH, len(living) / SHORT), len(living) / LONG)
    lists = int(2 ** round(np.log2(wanted)))
    sample = np.sort(np.random.default_rng(0).choice(living, min(len(living), lists * TRAIN_PER_LIST), replace=False))
    short = np.concatenate([prefix(rows.gather(some)) for some in np.array_split(sample, 1 + len(sample) // 16_384)])
    graph = faiss.IndexHNSWFlat(short.shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction, graph.hnsw.efSearch = 200, 32
    ivf = faiss.IndexIVFScalarQuantizer(
        graph, short.shape[1], lists, faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT, False
    )
    ivf.cp.spherical, ivf.cp.niter, ivf.cp.min_points_per_centroid = True, ROUNDS, 1
    ivf.train(short)
    made = Index(ivf, {"scale": 127 / max(1e-6, float(np.abs(short).max())), "built": len(rows)})
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
