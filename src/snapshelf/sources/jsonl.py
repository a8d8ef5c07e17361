"""JSON Lines: one object per line, UTF-8. https://jsonlines.org"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from snapshelf.rows.table import Line, Table, open_table, unreadable

SUFFIXES = (".jsonl", ".ndjson")


def read(path: Path, columns: Mapping[str, str], images: Path | None) -> Table:
    """Open a file; see `snapshelf.rows.open_table`. A row is numbered by its line."""
    return open_table(path, partial(_lines, path), columns, images)


def _lines(path: Path) -> Iterator[Line]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, _cells(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
    except OSError as error:
        raise unreadable(path, error) from error


def _cells(line: bytes) -> Mapping[str, object] | str:
    try:
        found = json.loads(line.decode("utf-8"), parse_constant=str)  # NaN is refused where a number belongs
    except UnicodeError:
        return "is not written in UTF-8; save the file once more as UTF-8"
    except json.JSONDecodeError as error:
        return f"is no JSON: {error.msg} at character {error.pos + 1}"
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, or braces too deep
        return f"is no JSON: {error}"
    if not isinstance(found, dict):
        return 'is no object in braces, such as {"sku": "A1", "title": "Lamp"}'
    return found
