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
from snapshelf.segments.files import Manifest, read_arrays, read_manifest, stamp, write_arrays, write_manifest
from snapshelf.segments.ids import Ids
from snapshelf.types import Attributes, Filter, Vectors

SPILL = 32_768  # new rows held in memory before they become a segment
DEAD = 0.25  # share of dead rows at which the living are written anew
CHUNK = 16_384
Mask = NDArray[np.bool_]


class Rows:
    """See the module. One process writes; others notice at `refresh`."""

    def __init__(self, location: Path, manifest: Manifest) -> None:
        self.location, self.manifest = location, manifest
        self.ids, self.columns = Ids(), Columns()
        self.alive = np.zeros(0, bool)
        self.vectors: list[tuple[int, NDArray[np.float16]]] = []  # first row, rows of a segment
        self.new: list[NDArray[np.float16]] = []
        self.dirty = False
        self.version = 0  # grows with every change of any kind
        self._stamp = stamp(location)
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
        self.new.append(rows)
        self.alive[old] = False
        self.alive = np.concatenate([self.alive, np.ones(len(ids), bool)])
        self._changed()
        if sum(map(len, self.new)) >= SPILL:
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
        if len(self.vectors) == 1 and not self.new:
            return self.vectors[0][1][rows].astype(np.float32)
        found = np.empty((len(rows), self.dim), np.float32)
        for first, part in self._parts():
            inside = (rows >= first) & (rows < first + len(part))
            if inside.any():
                found[inside] = part[rows[inside] - first]
        return found

    def chunks(self, since: int = 0) -> Iterator[tuple[int, Vectors]]:
        """(first row, float32 rows) of everything from row ``since`` on, in order, dead rows included."""
        for first, part in self._parts():
            for start in range(max(0, since - first), len(part), CHUNK):
                yield first + start, part[start : start + CHUNK].astype(np.float32)

    def flush(self, index: str | None = None, about: dict[str, Any] | None = None) -> None:
        """Make everything durable in one step. ``index``: folder of an index that was just written."""
        if not self.dirty and index is None:
            return
        self._spill()
        state = f"state-{self.manifest.next}"
        write_arrays(self.location / state, {"alive": self.alive} | self.columns.arrays())
        manifest = replace(self.manifest, state=state, next=self.manifest.next + 1)
        if index is not None:
            manifest = replace(manifest, index=index, about=about)
        write_manifest(self.location, manifest)
        self.manifest, self.dirty, self._stamp = manifest, False, stamp(self.location)

    def refresh(self) -> bool:
        """Read again what another process flushed; False when nothing changed, or changes of ours are not flushed."""
        now = stamp(self.location)
        if self.dirty or now == self._stamp:
            return False
        for _ in range(5):  # the folders of an old manifest may be deleted while we read them
            self._stamp = stamp(self.location)
            try:
                self.manifest = read_manifest(self.location) or Manifest(self.dim)
                self._read()
                break
            except Mismatch:
                if stamp(self.location) == self._stamp:
                    raise
        self.version += 1
        return True

    def sparse(self) -> bool:
        """Whether so many rows are dead that the living should be written anew."""
        return len(self) > CHUNK and self.count() < (1 - DEAD) * len(self)

    def compact(self) -> None:
        """Write the living rows anew; rows get other numbers, so an index over them must be built again."""
        living = np.flatnonzero(self.alive)
        ids, columns = Ids(), self.columns.take(living)
        names: list[str] = []
        number = self.manifest.next
        for start in range(0, len(living), SPILL):
            some = living[start : start + SPILL]
            ids.append([self.ids.get(int(row)) for row in some])
            names.append(f"segment-{number + len(names)}")
            write_arrays(self.location / names[-1], ids.settle() | {"vectors": self.gather(some).astype(np.float16)})
        self.manifest = replace(self.manifest, segments=tuple(names), index="", about=None, next=number + len(names))
        self.ids, self.columns, self.alive, self.new = ids, columns, np.ones(len(living), bool), []
        self._map(names)
        self._changed()

    def claim(self) -> str:
        """The name of a new folder for an index."""
        name = f"index-{self.manifest.next}"
        self.manifest = replace(self.manifest, next=self.manifest.next + 1)
        return name

    def _read(self) -> None:
        self.ids, self.columns, self.alive, self.new = Ids(), Columns(), np.zeros(0, bool), []
        arrays = read_arrays(self.location / self.manifest.state) if self.manifest.state else {}
        self._map(self.manifest.segments)
        for name in self.manifest.segments:
            self.ids.attach(read_arrays(self.location / name, lazy=("vectors", "ids", "ends")))
        if arrays:
            self.alive = arrays.pop("alive")
            self.columns = Columns.from_arrays(arrays)
        if not len(self.ids) == len(self.alive) == self.columns.rows:
            raise Mismatch(f"{self.location} is damaged; the index has to be rebuilt from the catalogue")

    def _map(self, names: Sequence[str]) -> None:
        self.vectors, first = [], 0
        for name in names:
            part = read_arrays(self.location / name, lazy=("vectors", "ids", "ends"))["vectors"]
            self.vectors.append((first, part))
            first += len(part)

    def _parts(self) -> Iterator[tuple[int, NDArray[np.float16]]]:
        yield from self.vectors
        first = self.ids.written
        for part in self.new:
            yield first, part
            first += len(part)

    def _spill(self) -> None:
        """Write the new rows as a segment; nobody sees it before the manifest names it."""
        if not self.new:
            return
        name, vectors = f"segment-{self.manifest.next}", np.concatenate(self.new)
        write_arrays(self.location / name, {"vectors": vectors} | self.ids.settle())
        part = read_arrays(self.location / name, lazy=("vectors", "ids", "ends"))["vectors"]
        self.vectors.append((self.ids.written - len(part), part))
        self.new = []
        self.manifest = replace(self.manifest, segments=(*self.manifest.segments, name), next=self.manifest.next + 1)

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
