"""Where the answer ends: what is relevant enough to be shown, and whether anything is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapshelf.search.confidence import Calibration
from snapshelf.search.lanes import Found
from snapshelf.search.leftout import of_photo, strength
from snapshelf.search.score import Scored

# Log-odds below the best hit beyond which nothing is shown. Of the products that fit the queries which
# benchmarks/fit_lanes.py makes, 94 % and more stay.
DROP = {"text": 6.0, "image": 8.0, "mixed": 6.0}

HALF = 0.5
# Of that distance where hits are sorted by something else than relevance, which would put the least likely first;
# chosen with benchmarks/sorting.py.
SORTED = 0.5


@dataclass(frozen=True, slots=True)
class Cut:
    """``kept``: positions in `Scored`, best first, of what is relevant enough; ``first`` of them are in block 0.

    ``estimated``: the last product of the first block would still do, so that more of the shelf may.
    ``confidence`` None where it is not measured; ``nothing``: it is so low that the shop has no such thing.
    """

    kept: NDArray[np.int64]
    first: int
    estimated: bool
    confidence: float | None
    nothing: bool


def cut(
    scored: Scored,
    found: Found,
    kind: str,
    measured: Mapping[str, Calibration],
    false_alarms: float,
    deeper: bool,
    code: bool,
    within: float = 1.0,
) -> Cut:
    """Cut the order where evidence ends. Where nothing was ``measured`` everything is kept, and nothing is denied.

    measured: kind of query → what is known of its own queries; a kind that is not there is cut and never denied.
    deeper: whether the lanes hold more than they put forward. code: the query looks like one; if no product has it, and
    none holds even `HALF` of it as words, there is nothing. A product whose code was asked for is always kept.
    within: the share of `DROP` that hits may be behind.
    """
    blocks = scored.block
    first = int(np.sum(blocks == 0))
    if not measured or not len(scored.order):
        return Cut(scored.order, first, deeper, None, False)
    sure, nothing = None, False
    if kind in measured:
        reached = _reached(scored, kind)
        sure = 1.0 if found.codes else measured[kind].confidence(reached)
        nothing = not found.codes and reached < measured[kind].least(false_alarms)
    if kind == "text" and code and not found.codes and np.max(scored.share) < HALF:
        sure, nothing = 0.0, True
    plain = (at for at in scored.order.tolist() if scored.skus[at] not in found.codes)
    best = scored.evidence[at] if (at := next(plain, None)) is not None else 0.0
    least = best - within * DROP[kind]
    likely = scored.evidence >= least
    if any(whole for _, whole in found.codes.values()):
        likely &= False  # a code means that product and no other
    if found.codes:
        likely |= np.array([sku in found.codes for sku in scored.skus], bool)
    stays = likely[scored.order]
    first = int(np.sum(stays & (blocks[scored.order] == 0)))
    last = scored.evidence[scored.order][blocks[scored.order] == 0][-1:]
    return Cut(scored.order[stays], first, deeper and bool(np.all(last >= least)), sure, nothing)


def _reached(scored: Scored, kind: str) -> float:
    """The strength of the query, as its kind is measured."""
    if kind == "text":
        return strength(scored.cosines, scored.share)
    return float(np.max(of_photo(scored.held, scored.view_cosines)))
