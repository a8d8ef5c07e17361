"""Parquet files, through DuckDB. https://parquet.apache.org"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from snapshelf.errors import BadInput
from snapshelf.rows import Line, Table, open_table

SUFFIXES = (".parquet",)
AT_ONCE = 2_000  # rows in memory


def read(path: Path, columns: Mapping[str, str], images: Path | None) -> Table:
    """Open a file; see `snapshelf.rows.open_table`. Rows are numbered from 1; dates become ISO text."""
    return open_table(path, partial(_lines, path), columns, images)


def _lines(path: Path) -> Iterator[Line]:
    import duckdb

    try:
        with duckdb.connect() as connection:
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
            names = [column[0] for column in found.description or ()]
            number = 0
            while rows := found.fetchmany(AT_ONCE):
                for row in rows:
                    number += 1
                    yield number, {name: _plain(cell) for name, cell in zip(names, row, strict=True)}
    except duckdb.Error as error:
        raise BadInput(f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}") from error


def _plain(cell: object) -> object:
    """The cell as JSON would hold it."""
    if isinstance(cell, decimal.Decimal):
        return float(cell)
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, bytes | bytearray):
        return bytes(cell).decode("utf-8", "replace")
    if isinstance(cell, list | tuple):
        return [_plain(one) for one in cell]
    return {name: _plain(one) for name, one in cell.items()} if isinstance(cell, dict) else cell
