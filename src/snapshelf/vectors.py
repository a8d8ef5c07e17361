"""Unit vectors: normalise, cut to a Matryoshka prefix, and the exact ranking all stores are measured by."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


def dots(queries: Vectors, rows: Vectors) -> Vectors:
    """(q, n) dot products. One query goes row by row: waking BLAS threads for it stalls a busy machine for 8 ms."""
    return np.vecdot(rows, queries[0])[None] if len(queries) == 1 else queries @ rows.T


def nearest(
    scores: NDArray[np.float32], k: int, names: Callable[[Sequence[int]], list[str]]
) -> tuple[list[str], NDArray[np.float32]]:
    """Ids and scores of the k highest, highest first, equal scores in order of id; -inf stands for "not this one".

    names: positions → ids; asked once, for all that are found.
    """
    k = min(k, int(np.count_nonzero(scores > -np.inf)))
    if k <= 0:
        return [], np.empty(0, np.float32)
    kth = np.partition(scores, len(scores) - k)[len(scores) - k]
    near = np.flatnonzero(scores >= kth)
    near = near[np.argsort(-scores[near], kind="stable")]
    found, ids = scores[near], names(near.tolist())
    for first, last in _runs(found):
        ids[first:last] = sorted(ids[first:last])
    return ids[:k], np.asarray(found[:k], np.float32)


def _runs(scores: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Where two and more equal scores follow one another: first, and one after the last."""
    equal = np.concatenate([[False], scores[1:] == scores[:-1], [False]])
    edges = np.flatnonzero(equal[1:] != equal[:-1]).tolist()
    return [(first, last + 1) for first, last in zip(edges[::2], edges[1::2], strict=True)]
