"""What a drawing needs to know about a product, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias, TypeVar

RGB: TypeAlias = tuple[float, float, float]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Look:
    """Colours are sRGB in [0, 1]. ``traits`` are the words a title may use ("sleeve", "long"); ``design`` names the form.

    Variants of a family share ``design``, so they have one form in several colours.
    """

    kind: str
    base: RGB
    second: RGB
    accent: RGB
    pattern: str
    material: str
    brand: str
    traits: tuple[tuple[str, str], ...]
    design: str

    def trait(self, name: str) -> str:
        """The word chosen for this trait, "" when the kind has none of that name."""
        return dict(self.traits).get(name, "")

    def vary(self, name: str, low: float, high: float) -> float:
        """A number in [low, high] that belongs to this design: the same whenever it is asked for."""
        return Random(f"{self.design}/{name}").uniform(low, high)

    def chance(self, name: str, share: float = 0.5) -> bool:
        """True for about this share of all designs."""
        return self.vary(name, 0, 1) < share

    def choose(self, name: str, options: Sequence[T]) -> T:
        """One of the options, the same whenever it is asked for."""
        return Random(f"{self.design}/{name}").choice(options)
