"""What all requests of one process share: the shelf, its threads, its limits, its secret."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar, TypeVarTuple

import anyio
from starlette.requests import HTTPConnection

from snapshelf.catalogue import changes
from snapshelf.config import ServeSettings
from snapshelf.http.figures import Figures
from snapshelf.http.memo import FRESH, LOOK, RANKED, Memo
from snapshelf.http.rates import Rates
from snapshelf.observe.querylog import QueryLog
from snapshelf.rank.own import NOTHING, Mark, mark_of
from snapshelf.search import remembered
from snapshelf.shelf import Shelf
from snapshelf.types import Hit, Product

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
OTHERS = 4  # threads for what is no search
SECRET = (
    "server.secret"  # in the shelf: signs the console's sessions, so that all processes agree and restarts keep them
)


class State(NamedTuple):
    """What answers to the same question depend on: the catalogue's newest transaction, what was learnt, the ranking."""

    seq: int
    learnt: int
    ranking: Mark

    @property
    def good_for(self) -> float:
        """Seconds for which an answer may be given again."""
        return FRESH if self.ranking == NOTHING else RANKED


@dataclass(slots=True)
class Server:
    """One process's state. ``ready``: whether it has searched once, and so can answer at once."""

    shelf: Shelf
    settings: ServeSettings
    secret: bytes
    threads: anyio.CapacityLimiter
    others: anyio.CapacityLimiter
    rates: Rates
    figures: Figures
    log: QueryLog
    ready: bool = False
    closing: bool = False
    memo: Memo = field(default_factory=Memo)
    looked: tuple[State | None, float] = (None, 0.0)  # what answers depend on, and when it was looked at
    looking: anyio.Lock = field(default_factory=anyio.Lock)
    memory: dict[str, object] = field(default_factory=dict)  # what parts keep between requests, by their name

    async def search(self, work: Callable[[*Ts], T], *args: *Ts) -> T:
        """Run a search in one of the threads for searches. They wait in line: side by side they would take turns at the
        interpreter, and each would take longer than in line.
        """
        return await anyio.to_thread.run_sync(work, *args, limiter=self.threads)

    async def call(self, work: Callable[[*Ts], T], *args: *Ts) -> T:
        """Run something shorter in a thread, so that others are answered meanwhile."""
        return await anyio.to_thread.run_sync(work, *args, limiter=self.others)

    async def state(self) -> State:
        """What answers depend on, looked at once in a while. One request looks; the others go on with what was seen
        before, or wait where that is out of date for certain.
        """
        seen, at = self.looked
        if seen and (time.monotonic() - at <= LOOK or self.looking.locked()):
            return seen
        async with self.looking:
            while not (seen := self.looked[0]) or time.monotonic() - self.looked[1] > LOOK:
                before, now = self.looked, time.monotonic()
                state = await self.call(_state, self.shelf)
                if self.looked is before:  # not if this process changed something meanwhile
                    self.looked = state, now
            return seen

    def changed(self) -> None:
        """This process changed the catalogue: look again at once."""
        self.looked = (None, time.monotonic())

    def close(self) -> None:
        """Write down what is still to be written, and close the shelf."""
        self.log.close()
        self.shelf.close()


def start(shelf: Shelf, figures: Figures) -> Server:
    """A server over an open shelf; to be called inside a running event loop."""
    settings, secret = shelf.stack.settings.serve, secret_of(shelf.stack.folder)
    threads, others = anyio.CapacityLimiter(settings.threads), anyio.CapacityLimiter(OTHERS)
    return Server(
        shelf, settings, secret, threads, others, Rates(settings.rate), figures, QueryLog(shelf.stack.catalogue)
    )


def _state(shelf: Shelf) -> State:
    ranking = mark_of(shelf.stack)
    with shelf.stack.catalogue.read() as connection:
        return State(changes.seen(connection), changes.learnt(connection), ranking)


def variants(server: Server, hits: Iterable[Hit]) -> dict[str, list[Product]]:
    """Family → its products, of the families of these hits; to be called in a thread."""
    families = sorted({hit.product.family for hit in hits if hit.product.family})
    if not families:
        return {}
    stack = server.shelf.stack
    seen = server.looked[0]
    if seen and (known := remembered.known_variants(stack, seen.seq, families)) is not None:
        return known
    with stack.catalogue.read() as connection:
        return remembered.variants(stack, connection, families)


def of(connection: HTTPConnection) -> Server:
    """The server that a request is answered by."""
    server: Server = connection.app.state.server
    return server


def secret_of(folder: Path) -> bytes:
    """The shelf's secret, made on first use and readable by its owner alone; a new one each time where none is kept."""
    file, fresh = folder / SECRET, secrets.token_bytes(32)
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as made:  # its mode is 0600
            made.write(fresh)
            made.flush()
            os.link(made.name, file)  # whole or not at all; the first of several processes wins
    except FileExistsError:
        pass
    except OSError:
        return fresh
    return file.read_bytes()
