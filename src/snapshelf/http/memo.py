"""Answers to words that were asked before: kept while the catalogue is as it was, so that a popular query costs little.

What shoppers do moves the ranking by the second; so an answer is kept for a second where a shop ranks by it, and for
ten minutes where it does not. Photos are never kept.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

from snapshelf.types import Results

MOST = 2_048  # answers
FRESH, RANKED = 600.0, 1.0  # seconds that an answer is good for
LOOK = 0.1  # seconds for which the catalogue's state is taken to be what it was


@dataclass(slots=True)
class Held:
    """An answer, when it was made and of what state (`server.State`); ``written``: it as JSON or a page, by name."""

    results: Results
    state: Hashable
    at: float
    written: dict[str, bytes] = field(default_factory=dict)


class Memo:
    """The answers of one process, for any number of threads."""

    def __init__(self) -> None:
        self._held: OrderedDict[Hashable, Held] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, state: Hashable, seconds: float) -> Held | None:
        """The answer to the same question, of this state and at most so many seconds old."""
        with self._lock:
            held = self._held.get(key)
            if held is None or held.state != state or time.monotonic() - held.at > seconds:
                return None
            self._held.move_to_end(key)
            return held

    def put(self, key: Hashable, held: Held) -> None:
        """Keep an answer; of too many the one asked for longest ago is let go."""
        with self._lock:
            self._held[key] = held
            self._held.move_to_end(key)
            while len(self._held) > MOST:
                self._held.popitem(last=False)
