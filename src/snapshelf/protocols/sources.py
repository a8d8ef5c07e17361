"""What reads a catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from snapshelf.errors import BadRow
from snapshelf.types import (
    Product,
)


class Reader(Protocol):
    """An open catalogue file: which column feeds which field, then its rows one by one."""

    @property
    def columns(self) -> Mapping[str, str]:
        """Column of the file → field of `Product`, or "attribute (number)" …, or "ignored"."""

    @property
    def total(self) -> int | None:
        """How many rows there are, where that is known without reading the file once more."""

    def __iter__(self) -> Iterator[tuple[int, Product | BadRow]]:
        """Yield (row number as a person counts it, product or the reason why it is none).

        Each iteration starts at the first row. A SKU that comes twice is yielded twice; `ingest` refuses the second.
        """


class SourceModule(Protocol):
    """A file of ``sources/``. ``SUFFIXES`` are the file endings it reads, such as ".csv"; "/" stands for a folder."""

    SUFFIXES: tuple[str, ...]

    def read(self, path: Path, columns: Mapping[str, str], images: Path | None) -> Reader:
        """Open a catalogue. ``columns`` maps fields to column names where guessing is not wanted.

        Image cells are relative to ``images``, or to the file's folder. Raises NotHere, BadInput (not readable at all).
        """
