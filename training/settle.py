"""The image tower once more, taught by itself: what it says of a view and its mirror image together, at full size.

Looking twice makes a better vector than looking once, and costs twice the time; learning to give that vector at one
look costs nothing later (Furlanello et al. 2018, born-again networks). The sizes before were smaller than what ships
sees, which suits pictures that were cropped (Touvron et al. 2019). Captions are where the text tower puts them.
"""

from __future__ import annotations

import torch
from torch.nn import functional

from snapshelf.embedders.compact import SIZE
from training import guide, image, pictures, views
from training.guide import Guide
from training.network import MEAN, SPREAD, Network
from training.places import SEED, Places
from training.precision import autocast
from training.sight import sized
from training.views import Views

PACE = 0.35  # times the rates of the first course
AT_ONCE = 1024  # views


def run(places: Places) -> None:
    """Go on from image.pt; settled.pt and settled_facts.json are renewed after every epoch."""
    torch.manual_seed(SEED)
    torch.set_num_threads(places.threads)
    found, seen = pictures.load(places), views.load(places)
    before = Network().to(places.device, memory_format=torch.channels_last).eval()
    before.load_state_dict(torch.load(places.cache("image.pt"), weights_only=True, map_location=places.device))
    trust = torch.full((len(seen.features),), guide.TRUST, device=places.device)
    told_by = Guide(_said(before, seen, places.device), trust, guide.axes(seen.features))
    student = image.Student(found, seen, told_by, places.device)
    student.begin(before.state_dict())
    words = image.own_words(found, places)
    image.train(student, image.Course("settled", ((1.0, SIZE),), PACE, lambda _: words), places, places)


@torch.inference_mode()
def _said(network: Network, seen: Views, device: str) -> torch.Tensor:
    """(v, 256) unit rows, of each view and its mirror image together."""
    rows = []
    for numbers in torch.arange(len(seen.features)).split(AT_ONCE):
        scaled = (sized(seen.take(numbers), SIZE) - MEAN) / SPREAD
        with autocast(device):
            rows.append(functional.normalize((network(scaled) + network(scaled.flip(3))).float(), dim=1))
    return torch.cat(rows).clone()
