"""Unit vectors: normalise, cut to a Matryoshka prefix, and the exact ranking all stores are measured by."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from snapshelf.errors import BadInput
from snapshelf.types import Vectors


def unit(rows: ArrayLike) -> Vectors:
    """(n, d) float32 rows of length 1. Raises BadInput for a row that is zero or not finite."""
    matrix = np.atleast_2d(np.asarray(rows, dtype=np.float32))
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    if not np.all(np.isfinite(length)) or np.any(length < 1e-12):
        bad = int(np.flatnonzero(~np.isfinite(length[:, 0]) | (length[:, 0] < 1e-12))[0])
        raise BadInput(f"vector {bad} is zero or not finite, so it points nowhere")
    return np.asarray(matrix / length, np.float32)


def cut(vectors: Vectors, dim: int) -> Vectors:
    """The first ``dim`` coordinates, renormalised (Kusupati et al. 2022, Matryoshka Representation Learning)."""
    return vectors if vectors.shape[1] == dim else unit(vectors[:, :dim])


def best(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Positions of the k highest of a 1-d array, highest first; equal scores in order of position."""
    if k < len(scores):
        kth = np.partition(scores, len(scores) - k)[len(scores) - k]
        near = np.flatnonzero(scores >= kth)  # ties of the k-th included, so that their order is by position
    else:
        near = np.arange(len(scores))
    return near[np.argsort(-scores[near], kind="stable")][:k]
