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
from snapshelf.rows.table import Line, Table, open_table, unreadable

SUFFIXES = (".csv", ".tsv")
DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 20  # records by which the delimiter is told
LONGEST_HEADER = 100_000  # characters of the first line that are looked at


def read(path: Path, columns: Mapping[str, str], images: Path | None) -> Table:
    """Open a file; see `snapshelf.rows.open_table`. Raises BadInput when it is not such a file."""
    encoding = _encoding(path)
    delimiter = _delimiter(path, encoding)
    header = _header(path, encoding, delimiter)
    return open_table(path, partial(_lines, path, encoding, delimiter, header), columns, images)


def _encoding(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(200)
    except OSError as error:
        raise unreadable(path, error) from error
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in start[:200]:
        raise BadInput(f"{path.name} is no text in UTF-8 (UTF-16 without its mark?); save it once more as CSV UTF-8")
    if start.startswith(b"PK\x03\x04"):
        raise BadInput(f"{path.name} is a spreadsheet or an archive; save it as CSV UTF-8")
    return "utf-8-sig"


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """(row, its cells or why they cannot be told apart), the header being row 1. Raises BadInput."""
    row = line = 1
    try:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            while True:
                try:
                    yield row, next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    if "expected after" not in str(error):
                        raise
                    last = f" (it begins in line {line}, the mark is in line {reader.line_num})"
                    said = "has a quotation mark inside a quoted cell; double it, or quote the whole cell"
                    yield row, said + (last if reader.line_num > line else "")
                row, line = row + 1, reader.line_num + 1
    except csv.Error as error:
        raise BadInput(
            f"{path.name}: a quotation mark opened in row {row} (line {line}) is never closed, so nothing behind it "
            "can be read; close it, or take it out"
        ) from error
    except UnicodeError as error:
        place = f"line {_undecoded(path)}" if encoding != "utf-16" else f"near row {row}"
        raise BadInput(f"{path.name} is not written in UTF-8 ({place}); save it once more as CSV UTF-8") from error
    except OSError as error:
        raise unreadable(path, error) from error


def _undecoded(path: Path) -> int:
    """The first line that is no UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeError:
                return number
    return number


def _delimiter(path: Path, encoding: str) -> str:
    """The one that parts most rows into as many cells as the header, at least two; of equals that with more cells.

    Where none does, the one that the first line holds most often, so that the fault is reported in its terms.
    """
    with path.open(encoding=encoding, errors="replace") as file:
        start = file.readline(LONGEST_HEADER)
    first = "\t" if path.suffix.lower() == ".tsv" else ","
    marks = [first, *(mark for mark in DELIMITERS if mark != first)]
    return max(marks, key=lambda mark: (*_fit(path, encoding, mark), start.count(mark)))


def _fit(path: Path, encoding: str, delimiter: str) -> tuple[float, int]:
    """(share of the first rows with as many cells as the header, how many cells that is)."""
    widths = []
    try:
        for _, cells in islice(_records(path, encoding, delimiter), SAMPLE):
            if cells:
                widths.append(0 if isinstance(cells, str) else len(cells))
    except BadInput:
        widths.append(0)  # read with this delimiter, the quotation marks make no sense from here on
    width = widths[0] if widths else 0
    return (widths.count(width) / len(widths), width) if width > 1 else (0.0, 0)


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
                counted = f"has {len(cells)} cell{'s' * (len(cells) != 1)}, but the header has {len(header)}"
                yield row, f"{counted}; quote a cell that holds {delimiter!r}"
