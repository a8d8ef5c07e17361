"""The image tower: a picture learns to point where its captions point, and to see what two teachers see in it.

The losses of `losses` on captions and groups, 1 − cosine to what its guide says of the view (on a GPU: to what the
vision teacher says once it was taught our groups), 1 − cosine between a projection of the tower's features and those of
the untaught teacher, and a plain classifier; projection and classifier are thrown away after training. Each picture of
a batch comes with another of its group, so that photo and catalogue picture meet. Small pictures first, since coarse
things are cheap to learn. The weights kept are a running mean over the steps. A training that was stopped goes on from
its last epoch.
"""

from __future__ import annotations

import copy
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from training import guide, pictures, teacher, tuned, views
from training.draws import Draws
from training.guide import AXES, Guide
from training.losses import Captions, captions, told, toward
from training.muon import Muon, parted
from training.network import MEAN, SPREAD, Network
from training.pictures import Pictures
from training.places import SEED, Places
from training.precision import autocast
from training.tower import TextTower
from training.views import Views

BATCH = {False: 256, True: 1024}  # True: on a GPU
RATE, DECAY = 2.5e-3, 0.03  # of AdamW, for all but the large weights
TURN, FADE = 0.02, 0.02  # rate and decay of Muon
# Pixels until this share of the time. They stay below `SIZE`, which suits pictures that were cropped (`steady`).
SIZES = {False: ((0.35, 48), (0.65, 64), (0.85, 80), (1.0, 112)), True: ((0.15, 64), (0.45, 96), (1.0, 112))}
OWN_WORDS = 0.6  # share of the time after which captions are where the text tower, not its teacher, puts them
KEPT_SHARE = 0.997  # of the running mean that one step leaves

Line = tuple[int, float, int, float]  # of the log, after an epoch: steps, minutes, pixels, mean loss


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
    first = captions(groups, lambda texts: teacher.project(texts, places)).on(places.device)
    told_by = tuned if places.quick else guide
    student = Student(found, seen, told_by.learn(seen, found, first, out), places.device)
    _learn(student, first, groups, places, out)
    return student.kept.cpu()


class Student:
    """The tower in training with all that is thrown away afterwards, and the pictures it is shown."""

    def __init__(self, found: Pictures, seen: Views, told_by: Guide, device: str = "cpu") -> None:
        self.pictures, self.views, self.guide, self.device = found, seen, told_by, device
        self.draws, self.batch = Draws(found, seen), BATCH[device != "cpu"]
        self.network = Network().to(device, memory_format=torch.channels_last)
        self.kept = copy.deepcopy(self.network).eval()
        width = self.network.head[0].in_features
        self.sort = nn.Linear(width, len(found.groups)).to(device)
        self.project = nn.Linear(width, AXES).to(device)
        self.chance = torch.Generator(device).manual_seed(SEED)

    def parts(self) -> tuple[nn.Module, ...]:
        """Everything with weights."""
        return (self.network, self.kept, self.sort, self.project)

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for the large weights of the network, AdamW for all else that learns."""
        large, rest = parted(self.network.parameters())
        rest += [*self.sort.parameters(), *self.project.parameters()]
        return [Muon(large, TURN, FADE), torch.optim.AdamW(rest, lr=RATE, weight_decay=DECAY)]

    def pixels(self, view: torch.Tensor, size: int) -> torch.Tensor:
        """(n, 3, size, size): a little cropped, mirrored, lighter or darker, scaled to network inputs."""
        return shown(self.views.take(view), size, self.draws.rng, self.chance)

    def loss(self, words: Captions, size: int) -> torch.Tensor:
        """Of one batch."""
        view, group = (found.to(self.device) for found in self.draws.batch(self.batch))
        with autocast(self.device):
            features = self.network.features(self.pixels(view, size))
            out = self.network.head(features).float()
            sorted_, projected = self.sort(features).float(), self.project(features).float()
        total = told(out, group, words, words.draw(self.chance))
        total = total + toward(out, self.guide.vectors[view], self.guide.trust[view])
        total = total + 2 * (1 - functional.cosine_similarity(projected, self.guide.features[view])).mean()
        return total + 0.4 * functional.cross_entropy(sorted_, group, label_smoothing=0.1)

    @torch.no_grad()
    def follow(self, share: float) -> None:
        """Move the running mean towards the present weights; the norms' statistics are taken as they are."""
        for mean, now in zip(self.kept.parameters(), self.network.parameters(), strict=True):
            mean.lerp_(now, 1 - share)
        for mean, now in zip(self.kept.buffers(), self.network.buffers(), strict=True):
            mean.copy_(now)


def _learn(student: Student, first: Captions, groups: list[tuple[str, ...]], places: Places, out: Places) -> None:
    optimizers = student.optimizers()
    rates = [one["lr"] for optimizer in optimizers for one in optimizer.param_groups]
    stop = out.cache("image_stop.pt")
    done, log = _taken_up(student, optimizers, stop)
    started = time.monotonic() - (60 * log[-1][1] if log else 0)
    limit, words = places.minutes * 60, first
    steps, sizes = len(student.pictures.group) // student.batch, SIZES[places.quick]
    for epoch in range(len(log), places.epochs):
        losses: list[torch.Tensor] = []
        for _ in range(steps):
            share = max(done / (steps * places.epochs), (time.monotonic() - started) / limit)
            if share > OWN_WORDS and words is first and places.cache("text_facts.json").exists():
                words = captions(groups, TextTower.read(places).embed).on(places.device)
            for rate, one in zip(rates, (one for each in optimizers for one in each.param_groups), strict=True):
                one["lr"] = rate * _schedule(share, done)
            size = next(size for until, size in sizes if share <= until or until == 1)
            losses.append(_step(student, optimizers, words, size))
            done += 1
            student.follow(min(KEPT_SHARE, done / (done + 20)))
            if share >= 1:
                break
        mean = round(float(torch.stack(losses).mean()), 3)
        log.append((done, round((time.monotonic() - started) / 60, 2), size, mean))
        _save(student, log, places, out)
        _put_down(student, optimizers, log, stop)
        print(f"image epoch {epoch + 1}: loss {log[-1][3]:.3f}, {size} px, {share:.3f} done", flush=True)
        if share >= 1:
            break
    stop.unlink(missing_ok=True)


def shown(pictures: torch.Tensor, size: int, rng: np.random.Generator, chance: torch.Generator) -> torch.Tensor:
    """(n, s, s, 3) bytes → (n, 3, size, size): a little cropped, mirrored, lighter or darker, scaled to inputs."""
    seen = pictures.permute(0, 3, 1, 2).float()
    n, whole = len(seen), seen.shape[2]

    def random(channels: int) -> torch.Tensor:
        return torch.rand(n, channels, 1, 1, generator=chance, device=chance.device)

    seen = torch.where(random(1) < 0.5, seen.flip(3), seen)
    side = int(rng.integers(whole * 7 // 8, whole + 1))
    top, left = rng.integers(0, whole - side + 1, 2)
    seen = seen[:, :, top : top + side, left : left + side]
    seen = functional.interpolate(seen, (size, size), mode="bilinear", antialias=True, align_corners=False)
    seen = seen * (random(3) * 0.06 + random(1) * 0.2 + 0.87)
    return (seen.clamp(0, 255) - MEAN).div(SPREAD).contiguous(memory_format=torch.channels_last)


def _step(student: Student, optimizers: list[torch.optim.Optimizer], words: Captions, size: int) -> torch.Tensor:
    """Learn from one batch. → its loss"""
    loss = student.loss(words, size)
    for optimizer in optimizers:
        optimizer.zero_grad()
    loss.backward()
    for optimizer in optimizers:
        optimizer.step()
    return loss.detach()


def _put_down(student: Student, optimizers: list[torch.optim.Optimizer], log: list[Line], stop: Path) -> None:
    """All that going on needs: weights, both optimizers, chance, and what was done so far."""
    held = [part.state_dict() for part in (*student.parts(), *optimizers)]
    chance = (student.chance.get_state(), student.draws.rng.bit_generator.state)
    part = stop.with_suffix(".part")
    torch.save({"parts": held, "chance": chance, "log": log}, part)
    part.replace(stop)


def _taken_up(student: Student, optimizers: list[torch.optim.Optimizer], stop: Path) -> tuple[int, list[Line]]:
    """Steps done, and the log, of a training that was stopped, whose state is taken up; nothing without one."""
    if not stop.exists():
        return 0, []
    found = torch.load(stop, weights_only=True)
    for part, held in zip((*student.parts(), *optimizers), found["parts"], strict=True):
        part.load_state_dict(held)
    student.chance.set_state(found["chance"][0])
    student.draws.rng.bit_generator.state = found["chance"][1]
    log: list[Line] = found["log"]
    print(f"going on after epoch {len(log)}, {log[-1][1]:.0f} minutes", flush=True)
    return log[-1][0], log


def _schedule(share: float, done: int) -> float:
    """Warm up over 100 steps, then straight down to a hundredth (Defazio et al. 2023)."""
    return min((done + 1) / 100, 1.0) * max(1 - share, 0.01)


def _save(student: Student, log: list[Line], places: Places, out: Places) -> None:
    torch.save({name: held.cpu() for name, held in student.kept.state_dict().items()}, out.cache("image.pt"))
    facts = {
        "pictures": student.pictures.counts(),
        "groups": len(student.pictures.groups),
        "views": len(student.views.features),
        "epochs": len(log),
        "steps": log[-1][0],
        "batch": student.batch,
        "seed": SEED,
        "device": torch.cuda.get_device_name() if places.quick else f"{places.threads} threads of a processor",
        "taught": [tuned.STEPS, tuned.BATCH] if places.quick else None,  # the vision teacher, in place of guides
        "log": log,
    }
    out.cache("image_facts.json").write_text(json.dumps(facts))
