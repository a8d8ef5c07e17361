"""Train a fusion of photo and words on examples, try it on families that it never saw, deploy it if it is better."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from snapshelf import search, stats
from snapshelf.catalogue import embeddings, products
from snapshelf.errors import BadInput
from snapshelf.fusion.learnt import Learnt, fit_linear, fit_network, save
from snapshelf.learn.triplets import Triplet
from snapshelf.search.composed import Composed, Held, compose, order, untrained
from snapshelf.search.learnt import FILE
from snapshelf.search.run import embed
from snapshelf.stack import Stack
from snapshelf.types import Vectors

LEAST = 40  # families that were wanted; fewer cannot tell a better fusion from luck
TRIED, CHOSEN = 0.3, 0.2  # share of the families for the trial, and for choosing; the rest teaches
DEPTH = 10  # places that count
RIDGES, SHARES = (1.0, 10.0, 100.0), (0.05, 0.2, 0.5, 1.0, 4.0, 16.0)
CERTAIN = 0.05  # the most that chance may explain
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: MRR@10 on the families of the trial, before and after, and whether it was deployed.

    ``kind`` and ``share`` as in `fusion.learnt.Learnt`; ``change`` is after less before, ``p`` how often chance alone
    gives as much. ``said`` tells it in a sentence.
    """

    kind: str
    share: float
    taught: int
    tried: int
    before: float
    after: float
    change: stats.Interval
    p: float
    deployed: bool
    said: str


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """One example, ready: its query, its candidates in their present order and in that without any fusion that was
    trained, and where the wanted products are.
    """

    family: str
    query: Composed
    held: Held
    present: Floats
    untrained: Floats
    right: NDArray[np.bool_]
    target: NDArray[np.float32]
    over: NDArray[np.float32]  # the mean of what was passed over, zeros for nothing


def train(
    stack: Stack,
    triplets: Sequence[Triplet],
    tell: Callable[[str, int, int], None] | None = None,
    seed: int = 0,
) -> Outcome:
    """Learn, choose on some families, try on others, and write the file beside the shelf if it is better beyond doubt.

    A fusion that is deployed already is what the new one is measured against. tell: called with (step, done, all).
    Nothing is written before the very end, so that it may be stopped at any time. Raises BadInput for too few examples,
    for photos that cannot be used, and for SKUs that the shelf does not hold.
    """
    cases = _cases(stack, triplets, tell or _silent)
    taught, chosen, tried = _split(cases, seed)
    best = _best(stack, taught, chosen, tell or _silent, seed)
    before, after = _scores(tried, None), _scores(tried, best)
    found = stats.paired(before, after, seed=seed)
    better = found.interval.mean > 0 and found.p < CERTAIN and (found.interval.low or 0.0) > 0
    outcome = Outcome(
        kind=best.kind,
        share=best.share,
        taught=len(taught) + len(chosen),
        tried=len(tried),
        before=float(before.mean()),
        after=float(after.mean()),
        change=found.interval,
        p=found.p,
        deployed=better,
        said="",
    )
    outcome = replace(outcome, said=_said(outcome))
    if better:
        facts = {name: getattr(outcome, name) for name in ("taught", "tried", "before", "after", "p")}
        with stack.writing():
            save(best, stack.folder / FILE, dict(facts))
    return outcome


def _silent(step: str, done: int, all: int) -> None:
    """Tell nobody."""


def _cases(stack: Stack, triplets: Sequence[Triplet], tell: Callable[[str, int, int], None]) -> list[_Case]:
    wanted, over = dict[tuple[str, str], set[str]](), dict[tuple[str, str], set[str]]()
    for one in triplets:
        wanted.setdefault((one.photo, one.text), set()).add(one.sku)
        over.setdefault((one.photo, one.text), set()).update(one.passed_over)
    with stack.catalogue.read() as connection:
        skus = sorted({one.sku for one in triplets})
        there = products.fingerprints(connection, skus)
        lost = [sku for sku in skus if sku not in there]
        if lost:
            raise BadInput(f"{len(lost)} SKUs of the examples are not in this shelf, for example {lost[0]!r}")
        families = products.families(connection, skus)
        named = {families.get(sku, sku) for sku in skus}
        if len(named) < LEAST:
            raise BadInput(
                f"the examples want products of {len(named)} families; at least {LEAST} are needed to tell a better "
                f"fusion from luck, so gather more"
            )
        cases = []
        for done, ((photo, text), right) in enumerate(sorted(wanted.items()), start=1):
            found = _case(stack, connection, photo, text, right, over[photo, text] - right)
            if found is not None:
                cases.append(found)
            tell("looking at examples", done, len(wanted))
    return cases


def _case(stack: Stack, connection: Connection, photo: str, text: str, right: set[str], over: set[str]) -> _Case | None:
    parts = search.question(stack, text, photo).parts
    rows = embed(stack, parts)
    query = compose(stack, connection, parts, rows, None)
    if query is None:
        return None
    pool = sorted({*query.reach, *right, *over})
    held = embeddings.of_products(connection, pool, stack.model, stack.kept_dim, stack.dim)
    named = products.families(connection, sorted(right))
    first = min(right)
    return _Case(
        family=named.get(first, first),
        query=query,
        held=held,
        present=order(stack, connection, query, held),
        untrained=untrained(stack, connection, query, held),
        right=np.array([sku in right for sku in held.skus]),
        target=_target(held, first),
        over=_over(held, over),
    )


def _over(held: Held, skus: set[str]) -> NDArray[np.float32]:
    """The direction of the products that were passed over; those that are gone from the shelf say nothing."""
    there = [_target(held, sku) for sku in held.skus if sku in skus]
    total = np.sum(there, axis=0) if there else np.zeros(held.vectors.shape[1], np.float32)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)


def _target(held: Held, sku: str) -> NDArray[np.float32]:
    """Where a product is: the direction of the sum of its views."""
    at = held.skus.index(sku)
    end = held.starts[at + 1] if at + 1 < len(held.skus) else len(held.vectors)
    total = held.vectors[held.starts[at] : end].sum(axis=0)
    return np.asarray(total / np.linalg.norm(total), np.float32)


def _split(cases: Sequence[_Case], seed: int) -> tuple[list[_Case], list[_Case], list[_Case]]:
    """By family, so that none is both learnt and tried."""
    names = sorted({case.family for case in cases})
    random.Random(seed).shuffle(names)
    first, second = round(len(names) * TRIED), round(len(names) * (TRIED + CHOSEN))
    groups = set(names[second:]), set(names[first:second]), set(names[:first])
    taught, chosen, tried = ([case for case in cases if case.family in group] for group in groups)
    return taught, chosen, tried


def _best(
    stack: Stack, taught: Sequence[_Case], chosen: Sequence[_Case], tell: Callable[[str, int, int], None], seed: int
) -> Learnt:
    """The kind, ridge and share that do best on the families for choosing."""
    photos, words, targets, over = (_rows(taught, name) for name in ("photo", "words", "target", "over"))
    tries = [fit_linear(photos, words, targets, ridge, stack.model) for ridge in RIDGES]
    tries.append(
        fit_network(photos, words, targets, stack.model, seed, lambda done, all: tell("teaching", done, all), over)
    )
    every = [replace(one, share=share) for one in tries for share in SHARES]
    scores = [float(_scores(chosen, one).mean()) for one in every]
    return every[int(np.argmax(scores))]


def _rows(cases: Sequence[_Case], name: str) -> Vectors:
    return np.stack([getattr(case if name in ("target", "over") else case.query, name) for case in cases])


def _scores(cases: Sequence[_Case], learnt: Learnt | None) -> Floats:
    """(cases,) reciprocal rank of the first wanted product, 0 beyond DEPTH; ties count against."""
    found = np.zeros(len(cases))
    for at, case in enumerate(cases):
        keys = case.present
        if learnt is not None:
            row = learnt.fuse(case.query.photo, case.query.words)
            keys = case.untrained + learnt.share * np.maximum.reduceat(case.held.vectors @ row, case.held.starts)
        best = keys[case.right].max()
        rank = 1 + int(np.sum(keys[~case.right] >= best))
        found[at] = 1 / rank if rank <= DEPTH else 0.0
    return found


def _said(o: Outcome) -> str:
    low, high = o.change.low or 0.0, o.change.high or 0.0
    figures = (
        f"MRR@{DEPTH} on {o.tried} examples of families never learnt from: {o.before:.3f} before, {o.after:.3f} with "
        f"the {o.kind} fusion at share {o.share:g}; "
        f"change {o.change.mean:+.3f} ({low:+.3f} to {high:+.3f}), p {o.p:.3f}"
    )
    verdict = (
        "deployed" if o.deployed else f"not deployed: better beyond doubt is p < {CERTAIN} and an interval above 0"
    )
    return f"{figures}; {verdict}"
