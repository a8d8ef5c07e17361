"""The image tower: a picture learns to point where its captions point, and to see what two teachers see in it.

The losses of `losses` on captions and groups, 1 − cosine to what the guide says of the view, 1 − cosine between a
projection of the tower's features and the vision teacher's, and a plain classifier; projection and classifier are
thrown away after training. Small pictures first, since coarse things are cheap to learn. The weights kept are a running
mean over the steps.
"""

from __future__ import annotations

import copy
import json
import time

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from snapshelf.embedders.compact import SIZE
from training import guide, pictures, teacher, views
from training.guide import AXES, Guide
from training.losses import Captions, captions, told, toward
from training.network import MEAN, SPREAD, Network
from training.pictures import Pictures
from training.places import SEED, Places
from training.precision import autocast
from training.tower import TextTower
from training.views import KEPT, Views

BATCH = 128
RATE, DECAY = 2.5e-3, 0.03
SIZES = ((0.55, 64), (0.8, 80), (1.0, SIZE))  # pixels until this share of the time
OWN_WORDS = 0.6  # share of the time after which captions are where the text tower, not its teacher, puts them
KEPT_SHARE = 0.998  # of the running mean that one step leaves


def run(places: Places) -> None:
    """Train until the epochs or the minutes are over; image.pt and image_facts.json are renewed after every epoch."""
    learn(pictures.load(places), places, places)


def learn(found: Pictures, places: Places, out: Places) -> Network:
    """Train on some pictures; what is learnt goes to the runs folder of ``out``. → the running mean of the network."""
    torch.manual_seed(SEED)
    torch.set_num_threads(places.threads)
    seen = views.load(places)
    groups = [group.captions for group in found.groups]
    print(found.counts(), len(groups), "groups,", len(seen.features), "views", flush=True)
    first = captions(groups, lambda texts: teacher.project(texts, places))
    student = _Student(found, seen, guide.learn(seen, found, first, out))
    _learn(student, first, groups, places, out)
    return student.kept


class _Student:
    """The tower in training with all that is thrown away afterwards, and the pictures it is shown."""

    def __init__(self, found: Pictures, seen: Views, told_by: Guide) -> None:
        self.pictures, self.views, self.guide = found, seen, told_by
        self.network = Network().to(memory_format=torch.channels_last)
        self.kept = copy.deepcopy(self.network).eval()
        width = self.network.head[0].in_features
        self.sort, self.project = nn.Linear(width, len(found.groups)), nn.Linear(width, AXES)
        self.starts = np.searchsorted(seen.picture, np.arange(len(found.group)))
        self.ends = np.searchsorted(seen.picture, np.arange(len(found.group)), "right")
        self.firsts = np.cumsum([0] + [len(part) for part in seen.pixels])
        self.rng, self.chance = np.random.default_rng(SEED), torch.Generator().manual_seed(SEED)

    def parameters(self) -> list[nn.Parameter]:
        """All that learns."""
        return [*self.network.parameters(), *self.sort.parameters(), *self.project.parameters()]

    def draw(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Numbers of views, and the groups they are of."""
        at = self.rng.choice(len(self.pictures.group), BATCH, p=self.pictures.weight)
        view = self.starts[at] + (self.rng.random(BATCH) * (self.ends - self.starts)[at]).astype(np.int64)
        return torch.from_numpy(view), torch.from_numpy(self.pictures.group[at])

    def pixels(self, view: torch.Tensor, size: int) -> torch.Tensor:
        """(n, 3, size, size): a little cropped, mirrored, lighter or darker, scaled to network inputs."""
        rows: list[NDArray[np.uint8]] = []
        for number in view.tolist():
            part = int(np.searchsorted(self.firsts, number, "right")) - 1
            rows.append(self.views.pixels[part][number - self.firsts[part]])
        seen = torch.from_numpy(np.stack(rows)).permute(0, 3, 1, 2).float()
        mirrored = torch.rand(len(seen), generator=self.chance) < 0.5
        seen[mirrored] = seen[mirrored].flip(3)
        side = int(self.rng.integers(KEPT - 14, KEPT + 1))
        top, left = self.rng.integers(0, KEPT - side + 1, 2)
        seen = seen[:, :, top : top + side, left : left + side]
        seen = functional.interpolate(seen, (size, size), mode="bilinear", antialias=True, align_corners=False)
        gain = (
            torch.rand(len(seen), 3, 1, 1, generator=self.chance) * 0.06
            + torch.rand(len(seen), 1, 1, 1, generator=self.chance) * 0.2
            + 0.87
        )
        return ((seen * gain).clamp(0, 255) - MEAN).div(SPREAD).contiguous(memory_format=torch.channels_last)

    def loss(self, words: Captions, size: int) -> torch.Tensor:
        """Of one batch."""
        view, group = self.draw()
        with autocast():
            features = self.network.features(self.pixels(view, size))
            out = self.network.head(features).float()
            sorted_, projected = self.sort(features).float(), self.project(features).float()
        total = told(out, group, words, words.draw(self.chance)) + toward(out, self.guide.vectors[view])
        total = total + 2 * (1 - functional.cosine_similarity(projected, self.guide.features[view])).mean()
        return total + 0.4 * functional.cross_entropy(sorted_, group, label_smoothing=0.1)

    @torch.no_grad()
    def follow(self, share: float) -> None:
        """Move the running mean towards the present weights; the norms' statistics are taken as they are."""
        for mean, now in zip(self.kept.parameters(), self.network.parameters(), strict=True):
            mean.lerp_(now, 1 - share)
        for mean, now in zip(self.kept.buffers(), self.network.buffers(), strict=True):
            mean.copy_(now)


def _learn(student: _Student, first: Captions, groups: list[tuple[str, ...]], places: Places, out: Places) -> None:
    optimizer = torch.optim.AdamW(student.parameters(), lr=RATE, weight_decay=DECAY)
    started, limit, done, words = time.monotonic(), places.minutes * 60, 0, first
    steps = len(student.pictures.group) // BATCH
    for epoch in range(places.epochs):
        losses: list[float] = []
        for _ in range(steps):
            share = max(done / (steps * places.epochs), (time.monotonic() - started) / limit)
            if share > OWN_WORDS and words is first and places.cache("text_facts.json").exists():
                words = captions(groups, TextTower.read(places).embed)
            for one in optimizer.param_groups:
                one["lr"] = RATE * _schedule(share, done)
            size = next(size for until, size in SIZES if share <= until or size == SIZE)
            loss = student.loss(words, size)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            done += 1
            student.follow(min(KEPT_SHARE, done / (done + 20)))
            losses.append(float(loss.detach()))
            if share >= 1:
                break
        _save(student, epoch + 1, done, out)
        print(f"image epoch {epoch + 1}: loss {np.mean(losses):.3f}, {size} px, {share:.3f} done", flush=True)
        if share >= 1:
            break


def _schedule(share: float, done: int) -> float:
    """Warm up over 150 steps, then half a cosine down to a hundredth."""
    return min((done + 1) / 150, 1.0) * max(0.5 * (1 + float(np.cos(np.pi * min(share, 1.0)))), 0.01)


def _save(student: _Student, epochs: int, steps: int, places: Places) -> None:
    torch.save(student.kept.state_dict(), places.cache("image.pt"))
    facts = {
        "pictures": student.pictures.counts(),
        "groups": len(student.pictures.groups),
        "views": len(student.views.features),
        "epochs": epochs,
        "steps": steps,
        "batch": BATCH,
        "seed": SEED,
    }
    places.cache("image_facts.json").write_text(json.dumps(facts))
