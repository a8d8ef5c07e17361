"""The text tower: a word piece has a learnt vector, and two small transformer layers correct it by its neighbours.

Vector of a text = Σ over its pieces (vector of the piece + correction), normalised. Without the corrections it is a
static table (Tulkens & van Dongen 2024, Model2Vec). Attention as in Vaswani et al. 2017, layers normalised first, where
a piece stands known only relative to others (Raffel et al. 2020), so that no length is special.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from training.places import DIMS, Places

LAYERS, WIDTH, HEADS, INNER = 2, 192, 4, 576
REACH = 12  # pieces apart beyond which a distance is as good as any other
NEXT_DOOR = 3.0  # how much more a neighbour is looked at, as a logarithm
FAR_BELOW = -1e4  # a score no exponential survives


class Layer(nn.Module):
    """Attention over the text's pieces, then a small network for each of them; both add to what comes in."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.between = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.ask, self.mix = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.wide, self.narrow = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.apart = nn.Parameter(torch.zeros(2 * REACH + 1, HEADS))
        with torch.no_grad():  # one head starts by looking at the piece before, one at the piece behind: order counts
            self.apart[REACH - 1, 0] = self.apart[REACH + 1, 1] = NEXT_DOOR

    def forward(self, states: Tensor, absent: Tensor, distances: Tensor) -> Tensor:
        """States (n, length, WIDTH); absent (n, 1, 1, length), very low where a piece only pads."""
        n, length = states.shape[:2]
        parts = self.ask(self.before(states)).view(n, length, 3 * HEADS, WIDTH // HEADS).transpose(1, 2)
        query, key, value = parts.split(HEADS, dim=1)
        bias = self.apart[distances].permute(2, 0, 1)[None] + absent
        scores = query @ key.transpose(2, 3) * (WIDTH // HEADS) ** -0.5 + bias
        seen = scores.softmax(3) @ value
        states = states + self.mix(seen.transpose(1, 2).reshape(n, length, WIDTH))
        return states + self.narrow(functional.gelu(self.wide(self.between(states))))


class Corrections(nn.Module):
    """Vectors of a text's pieces (n, length, 256) → what to add to each, nothing before the first lesson."""

    def __init__(self) -> None:
        super().__init__()
        self.enter, self.inwards = nn.LayerNorm(DIMS[0]), nn.Linear(DIMS[0], WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.leave, self.out = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, DIMS[0])
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, vectors: Tensor, real: Tensor) -> Tensor:
        """``real`` (n, length) is 1 for a piece and 0 for padding."""
        places = torch.arange(real.shape[1], device=real.device)
        distances = (places[None] - places[:, None]).clamp(-REACH, REACH) + REACH
        absent = ((1 - real) * FAR_BELOW)[:, None, None]
        states = self.inwards(self.enter(vectors))
        for layer in self.layers:
            states = layer(states, absent, distances)
        return self.out(self.leave(states))


class Network(nn.Module):
    """Ids (n, length), 0 pads → unit rows (n, 256)."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.table = nn.Embedding.from_pretrained(table, freeze=False, padding_idx=0, sparse=True)
        self.corrections = Corrections()

    def forward(self, ids: Tensor) -> Tensor:
        return functional.normalize(self.sums(ids), dim=1)

    def sums(self, ids: Tensor) -> Tensor:
        """The rows before they are normalised."""
        return pooled(self.table(ids), (ids != 0).float(), self.corrections)


def pooled(vectors: Tensor, real: Tensor, corrections: Corrections) -> Tensor:
    """Σ (vector + correction) over the real pieces: (n, 256)."""
    return ((vectors + corrections(vectors, real)).float() * real[:, :, None]).sum(1)


@dataclass(frozen=True, slots=True)
class TextTower:
    """Word pieces and the network over them, ready to use."""

    tokens: Tokenizer
    network: Network

    @classmethod
    def read(cls, places: Places) -> TextTower:
        """What `python -m training text` left in the runs folder."""
        state = torch.load(places.cache("text.pt"), weights_only=True)
        network = Network(torch.zeros_like(state["table.weight"]))
        network.load_state_dict(state)
        return cls(Tokenizer.from_file(str(places.cache("tokenizer.json"))), network.eval())

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        """(n, 256) unit rows, in order."""
        fed = [found.ids or [1] for found in self.tokens.encode_batch(texts)]
        order = np.argsort([len(ids) for ids in fed], kind="stable")
        rows = np.empty((len(fed), DIMS[0]), np.float32)
        with torch.inference_mode():
            for start in range(0, len(order), 256):
                at = order[start : start + 256]
                rows[at] = self.network(padded([fed[place] for place in at])).numpy()
        return rows


def padded(fed: list[list[int]]) -> Tensor:
    """(n, longest), zeros behind the shorter ones."""
    ids = torch.zeros(len(fed), max(map(len, fed)), dtype=torch.int64)
    for row, found in zip(ids, fed, strict=True):
        row[: len(found)] = torch.tensor(found)
    return ids
