"""A trained model: LightGBM's own text, and beside it a JSON file that says what it was made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from snapshelf.candidates import Candidate
from snapshelf.errors import BadSettings, Mismatch, NotHere
from snapshelf.extras import need
from snapshelf.protocols import Effects
from snapshelf.rerankers.lambdamart.features import VERSION, Floats, matrix, signals_in
from snapshelf.types import Kind

ABOUT = "model.json"
LEARNED, REST = "learned", "learned: rest"
AGAIN = "train it again: snapshelf train rerank"


@dataclass(frozen=True, slots=True)
class About:
    """What a model was made of. ``scale`` a: its raw score is in units of a · log relevance. ``told``: its training."""

    features: tuple[str, ...]
    scale: float
    version: int = VERSION
    told: Mapping[str, Any] = field(default_factory=dict)


class LambdaMart:
    """A correction of relevance in its logarithm: log final = log relevance + (trees − their median) / scale."""

    def __init__(self, about: About, booster: Any) -> None:
        self.about, self.booster = about, booster
        self._last: tuple[Sequence[Candidate], Floats, Floats] | None = None  # of `score`, for the `explain` after it

    @property
    def needs(self) -> frozenset[str]:
        """The signals that its features are made of."""
        return signals_in(self.about.features)

    def raw(self, candidates: Sequence[Candidate]) -> tuple[Floats, Floats]:
        """(n, features) what the trees see and (n,) what they say, as logarithms of factors, 0 for the median."""
        table = matrix(candidates, self.about.features)
        said = np.empty(0)
        if len(candidates):
            said = np.asarray(self.booster.predict(table, raw_score=True, num_threads=1), np.float64) / self.about.scale
            said = said - np.median(said)
        return table, said

    def score(self, candidates: Sequence[Candidate], query: str, now: float) -> Effects:
        """One effect, "learned"."""
        table, said = self.raw(candidates)
        self._last = (candidates, table, said)
        return {LEARNED: np.exp(said)}

    def explain(
        self, candidates: Sequence[Candidate], query: str, now: float, places: Sequence[int]
    ) -> list[Mapping[str, float]]:
        """The effect by feature, from Shapley values of the trees (Lundberg et al. 2020, From local explanations to
        global understanding with explainable AI for trees, Nature Machine Intelligence 2).
        """
        if not places:
            return []
        last = self._last
        seen = last[1:] if last is not None and last[0] is candidates else self.raw(candidates)
        table, whole = (found[list(places)] for found in seen)
        shares = np.asarray(self.booster.predict(table, pred_contrib=True, num_threads=1)) / self.about.scale
        found: list[Mapping[str, float]] = []
        for row, total in zip(shares, whole, strict=True):
            parts = {
                f"learned: {name}": float(np.exp(share))
                for name, share in zip(self.about.features, row[:-1], strict=True)
                if share != 0.0
            }
            found.append({**parts, REST: float(np.exp(total - row[:-1].sum()))})
        return found


def load(location: Path, known: Mapping[str, Kind]) -> LambdaMart:
    """Open a model. Raises NotHere, BadSettings (damaged), Mismatch (made for other features), MissingExtra."""
    about = location / ABOUT
    if not about.is_file():
        raise NotHere(f"there is no trained reranker in {location}; {AGAIN}")
    try:
        read = json.loads(about.read_text("utf-8"))
        kept = About(tuple(read["features"]), float(read["scale"]), int(read["version"]), read.get("told", {}))
        trees = (location / Path(read["trees"]).name).read_text("utf-8")
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise BadSettings(f"{about} is damaged ({error}); {AGAIN}") from error
    if kept.version != VERSION:
        raise Mismatch(
            f"the reranker in {location} was trained for version {kept.version} of the features, and this Snapshelf "
            f"makes version {VERSION}; {AGAIN}"
        )
    lost = sorted(signals_in(kept.features) - known.keys())
    if lost:
        raise Mismatch(
            f"the reranker in {location} was trained with {lost[0]!r}, which no product has any more; {AGAIN}"
        )
    lightgbm = need("lightgbm", extra="rank")
    try:
        booster = lightgbm.Booster(model_str=trees)
    except lightgbm.basic.LightGBMError as error:
        raise BadSettings(f"{location / read['trees']} is damaged ({error}); {AGAIN}") from error
    if booster.num_feature() != len(kept.features):
        raise Mismatch(
            f"the reranker in {location} takes {booster.num_feature()} features and {ABOUT} names "
            f"{len(kept.features)}; {AGAIN}"
        )
    return LambdaMart(kept, booster)


def save(model: LambdaMart, location: Path) -> None:
    """Keep a model. The JSON names its trees' file and comes last, so that a reader never sees halves of two models."""
    location.mkdir(parents=True, exist_ok=True)
    trees = model.booster.model_to_string()
    name = f"trees-{hashlib.sha256(trees.encode()).hexdigest()[:12]}.txt"
    (location / name).write_text(trees, "utf-8")
    fresh = location / f"{ABOUT}.new"
    fresh.write_text(json.dumps({**asdict(model.about), "trees": name}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    fresh.replace(location / ABOUT)
    older = sorted(location.glob("trees-*.txt"), key=lambda file: file.stat().st_mtime_ns)[:-2]
    for file in older:  # the one before stays for whoever has just read its name
        file.unlink(missing_ok=True)
