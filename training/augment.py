"""What a customer's camera does to a picture, on whole batches: placing, ground, light, lens, something in front."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional

SWEEPS = 6  # over rows and columns, each both ways
WHITE = 236.0  # a pixel brighter than this in every colour, joined to the edge, is the ground of a catalogue picture


def augment(
    pictures: torch.Tensor, grounds: torch.Tensor, studio: torch.Tensor, chance: torch.Generator
) -> torch.Tensor:
    """(n, s, s, 3) bytes → (n, s, s, 3) bytes, as different photos of the same things.

    grounds: (n, s, s, 3) bytes of other photos. studio: (n,) booleans, pictures on a white ground: of these every
    other one is cut out and put before its entry of ``grounds``.
    """
    seen = pictures.permute(0, 3, 1, 2).float()
    swapped = studio & _some(len(seen), 0.6, chance)
    if bool(swapped.any()):
        behind = grounds[swapped].permute(0, 3, 1, 2).float()
        seen[swapped] = _before(seen[swapped], behind)
    seen = _hidden(_glared(_light(_placed(seen, chance), chance), chance), chance)
    return _compressed(_lens(seen, chance), chance)


def _random(chance: torch.Generator, *shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=chance, device=chance.device)


def _uniform(n: int, low: float, high: float, chance: torch.Generator) -> torch.Tensor:
    return _random(chance, n) * (high - low) + low


def _some(n: int, share: float, chance: torch.Generator) -> torch.Tensor:
    return _random(chance, n) < share


def _line_of(low: float, high: float, size: int, chance: torch.Generator) -> torch.Tensor:
    return torch.linspace(low, high, size, device=chance.device)


def _grid(low: float, high: float, size: int, chance: torch.Generator) -> tuple[torch.Tensor, ...]:
    return torch.meshgrid(*[_line_of(low, high, size, chance)] * 2, indexing="ij")


def _before(seen: torch.Tensor, behind: torch.Tensor) -> torch.Tensor:
    """Things on a white ground put before another one. White that the thing encloses stays."""
    outside = _outside(seen.amin(1) > WHITE)[:, None].float()
    soft = functional.avg_pool2d(functional.max_pool2d(outside, 3, 1, 1), 3, 1, 1)
    return seen * (1 - soft) + behind * soft


def _outside(white: torch.Tensor) -> torch.Tensor:
    """(n, h, w) booleans → those of them that a way over white joins to the edge, of at most `SWEEPS` turns."""
    found = white.clone()
    found[:, 1:-1, 1:-1] = False
    for _ in range(SWEEPS):
        for axis in (1, 2):
            dark = (~white).cumsum(axis)  # a run of white has one number
            for turned in (False, True):
                run, reached = (part.flip(axis) if turned else part for part in (dark, found))
                run = run.amax(axis, keepdim=True) - run if turned else run
                last = ((run + 1) * reached).cummax(axis).values
                now = (last == run + 1) & (white.flip(axis) if turned else white)
                found = now.flip(axis) if turned else now
    return found


def _placed(seen: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """Zoomed, turned, leaned, shifted and mirrored; what lies outside is the mean colour, as in the letterbox."""
    n, size = len(seen), seen.shape[2]
    zoom, angle = _uniform(n, -0.45, 0.35, chance).exp(), _uniform(n, -1, 1, chance)
    angle = angle * angle.abs() * 0.6  # mostly upright, up to 34 degrees
    stretch = _uniform(n, -0.17, 0.17, chance).exp()
    mirror = torch.where(_some(n, 0.5, chance), -1.0, 1.0)
    cos, sin = angle.cos() / zoom, angle.sin() / zoom
    y, x = _grid(-1, 1, size, chance)
    lean = _uniform(n, -0.22, 0.22, chance), _uniform(n, -0.22, 0.22, chance)
    depth = 1 + lean[0][:, None, None] * x + lean[1][:, None, None] * y
    x, y = x / depth, y / depth
    turned = [cos[:, None, None] * x - sin[:, None, None] * y, sin[:, None, None] * x + cos[:, None, None] * y]
    shift = _random(chance, n, 2) * 0.4 - 0.2
    turned[0] = turned[0] * (stretch * mirror)[:, None, None] + shift[:, 0, None, None]
    turned[1] = turned[1] / stretch[:, None, None] + shift[:, 1, None, None]
    mean = seen.mean((2, 3), keepdim=True)
    grid = torch.stack(turned, dim=3)
    return functional.grid_sample(seen - mean, grid, padding_mode="zeros", align_corners=False) + mean


def _light(seen: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """Exposure, white balance, a shadow to one side, contrast and saturation; now and then hardly any light."""
    n, size = len(seen), seen.shape[2]
    gain = _uniform(n, -0.45, 0.35, chance).exp()
    gain[_some(n, 0.08, chance)] *= 0.45
    balance = 1 + 0.10 * (_random(chance, n, 3, 1, 1) * 2 - 1)
    slope = _line_of(-0.5, 0.5, size, chance)
    sides = _uniform(n, -0.5, 0.5, chance), _uniform(n, -0.5, 0.5, chance)
    fall = 1 + sides[0][:, None, None] * slope[None, :, None] + sides[1][:, None, None] * slope[None, None, :]
    seen = seen * gain[:, None, None, None] * balance * fall[:, None]
    grey = seen.mean(1, keepdim=True)
    seen = grey + (seen - grey) * _uniform(n, 0.6, 1.4, chance)[:, None, None, None]
    middle = seen.mean((1, 2, 3), keepdim=True)
    return (middle + (seen - middle) * _uniform(n, 0.7, 1.3, chance)[:, None, None, None]).clamp_(0, 255)


def _glared(seen: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """A lamp's reflection on every sixth picture."""
    n, size = len(seen), seen.shape[2]
    y, x = _grid(0, 1, size, chance)
    middle, wide = _random(chance, n, 2), _uniform(n, 0.04, 0.14, chance)
    far = (x - middle[:, 0, None, None]) ** 2 + (y - middle[:, 1, None, None]) ** 2
    strength = _uniform(n, 60, 220, chance) * _some(n, 0.17, chance)
    return seen + (strength[:, None, None] * (-far / (2 * wide[:, None, None] ** 2)).exp())[:, None]


def _hidden(seen: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """A box of one colour over part of two pictures in five."""
    n, size = len(seen), seen.shape[2]
    sides = _random(chance, 2, n) * 0.32 + 0.08
    near = _random(chance, 2, n) * (1 - sides)
    at = _line_of(0, 1, size, chance)
    down, along = ((at >= low[:, None]) & (at < (low + side)[:, None]) for low, side in zip(near, sides, strict=True))
    box = (down[:, :, None] & along[:, None, :] & _some(n, 0.4, chance)[:, None, None])[:, None]
    return torch.where(box, 255 * _random(chance, n, 3, 1, 1), seen)


def _lens(seen: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """Out of focus or moved, and the noise of a small sensor."""
    n = len(seen)
    kind = _random(chance, n)
    for low, kernel in ((0.0, _round(0.8)), (0.08, _round(1.5)), (0.14, _line(5, 0)), (0.17, _line(5, 1))):
        moved = (kind >= low) & (kind < low + (0.06 if low < 0.14 else 0.03))
        if bool(moved.any()):
            weights = kernel.to(chance.device)[None, None].expand(3, 1, *kernel.shape)
            pad = kernel.shape[0] // 2
            framed = functional.pad(seen[moved], (pad,) * 4, mode="reflect")
            seen[moved] = functional.conv2d(framed, weights, groups=3)
    noise = torch.randn(seen.shape, generator=chance, device=chance.device)
    noise *= _uniform(n, 0, 9, chance)[:, None, None, None]
    return (seen + noise).clamp_(0, 255)


def _round(sigma: float) -> torch.Tensor:
    at = torch.arange(-4, 5).float()
    line = (-(at**2) / (2 * sigma**2)).exp()
    return torch.outer(line, line) / line.sum() ** 2


def _line(length: int, along: int) -> torch.Tensor:
    kernel = torch.zeros(length, length)
    kernel[length // 2 if along == 0 else slice(None), slice(None) if along == 0 else length // 2] = 1 / length
    return kernel


def _compressed(seen: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """Bytes again, of every third picture as a JPEG leaves them."""
    bytes_ = seen.round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()
    some = torch.nonzero(_some(len(bytes_), 0.33, chance)).flatten()
    if len(some):
        quality = _uniform(len(some), 30, 85, chance).int().tolist()
        with ThreadPoolExecutor() as pool:
            made = pool.map(_as_jpeg, bytes_[some].cpu().numpy(), quality)
        bytes_[some] = torch.from_numpy(np.stack(list(made))).to(seen.device)
    return bytes_


def _as_jpeg(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "JPEG", quality=quality)
    return np.array(Image.open(held))
