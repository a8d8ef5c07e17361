"""The trained fusion beside a shelf, if there is one; read again when the file changes."""

from __future__ import annotations

import threading
from pathlib import Path

from snapshelf.errors import Mismatch
from snapshelf.fusion.learnt import Learnt, load
from snapshelf.stack import Stack

FILE = "fusion.npz"  # beside it fusion.json says what it was trained for
_read: dict[Path, tuple[int, Learnt]] = {}
_turn = threading.Lock()


def learnt(stack: Stack) -> Learnt | None:
    """The shelf's trained fusion, None without one. Raises Mismatch for one of another model or dimension, BadInput."""
    file = stack.folder / FILE
    try:
        stamp = file.stat().st_mtime_ns
    except OSError:
        return None
    with _turn:
        if file not in _read or _read[file][0] != stamp:
            _read[file] = (stamp, load(file))
        found = _read[file][1]
    if (found.model, found.dim) != (stack.model, stack.dim):
        raise Mismatch(
            f"the trained fusion {file} is for {found.model} at {found.dim} dimensions, and this shelf is searched "
            f"with {stack.model} at {stack.dim}; train it again with: snapshelf train fusion, or delete it"
        )
    return found
