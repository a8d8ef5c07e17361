"""Buckets and objects of S3 on disk, so that a twin which starts again finds them.

A folder for each bucket, a file for each object: a line of JSON (key, content type, metadata), then its bytes. Written
whole and synced before the request that made it is answered. What else S3 knows (older versions, tags, policies, parts
of an upload that is under way) is in memory alone, since moto offers no way to keep it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

from snapshelf.errors import Outside, of_system
from snapshelf.extras import need

TOLD = ("ContentType", "ContentEncoding", "ContentDisposition", "ContentLanguage", "CacheControl", "Metadata")


class Kept:
    """The folder, and a client of the server whose objects it keeps."""

    def __init__(self, folder: Path, client: Any) -> None:
        """Raises Outside for a folder that cannot be made."""
        self._folder, self._client = folder, client
        self._lock = threading.Lock()
        self._restoring = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise of_system(error) from error

    def restore(self) -> None:
        """Give the server what is kept. Raises Outside for a damaged file."""
        self._restoring = True
        for bucket in sorted(path for path in self._folder.iterdir() if path.is_dir()):
            self._client.create_bucket(Bucket=bucket.name)
            for path in bucket.iterdir():
                if path.name.startswith("."):
                    path.unlink()  # half written when the machine stopped
                    continue
                try:
                    with path.open("rb") as file:
                        told = json.loads(file.readline())
                        self._client.put_object(Bucket=bucket.name, Key=told["key"], Body=file.read(), **told["told"])
                except (OSError, ValueError, KeyError, TypeError) as error:
                    raise Outside(f"{path} is damaged: {error}; move it away to go on without it") from error
        self._restoring = False

    def follow(self, bucket: str, key: str) -> None:
        """Make the folder agree with the server about an object, or, without a key, about a bucket."""
        if self._restoring or not bucket:
            return
        with self._lock:
            if key:
                self._object(bucket, key)
            else:
                self._bucket(bucket)

    def _bucket(self, bucket: str) -> None:
        folder = self._folder / bucket
        errors = need("botocore.exceptions", "twin")
        try:
            pages = list(self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket))
        except errors.ClientError:
            shutil.rmtree(folder, ignore_errors=True)
            return
        folder.mkdir(exist_ok=True)
        names = {_name(one["Key"]) for page in pages for one in page.get("Contents", ())}
        for path in folder.iterdir():
            if path.name not in names:
                path.unlink()

    def _object(self, bucket: str, key: str) -> None:
        path = self._folder / bucket / _name(key)
        errors = need("botocore.exceptions", "twin")
        try:
            found = self._client.get_object(Bucket=bucket, Key=key)
        except errors.ClientError:
            path.unlink(missing_ok=True)
            return
        told = {name: found[name] for name in TOLD if found.get(name)}
        with found["Body"] as body, tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            file.write(json.dumps({"key": key, "told": told}).encode() + b"\n")
            shutil.copyfileobj(body, file)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)


def _name(key: str) -> str:
    """A file name for any key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
