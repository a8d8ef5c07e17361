"""Events → what a model learns from: what was shown where, what was clicked, and what was known of it otherwise."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from snapshelf.candidates import Candidate
from snapshelf.catalogue.counters import ACTIONS, DAY, NONE, Counts, Terms
from snapshelf.catalogue.events import Event
from snapshelf.rank.propensity import Log, Propensities
from snapshelf.rank.signals import BEHAVIOUR, Smoothing, rates
from snapshelf.rerankers.lambdamart import features
from snapshelf.rerankers.lambdamart.fit import List

FOLDS = 2
GOALS = ("click", "cart", "purchase")


@dataclass(frozen=True, slots=True)
class Shown:
    """One impression: the query's words, SKU, place, what came of it, and the half of the log it belongs to."""

    text: str
    sku: str
    place: int
    done: bool
    randomised: bool
    fold: int


def shown(events: Iterable[Event], goal: str = "click") -> list[Shown]:
    """Impressions with a place and known words, and whether the goal followed in the same query (``GOALS``).

    A click, cart or purchase without its impression stands for it. Halves are drawn by query id, so that whatever
    belongs to one query stays together.
    """
    places: dict[tuple[str, str], Event] = {}
    reached: set[tuple[str, str]] = set()
    for event in events:
        key = (event.query, event.sku)
        if not event.query or not event.text:
            continue
        if event.action == "impression" or (event.position and key not in places):
            places[key] = event if event.position or key not in places else places[key]
        if event.action == goal:
            reached.add(key)
    return [
        Shown(event.text, event.sku, event.position, key in reached, event.randomised, _fold(event.query))
        for key, event in places.items()
        if event.position
    ]


def log_of(rows: Sequence[Shown]) -> Log:
    """The impressions as arrays, for propensities."""
    texts = {text: n for n, text in enumerate(dict.fromkeys(row.text for row in rows))}
    skus = {sku: n for n, sku in enumerate(dict.fromkeys(row.sku for row in rows))}
    return Log(
        np.array([texts[row.text] for row in rows], np.int64),
        np.array([skus[row.sku] for row in rows], np.int64),
        np.array([row.place for row in rows], np.int64),
        np.array([row.done for row in rows], bool),
        np.array([row.randomised for row in rows], bool),
    )


def lists(
    rows: Sequence[Shown],
    candidates_of: Callable[[str], Sequence[Candidate]],
    names: Sequence[str],
    propensities: Propensities,
    behaviour: Sequence[Behaviour],
    strength: float = 2.0,
) -> list[List]:
    """One list for each query text and half: features, relevance, and the gain that the half's clicks speak for.

    gain = Σ done / p(place) / (impressions + ``strength``), at most 1: every click weighs by the inverse propensity of
    its place (Joachims, Swaminathan & Schnabel 2017, Unbiased Learning-to-Rank with Biased Feedback, WSDM). What events
    say of a product is taken from the other half alone: a click is never its own reason. Queries without a click, and
    products that were never shown, teach nothing and are left out.
    """
    sums: dict[tuple[str, int], dict[str, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    weights = 1.0 / propensities.of(np.array([row.place for row in rows], np.int64)) if rows else ()
    for row, weight in zip(rows, weights, strict=True):
        held = sums[row.text, row.fold][row.sku]
        held[0] += 1.0
        held[1] += weight * row.done
    found = []
    for text in dict.fromkeys(row.text for row in rows):
        candidates = candidates_of(text)
        for fold in range(FOLDS):
            seen = sums.get((text, fold), {})
            some = [one for one in candidates if one.sku in seen]
            gain = np.array([min(1.0, seen[one.sku][1] / (seen[one.sku][0] + strength)) for one in some])
            if len(some) < 2 or not gain.any() or np.ptp(gain) == 0:
                continue
            informed = behaviour[1 - fold].on(some, text)
            relevance = np.array([one.score for one in some], np.float64)
            found.append(List(features.matrix(informed, names), relevance, gain))
    return found


class Behaviour:
    """What one half of the events says of products, as `snapshelf.rank.signals` would have it."""

    def __init__(self, events: Iterable[Event], smoothing: Smoothing, places: Sequence[float] = ()) -> None:
        self.smoothing, terms = smoothing, Terms(smoothing.half_life, tuple(places))
        given = list(events)
        newest, life = max((event.at for event in given), default=0.0), smoothing.half_life * DAY
        sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * len(ACTIONS))
        for event in given:
            weight, column = 2.0 ** ((event.at - newest) / life), ACTIONS.index(event.action)
            weight *= terms.seen(event.position) if column == 0 else 1.0
            for key in {("", event.sku), ("", ""), (event.text, event.sku)}:
                sums[key][column] += weight
        self.counts: Mapping[tuple[str, str], Counts] = {key: Counts(*values) for key, values in sums.items()}

    def on(self, candidates: Sequence[Candidate], text: str) -> list[Candidate]:
        """The candidates with these signals in the place of those they carried."""
        shop, found = self.counts.get(("", ""), NONE), []
        for one in candidates:
            plain = {name: value for name, value in one.signals.items() if name not in BEHAVIOUR}
            made = rates(
                self.counts.get(("", one.sku), NONE),
                self.counts.get((text, one.sku), NONE) if text else NONE,
                shop,
                self.smoothing.strength,
            )
            found.append(replace(one, signals={**plain, **made}))
        return found


def halves(
    events: Sequence[Event], without: Collection[str], smoothing: Smoothing, places: Sequence[float]
) -> list[Behaviour]:
    """The behaviour of each half; events of the query texts ``without`` are in neither."""
    return [
        Behaviour((e for e in events if _fold(e.query) == fold and e.text not in without), smoothing, places)
        for fold in range(FOLDS)
    ]


def _fold(query: str) -> int:
    return hashlib.sha256(query.encode()).digest()[0] % FOLDS
