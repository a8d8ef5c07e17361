"""Indexing begun from the console: a catalogue is looked at first, then indexed by a thread on a shelf of its own."""

from __future__ import annotations

import logging
import os
import re
import tempfile
import threading
from pathlib import Path
from typing import cast

from snapshelf.errors import BadInput, Busy, Interrupted, SnapshelfError, of_system
from snapshelf.http.server import Server
from snapshelf.ingest import Progress
from snapshelf.protocols import Reader
from snapshelf.shelf import Shelf
from snapshelf.stack import open_stack

UPLOADS = "uploads"  # folder of the shelf: a file of the same name replaces its products
SENT = re.compile(r"[\w][\w .()+-]{0,120}\.(?:csv|tsv|jsonl)", re.IGNORECASE)
EARLY = 1.0  # seconds in which what cannot begin at all says so
log = logging.getLogger("snapshelf.server")


class Work(threading.Thread):
    """One run of indexing; ``fault``: why it ended, if not well. What it has done stands in the catalogue as a job."""

    def __init__(self, serving: Server, shelf: Shelf, reader: Reader, path: Path, keep_missing: bool) -> None:
        super().__init__(name="snapshelf-index", daemon=True)
        self.serving, self.shelf, self.reader, self.path, self.keep_missing = serving, shelf, reader, path, keep_missing
        self.fault = ""

    def run(self) -> None:
        """Index, and close the shelf."""
        try:
            self.shelf.index(self.path, progress=self._tell, keep_missing=self.keep_missing, reader=self.reader)
        except SnapshelfError as error:
            self.fault = str(error)
        except Exception as error:  # a thread has nobody above it who would say so
            log.error("indexing %s failed", self.path, exc_info=error)
            self.fault = f"{type(error).__name__}: {error}"
        finally:
            self.shelf.close()

    def _tell(self, _: Progress) -> None:
        if self.serving.closing:
            raise Interrupted("the server was stopped; index again to go on")


def begin(serving: Server, path: Path, images: str, keep_missing: bool) -> Work:
    """Begin to index a file or folder. Raises BadInput, NotHere for what is no catalogue, Busy where one is indexed."""
    held = cast("Work | None", serving.memory.get("console index"))
    if held and held.is_alive():
        raise Busy(f"{held.path} is being indexed; wait for it to finish")
    stack = serving.shelf.stack
    shelf = Shelf(open_stack(stack.folder, stack.settings, create=False))
    try:
        reader = shelf.read(path, images or None)
    except BaseException:
        shelf.close()
        raise
    work = Work(serving, shelf, reader, path, keep_missing)
    serving.memory["console index"] = work
    work.start()
    work.join(EARLY)
    if work.fault:
        raise BadInput(work.fault)
    return work


def keep(serving: Server, name: str, data: bytes) -> Path:
    """Put a file that was sent into the shelf's folder for them. Raises BadInput for another kind."""
    if not SENT.fullmatch(name):
        raise BadInput(f"send a file called something like products.csv or products.jsonl, not {name[:80]!r}")
    folder = serving.shelf.stack.folder / UPLOADS
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as made:
            made.write(data)
        os.replace(made.name, folder / name)
    except OSError as error:
        raise of_system(error) from error
    return folder / name
