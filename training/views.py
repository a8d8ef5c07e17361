"""Views: every training picture as several photos made by `augment`, and what a vision teacher says of each.

The teacher is EfficientNet-Lite2 (Tan & Le 2019; Apache-2.0), trained by others on ImageNet. Only what it says about
our pictures is learnt from: none of its weights are in what ships, and none were changed. Views are made once and kept
in the runs folder, so that the student sees exactly what the teacher saw (Beyer et al. 2022, "a good teacher is patient
and consistent").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training import sight
from training.augment import augment
from training.pictures import SIZE, Bundle, bundles
from training.places import SEED, Places

KEPT = 112  # pixels of a view that the student is given
BATCH = 32


@dataclass(frozen=True, slots=True)
class Views:
    """``pixels`` (v, KEPT, KEPT, 3) uint8 on disk; ``features`` (v, 1280) float16; ``picture`` (v,) its number."""

    pixels: list[NDArray[np.uint8]]
    features: NDArray[np.float16]
    picture: NDArray[np.int64]


def load(places: Places) -> Views:
    """The views of every bundle, in the order of `pictures.load`; made where they are not there yet."""
    pixels, features, picture, first = [], [], [], 0
    for bundle in bundles(places):
        made = _views(bundle, places)
        pixels.append(made[0])
        features.append(made[1])
        picture.append(np.arange(len(made[0])) // bundle.views + first)
        first += len(bundle.pixels)
    return Views(pixels, np.concatenate(features), np.concatenate(picture))


def _views(bundle: Bundle, places: Places) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """View v of picture p is row p * views + v; view 0 is the picture itself."""
    seen, said = places.cache(f"views_{bundle.name}.npy"), places.cache(f"features_{bundle.name}.npy")
    if not said.exists():
        teacher = sight.session(places)
        n = len(bundle.pixels) * bundle.views
        pixels = np.lib.format.open_memmap(seen, "w+", np.uint8, (n, KEPT, KEPT, 3))
        features = np.empty((n, sight.WIDTH), np.float16)
        for start in range(0, n, BATCH):
            rows = np.arange(start, min(start + BATCH, n))
            batch = _batch(bundle, rows)
            pixels[rows] = resized(batch, KEPT)
            features[rows] = sight.look(teacher, resized(batch, sight.LOOK))
            if start // BATCH % 50 == 0:
                print(f"views of {bundle.name}: {start} of {n}", flush=True)
        pixels.flush()
        np.save(said, features)
    return np.load(seen, mmap_mode="r"), np.load(said)


def _batch(bundle: Bundle, rows: NDArray[np.int64]) -> torch.Tensor:
    """(n, SIZE, SIZE, 3) bytes; the same rows give the same views."""
    chance = torch.Generator().manual_seed(SEED + int(rows[0]))
    of = rows // bundle.views
    plain = torch.from_numpy(bundle.pixels[of])
    behind = torch.randint(len(bundle.grounds), (len(rows),), generator=chance).numpy()
    grounds = torch.from_numpy(bundle.grounds[behind]).roll(SIZE // 3, 2)  # another place, whatever stood there
    made = augment(plain, grounds, torch.from_numpy(bundle.studio[of]), chance)
    first = torch.from_numpy(rows % bundle.views == 0)
    made[first] = plain[first]
    return made


def resized(pictures: torch.Tensor, size: int) -> NDArray[np.uint8]:
    """(n, size, size, 3) bytes."""
    seen = pictures.permute(0, 3, 1, 2).float()
    out = functional.interpolate(seen, (size, size), mode="bilinear", antialias=True, align_corners=False)
    return out.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
