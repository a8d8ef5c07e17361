"""The retail bundles as lists of dicts, and the rule that keeps some clothing senders out of training."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import duckdb


def csv_rows(path: Path) -> list[dict[str, str]]:
    """Every row of a CSV file with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parquet_rows(path: Path) -> list[dict[str, Any]]:
    """Every row of a Parquet file, in file order."""
    found = duckdb.execute("select * from read_parquet(?)", [str(path)])
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def members(path: Path, names: list[str]) -> Iterator[bytes]:
    """The bytes of the named members of a zip file, in the order asked for."""
    with zipfile.ZipFile(path) as archive:
        for name in names:
            yield archive.read(name)


def held_out(sender: str) -> bool:
    """Whether a clothing sender is kept for measuring: about a sixth of them, the same ones for ever."""
    return crc32(f"sender {sender}".encode()) % 6 == 0
