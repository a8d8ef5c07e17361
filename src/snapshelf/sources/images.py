"""A folder of pictures, one product each: the SKU is the path, the title the words of the file's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from snapshelf.errors import BadInput, NotHere
from snapshelf.rows.files import SUFFIXES as PICTURES
from snapshelf.rows.table import Line, Table, open_table

SUFFIXES = ("/",)


def read(path: Path, columns: Mapping[str, str], images: Path | None) -> Table:
    """Open a folder with all that is in it; the sub-folder is the category. Rows are numbered in order of path.

    Hidden files and folders, whose names begin with a dot (._red.jpg), are passed over, and so is what is no picture.
    ``columns`` and ``images`` have no meaning here and are passed over. Raises NotHere, BadInput without any picture.
    """
    if not path.is_dir():
        raise NotHere(f"there is no folder of pictures {path}")
    return open_table(path / "folder", partial(_lines, path), {}, path)


def _lines(folder: Path) -> Iterator[Line]:
    files = [file for file in folder.rglob("*") if _shown(file.relative_to(folder)) and file.is_file()]
    if not files:
        raise BadInput(f"{folder} holds no pictures, so there are no products in it")
    for number, file in enumerate(sorted(files, key=lambda file: file.relative_to(folder).as_posix()), start=1):
        inside = file.relative_to(folder)
        yield (
            number,
            {
                "sku": inside.with_suffix("").as_posix(),
                "title": words(file.stem),
                "category": words(inside.parent.name),
                "images": [inside.as_posix()],
            },
        )


def _shown(inside: Path) -> bool:
    return inside.suffix.lower() in PICTURES and not any(part.startswith(".") for part in inside.parts)


def words(name: str) -> str:
    """The words of a file's name: "red-Running_shoe2" → "red Running shoe 2"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d])(?=\d)", " ", re.sub(r"[-_.+]+", " ", name))
    return " ".join(apart.split()) or name
