"""Rankings kept between the pages of a query, so that page 100 costs no more than page 2, and no page overlaps."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

KEPT = 64  # queries whose pages may still be asked for


@dataclass(frozen=True, slots=True)
class Hit:
    """One result, as JSON without its braces; ``size`` is what it counts when returned bytes are billed."""

    body: bytes
    size: int


class Rankings:
    """The last rankings, by the digest of their request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, list[Hit]] = OrderedDict()

    def keep(self, request: str, ranking: list[Hit]) -> None:
        """Keep one; the one that was used longest ago goes."""
        with self._lock:
            self._kept[request] = ranking
            self._kept.move_to_end(request)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def find(self, request: str) -> list[Hit] | None:
        """The ranking of a request, while it is kept."""
        with self._lock:
            if request in self._kept:
                self._kept.move_to_end(request)
            return self._kept.get(request)
