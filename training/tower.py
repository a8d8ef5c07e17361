"""The learnt text table as training and export use it, in numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.places import Places


@dataclass(frozen=True, slots=True)
class TextTower:
    """Word pieces and their vectors (pieces, 256)."""

    tokens: Tokenizer
    table: NDArray[np.float32]

    @classmethod
    def read(cls, places: Places) -> TextTower:
        """What `python -m training text` left in the runs folder."""
        with np.load(places.cache("text.npz"), allow_pickle=False) as arrays:
            return cls(Tokenizer.from_file(str(places.cache("tokenizer.json"))), arrays["table"])

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        """(n, 256) unit rows."""
        rows = np.stack([self.table[found.ids or [1]].sum(0) for found in self.tokens.encode_batch(texts)])
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
