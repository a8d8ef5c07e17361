"""Rows of a catalogue, whatever its format → products: guessed columns, parsed cells, typed attributes."""

from __future__ import annotations

from snapshelf.rows.files import SUFFIXES as PICTURES
from snapshelf.rows.table import Line, Table, open_table, unreadable

__all__ = ["PICTURES", "Line", "Table", "open_table", "unreadable"]
