"""Calls at a bounded pace: a token bucket, and retries with exponential backoff and full jitter."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")
MINUTE = 60.0


class Bucket:
    """A token bucket for any number of threads: ``per_second`` tokens flow in, at most ``burst`` are held.

    A call may take more than is held: it waits, and whoever comes after it waits longer. So a call larger than the
    bucket is delayed, never refused, and over any time t at most burst + per_second · t tokens go out.
    """

    def __init__(self, per_second: float, burst: float | None = None) -> None:
        """``burst``: by default what flows in within a second, and at least one."""
        self.per_second = per_second
        self.burst = max(1.0, per_second) if burst is None else burst
        self._held, self._at, self._lock = self.burst, time.monotonic(), threading.Lock()

    def take(self, amount: float = 1.0, stopped: threading.Event | None = None) -> float:
        """Take tokens, waiting for them; returns the seconds waited. ``stopped`` ends the wait early when it is set."""
        with self._lock:
            self._flow()
            self._held -= amount
            wait = max(0.0, -self._held / self.per_second)
        if wait:
            (stopped or _NEVER).wait(wait)
        return wait

    def give(self, amount: float) -> None:
        """Give back what was taken and not used; a negative amount takes more, without waiting."""
        with self._lock:
            self._flow()
            self._held = min(self.burst, self._held + amount)

    def _flow(self) -> None:
        now = time.monotonic()
        self._held = min(self.burst, self._held + (now - self._at) * self.per_second)
        self._at = now


_NEVER = threading.Event()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long something that fails is tried again.

    attempts: calls in all. first, cap: before the n-th repetition (from 0) a random time between 0 and
    min(cap, first · 2ⁿ) seconds passes (full jitter: Brooker, Exponential Backoff And Jitter, AWS Architecture Blog,
    2015). deadline: seconds after which no further attempt begins.
    """

    attempts: int = 8
    first: float = 0.5
    cap: float = 20.0
    deadline: float = 180.0

    def wait(self, repetition: int, draw: Callable[[], float] = random.random) -> float:
        """Seconds before the repetition with this number, counted from 0."""
        # Beyond 2⁶⁴ the cap has long been reached, and a larger power would overflow.
        return draw() * min(self.cap, self.first * 2.0 ** min(repetition, 64))


def tried(
    call: Callable[[], Result],
    again: Callable[[Exception], int],
    patience: Patience | None = None,
    stopped: threading.Event | None = None,
    draw: Callable[[], float] = random.random,
) -> Result:
    """What ``call`` returns, repeated while it fails with an error worth it; the last error is raised as it is.

    again: error → how many attempts in all it is worth, 0 for one that will never go away; ``patience`` bounds it.
    stopped: no repetition begins once it is set, and a wait for one ends.
    """
    patient, began, attempt = patience or Patience(), time.monotonic(), 1
    while True:
        try:
            return call()
        except Exception as error:
            wait = patient.wait(attempt - 1, draw)
            late = time.monotonic() - began + wait > patient.deadline
            if attempt >= min(patient.attempts, again(error)) or late or (stopped or _NEVER).wait(wait):
                raise
        attempt += 1
