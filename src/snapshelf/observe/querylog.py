"""Queries on their way into the log: a search puts them into memory, one thread writes them down."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence

from snapshelf.catalogue import queries
from snapshelf.catalogue.open import Catalogue
from snapshelf.catalogue.queries import AskedQuery
from snapshelf.errors import Busy, SnapshelfError

CAPACITY = 10_000  # queries that wait in memory
BATCH = 500  # in one transaction
GATHERED = 0.5  # seconds in which queries are gathered into a batch
AGAIN = 0.2  # seconds before a catalogue that was busy is tried again
log = logging.getLogger("snapshelf")


class QueryLog:
    """The query log of one open catalogue, for any number of threads; each process has its own.

    A batch is at most a second old when it is written, where the catalogue is free; one that is busy is tried again.
    What finds no room meanwhile, cannot be a query, or is refused by the database is counted in ``dropped`` and said
    as a warning of the logger "snapshelf". Nothing is ever raised.
    """

    def __init__(self, catalogue: Catalogue, capacity: int = CAPACITY) -> None:
        self.catalogue, self.capacity = catalogue, capacity
        self.dropped = 0
        self._said, self._reason = 0, ""
        self._waiting: deque[AskedQuery] = deque()
        self._changed, self._closing = threading.Condition(), False
        self._until = float("inf")  # on the monotonic clock, when a busy catalogue is given up
        self._thread: threading.Thread | None = None

    def add(self, query: AskedQuery) -> None:
        """Take a query; waits for no database. After `close` it is counted as dropped."""
        fault = queries.wrong(query)
        with self._changed:
            if fault or self._closing or len(self._waiting) >= self.capacity:
                self._drop(1, fault or ("the log is closed" if self._closing else "more came than the catalogue took"))
                return
            self._waiting.append(query)
            if self._thread is None or not self._thread.is_alive():  # begun here, so that each forked process has one
                self._thread = threading.Thread(target=self._drain, name="snapshelf-queries", daemon=True)
                self._thread.start()
            if len(self._waiting) in (1, BATCH):
                self._changed.notify()

    def close(self, timeout: float = 10.0) -> None:
        """Write down what waits, and end. A catalogue that is busy is not tried again after ``timeout`` seconds."""
        with self._changed:
            self._closing, self._until = True, time.monotonic() + timeout
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
        self._say()

    def _drain(self) -> None:
        while batch := self._gather():
            if reason := self._write(batch):
                with self._changed:
                    self._drop(len(batch), reason)
            self._say()

    def _gather(self) -> list[AskedQuery]:
        """The next batch: what came within half a second; empty once all is written and no more will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            self._changed.wait_for(lambda: self._closing or len(self._waiting) >= BATCH, GATHERED)
            return [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]

    def _write(self, batch: Sequence[AskedQuery]) -> str:
        """Write a batch; "" or why that cannot be."""
        while True:
            try:
                with self.catalogue.write() as connection:
                    queries.record(connection, batch)
                return ""
            except Busy as error:
                if time.monotonic() >= self._until:
                    return str(error)
                time.sleep(AGAIN)
            except Exception as error:  # whatever it is, searches go on and the next batch has its chance
                return str(error) if isinstance(error, SnapshelfError) else f"{type(error).__name__}: {error}"

    def _drop(self, many: int, reason: str) -> None:
        self.dropped += many
        self._reason = reason

    def _say(self) -> None:
        with self._changed:
            new, self._said = self.dropped - self._said, self.dropped
        if new:
            log.warning("%d queries were not logged: %s", new, self._reason)
