"""The guides: small networks on the teacher's features, one for each source, that learn its groups and captions.

What they say of a view, and the strongest axes of the teacher's features, are what the image tower learns from beside
the captions. They see in minutes what the tower, which starts from nothing, could not find in hours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from training.losses import Captions, told
from training.pictures import Pictures
from training.places import DIMS, SEED, Places
from training.views import Views

AXES = 384  # of the teacher's features that are kept
SCALE = 20.0  # of the features, which are of unit length
TRUST = 3.0  # how much what a guide says of a view counts
# The teacher never saw drawn things, and its guide tells them apart no better than the tower does.
DOUBTED = {"rendered shop": 0.5}
EPOCHS, LEAST, BATCH, RATE = 8, 300, 256, 1e-3  # at LEAST so many steps, for sources of few pictures


@dataclass(frozen=True, slots=True)
class Guide:
    """By view: ``vectors`` (v, 256) unit rows in the space of words, ``trust`` (v,) how much they count, ``features``
    (v, AXES) about their mean.
    """

    vectors: torch.Tensor
    trust: torch.Tensor
    features: torch.Tensor


def network(width: int) -> nn.Sequential:
    """Features → vectors."""
    return nn.Sequential(
        nn.Dropout(0.3), nn.Linear(width, 768), nn.BatchNorm1d(768), nn.ReLU(), nn.Dropout(0.4), nn.Linear(768, DIMS[0])
    )


def learn(views: Views, pictures: Pictures, words: Captions, places: Places) -> Guide:
    """Train them, or take those of the runs folder, and ask each about every view of its source."""
    features = views.features
    sources = np.asarray([group.source for group in pictures.groups])[pictures.group][views.picture]
    vectors, trust = torch.zeros(len(features), DIMS[0]), torch.zeros(len(features))
    for source in sorted(set(sources)):
        kept, at = places.cache(f"guide_{source.replace(' ', '_')}.pt"), np.flatnonzero(sources == source)
        if not kept.exists():
            print(f"guide of {source}: {len(at)} views", flush=True)
            torch.save(_trained(features, views, pictures, words, at).state_dict(), kept)
        model = network(features.shape[1])
        model.load_state_dict(torch.load(kept, weights_only=True))
        vectors[at], trust[at] = _said(model.eval(), features[at]), DOUBTED.get(source, TRUST)
    return Guide(vectors, trust, axes(features))


def _trained(
    features: torch.Tensor, views: Views, pictures: Pictures, words: Captions, of: NDArray[np.int64]
) -> nn.Module:
    torch.manual_seed(SEED)
    group = torch.from_numpy(pictures.group)[torch.from_numpy(views.picture)]
    share = (pictures.weight[views.picture] / np.bincount(views.picture)[views.picture])[of]
    model = network(features.shape[1])
    sort = nn.Linear(DIMS[0], len(pictures.groups))
    optimizer = torch.optim.AdamW([*model.parameters(), *sort.parameters()], RATE, weight_decay=0.05)
    steps = max(LEAST, EPOCHS * len(of) // BATCH)
    rng, chance = np.random.default_rng(SEED), torch.Generator().manual_seed(SEED)
    for step in range(steps):
        at = torch.from_numpy(of[rng.choice(len(of), BATCH, p=share / share.sum())])
        out = model(SCALE * features[at].float())
        loss = told(out, group[at], words, words.draw(chance)) + sorting(sort, out, group[at])
        for one in optimizer.param_groups:
            one["lr"] = RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"guide of {len(of)} views: loss {float(loss.detach()):.3f} after {steps} steps", flush=True)
    return model


@torch.inference_mode()
def _said(model: nn.Module, features: torch.Tensor) -> torch.Tensor:
    return torch.cat([functional.normalize(model(SCALE * part.float())) for part in features.split(4096)]).clone()


def sorting(sort: nn.Linear, out: torch.Tensor, group: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of a plain classifier on the directions of the vectors; it is thrown away after training."""
    return 0.3 * functional.cross_entropy(10 * sort(functional.normalize(out)), group, label_smoothing=0.1)


def axes(features: torch.Tensor) -> torch.Tensor:
    """The strongest principal axes, each scaled by the fourth root of its variance: between raw and whitened."""
    sample = features[:: max(1, len(features) // 20_000)].double()
    mean = sample.mean(0)
    energy, found = torch.linalg.eigh(torch.cov((sample - mean).T))
    strongest = energy.argsort(descending=True)[:AXES]
    basis = (found[:, strongest] / energy[strongest] ** 0.25).float()
    return torch.cat([(part.float() - mean.float()) @ basis for part in features.split(8192)])
