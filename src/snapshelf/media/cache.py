"""What was fetched, on disk: one file per URL, written whole or not at all, the least recently used dropped first."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

STALE = 3600.0  # seconds after which a half-written file belongs to a process that died


@dataclass(frozen=True, slots=True)
class Kept:
    """A fetched body and what its server said to recognise it by."""

    data: bytes
    etag: str
    modified: str

    def conditions(self) -> dict[str, str]:
        """Headers that ask the server to answer 304 if nothing changed."""
        return ({"If-None-Match": self.etag} if self.etag else {}) | (
            {"If-Modified-Since": self.modified} if self.modified else {}
        )


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of fetched bodies, at most ``limit`` bytes in all."""

    folder: Path
    limit: int

    def get(self, url: str) -> Kept | None:
        """What is kept of a URL; a file that is cut off counts as none."""
        path = self._path(url)
        try:
            head, _, data = path.read_bytes().partition(b"\n")
            about = json.loads(head)
            whole = about["url"] == url and about["size"] == len(data)
            kept = Kept(data, about["etag"], about["modified"]) if whole else None
            os.utime(path)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return kept

    def put(self, url: str, kept: Kept) -> None:
        """Keep a body, dropping the least recently used ones beyond the limit; nothing is kept on a full disk."""
        about = {"url": url, "size": len(kept.data), "etag": kept.etag, "modified": kept.modified}
        written = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as file:
                written = Path(file.name)
                file.write(json.dumps(about).encode() + b"\n" + kept.data)
            written.replace(self._path(url))
        except OSError:  # a body that is not kept is fetched again, which is no reason to fail
            if written:
                written.unlink(missing_ok=True)
        self._shrink()

    def _path(self, url: str) -> Path:
        return self.folder / hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()

    def _shrink(self) -> None:
        files = sorted(self._files(), key=lambda one: one[1])
        total = sum(size for _, _, size in files)
        for path, used, size in files:
            unfinished = path.name.startswith(".")
            if (time.time() - used > STALE) if unfinished else total > self.limit:
                path.unlink(missing_ok=True)
                total -= size

    def _files(self) -> Iterator[tuple[Path, float, int]]:
        """(path, last used, bytes) of what is there; other threads and processes may be adding and dropping."""
        with suppress(OSError):
            for path in self.folder.iterdir():
                with suppress(OSError):
                    status = path.stat()
                    yield path, status.st_mtime, status.st_size
