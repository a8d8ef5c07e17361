"""Where training reads and writes, and how long it may take: one value handed to every step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DIMS = (256, 128, 64)  # the Matryoshka sizes; the losses are taken at the largest and the smallest
SEED = 20261
WEIGHTS = Path(__file__).resolve().parents[1] / "src" / "snapshelf" / "embedders" / "_compact"
RUNS = Path(__file__).resolve().parent / "runs"
PAGE = Path(__file__).resolve().parents[1] / "docs" / "models" / "compact.md"


@dataclass(frozen=True, slots=True)
class Places:
    """``data``: the retail bundles. ``runs``: caches and checkpoints, may be deleted. ``minutes``: a step's limit.
    ``device``: what torch computes on, cpu or cuda.
    """

    data: Path
    runs: Path
    minutes: float
    epochs: int
    threads: int
    device: str = "cpu"

    @property
    def quick(self) -> bool:
        """Whether a GPU does the work, so that more of everything is affordable."""
        return self.device != "cpu"

    def cache(self, name: str) -> Path:
        """A file of the runs folder, which is made if need be."""
        self.runs.mkdir(parents=True, exist_ok=True)
        return self.runs / name
