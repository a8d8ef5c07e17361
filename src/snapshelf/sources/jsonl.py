"""JSON Lines: one object per line, in UTF-8. Rows are counted as lines, empty ones included."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from snapshelf.errors import BadInput
from snapshelf.rows import Line, Table, open_table

SUFFIXES = (".jsonl", ".ndjson")


def read(path: Path, columns: Mapping[str, str], images: Path | None) -> Table:
    """Open a file; see `snapshelf.rows.open_table`. Raises BadInput when it cannot be read at all."""
    return open_table(path, partial(_lines, path), columns, images)


def _lines(path: Path) -> Iterator[Line]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                if line.strip():
                    yield number, _cells(line)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}") from error


def _cells(line: bytes) -> Mapping[str, object] | str:
    try:
        # NaN and Infinity are no JSON but are written by Python; as text they are refused where a number is needed.
        held = json.loads(line.decode(), parse_constant=str)
    except UnicodeDecodeError:
        return "is not written in UTF-8"
    except json.JSONDecodeError as error:
        return f"is no JSON: {error.msg} at character {error.colno}"
    except (ValueError, RecursionError):
        return "is no JSON that can be read: it is nested too deep, or a number in it has too many digits"
    return held if isinstance(held, dict) else "is no JSON object, which begins with { and ends with }"
