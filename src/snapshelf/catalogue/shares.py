"""A month's budget among processes: each takes a share of it before it spends, written down where all can see it."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

from sqlalchemy import Connection, select

from snapshelf.catalogue import charges, journal
from snapshelf.catalogue.open import Catalogue
from snapshelf.catalogue.schema import facts
from snapshelf.money import DUST, LASTS, month_began

FACT = "budget"
PART = 0.01  # of a month's budget that is taken at once, so that few calls write to the catalogue
REST = 0.25  # of what is left that is taken at most, so that the last of it serves whoever comes


class Shares:
    """What one process has taken of the budget. Whoever is killed keeps its share from the others for an hour."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, self.holder = catalogue, uuid.uuid4().hex
        self._lock = threading.Lock()
        self._own = 0.0  # dollars taken, less those that are written down as spent

    def take(self, dollars: float, limit: float) -> tuple[float, float]:
        """(dollars granted, those that all have spent or taken this month): at least what is asked for, or 0.

        Asking for 0 makes a share last longer. Raises Busy, NoSpace, Outside.
        """
        with self.catalogue.write() as connection:
            held = _held(connection)
            others = sum(taken for holder, (taken, _) in held.items() if holder != self.holder)
            used = charges.spent(connection, month_began()) + others + self._own
            room = limit - used
            if dollars > room + DUST:
                return 0.0, used
            granted = max(dollars, min(limit * PART, room * REST)) if dollars else 0.0
            held[self.holder] = (self._own + granted, time.time())
            journal.set_fact(connection, FACT, held)
        self._add(granted)
        return granted, used + granted

    def wrote(self, connection: Connection, dollars: float) -> None:
        """So much of the share stands among the charges now, in this transaction; `settled` follows it."""
        if self._own:
            held = _held(connection)
            held[self.holder] = (max(0.0, self._own - dollars), time.time())
            journal.set_fact(connection, FACT, held)

    def settled(self, dollars: float) -> None:
        """The transaction of `wrote` has been kept."""
        self._add(-dollars)

    def give_back(self) -> None:
        """Nothing more will be spent. Raises what `take` raises."""
        if not self._own:
            return
        with self.catalogue.write() as connection:
            held = _held(connection)
            held.pop(self.holder, None)
            journal.set_fact(connection, FACT, held)
        self._add(-self._own)

    def _add(self, dollars: float) -> None:
        with self._lock:
            self._own = max(0.0, self._own + dollars)


def _held(connection: Connection) -> dict[str, Any]:
    """Holder → (dollars, when), without those that have run out; locked until the transaction ends."""
    row = select(facts.c.value).where(facts.c.name == FACT).with_for_update()
    now, found = time.time(), connection.execute(row).scalar() or {}
    return {holder: (taken, at) for holder, (taken, at) in found.items() if now - at < LASTS}
