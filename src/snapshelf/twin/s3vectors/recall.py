"""Results that drop out, as they do in an approximate index: on request, and the same ones for the same query.

The chance that one of the true results is missing is fitted to a measurement of S3 Vectors (50,000 vectors of 384
dimensions, ENHANCED, filters of six selectivities, K from 5 to 50):

    miss(m, k) = max(0.008, 1 - exp(-k / (58 + 0.85 m)))     where m vectors pass the filter; 0 where m ≤ 5

It gives recall 0.61 at k = m = 50, 0.75 at k = 50 of 135, 0.90 at k = 50 of 500, and 0.99 without a filter.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")
FLOOR = 0.008
SAFE = 5  # so few matches are all found


@dataclass(frozen=True, slots=True)
class Loss:
    """Which results are lost depends on the seed, the query and the result, and on nothing else."""

    seed: int = 0

    def miss(self, matching: int, k: int) -> float:
        """The chance, in [0, 1], that a true result is missing."""
        if matching <= SAFE:
            return 0.0
        return max(FLOOR, 1 - math.exp(-min(k, matching) / (58 + 0.85 * matching)))

    def kept(self, found: Sequence[Result], names: Sequence[str], matching: int, k: int, query: bytes) -> list[Result]:
        """What is left of results, nearest first; ``names`` tell them apart."""
        chance = self.miss(matching, k)
        head = hashlib.blake2b(query, digest_size=16, key=str(self.seed).encode()).digest()
        return [one for one, name in zip(found, names, strict=True) if _draw(head, name) >= chance]


def _draw(head: bytes, name: str) -> float:
    """A number in [0, 1), the same for the same query and result."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8, key=head).digest()) / 2**64
