"""Parquet files, through DuckDB. https://parquet.apache.org

Dates and times become ISO 8601 text, those with a zone in UTC; a column of raw bytes holds nothing that can be read.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from snapshelf.errors import BadInput, NotHere
from snapshelf.rows.table import Line, Table, open_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SUFFIXES = (".parquet",)
AT_ONCE = 1_000  # rows in memory


def read(path: Path, columns: Mapping[str, str], images: Path | None) -> Table:
    """Open a file; see `snapshelf.rows.open_table`. Rows are numbered from 1. Raises NotHere, or BadInput."""
    if not path.exists():
        raise NotHere(f"there is no catalogue {path}")
    return open_table(path, partial(_lines, path), columns, images)


def _lines(path: Path) -> Iterator[Line]:
    import duckdb

    try:
        with duckdb.connect() as connection:
            names = _select(connection, path)
            number = 0
            while rows := connection.fetchmany(AT_ONCE):
                for row in rows:
                    number += 1
                    yield number, {name: _plain(cell) for name, cell in zip(names, row, strict=True)}
    except duckdb.Error as error:
        said = re.sub(r"^([A-Z][\w/]* )*Error: ", "", str(error).splitlines()[0])
        raise BadInput(f"{path} cannot be read as Parquet: {said}") from error


def _select(connection: DuckDBPyConnection, path: Path) -> list[str]:
    """Ask for every row, in the file's order; the names of the columns."""
    literal = re.sub(r"([\[*?])", r"[\1]", str(path.absolute()))  # else "[1]" in a name would match other files
    table = "read_parquet(?, hive_partitioning = false)"  # else a folder called "color=red" would add a column
    described = connection.execute(f"DESCRIBE SELECT * FROM {table}", [literal]).fetchall()
    cells = ", ".join(_cell(str(name), str(kind)) for name, kind, *_ in described)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SELECT {cells} FROM {table}", [literal])
    return [str(name) for name, *_ in described]


def _cell(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if kind == "TIMESTAMP WITH TIME ZONE":  # as a Python value it would need another library
        return f"strftime({quoted}, '%Y-%m-%dT%H:%M:%SZ')"
    return "NULL" if kind == "BLOB" else quoted


def _plain(cell: object) -> object:
    """The cell as JSON would hold it; a decimal stays one, so that a price is not rounded twice."""
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, bytes | bytearray):
        return None
    if isinstance(cell, list | tuple):
        return [_plain(one) for one in cell]
    return {name: _plain(one) for name, one in cell.items()} if isinstance(cell, dict) else cell
