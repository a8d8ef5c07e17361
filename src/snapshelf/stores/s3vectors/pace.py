"""The pace of an index, and patience with the service: what `Calls` goes by."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from snapshelf.aws.call import call
from snapshelf.pace import Bucket, Patience
from snapshelf.stores.s3vectors.options import Wanted

PATIENCE = Patience(attempts=12, first=0.1, cap=10.0, deadline=180.0)
SHORT = Patience(attempts=6, first=0.1, cap=2.0, deadline=20.0)  # of a search, for which a person waits


class Paced:
    """Puts and deletes wait for their index's turn; every call is tried again while that may help.

    All operations used here may be carried out twice without harm, so a lost reply is asked for once more.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[Bucket, Bucket]] = {}  # index → requests, vectors

    def __call__(self, operation: str, send: Callable[[], Any], index: str, vectors: int) -> Any:
        """See `calls.Run`."""

        def turn() -> None:
            requests, rows = self._of(index)
            requests.take()
            rows.take(vectors)

        patience = SHORT if operation == "QueryVectors" else PATIENCE
        return call(f"{operation} of S3 Vectors", send, patience, turn if index else None)

    def _of(self, index: str) -> tuple[Bucket, Bucket]:
        with self._lock:
            if index not in self._buckets:
                requests = Bucket(self.wanted.requests_per_second)
                self._buckets[index] = requests, Bucket(self.wanted.vectors_per_second)
            return self._buckets[index]
