"""Files that are there whole or not at all: arrays in folders, and one small manifest that names those in use."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import Mismatch, NoSpace

MANIFEST = "manifest.json"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a location holds. ``segments``, ``state`` and ``index`` are names of folders; ``next`` numbers the next.

    ``about`` is the index's own business, such as its calibration.
    """

    dim: int
    segments: tuple[str, ...] = ()
    state: str = ""
    index: str = ""
    next: int = 0
    about: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Pieces:
    """A float16 array of this shape that is written piece by piece, because it may be larger than memory."""

    shape: tuple[int, int]
    pieces: Iterable[NDArray[np.float16]]


def read_manifest(location: Path) -> Manifest | None:
    """The manifest; None for a location that holds nothing. Raises Mismatch for one that cannot be read."""
    path = location / MANIFEST
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text("utf-8"))
        return Manifest(**found | {"segments": tuple(found["segments"])})
    except (ValueError, KeyError, TypeError) as error:
        raise Mismatch(f"{path} is damaged; the index has to be rebuilt from the catalogue") from error


def write_manifest(location: Path, manifest: Manifest) -> None:
    """Swap the manifest in one step, then delete the folders that nobody names any more."""
    with disk_errors():
        _write(location / MANIFEST, json.dumps(asdict(manifest)).encode())
    used = {*manifest.segments, manifest.state, manifest.index}
    for folder in location.iterdir():
        if folder.is_dir() and folder.name not in used:
            shutil.rmtree(folder, ignore_errors=True)  # a reader that has it open keeps its mapping


def stamp(manifest: str) -> tuple[int, int]:
    """Changes whenever another process swaps the manifest, whose path is given as text: every search asks this."""
    try:
        status = os.stat(manifest)
    except FileNotFoundError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_ino)


def write_arrays(folder: Path, arrays: Mapping[str, NDArray[Any] | Pieces]) -> None:
    """Write arrays into a new folder and make them durable; an older folder of that name was left by a crash."""
    with disk_errors():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        names = list(arrays)
        (folder / "names.json").write_text(json.dumps(names), "utf-8")
        for number, name in enumerate(names):
            with (folder / f"{number}.npy").open("wb") as file:
                _save(file, arrays[name])
                file.flush()
                os.fsync(file.fileno())


def read_arrays(folder: Path, lazy: Sequence[str] = ()) -> dict[str, NDArray[Any]]:
    """The arrays of a folder; those named in ``lazy`` stay on disk and are mapped. Raises Mismatch for damage."""
    try:
        names = json.loads((folder / "names.json").read_text("utf-8"))
        return {
            name: np.load(folder / f"{number}.npy", mmap_mode="r" if name in lazy else None, allow_pickle=False)
            for number, name in enumerate(names)
        }
    except (OSError, ValueError, EOFError) as error:
        raise Mismatch(f"{folder} is damaged; the index has to be rebuilt from the catalogue") from error


@contextmanager
def disk_errors() -> Iterator[None]:
    """A full disk in Snapshelf's words."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL and "requested" not in str(error):  # numpy: "N requested and M written"
            raise
        raise NoSpace("the disk is full; the index stays as it was, so free space and run it again") from error


def _save(file: IO[bytes], array: NDArray[Any] | Pieces) -> None:
    if not isinstance(array, Pieces):
        np.save(file, array, allow_pickle=False)
        return
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype(np.float16)), "fortran_order": False, "shape": array.shape}
    np.lib.format.write_array_header_1_0(file, header)
    for piece in array.pieces:
        np.asarray(piece, np.float16).tofile(file)


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(".new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
