"""How sure is it that the shop has what was asked? Measured on the shelf's own titles and pictures.

A query's ``strength`` is the best that any candidate reaches: for words cosine + `SHARE` · share of BM25 (`relevance`),
for a photo the cosine with a picture + that with the text. It is high for what the shelf knows and low for the rest, on
a scale that differs from shop to shop and model to model. So each shelf is calibrated: phrases out of its own titles,
and its own pictures, each without the product that it is from (`leftout`), show what its own queries reach. What those
reach that it cannot answer is shown by the phrases of `elsewhere`, and for photos by the shop without what is nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from snapshelf.catalogue import changes, journal
from snapshelf.protocols import Buying
from snapshelf.search import leftout
from snapshelf.search.elsewhere import PHRASES
from snapshelf.search.leftout import Phrase
from snapshelf.stack import Stack

LEAST = 20  # products below which nothing is measured, and nothing is cut off or denied; phrases and pictures, too
SURE = 0.9  # that the share of own queries which is denied is no higher than asked for, as far as few products tell
SPREAD = 0.2  # of its mean: photos scatter so much at least, though in a shop of look-alikes its own pictures do not
GROWN = 1.25  # measured again when the catalogue has become so much larger or smaller
FACTS = {"text": "confidence, left out", "image": "confidence in photos"}  # kind of query → name of its measurement
SHARES = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured: confidence = logistic(slope · strength + constant).

    ``own``: strength below which no more than the given `SHARES` of the shelf's own queries stay (`bounds`). ``auc``:
    how often an own query is stronger than a foreign one, of which there were ``foreign``.
    """

    model: str
    dim: int
    products: int
    slope: float
    constant: float
    own: tuple[float, ...]
    foreign: int
    auc: float

    def confidence(self, strength: float) -> float:
        """In [0, 1], for own and foreign queries equally frequent."""
        return float(1 / (1 + np.exp(-np.clip(self.slope * strength + self.constant, -50, 50))))

    def least(self, false_alarms: float) -> float:
        """The strength below which no more than that share of the shelf's own queries stays."""
        return float(np.interp(false_alarms, SHARES, self.own))


def calibrations(stack: Stack, connection: Connection) -> dict[str, Calibration]:
    """Kind of query ("text", "image") → its measurement, of those that fit the model in use."""
    held, now = stack.memory.get("confidence"), (changes.seen(connection), changes.learnt(connection))
    if not (isinstance(held, tuple) and held[0] == now):
        kept = {kind: journal.fact(connection, fact) for kind, fact in FACTS.items()}
        made = {kind: Calibration(**{**one, "own": tuple(one["own"])}) for kind, one in kept.items() if one}
        held = (now, {kind: one for kind, one in made.items() if (one.model, one.dim) == (stack.model, stack.dim)})
        stack.memory["confidence"] = held
    found: dict[str, Calibration] = held[1]
    return found


def calibration(stack: Stack, connection: Connection, kind: str = "text") -> Calibration | None:
    """The measurement for one kind of query; None where there is none."""
    return calibrations(stack, connection).get(kind)


def is_due(stack: Stack) -> bool:
    """Whether the shelf is to be measured: it is large enough, and was not, or has changed much since.

    Never by itself where every call of the model costs money: `calibrate` is then somebody's own decision.
    """
    if "text" not in stack.card.modalities or isinstance(stack.embedder, Buying):
        return False
    with stack.catalogue.read() as connection:
        count, held = stack.count(connection), calibration(stack, connection)
    return count >= LEAST and (held is None or not held.products / GROWN <= count <= held.products * GROWN)


def calibrate(stack: Stack) -> Calibration | None:
    """Measure words and photos, and keep both; None where the shelf has too few texts or none but foreign ones.

    About 400 phrases are embedded as queries, which a model behind a network is paid for. Photos are measured on what
    is kept; not with a model to which a picture that is searched with is another thing than one that is found.
    """
    with stack.catalogue.read() as connection:
        count, made = stack.count(connection), dict[str, Calibration]()
        words = _words(stack, connection)
        if words:
            made["text"] = _made(stack, count, *words)
        if "image" in stack.card.modalities and not stack.card.purposes_differ:
            own, foreign, things = leftout.of_pictures(stack, connection)
            if things >= LEAST:
                made["image"] = _made(stack, count, own, foreign, things, SPREAD * float(own.mean()))
    with stack.catalogue.write() as connection:
        for kind, fact in FACTS.items():
            if kind in made:
                journal.set_fact(connection, fact, asdict(made[kind]))
        changes.learn(connection)
    return made.get("text")


def _words(stack: Stack, connection: Connection) -> tuple[Floats, Floats, int] | None:
    """Strengths of own phrases and of foreign ones, and of how many products the own ones are."""
    own = leftout.phrases(connection, stack.count(connection))
    foreign = [Phrase(text) for text in PHRASES if not stack.lexical.holds_all(text)]
    if len(own) < LEAST or len(foreign) < LEAST:
        return None
    strengths = leftout.of_phrases(stack, connection, [*own, *foreign])
    things = len({one.sku or one.text for one in own})
    return strengths[: len(own)], strengths[len(own) :], max(LEAST, things)


def _made(stack: Stack, count: int, own: Floats, foreign: Floats, things: int, spread: float = 0.0) -> Calibration:
    slope, constant = _logistic(own, foreign)
    auc = float(np.mean((own[:, None] > foreign) + 0.5 * (own[:, None] == foreign)))
    return Calibration(stack.model, stack.dim, count, slope, constant, bounds(own, things, spread), len(foreign), auc)


def bounds(own: Floats, things: int, spread: float = 0.0, shares: Sequence[float] = SHARES) -> tuple[float, ...]:
    """For each share the strength below which no more of the queries like ``own`` (n,) stay, as sure as `SURE`.

    The lower of the quantile as it was measured and of what a normal distribution would have there at the worst, given
    that ``own`` is of so many independent ``things``: mean - k · standard deviation, k the one-sided tolerance factor
    (Natrella 1963, Experimental Statistics, NBS Handbook 91, section 2-5.3). The fewer things, the lower. spread: what
    the standard deviation is at least.
    """
    sure, deviation = NormalDist().inv_cdf(SURE), max(spread, float(own.std(ddof=1)))
    a = 1 - sure**2 / (2 * (things - 1))
    found = []
    for share in shares:
        z = -NormalDist().inv_cdf(max(share, 0.001))
        k = (z + (z**2 - a * (z**2 - sure**2 / things)) ** 0.5) / a
        found.append(float(min(np.quantile(own, share), own.mean() - k * deviation)))
    return tuple(found)


def _logistic(own: Floats, foreign: Floats) -> tuple[float, float]:
    """Slope and constant that tell the two apart, both weighing the same; a little ridge keeps them finite."""
    x = np.concatenate([own, foreign])
    matrix = np.column_stack([x, np.ones(len(x))])
    label = np.concatenate([np.ones(len(own)), np.zeros(len(foreign))])
    weight = np.concatenate([np.full(len(own), 0.5 / len(own)), np.full(len(foreign), 0.5 / len(foreign))])
    fit = np.zeros(2)
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(matrix @ fit, -50, 50)))
        curve = (matrix * (weight * p * (1 - p))[:, None]).T @ matrix + 1e-4 * np.eye(2)
        step = np.linalg.solve(curve, matrix.T @ (weight * (label - p)) - 1e-4 * fit)
        fit = fit + step
        if np.abs(step).max() < 1e-9:
            break
    return float(fit[0]), float(fit[1])
