"""What was called, how much went through, and what AWS would have charged for it."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from snapshelf.twin.wire import Answer, Call


class Meter:
    """Sums per operation; every sum starts at 0 with `clear`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Start again."""
        with self._lock:
            self._sums: dict[str, defaultdict[str, float]] = {}
            self._refused: defaultdict[str, int] = defaultdict(int)

    def count(self, name: str, call: Call, answer: Answer | None) -> None:
        """Count one call of "service:operation"; answer None for a connection that was dropped."""
        with self._lock:
            sums = self._sums.setdefault(name, defaultdict(float))
            sums["calls"] += 1
            sums["bytes_in"] += len(call.body)
            if answer is None:
                sums["dropped"] += 1
                return
            sums["bytes_out"] += len(answer.body)
            if answer.status >= 300:
                sums["refused"] += 1
                self._refused[answer.headers.get("x-amzn-errortype", str(answer.status))] += 1
            for what, amount in answer.charges:
                sums[what] += amount

    def charge(self, name: str, charges: Iterable[tuple[str, float]]) -> None:
        """Add what work that no call waited for has cost."""
        with self._lock:
            sums = self._sums.setdefault(name, defaultdict(float))
            for what, amount in charges:
                sums[what] += amount

    def told(self) -> dict[str, Any]:
        """{"operations": {name: {what: amount}}, "total": {what: amount}, "refusals": {code: count}}."""
        with self._lock:
            total: defaultdict[str, float] = defaultdict(float)
            for sums in self._sums.values():
                for what, amount in sums.items():
                    total[what] += amount
            return {
                "operations": {name: dict(sums) for name, sums in sorted(self._sums.items())},
                "total": dict(total),
                "refusals": dict(sorted(self._refused.items())),
            }
