"""Train a reranker from a shelf's events, and put it to use only if judged queries say that it is better."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from snapshelf import plugins, stats
from snapshelf.candidates import Candidate
from snapshelf.catalogue import events as kept
from snapshelf.catalogue.events import Event
from snapshelf.errors import BadInput
from snapshelf.querytext import normal
from snapshelf.rank import examples, signals
from snapshelf.rank.order import rerank
from snapshelf.rank.own import MODEL, rules_of
from snapshelf.rank.propensity import NONE, Propensities, estimate
from snapshelf.rank.signals import BEHAVIOUR, Smoothing
from snapshelf.rerankers.lambdamart import features
from snapshelf.rerankers.lambdamart.fit import fit
from snapshelf.rerankers.lambdamart.model import LambdaMart, save
from snapshelf.stack import Stack

K = 10  # nDCG is taken at this place
LEAST_JUDGED = 10
PLAIN = ("price", "stock", "in_stock")
MONOTONE = {"price": -1, "price_relative": -1, "stock": 1, "in_stock": 1}


@dataclass(frozen=True, slots=True)
class Wish:
    """How to train. ``goal``: click, cart or purchase. ``corrected``: clicks weigh by how likely their place was seen.

    ``monotone``: feature → 1 or −1, what may never count the other way. ``extra``: attributes of the catalogue that are
    numbers, to learn from beside price, stock and behaviour.
    """

    goal: str = "click"
    corrected: bool = True
    monotone: Mapping[str, int] | None = None
    extra: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of it. ``before`` and ``after``: mean nDCG@10 on the judged queries; ``deployed``: it is in use now.

    ``low`` and ``high``: 95 % interval of the difference; ``reason``: why it was not put to use, "" where it was.
    """

    deployed: bool
    reason: str
    before: float
    after: float
    low: float | None
    high: float | None
    p: float
    judged: int
    lists: int
    impressions: int
    propensities: tuple[float, ...]
    source: str
    features: tuple[str, ...]


def learn(
    events: Sequence[Event],
    candidates_of: Callable[[str], Sequence[Candidate]],
    without: Collection[str] = (),
    wish: Wish | None = None,
    smoothing: Smoothing | None = None,
) -> tuple[LambdaMart, Propensities, int, int]:
    """(model, propensities, lists, impressions) from events.

    candidates_of: words of a query, normalised → its candidates in order of relevance, with signals. without: query
    texts, normalised, that must not be learnt from. Raises BadInput for too few events, MissingExtra.
    """
    wish, smoothing = wish or Wish(), smoothing or Smoothing()
    if wish.goal not in examples.GOALS:
        raise BadInput(f"a reranker is trained towards {', '.join(examples.GOALS)}, not {wish.goal!r}")
    rows = [row for row in examples.shown(events, wish.goal) if row.text not in without]
    if not any(row.done for row in rows):
        raise BadInput(
            f"no event shows a {wish.goal} on a product that was shown at a known place on a query of known words; "
            "record impressions with query_id, user_query and event_attributes.position.ordinal"
        )
    found = {text: list(candidates_of(text)) for text in dict.fromkeys(row.text for row in rows)}
    propensities = estimate(examples.log_of(rows)) if wish.corrected else NONE
    names = _features(found.values(), wish.extra)
    behaviour = examples.halves(events, without, smoothing, propensities.values)
    made = examples.lists(rows, found.__getitem__, names, propensities, behaviour)
    monotone = MONOTONE if wish.monotone is None else wish.monotone
    unknown = sorted(set(monotone) - {*names, *MONOTONE})
    if unknown:
        raise BadInput(f"there is no feature {unknown[0]!r} to bind; the features are {', '.join(names)}")
    told = {"goal": wish.goal, "corrected": propensities.source, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    return fit(made, names, monotone, wish.seed, told), propensities, len(made), len(rows)


def train(
    stack: Stack,
    candidates_of: Callable[[str], Sequence[Candidate]],
    judged: Mapping[str, Mapping[str, int]],
    wish: Wish | None = None,
) -> Trained:
    """Learn from the shelf's events, compare on judged queries, and keep the model in the shelf if it is better.

    judged: words of a query → SKU → grade; events of these queries are not learnt from. Better: the 95 % interval of
    the difference in nDCG@10 lies above 0. Whatever was in use before stays in use otherwise. candidates_of: words of a
    query → candidates by search alone. Raises BadInput for too little to learn from or to judge by, MissingExtra.
    """
    if len(judged) < LEAST_JUDGED:
        raise BadInput(f"{len(judged)} judged queries of words cannot tell; at least {LEAST_JUDGED} are needed")
    wish = wish or Wish()
    now, ranking = time.time(), stack.settings.ranking
    smoothing = Smoothing(ranking.half_life_days, ranking.prior_strength)
    with stack.catalogue.read() as connection:
        events = list(kept.every(connection))
        known = signals.known(connection)
        _numbers_only(wish.extra, known)
        rules = rules_of(stack, connection)  # a model that cannot be used any more must not stand in the way
        wanted = frozenset({*PLAIN, *wish.extra})

        def informed(text: str) -> list[Candidate]:
            given = list(candidates_of(text))
            found = signals.join(connection, [one.sku for one in given], wanted, text, now, smoothing)
            return [replace(one, signals={**one.signals, **found[one.sku]}) for one in given]

        model, propensities, lists, impressions = learn(events, informed, set(map(normal, judged)), wish, smoothing)
        behaviour = examples.Behaviour(events, smoothing, propensities.values)
        before, after = [], []
        for text, grades in judged.items():
            given = behaviour.on(informed(normal(text)), normal(text))
            before.append(_ndcg([one.sku for one in sorted(given, key=lambda c: (-c.score, c.sku))], grades))
            ranked = rerank(given, rules and _only_bounds(rules), model, text, now)
            after.append(_ndcg([one.sku for one in ranked], grades))
    done = _judged(before, after, lists, impressions, propensities, model.about.features)
    if done.deployed:
        _deploy(stack, model, done)
    return done


def _judged(
    before: Sequence[float],
    after: Sequence[float],
    lists: int,
    impressions: int,
    propensities: Propensities,
    names: tuple[str, ...],
) -> Trained:
    change = stats.paired(before, after)
    low, high = change.interval.low, change.interval.high
    reason = "" if low is not None and low > 0 else _why(change.interval.mean, low, high)
    return Trained(
        not reason, reason, _mean(before), _mean(after), low, high, change.p, len(before), lists, impressions,
        propensities.values, propensities.source, names,
    )  # fmt: skip


def _deploy(stack: Stack, model: LambdaMart, done: Trained) -> None:
    """Count anew, so that the rates that the model learnt from are those it will be given; then keep the model."""
    told = {**model.about.told, "gate": {name: value for name, value in asdict(done).items() if name != "features"}}
    with stack.catalogue.write() as connection:
        kept.recount(connection, stack.settings.ranking.half_life_days, done.propensities)
    save(LambdaMart(replace(model.about, told=told), model.booster), stack.folder / MODEL)
    stack.rerankers = None


def _features(found: Any, extra: Sequence[str]) -> tuple[str, ...]:
    lanes = {lane for candidates in found for one in candidates for lane in one.lanes}
    there = {name for candidates in found for one in candidates for name in one.signals}
    plain = [name for name in (*PLAIN, *extra) if name in there]
    return features.names(lanes, (*plain, *BEHAVIOUR))


def _numbers_only(extra: Sequence[str], known: Mapping[str, str]) -> None:
    for name in extra:
        if known.get(name) not in ("number", "bool"):
            said = f"holds {known[name]} values" if name in known else "is no attribute of any product"
            raise BadInput(f"a reranker learns from numbers, and {name!r} {said}")


def _only_bounds(rules: Any) -> Any:
    """The rules' bound on learning, and none of their wishes: what is judged is the model alone."""
    said = type(rules.rules)(file=rules.rules.file, loss=0.0, learned_loss=rules.rules.learned_loss)
    return type(rules)(said)


def _ndcg(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    score: float = plugins.find("metrics", "ndcg").score(ranking, grades, K)
    return score


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _why(mean: float, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"nDCG@{K} changes by {mean:+.4f} on one query, which says nothing"
    return f"nDCG@{K} changes by {mean:+.4f} (95 % interval {low:+.4f} to {high:+.4f}), which is not surely better"
