"""Changes of one generation: records checked and packed, put in full calls, moved between shards, deleted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from snapshelf.errors import BadInput, BadSettings, NotHere
from snapshelf.stores.s3vectors import alias, encode, limits, names
from snapshelf.stores.s3vectors.alias import Head
from snapshelf.stores.s3vectors.calls import Calls, refused_rows
from snapshelf.stores.s3vectors.encode import Packed
from snapshelf.stores.s3vectors.listing import keys
from snapshelf.stores.s3vectors.options import Wanted
from snapshelf.stores.s3vectors.outbox import Outbox
from snapshelf.stores.s3vectors.shards import Placed
from snapshelf.types import Attributes, Kind, Value, Vectors, kind_of


class Writing:
    """See the module. ``refused`` holds, by id, why a record did not go in. One thread writes."""

    def __init__(
        self, calls: Calls, wanted: Wanted, dim: int, head: Head, shards: Sequence[str], placed: Placed | None
    ) -> None:
        self.calls, self.wanted, self.dim, self.head = calls, wanted, dim, head
        self.shards = set(shards)
        self.kinds: dict[str, Kind] = {}
        self.refused: dict[str, str] = {}
        self._placed = placed
        self._places: dict[str, str] = {}  # where ids go that are on their way
        self._left: dict[str, set[str]] = {}  # what they leave behind, to be deleted once they have arrived
        self._outbox = Outbox(calls.bucket, calls.pool, self._send, wanted.concurrency)

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way."""
        return self._outbox.empty and not self._places and not self._left

    def add(self, ids: Sequence[str], rows: Vectors, attributes: Sequence[Attributes]) -> None:
        """Put checked rows. One that the service would refuse is left out, and what it would replace is deleted."""
        self._learn(attributes)
        packed: dict[str, list[Packed]] = {}
        lost: list[str] = []
        for id, row, held in zip(ids, rows, attributes, strict=True):
            metadata = limits.metadata_of(held)
            reason = limits.fault(id, metadata, set(self.wanted.non_filterable))
            if reason:
                self.refused[id] = reason
                lost.append(id)
            else:
                self.refused.pop(id, None)
                packed.setdefault(self._shard(id, held), []).append(encode.record(id, row, metadata))
        if lost:
            self.delete([id for id in lost if limits.is_key(id)])
        self._put(packed)

    def update(self, ids: Sequence[str], attributes: Sequence[Attributes]) -> None:
        """Put vectors that are here once more with other metadata. Raises NotHere for the first that is not."""
        self.drain()
        rows = self._rows(ids)
        self._learn(attributes)
        packed: dict[str, list[Packed]] = {}
        for id, held in zip(ids, attributes, strict=True):
            metadata = limits.metadata_of(held)
            reason = limits.fault(id, metadata, set(self.wanted.non_filterable))
            if reason:
                self.refused[id] = reason  # its vector stays, with the attributes it had
            else:
                packed.setdefault(self._shard(id, held), []).append(encode.record(id, rows[id], metadata))
        self._put(packed)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove; what is not here is passed over."""
        self.drain()
        for index, some in self._lying(ids).items():
            self._delete(index, some)
        if self._placed:
            self._placed.drop(ids)

    def drain(self) -> None:
        """Wait until everything has arrived, then tidy up behind what moved. Raises the first failure."""
        self._outbox.drain()
        if not self._placed or not self._places:
            return
        behind: dict[str, list[str]] = {}
        for id, indexes in self._left.items():
            for index in indexes - {self._places[id]}:
                behind.setdefault(index, []).append(id)
        for index, ids in behind.items():
            self._delete(index, ids)
        self._placed.put({id: index for id, index in self._places.items() if id not in self.refused})
        self._places, self._left = {}, {}

    def close(self) -> None:
        """Let go of the table of places."""
        if self._placed:
            self._placed.close()

    def _put(self, packed: Mapping[str, list[Packed]]) -> None:
        if self._placed and packed:
            places = {one.id: index for index, records in packed.items() for one in records}
            under_way = {id: index for id, index in self._places.items() if id in places}
            for id, old in (self._placed.of(list(places)) | under_way).items():
                self._left.setdefault(id, set()).add(old)
            self._places.update(places)
        for index, records in packed.items():
            self._outbox.put(index, records)

    def _shard(self, id: str, held: Attributes) -> str:
        """The index that a record belongs to, made when it is the first."""
        if not self.wanted.shard_by:
            return self.head.name
        value: Value | None = held.get(self.wanted.shard_by)
        if isinstance(value, tuple):
            raise BadSettings(
                f"store.options.shard_by is {self.wanted.shard_by!r}, which holds lists ({id}); shard by a field with "
                "one value"
            )
        name = names.shard(self.head.name, value)
        if name != self.head.name and name not in self.shards:
            alias.make_index(self.calls, self.wanted, name, self.dim, {})
            self.shards.add(name)
        return name

    def _lying(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """Index → those of the ids that lie in it."""
        if not self._placed:
            return {self.head.name: list(ids)} if ids else {}
        found: dict[str, list[str]] = {}
        for id, index in self._placed.of(ids).items():
            found.setdefault(index, []).append(id)
        return found

    def _rows(self, ids: Sequence[str]) -> dict[str, Any]:
        """Id → vector, read back. Raises NotHere."""
        calls: list[tuple[str, list[str]]] = []
        for index, some in self._lying(ids).items():
            calls += [(index, some[start : start + limits.PER_GET]) for start in range(0, len(some), limits.PER_GET)]

        def get(part: tuple[str, list[str]]) -> list[dict[str, Any]]:
            asked = {"vectorBucketName": self.calls.bucket, "indexName": part[0], "keys": part[1], "returnData": True}
            found: list[dict[str, Any]] = self.calls.call("GetVectors", asked).get("vectors", [])
            return found

        pages = self.calls.at_once(get, calls)
        rows = {one["key"]: np.array(one["data"]["float32"], np.float32) for page in pages for one in page}
        lost = next((id for id in ids if id not in rows), None)
        if lost is not None:
            raise NotHere(f"there is no vector {lost!r} to update")
        return rows

    def _send(self, index: str, records: Sequence[Packed]) -> None:
        """One call; rows that the service refuses are taken out, and the rest goes once more."""
        left = list(records)
        while left:
            try:
                self.calls.put(index, left)
                return
            except BadInput as error:
                bad = refused_rows(error, len(left))
                if not bad:
                    raise
                for at, reason in bad.items():
                    self.refused[left[at].id] = f"{left[at].id}: S3 Vectors says: {reason}"
                left = [one for at, one in enumerate(left) if at not in bad]

    def _delete(self, index: str, ids: Sequence[str]) -> None:
        parts = [ids[start : start + limits.PER_DELETE] for start in range(0, len(ids), limits.PER_DELETE)]

        def send(part: Sequence[str]) -> None:
            asked = {"vectorBucketName": self.calls.bucket, "indexName": index, "keys": list(part)}
            self.calls.call("DeleteVectors", asked, index, len(part))

        self.calls.at_once(send, parts)

    def _learn(self, attributes: Sequence[Attributes]) -> None:
        """Know the types of attributes. Raises BadInput, learning nothing, for a value of another type than before."""
        kinds = dict(self.kinds)
        for held in attributes:
            for name, value in held.items():
                kind = kind_of(value)
                if kinds.setdefault(name, kind) != kind:
                    raise BadInput(f"attribute {name!r} holds {kinds[name]} values, but here stands {value!r}")
        self.kinds = kinds


def open_writing(
    calls: Calls, wanted: Wanted, dim: int, head: Head, shards: Sequence[str], location: Path, kinds: Mapping[str, Kind]
) -> Writing:
    """Write to a generation. With shards, the table of places is made anew where another machine has written since."""
    placed = None
    if wanted.shard_by:
        placed = Placed(location / f"{head.name}.sqlite")
        if not placed.writer or alias.tags(calls, head).get(alias.WRITER) != placed.writer:
            writer, shards = uuid.uuid4().hex, alias.shards(calls, head)
            places = ((key, index) for index in (head.name, *shards) for key in keys(calls, index))
            placed.fill(places, writer)
            alias.mark(calls, head, {alias.WRITER: writer})
    made = Writing(calls, wanted, dim, head, shards, placed)
    made.kinds = dict(kinds)
    return made
