"""Parquet files, read through DuckDB in batches. Times with a zone become ISO text in UTC, raw bytes are passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from snapshelf.errors import BadInput
from snapshelf.rows import Line, Table, open_table

SUFFIXES = (".parquet",)
BATCH = 512  # rows held at once


def read(path: Path, columns: Mapping[str, str], images: Path | None) -> Table:
    """Open a file; see `snapshelf.rows.open_table`. Raises BadInput when it is no Parquet file."""
    return open_table(path, partial(_lines, path), columns, images)


def _lines(path: Path) -> Iterator[Line]:
    import duckdb

    try:
        with duckdb.connect() as connection:
            connection.execute("SET threads = 1")  # rows come in the file's order, and memory stays small
            connection.execute("SET TimeZone = 'UTC'")
            relation = connection.read_parquet(_literal(path))
            names, kinds = relation.columns, [str(kind) for kind in relation.types]
            chosen = [_select(name, kind) for name, kind in zip(names, kinds, strict=True)]
            cursor = relation.project(", ".join(chosen))
            row = 0
            while batch := cursor.fetchmany(BATCH):
                for cells in batch:
                    row += 1
                    yield row, dict(zip(names, cells, strict=True))
    except (duckdb.Error, OSError) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(f"{path.name} cannot be read as Parquet: {reason}") from error


def _literal(path: Path) -> str:
    """A path in which no sign stands for other names."""
    return re.sub(r"([\[*?])", r"[\1]", str(path))


def _select(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if kind == "TIMESTAMP WITH TIME ZONE":  # as a Python value it would need another library
        return f"strftime({quoted}, '%Y-%m-%dT%H:%M:%S+00:00') AS {quoted}"
    return f"NULL AS {quoted}" if kind == "BLOB" else quoted
