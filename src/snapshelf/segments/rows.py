"""Rows: unit vectors as float16, ids and attributes; appended, replaced, deleted; flushed whole or not at all.

A row is never changed. A new vector under an old id is a new row, and the old one dies; when the dead are many, the
living are written anew. Vectors of written segments stay on disk and are mapped, so many processes share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import BadInput, Mismatch, NotHere
from snapshelf.filters import Columns
from snapshelf.segments.files import (
    MANIFEST,
    Manifest,
    Pieces,
    read_arrays,
    read_manifest,
    stamp,
    write_arrays,
    write_manifest,
)
from snapshelf.segments.ids import Ids
from snapshelf.segments.parts import CHUNK, Half, Parts
from snapshelf.types import Attributes, Filter, Vectors

SPILL = 32_768  # new rows held in memory before they become a segment
DEAD = 0.25  # share of dead rows at which the living are written anew
LITTLE = 8  # segments below SPILL at the end that are joined into one
MAPPED = ("vectors", "ids", "ends")  # arrays of a segment that stay on disk
Mask = NDArray[np.bool_]


class Rows:
    """See the module. One process writes; others notice at `refresh`."""

    def __init__(self, location: Path, manifest: Manifest) -> None:
        self.location, self.manifest = location, manifest
        self.ids, self.columns = Ids(), Columns()
        self.alive = np.zeros(0, bool)
        self.parts = Parts(manifest.dim)
        self.dirty = False
        self.version = 0  # grows with every change of any kind
        self._path = str(location / MANIFEST)
        self._stamp = stamp(self._path)
        self._read()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dim(self) -> int:
        """Coordinates of every row."""
        return self.manifest.dim

    def count(self) -> int:
        """Living rows."""
        return int(np.count_nonzero(self.alive))

    def add(self, ids: Sequence[str], vectors: Vectors, attributes: Sequence[Attributes]) -> None:
        """Append rows; older rows of the same ids die. Raises Mismatch or BadInput before anything changes."""
        rows = checked(ids, vectors, attributes, self.dim)
        if not len(ids):
            return
        self.columns.append(attributes)  # raises BadInput for a value of another type, before anything changes
        old = [row for row in self.ids.find(ids, self.alive) if row >= 0]
        self.ids.append(ids)
        self.parts.append(rows)
        self.alive[old] = False
        self.alive = np.concatenate([self.alive, np.ones(len(ids), bool)])
        self._changed()
        if len(self.parts) - self.parts.written >= SPILL:
            self._spill()

    def update(self, ids: Sequence[str], attributes: Sequence[Attributes]) -> None:
        """Replace attributes. Raises NotHere for an unknown id, changing nothing."""
        rows = self.ids.find(ids, self.alive)
        if -1 in rows:
            raise NotHere(f"there is no vector {ids[rows.index(-1)]!r} to update")
        self.columns.replace(rows, attributes)
        self._changed()

    def delete(self, ids: Sequence[str]) -> None:
        """Let rows die; unknown ids are passed over."""
        rows = [row for row in self.ids.find(ids, self.alive) if row >= 0]
        if rows:
            self.alive[rows] = False
            self._changed()

    def mask(self, where: Filter | None) -> Mask:
        """(rows,) booleans: alive and passing."""
        return self.alive if where is None else self.columns.mask(where) & self.alive

    def gather(self, rows: NDArray[np.int64]) -> Vectors:
        """float32 vectors of some rows, in their order."""
        return self.parts.take(rows).astype(np.float32)

    def chunks(self, since: int = 0, columns: int | None = None) -> Iterator[tuple[int, Vectors]]:
        """(first row, float32 rows) of everything from row ``since`` on, in order, dead rows included."""
        return self.parts.chunks(since, columns)

    def flush(self, index: str | None = None, about: dict[str, Any] | None = None) -> None:
        """Make everything durable in one step. ``index``: folder of an index that was just written."""
        if not self.dirty and index is None:
            return
        self._spill()
        self._join()
        state = f"state-{self.manifest.next}"
        write_arrays(self.location / state, {"alive": self.alive} | self.columns.arrays())
        manifest = replace(self.manifest, state=state, next=self.manifest.next + 1)
        if index is not None:
            manifest = replace(manifest, index=index, about=about)
        write_manifest(self.location, manifest)
        self.manifest, self.dirty, self._stamp = manifest, False, stamp(self._path)

    def refresh(self) -> bool:
        """Read again what another process flushed; False when nothing changed, or changes of ours are not flushed."""
        now = stamp(self._path)
        if self.dirty or now == self._stamp:
            return False
        for _ in range(5):  # the folders of an old manifest may be deleted while we read them
            self._stamp = stamp(self._path)
            try:
                self.manifest = read_manifest(self.location) or Manifest(self.dim)
                self._read()
                break
            except Mismatch:
                if stamp(self._path) == self._stamp:
                    raise
        self.version += 1
        return True

    def sparse(self) -> bool:
        """Whether so many rows are dead that the living should be written anew, by `compact`."""
        return len(self) > CHUNK and self.count() < (1 - DEAD) * len(self)

    def scattered(self) -> bool:
        """Whether the living are anywhere but in one segment of their own, where they are read fastest."""
        return len(self.parts.sizes) != 1 or self.count() < self.parts.written or len(self) > self.parts.written

    def compact(self) -> None:
        """Write the living rows anew as one segment; row numbers change, so an index has to be built again."""
        living = np.flatnonzero(self.alive)
        ids, columns, name = Ids(), self.columns.take(living), self._claim("segment")
        ids.append([self.ids.get(row) for row in living.tolist()])
        pieces = (self.parts.take(living[start : start + CHUNK]) for start in range(0, len(living), CHUNK))
        self._write(name, Pieces((len(living), self.dim), pieces), ids)
        self.manifest = replace(self.manifest, segments=(name,), index="", about=None)
        self.ids, self.columns, self.alive, self.parts = ids, columns, np.ones(len(living), bool), Parts(self.dim)
        self._map([name])
        self._changed()

    def claim(self) -> str:
        """The name of a new folder for an index."""
        return self._claim("index")

    def _claim(self, kind: str) -> str:
        name = f"{kind}-{self.manifest.next}"
        self.manifest = replace(self.manifest, next=self.manifest.next + 1)
        return name

    def _read(self) -> None:
        self.ids, self.columns, self.alive = Ids(), Columns(), np.zeros(0, bool)
        self.parts = Parts(self.dim)
        arrays = read_arrays(self.location / self.manifest.state) if self.manifest.state else {}
        self._map(self.manifest.segments)
        for name in self.manifest.segments:
            self.ids.attach(read_arrays(self.location / name, lazy=MAPPED))
        if arrays:
            self.alive = arrays.pop("alive")
            self.columns = Columns.from_arrays(arrays)
        if not len(self.ids) == len(self.alive) == self.columns.rows == len(self.parts):
            raise Mismatch(f"{self.location} is damaged; the index has to be rebuilt from the catalogue")

    def _map(self, names: Sequence[str]) -> None:
        for name in names:
            self.parts.map(read_arrays(self.location / name, lazy=MAPPED)["vectors"])

    def _write(self, name: str, vectors: Half | Pieces, ids: Ids) -> None:
        """A new segment of the new rows of ``ids``, which count as written afterwards."""
        arrays = ids.arrays()
        write_arrays(self.location / name, {"vectors": vectors, **arrays})
        ids.settle(arrays)

    def _spill(self) -> None:
        """Write the new rows as a segment; nobody sees it before the manifest names it."""
        if len(self.parts) == self.parts.written:
            return
        name = self._claim("segment")
        self._write(name, self.parts.new(), self.ids)
        self.parts.forget_new()
        self._map([name])
        self.manifest = replace(self.manifest, segments=(*self.manifest.segments, name))

    def _join(self) -> None:
        """Make one segment of many little ones at the end, as single changes leave them; rows keep their numbers."""
        sizes = self.parts.sizes
        kept = next((n for n in range(len(sizes), 0, -1) if sizes[n - 1] >= SPILL), 0)
        if len(sizes) - kept < LITTLE:
            return
        first, name = sum(sizes[:kept]), self._claim("segment")
        rows = np.arange(first, len(self))
        ids = Ids()
        ids.append([self.ids.get(row) for row in rows.tolist()])
        pieces = (self.parts.take(rows[start : start + CHUNK]) for start in range(0, len(rows), CHUNK))
        self._write(name, Pieces((len(rows), self.dim), pieces), ids)
        self.manifest = replace(self.manifest, segments=(*self.manifest.segments[:kept], name))
        self.parts, self.ids = Parts(self.dim), Ids()
        self._map(self.manifest.segments)
        for one in self.manifest.segments:
            self.ids.attach(read_arrays(self.location / one, lazy=MAPPED))

    def _changed(self) -> None:
        self.dirty = True
        self.version += 1


def open_rows(location: Path, dim: int) -> Rows:
    """Open or create. Raises Mismatch when rows of another dim are there, or its files are damaged."""
    location.mkdir(parents=True, exist_ok=True)
    manifest = read_manifest(location) or Manifest(dim)
    if manifest.dim != dim:
        raise Mismatch(f"the index in {location} has {manifest.dim} dimensions, not {dim}")
    return Rows(location, manifest)


def checked(ids: Sequence[str], vectors: Vectors, attributes: Sequence[Attributes], dim: int) -> NDArray[np.float16]:
    """The vectors as float16 if they can be stored. Raises Mismatch, BadInput."""
    rows = np.asarray(vectors, np.float32)
    if rows.ndim != 2 or rows.shape[1] != dim:
        raise Mismatch(f"vectors of {rows.shape[-1] if rows.ndim else 0} dimensions do not fit a store of {dim}")
    if not len(ids) == len(rows) == len(attributes):
        raise BadInput(f"{len(ids)} ids, {len(rows)} vectors and {len(attributes)} rows of attributes do not match")
    if len(set(ids)) < len(ids):
        twice = next(id for n, id in enumerate(ids) if id in ids[:n])
        raise BadInput(f"the id {twice!r} is given twice in one call")
    length = np.linalg.norm(rows, axis=1)
    bad = np.flatnonzero(~(np.abs(length - 1) < 1e-2))  # NaN too
    if len(bad):
        raise BadInput(f"the vector of {ids[int(bad[0])]!r} is not finite or not of unit length")
    return rows.astype(np.float16)
