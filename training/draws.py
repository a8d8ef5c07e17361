"""Which views make a batch: pictures as often as they weigh, and each with another of its group."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from training.pictures import Pictures
from training.places import SEED
from training.views import Views

ALONE = 1e-12  # weight of the others of a group, below which there are none


class Draws:
    """Photo and catalogue picture of a group meet in a batch. Every picture has views, in the order of the pictures."""

    def __init__(self, pictures: Pictures, views: Views) -> None:
        self.pictures, self.rng = pictures, np.random.default_rng(SEED)
        self.starts = np.searchsorted(views.picture, np.arange(len(pictures.group)))
        self.ends = np.searchsorted(views.picture, np.arange(len(pictures.group)), "right")
        self.by_group = np.argsort(pictures.group, kind="stable")
        self.rank = np.argsort(self.by_group)
        self.upto = np.concatenate([[0.0], np.cumsum(pictures.weight[self.by_group])])
        self.bounds = np.searchsorted(pictures.group[self.by_group], np.arange(len(pictures.groups) + 1))

    def batch(self, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Numbers of views, and the groups they are of: each picture and, half a batch behind, another of its group."""
        at = self.rng.choice(len(self.pictures.group), size // 2, p=self.pictures.weight)
        at = np.concatenate([at, self.partners(at)])
        view = self.starts[at] + (self.rng.random(size) * (self.ends - self.starts)[at]).astype(np.int64)
        return torch.from_numpy(view), torch.from_numpy(self.pictures.group[at])

    def partners(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each of these pictures another of its group, drawn as often as its weight says; itself if it is alone."""
        group, rank = self.pictures.group[at], self.rank[at]
        low, high = self.upto[self.bounds[group]], self.upto[self.bounds[group + 1]]
        own, width = self.upto[rank], self.upto[rank + 1] - self.upto[rank]
        others = high - low - width
        other = low + self.rng.random(len(at)) * others
        other = np.where(other < own, other, other + width)  # its own share of the group's weight is stepped over
        found = np.searchsorted(self.upto, other, "right") - 1
        found = np.clip(found, self.bounds[group], self.bounds[group + 1] - 1)
        return np.where(others > ALONE, self.by_group[found], at)
