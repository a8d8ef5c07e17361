"""What shoppers do and what the shop wants, brought to bear on an order by relevance, within a bound.

`record` takes events; `signals` joins them with the catalogue; `rerank` orders candidates; `apply` does all of it for
one query of an open shelf; `train` learns from clicks.
"""

from snapshelf.rank.apply import apply, of_shelf
from snapshelf.rank.order import rerank
from snapshelf.rank.record import Recorded, record

__all__ = ["Recorded", "apply", "of_shelf", "record", "rerank"]
