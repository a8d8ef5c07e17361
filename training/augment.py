"""What a customer's camera does to a picture, on whole batches: placing, light, colour, something in front."""

from __future__ import annotations

import math

import torch
from torch.nn import functional


def augment(pictures: torch.Tensor, size: int, chance: torch.Generator) -> torch.Tensor:
    """(n, s, s, 3) bytes → (n, 3, size, size) floats from 0 to 255."""
    seen = pictures.permute(0, 3, 1, 2).float()
    return _hidden(_light(_placed(seen, size, chance), chance), chance)


def _uniform(n: int, low: float, high: float, chance: torch.Generator) -> torch.Tensor:
    return torch.rand(n, generator=chance) * (high - low) + low


def _placed(seen: torch.Tensor, size: int, chance: torch.Generator) -> torch.Tensor:
    """Scaled, turned, stretched, shifted and mirrored; what lies outside is the mean colour, as in the letterbox."""
    n = len(seen)
    zoom, angle = _uniform(n, 0.65, 1.35, chance), _uniform(n, -26, 26, chance) * math.pi / 180
    stretch = _uniform(n, -0.15, 0.15, chance).exp()
    mirror = torch.where(torch.rand(n, generator=chance) < 0.5, -1.0, 1.0)
    cos, sin = angle.cos() / zoom, angle.sin() / zoom
    matrix = torch.zeros(n, 2, 3)
    matrix[:, 0, 0], matrix[:, 0, 1] = cos * stretch * mirror, -sin / stretch
    matrix[:, 1, 0], matrix[:, 1, 1] = sin * stretch * mirror, cos / stretch
    matrix[:, :, 2] = torch.rand(n, 2, generator=chance) * 0.4 - 0.2
    grid = functional.affine_grid(matrix, [n, 3, size, size], align_corners=False)
    mean = seen.mean((2, 3), keepdim=True)
    return functional.grid_sample(seen - mean, grid, padding_mode="zeros", align_corners=False) + mean


def _light(seen: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """Exposure, white balance, contrast and saturation."""
    n = len(seen)
    gain = _uniform(n, 0.65, 1.35, chance)[:, None, None, None]
    balance = 1 + 0.08 * (torch.rand(n, 3, 1, 1, generator=chance) * 2 - 1)
    seen = seen * gain * balance
    grey = seen.mean(1, keepdim=True)
    seen = grey + (seen - grey) * _uniform(n, 0.6, 1.4, chance)[:, None, None, None]
    middle = seen.mean((1, 2, 3), keepdim=True)
    return (middle + (seen - middle) * _uniform(n, 0.75, 1.25, chance)[:, None, None, None]).clamp_(0, 255)


def _hidden(seen: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """A grey box over part of every other picture."""
    size = seen.shape[2]
    for picture in seen:
        if float(torch.rand(1, generator=chance)) < 0.5:
            height, width = (torch.rand(2, generator=chance) * size * 0.35 + size * 0.08).int().tolist()
            top, left = (torch.rand(2, generator=chance) * torch.tensor([size - height, size - width])).int().tolist()
            picture[:, top : top + height, left : left + width] = 255 * float(torch.rand(1, generator=chance))
    return seen
