"""How the text tower learns from its teacher: batches of texts that are easily confused, and what counts as wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from training.muon import Muon, parted
from training.places import DIMS, SEED
from training.precision import autocast
from training.tower import Network

BATCH, PARTS = 256, 3  # a batch goes through in parts of like length, which leaves little to pad
LENGTH = 64  # pieces of a text that are learnt from
START_RATE, TABLE_RATE, RATE = 3e-3, 1e-3, 1e-3  # Adam's of the table alone, then of it and of the rest
TURN = 0.02  # Muon's, of the large weights
WARM = 100  # steps until the rate is whole
SHARPNESS = 20.0  # of the softmax over the batch
PIVOTS, RUN = 1500, 8  # texts that others gather around, and how many of a gathering share a batch


@dataclass(frozen=True, slots=True)
class Lessons:
    """Texts as ids (n, LENGTH) with zeros behind, the teacher's unit rows (n, 256), and how long to learn from them."""

    ids: NDArray[np.int64]
    targets: NDArray[np.float32]
    epochs: int
    minutes: float


def learn_table(network: Network, lessons: Lessons) -> dict[str, float]:
    """Teach the vectors of the pieces alone, as a static table: quick, and where the corrections start from."""
    bag = nn.EmbeddingBag.from_pretrained(
        network.table.weight.data, freeze=False, mode="sum", padding_idx=0, sparse=True
    )
    whole, device = np.arange(BATCH), bag.weight.device
    found = _learn(lambda ids: (bag(torch.from_numpy(ids).to(device)), whole), [_sparse(bag, START_RATE)], lessons)
    network.table.weight.data.copy_(bag.weight.data)
    return found


def learn_all(network: Network, lessons: Lessons) -> dict[str, float]:
    """Teach the whole network in place. → the mean cosine to the teacher at the end, epochs and steps done."""
    large, rest = parted(network.corrections.parameters())
    dense = [Muon(large, TURN, 0.0), torch.optim.Adam(rest, lr=RATE, fused=True)]
    return _learn(lambda ids: through(network, ids), [_sparse(network.table, TABLE_RATE), *dense], lessons)


def _sparse(table: nn.Embedding | nn.EmbeddingBag, rate: float) -> torch.optim.Optimizer:
    """Adam that touches only the pieces of a batch, a few thousand of all."""
    return torch.optim.SparseAdam([table.weight], lr=rate)


def _learn(
    forward: Callable[[NDArray[np.int64]], tuple[Tensor, NDArray[np.int64]]],
    optimizers: list[torch.optim.Optimizer],
    of: Lessons,
) -> dict[str, float]:
    """Rates rise for a few steps and fall as a cosine over the epochs or the minutes, whichever end first."""
    rng, begun, step, done = np.random.default_rng(SEED), time.monotonic(), 0, 0.0
    schedules = [torch.optim.lr_scheduler.LambdaLR(its, lambda _: shape(step, done)) for its in optimizers]
    steps, cosines = of.epochs * (len(of.ids) // BATCH), []
    while done < 1:
        for at in gatherings(of.targets, rng):
            out, order = forward(of.ids[at])
            loss, near = wrong(out, torch.from_numpy(of.targets[at[order]]).to(out.device))
            loss.backward()
            for optimizer, schedule in zip(optimizers, schedules, strict=True):
                optimizer.step()
                optimizer.zero_grad()
                schedule.step()
            cosines.append(near)
            step += 1
            done = max(step / steps, (time.monotonic() - begun) / (of.minutes * 60))
            if step % 50 == 0:
                print(f"text step {step}: cosine {_mean(cosines[-50:]):.4f}, {done:.0%}", flush=True)
            if done >= 1:
                break
    return {"cosine": _mean(cosines[-200:]), "epochs": step * BATCH / len(of.ids), "steps": step}


def _mean(numbers: list[Tensor]) -> float:
    return float(torch.stack(numbers).mean())


def shape(step: int, done: float) -> float:
    """The share of the full rate at this step and this part of the way."""
    return float(min(1, (step + 1) / WARM) * max(0.01, (1 + np.cos(np.pi * min(done, 1))) / 2))


def gatherings(targets: NDArray[np.float32], rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Batches of an epoch: runs of texts whose targets lie near one another, since those are the hard ones to tell."""
    prefix = np.ascontiguousarray(targets[:, : DIMS[-1]])
    pivots = prefix[rng.choice(len(prefix), min(PIVOTS, len(prefix)), replace=False)].T
    nearest = np.concatenate([(prefix[at : at + 8192] @ pivots).argmax(1) for at in range(0, len(prefix), 8192)])
    order = np.lexsort((rng.random(len(prefix)), nearest))
    order = order[: len(order) // RUN * RUN].reshape(-1, RUN)
    order = rng.permutation(order).reshape(-1)
    for start in range(0, len(order) - BATCH + 1, BATCH):
        yield order[start : start + BATCH]


def through(network: Network, ids: NDArray[np.int64]) -> tuple[Tensor, NDArray[np.int64]]:
    """The rows of a batch before normalising, shortest text first, and the order in which they came."""
    lengths = (ids != 0).sum(1)
    order = np.argsort(lengths, kind="stable")
    rows = []
    for part in np.array_split(order, PARTS):
        fed = torch.from_numpy(ids[part, : max(1, lengths[part].max())]).to(network.table.weight.device)
        with autocast(fed.device.type):
            rows.append(network.sums(fed))
    return torch.cat(rows), order


def wrong(out: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Over the Matryoshka sizes: 1 − cosine to the target's prefix; how far the batch's similarities are from the
    teacher's, as distributions over the batch and as numbers. The teacher's are those of all 256 coordinates.
    """
    alike = target @ target.T
    hoped = (SHARPNESS * alike).softmax(1)
    total, near = out.new_zeros(()), []
    for dim in DIMS:
        ours, theirs = functional.normalize(out[:, :dim]), functional.normalize(target[:, :dim])
        cosine = (ours * theirs).sum(1).mean()
        told = functional.cross_entropy(SHARPNESS * ours @ theirs.T, hoped)
        among = functional.mse_loss(ours @ ours.T, alike)
        total = total + (1 - cosine) + 0.2 * told + 2.0 * among
        near.append(cosine.detach())
    return total, near[0]
