"""Who writes into a shelf's folder: one at a time, over all processes and threads."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from snapshelf.errors import Busy, of_system

FOLLOWS = "catching up: "  # before the process of a search that brings the indexes up to date, as it may do at any time
PATIENCE, SHORT = 30.0, 0.1  # seconds that others wait for such a one, rather than fail for it, and look anew
UNKNOWN = "unknown"


@contextmanager
def writing(folder: Path, follows: bool = False) -> Iterator[None]:
    """Be the one writer. Raises Busy, naming the other process; NoSpace and Outside for what the disk refuses.

    follows: only to let the indexes follow, which others wait for, and which never waits.
    """
    from filelock import FileLock, Timeout

    lock, owner = FileLock(folder / "write.lock"), folder / "writer"
    end = time.monotonic() + PATIENCE
    while True:
        try:
            lock.acquire(timeout=0 if follows else SHORT)
            break
        except Timeout as error:
            who = _owner(owner)  # nobody is named in the first moment
            if follows or time.monotonic() > end or not (who.startswith(FOLLOWS) or who == UNKNOWN):
                who = who.removeprefix(FOLLOWS)
                raise Busy(f"{folder} is being written to by process {who}; wait for it to finish") from error
        except OSError as error:
            raise of_system(error) from error
    try:
        owner.write_text(f"{FOLLOWS if follows else ''}{os.getpid()}")
        yield
    except OSError as error:
        raise of_system(error) from error
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


def _owner(file: Path) -> str:
    with suppress(OSError):
        return file.read_text() or UNKNOWN
    return UNKNOWN
