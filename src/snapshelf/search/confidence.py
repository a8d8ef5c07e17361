"""How sure is it that the shop has what was asked? Measured on the shelf's own titles, and on what others sell.

A query's ``strength`` is the best that any candidate reaches of: cosine + `SHARE` · share of BM25 (`relevance`). It is
high for words the shelf knows and low for others, on a scale that differs from shop to shop and model to model. So each
shelf is calibrated: phrases out of its own titles and categories show what its own queries reach, the phrases of
`elsewhere` what those reach that it cannot answer.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from snapshelf import translate
from snapshelf.catalogue import journal
from snapshelf.catalogue.schema import products
from snapshelf.protocols import Buying
from snapshelf.search import state
from snapshelf.search.elsewhere import PHRASES
from snapshelf.search.views import chosen
from snapshelf.stack import Stack
from snapshelf.types import split_view

LEAST = 100  # products below which nothing is measured, and nothing is cut off or denied
OWN = 200  # phrases out of the shelf's own texts
LOOKED_AT = 24  # candidates per lane and phrase
SHARE = 0.4
GROWN = 1.25  # measured again when the catalogue has become so much larger or smaller
FACT = "confidence"
SHARES = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured: confidence = logistic(slope · strength + constant).

    ``own``: strength below which the given `SHARES` of the shelf's own phrases stay. ``auc``: how often an own phrase
    is stronger than a foreign one, of which there were ``foreign``.
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
        """The strength below which only that share of the shelf's own queries stays."""
        return float(np.interp(false_alarms, SHARES, self.own))


def calibration(stack: Stack, connection: Connection) -> Calibration | None:
    """The measurement that fits the model in use; None where there is none."""
    held = stack.memory.get(FACT)
    now = state.now(connection)
    if not (isinstance(held, tuple) and held[0] == now):
        kept = journal.fact(connection, FACT)
        made = Calibration(**{**kept, "own": tuple(kept["own"])}) if kept else None
        held = (now, made)
        stack.memory[FACT] = held
    found: Calibration | None = held[1]
    return found if found and (found.model, found.dim) == (stack.model, stack.dim) else None


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
    """Measure and keep it; None where the shelf has too few texts or none but foreign ones.

    About 350 phrases are embedded as queries, which a model behind a network is paid for.
    """
    with stack.catalogue.read() as connection:
        own = _own(connection)
        foreign = [phrase for phrase in PHRASES if not stack.lexical.holds_all(phrase)]
        if len(own) < 20 or len(foreign) < 20:
            return None
        strengths = _strengths(stack, connection, [*own, *foreign])
        count = stack.count(connection)
    a, b = strengths[: len(own)], strengths[len(own) :]
    slope, constant = _logistic(a, b)
    auc = float(np.mean((a[:, None] > b) + 0.5 * (a[:, None] == b)))
    quantiles = tuple(float(one) for one in np.quantile(a, SHARES))
    made = Calibration(stack.model, stack.dim, count, slope, constant, quantiles, len(foreign), auc)
    with stack.catalogue.write() as connection:
        journal.set_fact(connection, FACT, asdict(made))
    stack.memory.pop(FACT, None)
    return made


def _own(connection: Connection) -> list[str]:
    """Pieces of titles as a shopper might type them, and categories; the same for the same catalogue."""
    c = products.c
    rows = connection.execute(select(c.sku, c.title, c.category).order_by(c.fingerprint).limit(OWN)).all()
    found: dict[str, None] = {}
    for sku, title, category in rows:
        chance = random.Random(sku)
        words = [word for word in (piece.strip(".,;:()[]\"'") for piece in title.split()) if len(word) > 1]
        length = min(len(words), chance.choice((1, 1, 2, 2, 3, 4)))
        start = chance.randint(0, len(words) - length) if length else 0
        found[" ".join(words[start : start + length]).lower()] = None
        if chance.random() < 0.2:
            found[category.rpartition(">")[2].strip().lower()] = None
    return [text for text in found if any(len(word) > 2 and word.isalpha() for word in text.split())][:OWN]


def _strengths(stack: Stack, connection: Connection, texts: Sequence[str]) -> NDArray[np.float64]:
    rows = translate.embed(stack, list(texts), "query", stack.dim)
    near = stack.store.search(rows, LOOKED_AT)
    found = []
    for text, row, ids in zip(texts, rows, near.ids, strict=True):
        ideal, bm25 = stack.lexical.ideal(text), dict(stack.lexical.search(text, LOOKED_AT))
        skus = list(dict.fromkeys([*(split_view(id)[0] for id in ids), *bm25]))
        held = chosen(stack, connection, skus)
        bm25.update(stack.lexical.scores(text, [sku for sku in held.skus if sku not in bm25]))
        share = np.array([bm25.get(sku, 0.0) for sku in held.skus]) / (ideal or 1.0)
        found.append(strength(held.best(held.vectors @ row).astype(np.float64), share))
    return np.array(found)


def strength(cosines: NDArray[np.float64], share: NDArray[np.float64]) -> float:
    """Of a query, given its candidates' cosines (n,) and shares of BM25 (n,); -1 for none."""
    return float(np.max(cosines + SHARE * share)) if len(cosines) else -1.0


def _logistic(own: NDArray[np.float64], foreign: NDArray[np.float64]) -> tuple[float, float]:
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
