"""The vision teacher taught our groups and captions, all of it: on a GPU it takes the place of the guides.

It tells apart what no small network on its features could. Of its weights, changed or not, nothing ships: the image
tower learns from what it says of every view.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from training import guide, sight
from training.draws import Draws
from training.guide import Guide
from training.losses import Captions, told
from training.pictures import Pictures
from training.places import DIMS, SEED, Places
from training.precision import autocast
from training.sight import Sight
from training.views import Views

LOOK = 224  # pixels
STEPS, BATCH, WARM = 2400, 192, 200
RATE, HEAD_RATE, DECAY = 4e-4, 1.5e-3, 0.05  # of AdamW, the first for what was there before
DROPPED = 0.2  # of the deepest block's pictures, that skip it (Huang et al. 2016)


class Tuned(nn.Module):
    """(n, 3, s, s) pictures of 0 to 255 → (n, 256); not of unit length."""

    def __init__(self) -> None:
        super().__init__()
        self.sight, self.head = Sight(), guide.network(sight.WIDTH)
        self.sight.model._global_params = self.sight.model._global_params._replace(drop_connect_rate=DROPPED)

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        """The vectors."""
        out: torch.Tensor = self.head(guide.SCALE * sight.rooted(self.sight(seen)))
        return out


def learn(views: Views, pictures: Pictures, words: Captions, places: Places) -> Guide:
    """Teach it, or take what the runs folder has, and ask it about every view."""
    kept = places.cache("tuned.pt")
    if not kept.exists():
        torch.save(_taught(views, pictures, words, places).state_dict(), kept)
    model = Tuned()
    model.load_state_dict(torch.load(kept, weights_only=True, map_location="cpu"))
    model = model.to(places.device, memory_format=torch.channels_last).eval()
    return Guide(
        _said(model, views, places.device),
        torch.full((len(views.features),), guide.TRUST, device=places.device),
        guide.axes(views.features),
    )


def _taught(views: Views, pictures: Pictures, words: Captions, places: Places) -> Tuned:
    torch.manual_seed(SEED)
    device, draws = places.device, Draws(pictures, views)
    chance = torch.Generator(device).manual_seed(SEED)
    model = Tuned().to(device, memory_format=torch.channels_last).train()
    sort = nn.Linear(DIMS[0], len(pictures.groups)).to(device)
    source = torch.from_numpy(np.unique([group.source for group in pictures.groups], return_inverse=True)[1]).to(device)
    fresh = [*model.head.parameters(), *sort.parameters()]
    rates = [{"params": [*model.sight.parameters()], "lr": RATE}, {"params": fresh, "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(rates, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min((step + 1) / WARM, 1 - step / STEPS))
    for step in range(STEPS):
        view, group = (found.to(device) for found in draws.batch(BATCH))
        with autocast(device):
            out = model(_scaled(views.take(view), chance)).float()
        among = source[group][:, None] == source[None]  # a shop tells its own goods apart, not those of others
        loss = told(out, group, words, words.draw(chance), among) + guide.sorting(sort, out, group)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 200 == 0 or step == STEPS - 1:
            print(f"teacher step {step}: loss {float(loss.detach()):.3f}", flush=True)
    return model


def _scaled(pictures: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """As `sight.sized`, every other one mirrored."""
    seen = sight.sized(pictures, LOOK)
    turned = torch.rand(len(seen), 1, 1, 1, generator=chance, device=chance.device) < 0.5
    return torch.where(turned, seen.flip(3), seen).contiguous(memory_format=torch.channels_last)


@torch.inference_mode()
def _said(model: Tuned, views: Views, device: str) -> torch.Tensor:
    """(v, 256) unit rows, of each view and its mirror image together."""
    rows = []
    for numbers in torch.arange(len(views.features)).split(512):
        seen = sight.sized(views.take(numbers), LOOK).contiguous(memory_format=torch.channels_last)
        with autocast(device):
            both = model(seen).float(), model(seen.flip(3)).float()
        rows.append(nn.functional.normalize(both[0] + both[1], dim=1))
    return torch.cat(rows).clone()
