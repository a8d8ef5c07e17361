"""From what a model says it has spent to rows of `charges`: with what was bought, or later where that is a query."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection

from snapshelf.catalogue import charges
from snapshelf.catalogue.open import Catalogue
from snapshelf.catalogue.shares import Shares
from snapshelf.errors import SnapshelfError
from snapshelf.money import month_began
from snapshelf.protocols import Buying

OWED = 64  # charges of queries that wait in memory to be written down together


class Ledger:
    """The charges of one open catalogue. ``may_write`` says whether this user may; otherwise they are forgotten."""

    def __init__(self, catalogue: Catalogue, may_write: Callable[[], bool]) -> None:
        self.catalogue, self.may_write = catalogue, may_write
        self._buyer: Buying | None = None
        self._shares = Shares(catalogue)
        self._lock, self._settling = threading.Lock(), threading.Thread()

    def attach(self, embedder: object) -> None:
        """Keep the books of a model, if its calls cost money; its budgets begin with what this month has cost."""
        self._buyer = embedder if isinstance(embedder, Buying) else None
        self.begin()

    def begin(self) -> None:
        """Begin a run: its budget is whole again, and the month's has what is written down."""
        self.settle()
        if self._buyer:
            with self.catalogue.read() as connection:
                spent = charges.spent(connection, month_began())
            self._buyer.begin(spent, self._shares.take if self.may_write() else None)

    @contextmanager
    def writing(self, run: str = "") -> Iterator[Connection]:
        """A transaction that also writes down what calls have cost so far; all of it or, on any error, nothing."""
        with self._lock:
            owed = self._buyer.charges() if self._buyer else []
            dollars = sum(one.dollars for one in owed)
            with self.catalogue.write() as connection:
                yield connection
                charges.record(connection, run, owed)
                self._shares.wrote(connection, dollars)
            self._shares.settled(dollars)
            if self._buyer:
                self._buyer.charged(len(owed))

    def settle(self, run: str = "") -> None:
        """Write down what calls have cost and no transaction has taken along."""
        if self._buyer and (owed := self._buyer.charges()):
            if not self.may_write():
                self._buyer.charged(len(owed))
                return
            with suppress(SnapshelfError), self.writing(run):  # a catalogue that is busy now takes them later
                pass

    def settle_soon(self) -> None:
        """The same once there is enough of it, beside the search that goes on."""
        if self._buyer and not self._settling.is_alive() and len(self._buyer.charges()) >= OWED:
            self._settling = threading.Thread(target=self.settle, daemon=True)
            self._settling.start()

    def notes(self) -> list[str]:
        """What a person should know of the calls since `begin`."""
        return self._buyer.notes() if self._buyer else []

    def close(self) -> None:
        """Write down the rest, and leave the month's budget to others."""
        if self._settling.is_alive():
            self._settling.join()
        self.settle()
        if self.may_write():
            with suppress(SnapshelfError):  # it runs out by itself
                self._shares.give_back()
