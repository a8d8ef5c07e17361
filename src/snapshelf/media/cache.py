"""What was fetched, on disk: one file per URL, written whole or not at all, the least recently used dropped first."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


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
        """Keep a body, dropping the least recently used ones beyond the limit."""
        self.folder.mkdir(parents=True, exist_ok=True)
        about = {"url": url, "size": len(kept.data), "etag": kept.etag, "modified": kept.modified}
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as file:
            file.write(json.dumps(about).encode() + b"\n" + kept.data)
        os.replace(file.name, self._path(url))
        self._shrink()

    def _path(self, url: str) -> Path:
        return self.folder / hashlib.sha256(url.encode()).hexdigest()

    def _shrink(self) -> None:
        files = [(path, path.stat()) for path in self.folder.iterdir() if not path.name.startswith(".")]
        total = sum(status.st_size for _, status in files)
        for path, status in sorted(files, key=lambda one: one[1].st_mtime):
            if total <= self.limit:
                return
            path.unlink(missing_ok=True)
            total -= status.st_size
