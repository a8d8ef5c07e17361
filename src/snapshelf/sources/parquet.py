"""Parquet files, through DuckDB. https://parquet.apache.org"""

from __future__ import annotations

import datetime
import decimal
import glob
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
            file = [glob.escape(str(path))]
            types = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", file).fetchall()
            names = [name for name, *_ in types]
            cells = [_selected(name, kind) for name, kind, *_ in types]
            found = connection.execute(f"SELECT {', '.join(cells)} FROM read_parquet(?)", file)
            number = 0
            while rows := found.fetchmany(AT_ONCE):
                for row in rows:
                    number += 1
                    yield number, {name: _plain(cell) for name, cell in zip(names, row, strict=True)}
    except duckdb.Error as error:
        raise BadInput(f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}") from error


def _selected(name: str, kind: str) -> str:
    """A column in SQL; times with a zone as text, since DuckDB needs another package to hand them over."""
    quoted = '"' + name.replace('"', '""') + '"'
    return f"{quoted}::VARCHAR" if kind == "TIMESTAMP WITH TIME ZONE" else quoted


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
