"""Where the answer ends: what is relevant enough to be shown, and whether anything is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snapshelf.search.confidence import Calibration, strength
from snapshelf.search.lanes import Found
from snapshelf.search.score import Scored

# Log-odds below the best hit beyond which nothing is shown. Of the products that fit the queries which
# benchmarks/fit_lanes.py makes, 94 % and more stay.
DROP = {"text": 6.0, "image": 8.0, "mixed": 6.0}

HALF = 0.5


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
    calibration: Calibration | None,
    false_alarms: float,
    deeper: bool,
    code: bool,
) -> Cut:
    """Cut the order where evidence ends. Without a ``calibration`` everything is kept, and nothing is denied.

    deeper: whether the lanes hold more than they put forward. code: the query looks like one; if no product has it, and
    none holds even `HALF` of it as words, there is nothing. A product whose code was asked for is always kept.
    """
    blocks = scored.block
    first = int(np.sum(blocks == 0))
    if calibration is None or not len(scored.order):
        return Cut(scored.order, first, deeper, None, False)
    sure, nothing = None, False
    if kind == "text":
        reached = strength(scored.cosines, scored.share)
        sure = 1.0 if found.codes else calibration.confidence(reached)
        nothing = not found.codes and reached < calibration.least(false_alarms)
        if code and not found.codes and np.max(scored.share) < HALF:
            sure, nothing = 0.0, True
    plain = [at for at in scored.order.tolist() if scored.skus[at] not in found.codes]
    best = scored.evidence[plain[0]] if plain else 0.0
    likely = scored.evidence >= best - DROP[kind]
    if any(whole for _, whole in found.codes.values()):
        likely &= False  # a code means that product and no other
    coded = np.array([sku in found.codes for sku in scored.skus], bool)
    stays = (likely | coded)[scored.order]
    within = int(np.sum(stays & (blocks[scored.order] == 0)))
    last = scored.evidence[scored.order][blocks[scored.order] == 0][-1:]
    return Cut(scored.order[stays], within, deeper and bool(np.all(last >= best - DROP[kind])), sure, nothing)
