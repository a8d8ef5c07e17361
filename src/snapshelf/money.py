"""Dollars: the price of what a call takes, and a purse that no call may overdraw."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from snapshelf.errors import OverBudget

LASTS = 3_600.0  # seconds after which a share of a month's budget that nobody uses is anybody's again
# (dollars more, limit) → (dollars granted, those that all have spent or taken), see `Purse`.
Share: TypeAlias = Callable[[float, float], tuple[float, float]]
DUST = 1e-12  # dollars; sums of floating numbers are compared with this much grace


_counted: ContextVar[list[float] | None] = ContextVar("counted", default=None)


@contextmanager
def counting() -> Iterator[list[float]]:
    """The dollars of every call that is settled meanwhile, by this thread and by those that work for it."""
    found: list[float] = []
    token = _counted.set(found)
    try:
        yield found
    finally:
        _counted.reset(token)


@dataclass(frozen=True, slots=True)
class Prices:
    """Dollars for what a multimodal embedding takes: Amazon Nova, on demand, us-east-1.

    ``document_image`` is an image at DOCUMENT_IMAGE detail; its price is not published where the others are, and stands
    at ten times the plain one until the account's own price is set.
    """

    tokens: float = 0.000135  # per 1,000 tokens of text
    image: float = 0.00006
    document_image: float = 0.0006
    sound: float = 0.00014  # per second
    video: float = 0.0007  # per second


def month_began(now: datetime | None = None) -> float:
    """Seconds since 1970 at which this calendar month began, UTC."""
    at = now or datetime.now(UTC)
    return datetime(at.year, at.month, 1, tzinfo=UTC).timestamp()


def dollars(amount: float) -> str:
    """As a person reads it: cents where there are some, otherwise as many places as show something."""
    return f"${amount:,.2f}" if amount >= 1 or not amount else f"${amount:.{2 if amount >= 0.1 else 6}f}"


class Purse:
    """What may be spent by a run and in a month, for any number of threads; 0 for no limit.

    A call reserves the most it may cost, and settles what it did cost. Nothing is reserved beyond a limit, so it is
    never exceeded; where the rest of a limit is only reserved, a call waits until that is settled. ``share`` takes a
    part of the month's limit before it is reserved, where others spend of the same limit; it grants what it is asked
    for, or more, or 0, and is asked for 0 where a part would run out (`LASTS`).
    """

    def __init__(self, run: float = 0.0, month: float = 0.0) -> None:
        self.limits = {"run": run, "month": month}
        self.spent = {"run": 0.0, "month": 0.0}
        self.share: Share | None = None
        self._room, self._taken = 0.0, 0.0  # dollars granted and not spent; when, by a clock that only goes forward
        self._reserved, self._changed = 0.0, threading.Condition()
        self._began = month_began()

    def begin(self, month: float) -> None:
        """Begin a run; ``month``: dollars already spent in this month."""
        with self._changed:
            self.spent = {"run": 0.0, "month": month}

    def reserve(self, most: float, stopped: Callable[[], bool] = lambda: False, run: bool = True) -> None:
        """Set aside the most that a call may cost. Raises OverBudget where a limit has no room for it.

        stopped: asked while waiting for room; once it is true, OverBudget is raised. run: whether the call belongs to
        the run, and not to the month alone.
        """
        with self._changed:
            while (tight := self._tight(most, run)) is not None:
                if self._reserved <= DUST or stopped():
                    raise OverBudget(self._sentence(tight, most))
                self._changed.wait(0.1)
            self._reserved += most

    def settle(self, most: float, cost: float, run: bool = True) -> None:
        """Give back what was reserved, and count what it cost."""
        if (counted := _counted.get()) is not None:
            counted.append(cost)
        with self._changed:
            self._reserved = max(0.0, self._reserved - most)
            self.spent["month"] += cost
            self.spent["run"] += cost if run else 0.0
            self._room -= cost
            self._changed.notify_all()

    def _tight(self, most: float, run: bool) -> str | None:
        if month_began() > self._began:
            self._began, self.spent["month"] = month_began(), 0.0
        for name, limit in self.limits.items():
            if name == "month" and limit and self.share:
                if not self._shared(most, limit, self.share):
                    return name
            elif limit and (run or name != "run") and self.spent[name] + self._reserved + most > limit + DUST:
                return name
        return None

    def _shared(self, most: float, limit: float, share: Share) -> bool:
        """Whether there is room for a call in what was granted, or could be had."""
        more = max(0.0, self._reserved + most - self._room)
        if more <= DUST and time.monotonic() - self._taken < LASTS / 2:
            return True
        granted, self.spent["month"] = share(more, limit)
        if granted + DUST < more or self.spent["month"] > limit + DUST:
            return False
        self._room, self._taken = self._room + granted, time.monotonic()
        return True

    def _sentence(self, name: str, most: float) -> str:
        limit, spent = self.limits[name], self.spent[name]
        setting, span = {"run": ("budget_dollars", "this run"), "month": ("budget_month", "this month")}[name]
        return (
            f"the budget is used up: {span} has spent {dollars(spent)} of {dollars(limit)}, and the next call may cost "
            f"{dollars(most)}; everything paid for is kept, so raise {setting} in [embedder.options] and run the same "
            "command to go on from here"
        )
