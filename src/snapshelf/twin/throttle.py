"""Rates: a token bucket for each rate of each thing that has one, full at the start."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from snapshelf.twin.wire import Load

# Writes per second to one index are documented; of reads AWS says "hundreds".
RATES: Mapping[str, float] = {"writes": 1000, "vectors": 2500, "reads": 500}
MINUTE = 60.0


class Throttle:
    """Says whether a call stays within the rates; a rate that it does not know limits nothing.

    rates: what flows in each second. bursts: how much a bucket holds, by default a second's worth, and at least 1.
    """

    def __init__(
        self,
        rates: Mapping[str, float] = RATES,
        clock: Callable[[], float] = time.monotonic,
        bursts: Mapping[str, float] | None = None,
    ) -> None:
        self.rates = dict(rates)
        self.bursts = dict(bursts or {})
        self._clock, self._lock = clock, threading.Lock()
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}  # what was left, and when

    def admits(self, load: Load) -> bool:
        """Take what a call costs from every bucket that it touches; or take nothing and say False."""
        with self._lock:
            now, left = self._clock(), {}
            for name, cost in load.costs.items():
                if name not in self.rates:
                    continue
                rate = self.rates[name]
                burst = self.bursts.get(name, max(1.0, rate))
                before, at = self._buckets.get((load.of, name), (burst, now))
                left[name] = min(burst, before + (now - at) * rate) - cost
            if any(amount < 0 for amount in left.values()):
                return False
            self._buckets.update({(load.of, name): (amount, now) for name, amount in left.items()})
            return True
