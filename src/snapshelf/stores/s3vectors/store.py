"""The store itself: which generation is read, which is written, and when the next takes over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import NotHere, SomeRefused
from snapshelf.segments.rows import checked
from snapshelf.stores.s3vectors import alias, names, record
from snapshelf.stores.s3vectors.alias import Generation
from snapshelf.stores.s3vectors.calls import Calls
from snapshelf.stores.s3vectors.listing import keys
from snapshelf.stores.s3vectors.options import Wanted
from snapshelf.stores.s3vectors.read import Reading, ask, ask_words
from snapshelf.stores.s3vectors.record import Record
from snapshelf.stores.s3vectors.write import Writing, open_writing
from snapshelf.types import Attributes, Filter, Kind, Neighbours, Vectors, split_view

A = TypeVar("A")
FRESH = 60.0  # seconds for which a list of shards is believed that another machine may add to
SHOWN = 10  # refused records that a message names


class S3Vectors:
    """See the package. Several threads may search; one at a time changes anything."""

    def __init__(self, calls: Calls, wanted: Wanted, dim: int, location: Path, can: frozenset[str]) -> None:
        self.calls, self.wanted, self.dim, self.location, self.can = calls, wanted, dim, location, can
        self.texts = wanted.text  # fields of a product that are to come with its attributes
        self._turn = threading.RLock()
        self._record = Record(wanted.bucket, wanted.index, dim)
        self._live: Generation | None = None
        self._stamp, self._listed = (0, 0), 0.0
        self._writing: Writing | None = None
        self._next: Generation | None = None  # the generation being built
        self._renewing = False
        self._open()

    @property
    def stale(self) -> bool:
        """Whether nothing was ever completed here, or it was built with other settings than those now given."""
        if self._live is None:
            return True
        held, wanted = self._live.head, self.wanted
        words = wanted.text if self.calls.words else ()
        now = (set(held.non_filterable), set(held.text), self._live.shard_by)
        return now != (set(wanted.non_filterable), set(words), wanted.shard_by)

    def count(self) -> int:
        """How many vectors it holds: a listing of all keys, since the service keeps no count."""
        return sum(self.sizes().values())

    def sizes(self) -> dict[str, int]:
        """Vectors in each index of the generation in use: one, or the shards and the head (`costs.saving`)."""
        self._settle()
        return self._read(lambda live: {name: sum(1 for _ in keys(self.calls, name)) for name in live.indexes}) or {}

    def add(self, ids: Sequence[str], vectors: Vectors, attributes: Sequence[Attributes]) -> None:
        """Put vectors, replacing those of the same ids; full calls go off at once, the rest at the latest at `flush`.

        A record beyond the service's limits is left out, and named when `flush` raises SomeRefused.
        """
        checked(ids, vectors, attributes, self.dim)
        if len(ids):
            with self._turn:
                self._writer().add(ids, np.asarray(vectors, np.float32), attributes)

    def update(self, ids: Sequence[str], attributes: Sequence[Attributes]) -> None:
        """Replace attributes: the service has no such call, so vectors are read and put once more."""
        if len(ids):
            with self._turn:
                self._writer().update(ids, attributes)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors."""
        with self._turn:
            if len(ids) and (self._writing or self._live):
                self._writer().delete(ids)

    def search(self, vectors: Vectors, k: int, where: Filter | None = None) -> Neighbours:
        """The k nearest that pass, for each query (q, d), as far as the service finds them; at most 10,000.

        Raises Unsupported for a filter that S3 Vectors cannot express.
        """
        self._settle()
        found = self._read(lambda live: ask(self._reading(live), vectors, k, where))
        return found or Neighbours([[] for _ in vectors], [np.empty(0, np.float32) for _ in vectors], "empty", None)

    def search_text(
        self, texts: Mapping[str, str], vector: NDArray[np.float32] | None, k: int, where: Filter | None = None
    ) -> Neighbours:
        """The k best for words, by field; with a vector (d,) the service fuses both lists. Scores are no cosines.

        Raises Unsupported where the installed SDK cannot ask for it, BadInput for a field whose text is not indexed.
        """
        self._settle()
        found = self._read(lambda live: ask_words(self._reading(live), texts, vector, k, where))
        return found or Neighbours([[]], [np.empty(0, np.float32)], "empty", None)

    def renew(self) -> None:
        """Begin a new generation: what is added goes there, searches keep to the old one until `flush`."""
        with self._turn:
            self._let_go()
            self._begin()
            self._renewing = True

    def flush(self) -> None:
        """Send what waits; let a new generation take over, and delete the one before.

        Raises SomeRefused at the end for records that the service does not take, once; all others are there.
        """
        with self._turn:
            if self._writing is None:
                return
            self._writing.drain()
            if self._next is not None:
                self._take_over(self._next)
            self._write_down()
            refused = dict(self._writing.refused)
            self._let_go()  # so that what other processes do is noticed again
        if refused:
            raise _some(refused)

    def close(self) -> None:
        """Flush and let go. A generation that `renew` began and no `flush` completed is left behind, unused."""
        with self._turn:
            try:
                if self._renewing and self._writing:
                    self._writing.drain()
                else:
                    self.flush()
            finally:
                self._let_go()
                self.calls.close()

    # --- which generation ---------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """Find the generation in use: by the record, or where that is missing or wrong, by the tags in the bucket."""
        held = record.read(self.location)
        self._stamp = record.stamp(self.location)
        mine = (self.wanted.bucket, self.wanted.index, self.dim)
        if held is not None and (held.bucket, held.index, held.dim) == mine:
            self._record = held
            name = names.head(held.index, held.dim, held.generation)
            head = alias.look(self.calls, name) if held.generation else None
            if head is not None:
                alias.fits(head, self.dim)
                self._live = Generation(held.generation, head, held.shard_by, held.shards)
                return
        self._discover()

    def _discover(self) -> None:
        there = alias.generations(self.calls, self.wanted, self.dim)
        number, head, shard_by = alias.live(self.calls, self.wanted, self.dim, there)
        self._live, self._listed = None, time.monotonic()
        if head is not None:
            alias.fits(head, self.dim)
            self._live = Generation(number, head, shard_by, tuple(name for name in there[number] if name != head.name))
            self._write_down()

    def _refresh(self) -> None:
        """Notice that another process made a generation the one in use, or put into a new shard."""
        if self._writing is not None:
            return
        if record.stamp(self.location) != self._stamp:
            held = record.read(self.location)
            if self._live is None or held is None or held.generation:  # 0: another process is changing it just now
                self._open()
        live = self._live
        if live and live.shard_by and time.monotonic() - self._listed > FRESH:
            self._live, self._listed = replace(live, shards=alias.shards(self.calls, live.head)), time.monotonic()

    def _read(self, what: Callable[[Generation], A]) -> A | None:
        """Do something with the generation in use; once more with another where it was just replaced."""
        with self._turn:
            self._refresh()
            live = self._live or self._next
            live = live and self._with_shards(live)
        if live is None:
            return None
        try:
            return what(live)
        except NotHere:
            with self._turn:
                self._discover()
                again = self._live
            if again is None or again.number == live.number:
                raise
            return what(again)

    def _with_shards(self, live: Generation) -> Generation:
        writing = self._writing
        own = writing is not None and writing.head.name == live.head.name
        return replace(live, shards=tuple(sorted(writing.shards))) if own and writing else live

    def _reading(self, live: Generation) -> Reading:
        kinds = self._writing.kinds if self._writing else self._record.kinds
        return Reading(self.calls, live, kinds)

    def _settle(self) -> None:
        """What this process put is to be seen by its own searches."""
        with self._turn:
            if self._writing is not None:
                self._writing.drain()

    # --- writing ------------------------------------------------------------------------------------------------------

    def _writer(self) -> Writing:
        if self._writing is None:
            self._refresh()
            if self._live is None:
                self._begin()
            else:
                self._writing = self._opened(self._live, self._record.kinds)
        if self._writing is None:
            raise NotHere("nothing is open to be written to")
        return self._writing

    def _begin(self) -> None:
        there = alias.generations(self.calls, self.wanted, self.dim)
        used = self._live.number if self._live else 0
        number, head = alias.begin(self.calls, self.wanted, self.dim, there, used)
        self._next = Generation(number, head, self.wanted.shard_by, ())
        self._writing = self._opened(self._next, {})

    def _opened(self, live: Generation, kinds: Mapping[str, Kind]) -> Writing:
        wanted = replace(self.wanted, shard_by=live.shard_by, non_filterable=live.head.non_filterable)
        return open_writing(self.calls, wanted, self.dim, live.head, live.shards, self.location, kinds)

    def _take_over(self, new: Generation) -> None:
        """The next generation becomes the one in use; from its tag on every machine finds it."""
        if self._record.generation:  # should this process end here, the tags are asked who is in use
            record.write(self.location, replace(self._record, generation=0))
        alias.mark(self.calls, new.head, {alias.STATE: alias.LIVE})
        old, self._live, self._next, self._renewing = self._live, self._with_shards(new), None, False
        self._write_down()
        if old is not None:
            alias.remove(self.calls, old.indexes)
            (self.location / f"{old.head.name}.sqlite").unlink(missing_ok=True)

    def _write_down(self) -> None:
        if self._live is None:
            return
        live = self._live = self._with_shards(self._live)
        kinds = self._writing.kinds if self._writing else self._record.kinds
        made = Record(
            self.wanted.bucket,
            self.wanted.index,
            self.dim,
            live.number,
            live.shard_by,
            dict(kinds),
            live.shards,
        )
        if made != self._record:
            record.write(self.location, made)
            self._record, self._stamp = made, record.stamp(self.location)

    def _let_go(self) -> None:
        if self._writing is not None:
            self._writing.close()
        self._writing = self._next = None
        self._renewing = False


def _some(refused: Mapping[str, str]) -> SomeRefused:
    reasons = list(refused.values())
    more = f"\n… and {len(reasons) - SHOWN:,} more" if len(reasons) > SHOWN else ""
    items: dict[tuple[str, str], None] = {}  # once for all views alike
    for id, reason in refused.items():
        sku = split_view(id)[0] or id
        items[sku, reason.removeprefix(f"SKU {sku}").lstrip(":, ")] = None
    said = "\n".join(reasons[:SHOWN])
    return SomeRefused(
        f"S3 Vectors does not take {len(reasons):,} of the vectors; all others are in:\n{said}{more}", items
    )
