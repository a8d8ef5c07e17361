"""Examples of what was asked with a photo and words, and which product was wanted: from a CSV, or from clicks."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from snapshelf.errors import BadInput, BadRow, NotHere

COLUMNS = ("photo", "text", "sku")


@dataclass(frozen=True, slots=True)
class Triplet:
    """A photo (a full path or an address), the words beside it, and the SKU of the product that was wanted.

    ``passed_over``: SKUs that were shown before it and not taken.
    """

    photo: str
    text: str
    sku: str
    passed_over: tuple[str, ...] = ()


def read_triplets(path: Path) -> list[Triplet]:
    """The rows of a CSV with the columns photo, text and sku; photos are relative to the file, or URLs.

    Raises NotHere without the file, BadInput for one without these columns or without a row, BadRow for a row that
    lacks one of the three or names a photo that is not there.
    """
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise NotHere(f"there is no file {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read as UTF-8 text: {error}") from error
    reader = csv.DictReader(text.splitlines(), strict=True)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise BadInput(f"{path} has no column {missing[0]!r}; its first line names the columns {','.join(COLUMNS)}")
    found = []
    try:
        for row in reader:
            found.append(_triplet(path, reader.line_num, {name: (row[name] or "").strip() for name in COLUMNS}))
    except csv.Error as error:
        raise BadRow(str(path), reader.line_num, "", f"this is no CSV: {error}") from error
    if not found:
        raise BadInput(f"{path} holds no example; write one a line: a photo, words, and the SKU that was wanted")
    return found


def _triplet(path: Path, number: int, row: dict[str, str]) -> Triplet:
    for name, value in row.items():
        if not value:
            raise BadRow(str(path), number, name, "it is empty", row["sku"])
    photo = row["photo"] if "://" in row["photo"] else str(path.parent / row["photo"])
    if "://" not in photo and not os.path.isfile(photo):
        raise BadRow(str(path), number, "photo", f"there is no file {row['photo']}; paths are relative to the file")
    return Triplet(photo, row["text"], row["sku"])


def of_clicks(clicks: Iterable[tuple[str, str, str]]) -> list[Triplet]:
    """Examples from what was clicked: (photo, words, SKU) of each click, in any order.

    Clicks of queries that lacked a photo or words teach nothing of their fusion and are left out, and one that comes
    several times counts once. A whole log of events is read by `clicks.of_events`.
    """
    return list(dict.fromkeys(Triplet(*one) for one in clicks if all(one)))
