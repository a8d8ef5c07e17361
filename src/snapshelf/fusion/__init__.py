"""Bring several into one: the vectors of a query's parts, what each says of a product, the rankings of several lanes.

`vectors` makes one vector of several; `compose` scores products by a photo and words together, and is what a search
does with the two; `values` finds what the words change; `learnt` learns a fusion from examples; `ranks` joins rankings.
"""

from snapshelf.fusion.compose import CHANGE, DESCRIBE, Cosines, Counts, composed
from snapshelf.fusion.ranks import ranked, rrf
from snapshelf.fusion.values import Votes, changed, mentions, named, votes
from snapshelf.fusion.vectors import away, edited, mean, weighted_mean

__all__ = [
    "CHANGE",
    "DESCRIBE",
    "Cosines",
    "Counts",
    "Votes",
    "away",
    "changed",
    "composed",
    "edited",
    "mean",
    "mentions",
    "named",
    "ranked",
    "rrf",
    "votes",
    "weighted_mean",
]
