"""A folder of pictures: each one a product, called as its file is, in the category that its folder is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from os import walk
from pathlib import Path

from snapshelf.errors import BadInput, NotHere
from snapshelf.rows import PICTURES, Line, Table, open_table

SUFFIXES = ("/",)


def read(path: Path, columns: Mapping[str, str], images: Path | None) -> Table:
    """Open a folder. Its SKUs are the paths inside it without suffix: "men/coats/duffle-01", titled "duffle 01".

    Files that are no pictures, and hidden ones, are passed over. ``columns`` and ``images`` are for files and change
    nothing here. Raises BadInput when the folder holds no picture.
    """
    if not path.is_dir():
        raise NotHere(f"there is no folder {path}")
    if not any(True for _ in _pictures(path)):
        known = ", ".join(sorted(PICTURES))
        raise BadInput(f"{path} holds no products: there is no picture in it ({known})")
    return open_table(path, partial(_lines, path), {}, path)


def _lines(folder: Path) -> Iterator[Line]:
    for number, name in enumerate(_pictures(folder), start=1):
        path = Path(name)
        within = path.parent.name
        yield (
            number,
            {"sku": path.with_suffix("").as_posix(), "title": _words(path), "category": within, "images": [name]},
        )


def _pictures(folder: Path) -> Iterator[str]:
    """Paths of the pictures inside a folder, sorted folder by folder; links to folders are not followed."""
    for at, folders, files in walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in PICTURES:
                yield (Path(at) / name).relative_to(folder).as_posix()


def _words(path: Path) -> str:
    """The words of a file's name: "Granny-Smith_003.jpg" → "Granny Smith 003"."""
    return re.sub(r"[\s_+.-]+", " ", path.stem).strip() or path.stem
