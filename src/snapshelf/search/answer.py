"""A query that is ready → candidates, in order, cut; and from these the answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from snapshelf.candidates import Candidate, Ranked
from snapshelf.catalogue import codes
from snapshelf.config import SearchSettings
from snapshelf.rank.own import of_shelf
from snapshelf.search import facets, lanes, meaning, printed, relevance, remembered, views
from snapshelf.search.confidence import Calibration, calibrations
from snapshelf.search.cut import SORTED, Cut, cut
from snapshelf.search.meaning import Meaning
from snapshelf.search.page import Card, Told, cards, hits
from snapshelf.search.score import Scored, score
from snapshelf.stack import Stack
from snapshelf.types import Compare, Filter, Hit, Not, Results, Vectors

if TYPE_CHECKING:
    from snapshelf.media.printed import Line

EXPLAINED = 20  # places of which a learned effect is taken apart into its features


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of an answer besides its parts. ``named``: the caller chose the lanes, not the settings.

    ``understand``: read constraints out of the words, but none of the kinds ``off``. ``rerank``: by the shop's rules.
    ``barcodes`` and ``lines`` of text were read in the photos. ``sort``: by a number that products have (`sorting`).
    """

    where: str | None = None
    k: int = 10
    offset: int = 0
    collapse: str | None = None
    lanes: Sequence[str] = ("vector",)
    named: bool = True
    cutoff: bool = True
    facets: Sequence[str] = ()
    understand: bool = False
    off: Collection[str] = ()
    rerank: bool = True
    barcodes: Sequence[str] = ()
    lines: Sequence[Line] = ()
    sort: str = ""


def wanted(
    settings: SearchSettings,
    where: str | None = None,
    k: int | None = None,
    offset: int = 0,
    collapse: str | None = None,
    lanes: str | Sequence[str] | None = None,
    facets: Sequence[str] = (),
    cutoff: bool | None = None,
    understand: bool | None = None,
    off: Collection[str] = (),
    rerank: bool = True,
    sort: str = "",
) -> Wanted:
    """What a caller asks for, the settings where nothing is said."""
    named = lanes or settings.lanes
    return Wanted(
        where=where,
        k=settings.k if k is None else k,
        offset=offset,
        collapse=collapse,
        lanes=[lane.strip() for lane in named.split(",")] if isinstance(named, str) else list(named),
        named=bool(lanes),
        cutoff=settings.cutoff if cutoff is None else cutoff,
        facets=facets,
        understand=settings.understand if understand is None else understand,
        off=off,
        rerank=rerank,
        sort=sort,
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """A query ready to be asked: what the lanes are asked with, and a row for each part.

    ``given`` is the caller's own filter, without what was read out of the words; ``relaxed`` the demands given up.
    """

    asked: lanes.Asked
    rows: Vectors
    kind: str
    meaning: Meaning
    given: Filter | None
    filtered: str
    relaxed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ordered:
    """What the lanes found, scored, cut, and put into the shop's order.

    ``kept``: positions in ``scored``, best first, ``first`` of them from the first block; ``moved``: position →
    what the shop's rules and model did to it.
    """

    ready: Ready
    found: lanes.Found
    scored: Scored
    end: Cut
    kept: list[int]
    first: int
    moved: Mapping[int, Ranked]

    @property
    def told(self) -> Told:
        """What every receipt says alike."""
        ready, found = self.ready, self.found
        return Told(ready.filtered, ready.relaxed, found.path, found.recall, ready.asked.printed.brands)


def rank(stack: Stack, connection: Connection, ready: Ready, wanted: Wanted, also: Sequence[str] = ()) -> Ordered:
    """Ask the lanes, score, cut. ``also``: SKUs to be scored though no lane found them."""
    found = lanes.ask(stack, connection, ready.asked, wanted.lanes, wanted.named)
    deeper = max(len(found.vector), len(found.lexical)) >= ready.asked.need
    asked = ready.asked
    both = None
    if "vector" in wanted.lanes and {"image", "text"} <= {part.modality for part in asked.parts}:
        from snapshelf.search.composed import compose  # what most searches do not need is not imported for them

        both = compose(stack, connection, asked.parts, ready.rows, asked.where, ready.meaning.filters)
    reach = dict.fromkeys((*also, *(both.reach if both else ())))
    there = {*found.vector, *found.lexical, *found.codes}
    missing = [sku for sku in reach if sku not in there]
    scored = score(
        stack,
        connection,
        ready.asked,
        replace(found, vector=[*found.vector, *missing]) if missing else found,
        ready.rows,
        wanted.lanes,
        printed.slopes(relevance.slopes_of(stack, connection, ready.kind), ready.asked),
        meaning.granted(stack, connection, ready.meaning.wishes, [*there, *missing]),
        both,
    )
    measured = _measured(stack, connection, ready, wanted)
    within = SORTED if wanted.sort else 1.0
    alarms = stack.settings.search.false_alarms
    end = cut(scored, found, ready.kind, measured, alarms, deeper, _is_code(ready), within)
    kept = end.kept.tolist()
    head, moved = kept[: end.first], dict[int, Ranked]()
    if wanted.rerank and not any(whole for _, whole in found.codes.values()):
        head, moved = _reranked(stack, connection, ready, scored, head)
    return Ordered(ready, found, scored, end, [*head, *kept[end.first :]], end.first, moved)


def _measured(stack: Stack, connection: Connection, ready: Ready, wanted: Wanted) -> Mapping[str, Calibration]:
    """What is known of this shelf's own queries; of clips nothing is, though they are searched like photos."""
    if not wanted.cutoff or len(wanted.lanes) < 2:
        return {}
    clips = any(part.modality not in ("text", "image") for part in ready.asked.parts)
    return {kind: one for kind, one in calibrations(stack, connection).items() if not (clips and kind == "image")}


def _reranked(
    stack: Stack, connection: Connection, ready: Ready, scored: Scored, kept: list[int]
) -> tuple[list[int], dict[int, Ranked]]:
    """The first block in the order that the shop's rules and model give it; as it is where there are none."""
    using = of_shelf(stack, connection)
    if not using or not kept:
        return kept, {}
    from snapshelf.rank.apply import apply

    family = views.families(stack, connection, [scored.skus[at] for at in kept])
    given = [
        Candidate(
            sku := scored.skus[at],
            float(scored.relevance[at]),
            {"vector": (1, float(scored.cosines[at])), "lexical": (1, float(scored.bm25[at]))},
            family.get(sku, ""),
            scored.held.vectors[scored.best[at]],
        )
        for at in kept
    ]
    at_of = dict(zip([one.sku for one in given], kept, strict=True))
    made = apply(stack, connection, given, ready.asked.said, explain=EXPLAINED, using=using)
    return [at_of[one.sku] for one in made], {at_of[one.sku]: one for one in made}


def answer(stack: Stack, connection: Connection, ready: Ready, wanted: Wanted) -> Results:
    """The page that is wanted, what there is on all pages, and what is offered where nothing fits."""
    ranked = rank(stack, connection, ready, wanted)
    asked, found, scored, end = ready.asked, ranked.found, ranked.scored, ranked.end
    kept = [] if end.nothing else ranked.kept
    made = cards(stack, connection, scored, kept, asked.fold)
    first = kept[: ranked.first]
    if wanted.sort:
        from snapshelf.search.sorting import ordered

        made = ordered(stack, connection, wanted.sort, scored, made, first)
    shown = made[wanted.offset : wanted.offset + wanted.k]
    nothing, listed = _nothing(ready, end), [scored.skus[at] for at in first]
    offered = "exact" in wanted.lanes and not found.codes
    total = len(set(views.cards(stack, connection, listed))) if asked.fold else len(listed)
    return Results(
        hits=hits(stack, connection, scored, found, shown, wanted.offset, asked.parts, ranked.told, ranked.moved),
        matching=asked.passing,
        path=found.path,
        recall=found.recall,
        seconds=0.0,
        offset=wanted.offset,
        total=total,
        estimated=end.estimated and not end.nothing,
        facets=facets.counts(stack, connection, wanted.facets, listed, asked.fold),
        confidence=None if end.confidence is None else round(end.confidence, 4),
        nothing=nothing,
        nearest=_nearest(stack, connection, ranked, wanted) if nothing else (),
        did_you_mean=lanes.did_you_mean(stack, connection, asked.said) if offered else (),
        understood=ready.meaning.understood,
        notes=(*ready.meaning.notes, *found.notes, *_seen(wanted, found), *printed.notes(asked, found.codes)),
    )


def _seen(wanted: Wanted, found: lanes.Found) -> list[str]:
    """What is said of barcodes in photos."""
    unknown = "" if found.codes or "exact" not in wanted.lanes else ", which no product here has"
    return [f"the photo shows the barcode {code}{unknown}" for code in wanted.barcodes]


def _is_code(ready: Ready) -> bool:
    return lanes.looks_like_a_code(ready.asked.said) and len(ready.asked.said) >= codes.SHORTEST_NEAR


def _nothing(ready: Ready, end: Cut) -> str:
    demands = ready.meaning.demands
    if ready.asked.passing == 0:
        return f"no product passes: {ready.filtered}" if demands else "no product passes the filter"
    if not end.nothing:
        return ""
    if _is_code(ready):
        return f"no product has the code {ready.asked.said[:80]}; what comes nearest is offered instead"
    within = " among the products that pass the filter" if ready.asked.where else ""
    asked = f"fits “{ready.asked.said[:80]}”" if ready.asked.said else "looks like this photo"
    return f"nothing here{within} {asked}; what comes nearest is offered instead"


def _nearest(stack: Stack, connection: Connection, ranked: Ordered, wanted: Wanted) -> tuple[Hit, ...]:
    """What comes nearest and is not sold out; where no product passes, of those that pass without the demands read."""
    ready = ranked.ready
    if ready.asked.passing == 0:
        if not ready.meaning.demands:
            return ()
        passing = remembered.count(stack, connection, ready.given)
        asked = replace(ready.asked, where=ready.given, passing=passing)
        looser = replace(ready, asked=asked, relaxed=ready.meaning.demands, filtered=wanted.where or "")
        ranked = rank(stack, connection, looser, replace(wanted, cutoff=False))
    scored, asked = ranked.scored, ranked.ready.asked
    some = [int(at) for at in scored.order[: 4 * wanted.k]]
    left = Not(Compare("in_stock", "==", False))
    there = remembered.among(stack, connection, left, [scored.skus[at] for at in some])
    made: list[Card] = cards(stack, connection, scored, [a for a in some if scored.skus[a] in there], asked.fold)
    return hits(stack, connection, scored, ranked.found, made[: wanted.k], 0, asked.parts, ranked.told)
