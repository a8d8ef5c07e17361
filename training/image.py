"""The image tower: a picture learns to point where its captions point, at the largest and the smallest size.

Four losses, summed: softmax of a picture over one caption of every group (equal captions share the prize), 1 − cosine
to its own caption, supervised contrast between pictures of one group (Khosla et al. 2020), and a plain classifier on
the features, which is thrown away after training. The weights kept are a running mean over the steps.
"""

from __future__ import annotations

import copy
import json
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from snapshelf.embedders.compact import SIZE
from training.augment import augment
from training.network import MEAN, SPREAD, Network
from training.pictures import Pictures, load
from training.places import DIMS, SEED, Places
from training.tower import TextTower

BATCH = 128
RATE, DECAY = 2e-3, 0.03
SMALL, LARGE, SWITCH = 64, SIZE, 0.6  # pixels before and after this share of the time: coarse things are cheap
SHARPNESS = 24.0
KEPT = 0.998  # share of the running mean that one step leaves


@dataclass(frozen=True, slots=True)
class Captions:
    """``vectors`` (c, 256) of every distinct caption; ``of`` their numbers by group."""

    vectors: torch.Tensor
    of: list[list[int]]


def run(places: Places) -> None:
    """Train until the epochs or the minutes are over; image.pt and image_facts.json are renewed after every epoch."""
    torch.manual_seed(SEED)
    torch.set_num_threads(places.threads)
    pictures = load(places)
    captions = _captions(pictures, TextTower.read(places))
    print(pictures.counts(), len(pictures.groups), "groups", flush=True)
    network = Network().to(memory_format=torch.channels_last)
    classifier = nn.Linear(network.head[0].in_features, len(pictures.groups))
    before = places.cache("image_start.pt")  # an image.pt of an earlier run, and image_start.json its facts
    if before.exists():
        network.load_state_dict(torch.load(before, weights_only=True))
    _learn(network, classifier, pictures, captions, places, RATE / 2 if before.exists() else RATE)


def _captions(pictures: Pictures, text: TextTower) -> Captions:
    numbers: dict[str, int] = {}
    of = [[numbers.setdefault(caption, len(numbers)) for caption in group.captions] for group in pictures.groups]
    return Captions(torch.from_numpy(text.embed(list(numbers))), of)


def _learn(
    network: Network,
    classifier: nn.Linear,
    pictures: Pictures,
    captions: Captions,
    places: Places,
    rate: float,
) -> None:
    kept = copy.deepcopy(network).eval()
    parts = [*network.parameters(), *classifier.parameters()]
    optimizer = torch.optim.AdamW(parts, lr=rate, weight_decay=DECAY)
    rng, chance, started = np.random.default_rng(SEED), torch.Generator().manual_seed(SEED), time.monotonic()
    limit, steps, done = places.minutes * 60, len(pictures.group) // BATCH, 0
    for epoch in range(places.epochs):
        losses = []
        for _ in range(steps):
            share = max(done / (steps * places.epochs), (time.monotonic() - started) / limit)
            for group in optimizer.param_groups:
                group["lr"] = rate * _schedule(share, done)
            drawn = rng.choice(len(pictures.group), BATCH, p=pictures.weight)
            size = SMALL if share < SWITCH else LARGE
            seen = augment(torch.from_numpy(pictures.pixels[drawn]), size, chance)
            loss = _loss(network, classifier, seen, pictures.group[drawn], captions, rng)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            done += 1
            _follow(kept, network, min(KEPT, done / (done + 20)))
            losses.append(float(loss.detach()))
            if share >= 1:
                break
        seconds = time.monotonic() - started
        _save(kept, pictures, epoch + 1, done, places)
        print(f"image epoch {epoch + 1}: loss {np.mean(losses):.3f}, {size} px, {seconds:.0f} s", flush=True)
        if seconds >= limit:
            break


def _schedule(share: float, done: int) -> float:
    """Warm up over 150 steps, then half a cosine down to a hundredth."""
    return min((done + 1) / 150, 1.0) * max(0.5 * (1 + float(np.cos(np.pi * min(share, 1.0)))), 0.01)


def _loss(
    network: Network,
    classifier: nn.Linear,
    seen: torch.Tensor,
    groups: np.ndarray,
    captions: Captions,
    rng: np.random.Generator,
) -> torch.Tensor:
    scaled = ((seen - MEAN) / SPREAD).contiguous(memory_format=torch.channels_last)
    features = network.features(scaled)
    out = network.head(features)
    group = torch.from_numpy(groups)
    picked = torch.tensor([of[int(rng.integers(len(of)))] for of in captions.of])
    same = picked[group][:, None] == picked[None, :]  # equal captions of other groups are right answers too
    total = 0.4 * functional.cross_entropy(classifier(features), group, label_smoothing=0.05)
    for dim in (DIMS[0], DIMS[-1]):
        ours = functional.normalize(out[:, :dim])
        theirs = functional.normalize(captions.vectors[picked][:, :dim])
        total = total + _softmax(SHARPNESS * ours @ theirs.T, same) + (1 - (ours * theirs[group]).sum(1)).mean()
        total = total + 0.5 * _contrast(SHARPNESS / 2 * ours @ ours.T, group)
    return total


def _softmax(scores: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Cross-entropy where any of several answers is right: −log of their share together."""
    return (scores.logsumexp(1) - scores.masked_fill(~right, -torch.inf).logsumexp(1)).mean()


def _contrast(scores: torch.Tensor, group: torch.Tensor) -> torch.Tensor:
    """Mean −log share of each other picture of the same group; pictures alone in the batch are passed over."""
    itself = torch.eye(len(group), dtype=torch.bool)
    same = (group[:, None] == group[None]) & ~itself
    logs = scores - scores.masked_fill(itself, -torch.inf).logsumexp(1, keepdim=True)
    friends = same.sum(1)
    each = -(logs * same).sum(1) / friends.clamp(min=1)
    return each[friends > 0].mean() if bool((friends > 0).any()) else scores.new_zeros(())


@torch.no_grad()
def _follow(kept: Network, network: Network, share: float) -> None:
    """Move the running mean towards the present weights; the norms' statistics are taken as they are."""
    for mean, now in zip(kept.parameters(), network.parameters(), strict=True):
        mean.lerp_(now, 1 - share)
    for mean, now in zip(kept.buffers(), network.buffers(), strict=True):
        mean.copy_(now)


def _save(kept: Network, pictures: Pictures, epochs: int, steps: int, places: Places) -> None:
    torch.save(kept.state_dict(), places.cache("image.pt"))
    before = places.cache("image_start.json")
    earlier = json.loads(before.read_text()) if before.exists() else {"epochs": 0, "steps": 0}
    facts = {
        "pictures": pictures.counts(),
        "groups": len(pictures.groups),
        "epochs": earlier["epochs"] + epochs,
        "steps": earlier["steps"] + steps,
        "batch": BATCH,
        "seed": SEED,
    }
    places.cache("image_facts.json").write_text(json.dumps(facts))
