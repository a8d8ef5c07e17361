"""The norms' statistics of a network that is done, taken anew at the size that it will see.

While it learns they are those of the network as it is, at the size of the moment; what ships is a running mean over
many steps, looking at larger pictures (Izmailov et al. 2018, stochastic weight averaging; Touvron et al. 2019, FixRes).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from snapshelf.embedders.compact import SIZE
from training import pictures, views
from training.image import shown
from training.network import Network
from training.places import SEED, Places

BATCHES, BATCH = 12, 512


@torch.no_grad()
def steady(network: Network, places: Places) -> Network:
    """The same network, in place, its statistics means over fresh views of training pictures."""
    found, bundles = pictures.load(places), pictures.bundles(places)
    firsts = np.cumsum([0] + [len(bundle.pixels) for bundle in bundles])
    rng, chance = np.random.default_rng(SEED), torch.Generator().manual_seed(SEED)
    for part in network.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            part.reset_running_stats()
            part.momentum = None  # a plain mean over the batches
    network.train()
    for _ in range(BATCHES):
        at = rng.choice(len(found.group), BATCH, p=found.weight)
        made = []
        for bundle, first in zip(bundles, firsts, strict=False):
            of = at[(at >= first) & (at < first + len(bundle.pixels))] - first
            if len(of):
                made.append(views.batch(bundle, of * bundle.views + rng.integers(bundle.views, size=len(of)), "cpu"))
        network(shown(torch.cat(made), SIZE, rng, chance))
    return network.eval()
