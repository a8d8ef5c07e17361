"""A fusion that is learnt from examples: a photo and words → the vector of the product that was wanted.

"linear": concatenation and projection, ridge regression in closed form (Hoerl & Kennard 1970, Ridge Regression,
Technometrics 12(1)). "network": one hidden layer, taught to tell the wanted product from the others of its batch
(van den Oord et al. 2018, Representation Learning with Contrastive Predictive Coding), by Adam (Kingma & Ba 2015).
Both learn what to add to the mean of photo and words, so that knowing nothing they are the mean.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import BadInput
from snapshelf.types import Vectors

Matrix = NDArray[np.float32]
KINDS = ("linear", "network")
HIDDEN, EPOCHS, BATCH, RATE, DECAY, WARMTH = 128, 60, 64, 2e-3, 1e-4, 0.07


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """``weights`` by name; ``share`` is what its cosine counts beside the untrained order. For one model at one dim."""

    kind: str
    model: str
    dim: int
    weights: dict[str, Matrix]
    share: float = 1.0

    def fuse(self, photo: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.float32]:
        """(d,) of length 1, or (n, d) for rows: where what was asked for should be."""
        found = _unit(_mean(photo, words) + self._moved(np.atleast_2d(np.concatenate([photo, words], axis=-1))))
        return found if np.ndim(photo) == 2 else found[0]

    def _moved(self, both: Matrix) -> Matrix:
        w = self.weights
        if self.kind == "linear":
            return np.asarray(both @ w["to"] + w["bias"], np.float32)
        hidden = np.tanh(both @ w["in"] + w["shift"])
        return np.asarray(hidden @ w["to"] + w["bias"], np.float32)


def _mean(photo: NDArray[np.float32], words: NDArray[np.float32]) -> Matrix:
    return _unit(np.atleast_2d(photo + words))


def _unit(rows: Matrix) -> Matrix:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def fit_linear(photos: Vectors, words: Vectors, targets: Vectors, ridge: float, model: str) -> Learnt:
    """Ridge regression of what the targets (n, d) have more than the mean of photo and words."""
    both = np.concatenate([photos, words], axis=1).astype(np.float64)
    rest = targets - _mean(photos, words)
    centre, bias = both.mean(0), rest.mean(0)
    left = (both - centre).T @ (both - centre) + ridge * np.eye(both.shape[1])
    to = np.linalg.solve(left, (both - centre).T @ (rest - bias))
    weights = {"to": to.astype(np.float32), "bias": (bias - centre @ to).astype(np.float32)}
    return Learnt("linear", model, photos.shape[1], weights)


def fit_network(
    photos: Vectors,
    words: Vectors,
    targets: Vectors,
    model: str,
    seed: int = 0,
    tell: Callable[[int, int], None] | None = None,
    against: Vectors | None = None,
) -> Learnt:
    """One hidden layer, EPOCHS passes. Rows with the same target are no examples against each other.

    against: (n, d) for each row a product that was passed over, zeros for none; it is one more that is not wanted.
    tell: called with (done, all) after each pass. The same rows and seed give the same network.
    """
    rng = np.random.default_rng(seed)
    d, n = photos.shape[1], len(photos)
    both, base = np.concatenate([photos, words], axis=1), _mean(photos, words)
    weights: dict[str, Matrix] = {
        "in": (rng.standard_normal((2 * d, HIDDEN)) / np.sqrt(2 * d)).astype(np.float32),
        "shift": np.zeros(HIDDEN, np.float32),
        "to": np.zeros((HIDDEN, d), np.float32),
        "bias": np.zeros(d, np.float32),
    }
    moments = {name: (np.zeros_like(value), np.zeros_like(value)) for name, value in weights.items()}
    over = np.zeros_like(targets) if against is None else against
    step = 0
    for epoch in range(EPOCHS):
        order = rng.permutation(n)
        for start in range(0, n, BATCH):
            rows = order[start : start + BATCH]
            slopes = _slopes(weights, both[rows], base[rows], targets[rows], over[rows])
            step += 1
            _adam(weights, slopes, moments, step)
        if tell:
            tell(epoch + 1, EPOCHS)
    return Learnt("network", model, d, weights)


def _slopes(weights: dict[str, Matrix], both: Matrix, base: Matrix, targets: Matrix, over: Matrix) -> dict[str, Matrix]:
    """The gradient of the batch's contrastive loss, written out."""
    hidden = np.tanh(both @ weights["in"] + weights["shift"])
    moved = base + hidden @ weights["to"] + weights["bias"]
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    query = moved / length
    alike = targets @ targets.T
    logits = query @ targets.T / WARMTH
    logits[(alike > 1 - 1e-5) & ~np.eye(len(both), dtype=bool)] = -np.inf
    passed = np.where(over.any(axis=1), (query * over).sum(axis=1) / WARMTH, -np.inf)
    every = np.column_stack([logits, passed])
    chance = np.exp(every - every.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    wrong = (chance[:, :-1] - np.eye(len(both), dtype=np.float32)) @ targets + chance[:, -1:] * over
    of_query = wrong / (WARMTH * len(both))
    of_moved = (of_query - query * (query * of_query).sum(axis=1, keepdims=True)) / length
    of_hidden = (of_moved @ weights["to"].T) * (1 - hidden**2)
    found = {"to": hidden.T @ of_moved, "bias": of_moved.sum(0), "in": both.T @ of_hidden, "shift": of_hidden.sum(0)}
    return {name: np.asarray(found[name] + DECAY * weights[name], np.float32) for name in weights}


def _adam(
    weights: dict[str, Matrix], slopes: dict[str, Matrix], moments: dict[str, tuple[Matrix, Matrix]], step: int
) -> None:
    for name, slope in slopes.items():
        first, second = moments[name]
        first += 0.1 * (slope - first)
        second += 0.001 * (slope**2 - second)
        weights[name] -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)


def save(learnt: Learnt, file: Path, facts: dict[str, object]) -> None:
    """Write the weights, and beside them a JSON with what it is for and ``facts`` of how it was tried; both or none."""
    told = {name: value for name, value in asdict(learnt).items() if name != "weights"} | facts
    new, page = file.with_name(file.stem + ".new.npz"), file.with_suffix(".json")
    with new.open("wb") as opened:
        np.savez(opened, allow_pickle=False, about=np.array(json.dumps(told)), **learnt.weights)
    page.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    os.replace(new, file)


def load(file: Path) -> Learnt:
    """Read what `save` wrote. Raises BadInput for a file that is damaged or something else."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as held:
            told = json.loads(str(held["about"]))
            weights = {name: np.asarray(held[name], np.float32) for name in held.files if name != "about"}
        found = Learnt(told["kind"], told["model"], int(told["dim"]), weights, float(told["share"]))
        found.fuse(np.eye(found.dim, dtype=np.float32)[0], np.eye(found.dim, dtype=np.float32)[0])
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise BadInput(
            f"the trained fusion {file} is damaged ({error}); delete it, or train it again with: snapshelf train fusion"
        ) from error
    return found
