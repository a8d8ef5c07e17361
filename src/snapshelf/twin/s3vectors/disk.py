"""What is kept on disk: SQLite in WAL mode, every write synced before it is acknowledged.

A process that is killed, and a machine that loses power, keep all that was answered with 200. Without a folder nothing
is kept, and every method here does nothing.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from snapshelf.errors import Busy, Mismatch, Outside, of_system
from snapshelf.twin.s3vectors.records import Records
from snapshelf.twin.s3vectors.state import Bucket, Index, State
from snapshelf.twin.s3vectors.table import Table
from snapshelf.twin.s3vectors.texts import Texts

FILE, FORMAT = "s3vectors.db", 1
AT_ONCE = 2000  # rows read in one step
TABLES = """
CREATE TABLE IF NOT EXISTS buckets (arn TEXT PRIMARY KEY, told TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS indexes (number INTEGER PRIMARY KEY, home TEXT NOT NULL, told TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS vectors (
    number INTEGER NOT NULL, key TEXT NOT NULL, data BLOB NOT NULL, metadata BLOB NOT NULL, UNIQUE (number, key)
);
"""
BUCKET = ("arn", "name", "created", "encryption", "mode", "classic", "tags", "policy")
INDEX = (*("number", "arn", "bucket", "name", "created", "dimension", "metric", "fixed", "encryption", "mode", "tags"),)


class Disk:
    """An open folder; several threads may call it at the same time."""

    def __init__(self, folder: Path | None) -> None:
        """Open or create. Raises Busy when another twin has it open, Mismatch for a newer format, Outside."""
        self._lock, self._numbers = threading.Lock(), itertools.count(1)
        self._connection: sqlite3.Connection | None = None
        if folder is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise of_system(error) from error
        self._connection = _opened(folder / FILE)

    def number(self) -> int:
        """A number that no index had before."""
        return next(self._numbers)

    def keep_bucket(self, bucket: Bucket, change: Mapping[str, Any] | None = None) -> None:
        """Write what there is to know of a bucket, with what is about to change."""
        told = {name: getattr(bucket, name) for name in BUCKET} | dict(change or {})
        self._write([("INSERT OR REPLACE INTO buckets VALUES (?, ?)", [(bucket.arn, json.dumps(told))])])

    def drop_bucket(self, bucket: Bucket) -> None:
        """Forget a bucket."""
        self._write([("DELETE FROM buckets WHERE arn = ?", [(bucket.arn,)])])

    def keep_index(self, index: Index, change: Mapping[str, Any] | None = None) -> None:
        """Write what there is to know of an index but for its vectors, with what is about to change."""
        told = {name: getattr(index, name) for name in INDEX} | {"texts": index.texts.described()} | dict(change or {})
        row = (index.number, index.arn.partition("/index/")[0], json.dumps(told))
        self._write([("INSERT OR REPLACE INTO indexes VALUES (?, ?, ?)", [row])])

    def drop_index(self, index: Index) -> None:
        """Forget an index and its vectors."""
        number = [(index.number,)]
        self._write(
            [("DELETE FROM vectors WHERE number = ?", number), ("DELETE FROM indexes WHERE number = ?", number)]
        )

    def put(self, index: Index, records: Records) -> None:
        """Write vectors, all or none."""
        if self._connection is not None:
            rows = zip(records.keys, records.vectors, records.metadata, strict=True)
            listed = [(index.number, key, vector.tobytes(), metadata) for key, vector, metadata in rows]
            self._write([("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", listed)])

    def delete(self, index: Index, keys: Sequence[str]) -> None:
        """Drop vectors."""
        self._write([("DELETE FROM vectors WHERE number = ? AND key = ?", [(index.number, key) for key in keys])])

    def read(self) -> State:
        """Everything that is kept. Raises Outside for a file that is damaged."""
        state = State()
        if self._connection is None:
            return state
        with _sentence():
            for (told,) in self._connection.execute("SELECT told FROM buckets"):
                bucket = Bucket(**json.loads(told))
                state.buckets[bucket.arn] = bucket
            for home, told in self._connection.execute("SELECT home, told FROM indexes").fetchall():
                index = self._index(json.loads(told))
                state.buckets[home].indexes[index.name] = index
                self._numbers = itertools.count(max(index.number, next(self._numbers) - 1) + 1)
        return state

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _index(self, told: dict[str, Any]) -> Index:
        configured: list[Mapping[str, str]] = told.pop("texts")
        table = Table(told["dimension"])
        for rows in self._rows(told["number"]):
            vectors = np.frombuffer(b"".join(data for _, data, _ in rows), np.float32).reshape(len(rows), -1)
            table.put([key for key, _, _ in rows], vectors, [metadata for _, _, metadata in rows])
        texts = Texts()
        texts.add(configured, list(zip(table.keys, table.metadata, strict=True)))
        return Index(**{**told, "fixed": tuple(told["fixed"])}, table=table, texts=texts)

    def _rows(self, number: int) -> Iterator[list[tuple[str, bytes, bytes]]]:
        if self._connection is not None:
            found = self._connection.execute("SELECT key, data, metadata FROM vectors WHERE number = ?", (number,))
            while rows := found.fetchmany(AT_ONCE):
                yield rows

    def _write(self, statements: Sequence[tuple[str, Sequence[tuple[Any, ...]]]]) -> None:
        with self._lock:
            if self._connection is None:
                return
            with _sentence(), self._connection:
                for statement, rows in statements:
                    self._connection.executemany(statement, rows)


def _opened(path: Path) -> sqlite3.Connection:
    with _sentence(str(path)):
        connection = sqlite3.connect(path, timeout=0, check_same_thread=False)
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found > FORMAT:
                raise Mismatch(f"{path} was written by a newer Snapshelf; update this one")
            connection.executescript(f"{TABLES} PRAGMA user_version = {FORMAT};")
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def _sentence(path: str = "the twin's data") -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Busy(f"{path} is in use by another twin; stop that one, or give another folder") from error
        raise Outside(f"{path} cannot be used: {error}") from error
    except (sqlite3.DatabaseError, ValueError, KeyError, TypeError) as error:
        raise Outside(f"{path} is damaged: {error}; move it away to start empty") from error
