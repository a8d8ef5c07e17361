"""What a vector of a picture is asked to be: near its caption, near pictures of its group, far from the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from training.places import DIMS

SHARPNESS = 24.0


@dataclass(frozen=True, slots=True)
class Captions:
    """``vectors`` (c, 256) of every distinct caption; ``of`` (groups, most) their numbers, repeated to one length."""

    vectors: torch.Tensor
    of: torch.Tensor

    def on(self, device: str) -> Captions:
        """The same where the pictures are."""
        return Captions(self.vectors.to(device), self.of.to(device))

    def draw(self, chance: torch.Generator) -> torch.Tensor:
        """(groups,) one caption of each."""
        at = torch.randint(self.of.shape[1], (len(self.of), 1), generator=chance, device=chance.device)
        return self.of.gather(1, at)[:, 0]


def captions(groups: list[tuple[str, ...]], embed) -> Captions:  # type: ignore[no-untyped-def]
    """embed: list of texts → (n, 256) unit rows."""
    numbers: dict[str, int] = {}
    of = [[numbers.setdefault(caption, len(numbers)) for caption in found] for found in groups]
    most = int(np.lcm.reduce([len(found) for found in of]))
    return Captions(
        torch.from_numpy(embed(list(numbers))), torch.tensor([found * (most // len(found)) for found in of])
    )


def told(
    out: torch.Tensor, group: torch.Tensor, words: Captions, picked: torch.Tensor, among: torch.Tensor | None = None
) -> torch.Tensor:
    """Of vectors (n, 256) and their groups, at the largest and the smallest Matryoshka size, summed.

    Softmax over one caption of every group, where equal captions share the prize; 1 − cosine to the own caption;
    supervised contrast between pictures of one group (Khosla et al. 2020). ``among`` (n, groups): which groups each is
    told from, all without it.
    """
    same = picked[group][:, None] == picked[None, :]
    total = out.new_zeros(())
    for dim in (DIMS[0], DIMS[-1]):
        ours = functional.normalize(out[:, :dim])
        theirs = functional.normalize(words.vectors[picked][:, :dim])
        scores = SHARPNESS * ours @ theirs.T
        total = total + _softmax(scores if among is None else scores.masked_fill(~among, -torch.inf), same)
        total = total + 0.5 * (1 - (ours * theirs[group]).sum(1)).mean()
        total = total + 0.5 * _contrast(SHARPNESS / 2 * ours @ ours.T, group)
    return total


def toward(out: torch.Tensor, wanted: torch.Tensor, trust: torch.Tensor) -> torch.Tensor:
    """1 − cosine to other vectors of the same space, at the largest and the smallest size; ``trust`` (n,) times."""
    apart = [1 - functional.cosine_similarity(out[:, :dim], wanted[:, :dim]) for dim in (DIMS[0], DIMS[-1])]
    return (trust * sum(apart)).mean()


def _softmax(scores: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Cross-entropy where any of several answers is right: −log of their share together."""
    return (scores.logsumexp(1) - scores.masked_fill(~right, -torch.inf).logsumexp(1)).mean()


def _contrast(scores: torch.Tensor, group: torch.Tensor) -> torch.Tensor:
    """Mean −log share of each other picture of the same group; pictures alone in the batch are passed over."""
    itself = torch.eye(len(group), dtype=torch.bool, device=group.device)
    same = (group[:, None] == group[None]) & ~itself
    logs = scores - scores.masked_fill(itself, -torch.inf).logsumexp(1, keepdim=True)
    friends = same.sum(1)
    each = -logs.masked_fill(~same, 0.0).sum(1) / friends.clamp(min=1)
    return each.sum() / (friends > 0).sum().clamp(min=1)
