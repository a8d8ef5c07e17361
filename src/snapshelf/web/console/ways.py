"""Two ways to search, side by side: what a person set on each, the answers, and who moved between them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from snapshelf.errors import BadInput, BadSettings
from snapshelf.rank.dryrun import Moved, dry_run
from snapshelf.shelf import Shelf
from snapshelf.types import Hit, Results

LANES = ("exact", "vector", "lexical")
RULES = {"on": "the shop's rules", "off": "no rules, no model", "other": "the rules written below"}
K = 20
AMONG = 50  # most relevant products that other rules put in order, as many as a dry run's
HEAVIEST = 3.0


class Given(Protocol):
    """What a form sent: a value by name, or all of a name."""

    def get(self, name: str, default: str = "") -> str: ...  # noqa: D102
    def getlist(self, name: str) -> list[str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Way:
    """One way to search. ``text`` and ``photo``: weights of the two parts; ``off``: kinds of meaning left alone."""

    name: str
    lanes: tuple[str, ...] = LANES
    rules: str = "on"
    text: float = 1.0
    photo: float = 1.0
    off: tuple[str, ...] = ()
    plain: bool = False
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked both ways; ``other``: the text of other rules."""

    text: str = ""
    where: str = ""
    photo: bytes = b""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A hit beside its place in the other answer, None where it is not among those shown there."""

    hit: Hit
    elsewhere: int | None

    @property
    def moved(self) -> int:
        """Places up from the other answer, negative for down."""
        return 0 if self.elsewhere is None else self.elsewhere - self.hit.rank


def way(name: str, given: Given, asked: bool) -> Way:
    """The way called "a" or "b" out of a form. asked: the form was sent, so what is not ticked is off.

    Raises BadInput for what no form of ours sends.
    """
    if not asked:
        return Way(name, rules="on" if name == "a" else "off")
    lanes = tuple(one for one in given.getlist(f"{name}_lanes") if one in LANES) or LANES
    rules = given.get(f"{name}_rules", "on")
    if rules not in RULES:
        raise BadInput(f"rules are {', '.join(RULES)}, not {rules[:40]!r}")
    return Way(
        name,
        lanes,
        rules,
        _weight(given.get(f"{name}_text", "1")),
        _weight(given.get(f"{name}_photo", "1")),
        tuple(one for one in given.getlist(f"{name}_off") if one),
        bool(given.get(f"{name}_plain")),
        bool(given.get(f"{name}_all")),
    )


def _weight(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = HEAVIEST + 1
    if not -HEAVIEST <= found <= HEAVIEST:
        raise BadInput(f"a weight is a number from {-HEAVIEST:g} to {HEAVIEST:g}, not {text[:40]!r}")
    return found


def found(shelf: Shelf, query: Query, way: Way) -> Results:
    """The answer of one way. Raises what `Shelf.search` and `Shelf.dry_run` raise."""
    weights = {}
    if query.text and query.photo:
        weights = {"text": way.text, "image": way.photo}
    other = way.rules == "other"
    results = shelf.search(
        query.text or None,
        query.photo or None,
        where=query.where or None,
        k=AMONG if other else K,
        weights=weights,
        lanes=way.lanes,
        cutoff=False if way.everything else None,
        understand=False if way.plain else None,
        off=way.off,
        rerank=way.rules == "on",
    )
    return _reordered(shelf, results, query) if other else results


def _reordered(shelf: Shelf, results: Results, query: Query) -> Results:
    """The answer in the order that other rules give it."""
    if not results.hits:
        return results
    with rules_file(query.other) as file:
        moved = dry_run(shelf.stack, results, query.text, file)
    by_sku = {hit.sku: hit for hit in results}
    return replace(results, hits=tuple(_moved(by_sku[one.product.sku], one) for one in moved[:K]))


def _moved(hit: Hit, one: Moved) -> Hit:
    receipt = replace(hit.receipt, boosts=one.ranked.parts) if hit.receipt else None
    return replace(hit, rank=one.ranked.rank, label=one.ranked.label, receipt=receipt)


@contextmanager
def rules_file(text: str) -> Iterator[Path]:
    """Rules that a person writes, as the file that reading them asks for; messages call it rules.toml."""
    with tempfile.TemporaryDirectory(prefix="snapshelf-rules-") as folder:
        file = Path(folder) / "rules.toml"
        file.write_text(text, "utf-8")
        try:
            yield file
        except BadSettings as error:
            raise BadSettings(str(error).replace(str(file), file.name)) from error


def side_by_side(left: Sequence[Hit], right: Sequence[Hit]) -> tuple[list[Place], list[Place]]:
    """Each answer's hits with their places in the other."""
    ranks: list[Mapping[str, int]] = [{hit.sku: hit.rank for hit in hits} for hits in (left, right)]
    return [Place(hit, ranks[1].get(hit.sku)) for hit in left], [Place(hit, ranks[0].get(hit.sku)) for hit in right]


def widest(*answers: Sequence[Hit]) -> float:
    """The largest effect of any lane on any hit, so that all bars are drawn to one scale."""
    receipts = [hit.receipt for hits in answers for hit in hits if hit.receipt]
    effects = [abs(lane.effect) for receipt in receipts for lane in receipt.lanes if lane.lane != "exact"]
    return max([*effects, *(abs(r.evidence) for r in receipts if not r.code), 1.0])
