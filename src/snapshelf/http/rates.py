"""How many requests a caller may send: a moving window, counted by each process for itself."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from snapshelf.errors import BadSettings
from snapshelf.http.problem import Problem

if TYPE_CHECKING:
    from limits import RateLimitItem


class Rates:
    """Counts requests by caller. rate: such as "600/minute"; "" lets all pass. Raises BadSettings."""

    def __init__(self, rate: str) -> None:
        self.item: RateLimitItem | None = None
        if not rate:
            return
        from limits import parse
        from limits.aio.storage import MemoryStorage
        from limits.aio.strategies import SlidingWindowCounterRateLimiter

        try:
            self.item = parse(rate)
        except ValueError as error:
            raise BadSettings(f"serve.rate is {rate!r}; write it as 600/minute") from error
        self.window = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def count(self, caller: str) -> None:
        """Count one request. Raises Problem 429, with the seconds after which to try again."""
        if self.item is None or await self.window.hit(self.item, caller):
            return
        after = max(1, math.ceil((await self.window.get_window_stats(self.item, caller)).reset_time - time.time()))
        raise Problem(
            429, "too_many", f"at most {self.item}; try again in {after} s", headers={"Retry-After": str(after)}
        )
