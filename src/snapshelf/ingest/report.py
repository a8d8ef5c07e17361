"""What an ingest did, as numbers for a person and as a file of refused rows."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from snapshelf.errors import BadRow

COLUMNS = ("file", "row", "column", "sku", "reason")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a running ingest stands. ``total`` is None while the number of rows is not known."""

    done: int
    total: int | None
    embedded: int
    refused: int


@dataclass(slots=True)
class Summary:
    """What an ingest did. Counts are products, except ``embedded`` and ``reused``, which count views.

    changed: text or pictures differ. updated: only price, stock or other fields that no vector holds.
    """

    added: int = 0
    changed: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    embedded: int = 0
    reused: int = 0
    seconds: float = 0.0
    refused: list[BadRow] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)  # what each column of the file became
    report: Path | None = None  # where the refused rows are listed
    notes: list[str] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """Products and refused rows met so far."""
        return self.added + self.changed + self.updated + self.unchanged + len(self.refused)


def write_refused(path: Path, refused: Sequence[BadRow]) -> Path | None:
    """Replace the list of refused rows in one step; no file when there is none."""
    if not refused:
        path.unlink(missing_ok=True)
        return None
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([getattr(row, name) for name in COLUMNS] for row in refused)
    os.replace(temporary, path)
    return path
