"""Views: every training picture as several photos made by `augment`, and what a vision teacher says of each.

The teacher is EfficientNet-Lite2 (Tan & Le 2019; Apache-2.0), trained by others on ImageNet. Only what it says about
our pictures is learnt from: none of its weights are in what ships. Views are made once, so that the student sees
exactly what the teacher saw (Beyer et al. 2022, "a good teacher is patient and consistent"): on a processor kept in the
runs folder, on a GPU made anew in its memory, which takes less time than reading them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from training import sight
from training.augment import augment
from training.pictures import SIZE, Bundle, bundles
from training.places import SEED, Places

KEPT = 128  # pixels of a view that is kept on disk
BATCH = {False: 32, True: 256}  # of views made at once; True: by a GPU
Look = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Views:
    """``pixels`` (v, s, s, 3) bytes, in parts on disk or as a whole on a GPU; ``features`` (v, 1280) float16, where the
    computing is done; ``picture`` (v,) its number.
    """

    pixels: list[NDArray[np.uint8]] | torch.Tensor
    features: torch.Tensor
    picture: NDArray[np.int64]

    def take(self, numbers: torch.Tensor) -> torch.Tensor:
        """(n, s, s, 3) bytes of these views, where the features are."""
        if isinstance(self.pixels, torch.Tensor):
            return self.pixels[numbers.to(self.pixels.device)]
        starts = np.cumsum([0] + [len(part) for part in self.pixels])
        part = np.searchsorted(starts, numbers.numpy(), "right") - 1
        rows = [self.pixels[at][number - starts[at]] for at, number in zip(part, numbers.tolist(), strict=True)]
        return torch.from_numpy(np.stack(rows))


def load(places: Places) -> Views:
    """The views of every bundle, in the order of `pictures.load`; made where they are not there yet."""
    found = bundles(places)
    firsts = np.cumsum([0] + [len(bundle.pixels) for bundle in found])
    each = [np.arange(len(bundle.pixels) * bundle.views) // bundle.views for bundle in found]
    picture = np.concatenate([part + first for part, first in zip(each, firsts, strict=False)])
    if places.quick:
        return Views(*_in_memory(found, places), picture)
    kept = [_kept(bundle, places) for bundle in found]
    return Views([pixels for pixels, _ in kept], torch.cat([features for _, features in kept]), picture)


def _kept(bundle: Bundle, places: Places) -> tuple[NDArray[np.uint8], torch.Tensor]:
    """View v of picture p is row p * views + v; view 0 is the picture itself."""
    seen, said = places.cache(f"views_{bundle.name}.npy"), places.cache(f"features_{bundle.name}.npy")
    if not said.exists():
        shape = (len(bundle.pixels) * bundle.views, KEPT, KEPT, 3)
        pixels = np.lib.format.open_memmap(seen, "w+", np.uint8, shape)
        features = torch.empty(len(pixels), sight.WIDTH, dtype=torch.float16)
        for rows, made, found in _made(bundle, sight.look(places), places):
            pixels[rows] = resized(made, KEPT)
            features[rows] = found
        pixels.flush()
        np.save(said, features.numpy())
    return np.load(seen, mmap_mode="r"), torch.from_numpy(np.load(said))


def _in_memory(found: list[Bundle], places: Places) -> tuple[torch.Tensor, torch.Tensor]:
    total = sum(len(bundle.pixels) * bundle.views for bundle in found)
    pixels = torch.empty(total, SIZE, SIZE, 3, dtype=torch.uint8, device=places.device)
    features = torch.empty(total, sight.WIDTH, dtype=torch.float16, device=places.device)
    look, first = sight.look(places), 0
    for bundle in found:
        for rows, made, said in _made(bundle, look, places):
            at = slice(first + rows[0], first + rows[-1] + 1)
            pixels[at], features[at] = made, said
        first += len(bundle.pixels) * bundle.views
    return pixels, features


def _made(bundle: Bundle, look: Look, places: Places):  # type: ignore[no-untyped-def]
    """(numbers of rows, their pictures, what the teacher says of them), batch by batch."""
    n, size = len(bundle.pixels) * bundle.views, BATCH[places.quick]
    for start in range(0, n, size):
        rows = np.arange(start, min(start + size, n))
        made = batch(bundle, rows, places.device)
        yield rows, made, look(made)
        if start // size % 50 == 0:
            print(f"views of {bundle.name}: {start} of {n}", flush=True)


def batch(bundle: Bundle, rows: NDArray[np.int64], device: str) -> torch.Tensor:
    """(n, SIZE, SIZE, 3) bytes; the same rows give the same views."""
    chance = torch.Generator(device).manual_seed(SEED + int(rows[0]))
    of = rows // bundle.views
    plain = torch.from_numpy(bundle.pixels[of]).to(device)
    behind = torch.randint(len(bundle.grounds), (len(rows),), generator=chance, device=device).cpu().numpy()
    grounds = torch.from_numpy(bundle.grounds[behind]).to(device).roll(SIZE // 3, 2)  # what stood there is cut in two
    made = augment(plain, grounds, torch.from_numpy(bundle.studio[of]).to(device), chance)
    first = torch.from_numpy(rows % bundle.views == 0).to(device)
    made[first] = plain[first]
    return made


def resized(pictures: torch.Tensor, size: int) -> NDArray[np.uint8]:
    """(n, size, size, 3) bytes."""
    out = sight.sized(pictures, size)
    return out.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
