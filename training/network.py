"""The image tower: a small residual network (He et al. 2016) with a two-layer head into the text tower's space."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from training.places import DIMS

WIDTHS, BLOCKS = (32, 48, 96, 192, 288), (1, 1, 2, 2)
HIDDEN = 384
MEAN, SPREAD = 127.5, 64.0  # what turns a byte into a network input; any picture size will do


class Block(nn.Module):
    """Two 3 × 3 convolutions beside a shortcut; the first one halves the picture where ``stride`` is 2."""

    def __init__(self, into: int, out: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(into, out, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(out)
        self.second = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(out)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or into != out:
            pool = nn.AvgPool2d(2, ceil_mode=True) if stride == 2 else nn.Identity()
            self.shortcut = nn.Sequential(pool, nn.Conv2d(into, out, 1, bias=False), nn.BatchNorm2d(out))
        nn.init.zeros_(self.second_norm.weight)  # every block begins as its shortcut, which learns faster

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        """The block's output."""
        inner = functional.relu(self.first_norm(self.first(seen)))
        return functional.relu(self.second_norm(self.second(inner)) + self.shortcut(seen))


class Network(nn.Module):
    """(n, 3, s, s) scaled pictures → (n, 256); not of unit length."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, WIDTHS[0], 3, 2, 1, bias=False), nn.BatchNorm2d(WIDTHS[0]), nn.ReLU())
        blocks = []
        for into, out, depth in zip(WIDTHS, WIDTHS[1:], BLOCKS, strict=False):
            blocks += [Block(into, out, 2), *(Block(out, out, 1) for _ in range(depth - 1))]
        self.body = nn.Sequential(*blocks)
        self.head = nn.Sequential(
            nn.Linear(WIDTHS[-1], HIDDEN), nn.BatchNorm1d(HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, DIMS[0])
        )

    def features(self, seen: torch.Tensor) -> torch.Tensor:
        """(n, 288): what the last block saw, averaged over the picture."""
        out: torch.Tensor = self.body(self.stem(seen)).mean((2, 3))
        return out

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        """The vectors."""
        out: torch.Tensor = self.head(self.features(seen))
        return out


class FromBytes(nn.Module):
    """What is exported: (n, s, s, 3) uint8 pictures → (n, 256) unit rows."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """The unit vectors."""
        return functional.normalize(self.network((pictures.permute(0, 3, 1, 2).float() - MEAN) / SPREAD), dim=1)
