"""Comma-separated files: UTF-8 (or UTF-16 with its mark), the delimiter one of , ; tab |, the first row the header.

A cell that holds the delimiter, a quotation mark or a line break is quoted, and a quotation mark in it doubled (RFC
4180). Another encoding is refused rather than guessed, since a wrong guess spoils names without anyone noticing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path

from snapshelf.errors import BadInput
from snapshelf.rows import Line, Table, open_table

SUFFIXES = (".csv", ".tsv")
DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 20  # records by which the delimiter is told


def read(path: Path, columns: Mapping[str, str], images: Path | None) -> Table:
    """Open a file; see `snapshelf.rows.open_table`. Raises BadInput when it is not such a file."""
    encoding = _encoding(path)
    delimiter = _delimiter(path, encoding)
    header = _header(path, encoding, delimiter)
    return open_table(path, partial(_lines, path, encoding, delimiter, header), columns, images)


def _encoding(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}") from error
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if start == b"PK\x03\x04":
        raise BadInput(f"{path.name} is a spreadsheet or an archive; save it as CSV UTF-8")
    return "utf-8-sig"


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """(row, its cells or why they cannot be told apart), the header being row 1. Raises BadInput."""
    row = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            while True:
                row += 1
                try:
                    yield row, next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    if "expected after" not in str(error):
                        raise
                    yield row, "has a quotation mark inside a quoted cell; double it, or quote the whole cell"
    except csv.Error as error:
        raise BadInput(
            f"{path.name}: the cells of row {row} cannot be told apart ({error}); a quotation mark seems never to be "
            "closed"
        ) from error
    except UnicodeError as error:
        raise BadInput(
            f"{path.name} is not written in UTF-8 (near row {row}); save it once more as CSV UTF-8"
        ) from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}") from error


def _delimiter(path: Path, encoding: str) -> str:
    """The one that parts most rows into as many cells as the header, at least two; of equals that with more cells."""
    first = "\t" if path.suffix.lower() == ".tsv" else ","
    return max([first, *(mark for mark in DELIMITERS if mark != first)], key=partial(_fit, path, encoding))


def _fit(path: Path, encoding: str, delimiter: str) -> tuple[float, int]:
    try:
        sample = [cells for _, cells in islice(_records(path, encoding, delimiter), SAMPLE) if cells]
    except BadInput:
        return 0.0, 0  # read with this delimiter, the quotation marks make no sense
    width = len(sample[0]) if sample else 0
    return (sum(len(cells) == width for cells in sample) / len(sample), width) if width > 1 else (0.0, width)


def _header(path: Path, encoding: str, delimiter: str) -> list[str]:
    _, cells = next(_records(path, encoding, delimiter), (1, []))
    if isinstance(cells, str):
        raise BadInput(f"{path.name}: the header, row 1, {cells}")
    header = [cell.strip() for cell in cells]
    if not any(header):
        raise BadInput(f"{path.name} holds no rows; its first row should name the columns")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise BadInput(f"{path.name} has several columns called {twice[0]!r}; give each its own name")
    return header


def _lines(path: Path, encoding: str, delimiter: str, header: list[str]) -> Iterator[Line]:
    for row, cells in islice(_records(path, encoding, delimiter), 1, None):
        if isinstance(cells, str):
            yield row, cells
        elif any(cell.strip() for cell in cells):  # a spreadsheet ends in empty rows
            if len(cells) == len(header):
                yield row, {name: cell for name, cell in zip(header, cells, strict=True) if name}
            else:
                counted = f"has {len(cells)} cells, but the header has {len(header)}"
                yield row, f"{counted}; quote a cell that holds {delimiter!r}"
