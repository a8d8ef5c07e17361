"""Calls of the service: paced, tried again, several at a time, errors as sentences.

The vectors of PutVectors and QueryVectors are written by `encode` and put in the place of the body that boto3 made of a
stand-in (event ``before-call``, before the request is signed): boto3 would look at every coordinate twice and write it
with twice the bytes.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from snapshelf.aws import errors
from snapshelf.stores.s3vectors import encode
from snapshelf.stores.s3vectors.encode import Packed

A = TypeVar("A")
B = TypeVar("B")
SERVICE = "s3vectors"


class Run(Protocol):
    """Carry out one call: wait for the pace, try again what may pass, raise what is left as a sentence."""

    def __call__(self, operation: str, send: Callable[[], Any], index: str, vectors: int) -> Any:
        """What ``send`` returns. index, vectors: what the call counts against, "" and 0 for reads."""


class Calls:
    """The operations of one bucket. Any thread may call."""

    def __init__(self, client: Any, bucket: str, run: Run, concurrency: int) -> None:
        self.client, self.bucket, self.run = client, bucket, run
        self.pool = ThreadPoolExecutor(concurrency, thread_name_prefix="snapshelf-s3vectors")
        self.pages = "nextToken" in self.members("QueryVectors")
        self.words = "queryTexts" in self.members("QueryVectors")
        self._body = threading.local()
        for operation in ("PutVectors", "QueryVectors"):
            client.meta.events.register(f"before-call.{SERVICE}.{operation}", self._swap)

    def members(self, operation: str) -> frozenset[str]:
        """The parameters of an operation that the installed SDK knows; none where it does not know the operation."""
        model = self.client.meta.service_model
        if operation not in model.operation_names:
            return frozenset()
        return frozenset(model.operation_model(operation).input_shape.members)

    def call(self, operation: str, parameters: Mapping[str, Any], index: str = "", vectors: int = 0) -> dict[str, Any]:
        """One call by its parameters. index, vectors: what a write counts against."""
        method = getattr(self.client, _snake(operation))
        answer: dict[str, Any] = self.run(operation, lambda: method(**parameters), index, vectors)
        return answer

    def put(self, index: str, records: Sequence[Packed]) -> None:
        """Put the records of one call."""
        body = encode.put_body(self.bucket, index, records)
        stand_in = {"vectors": [{"key": "-", "data": {"float32": [0.0]}}]}
        self._raw("PutVectors", index, stand_in, body, len(records))

    def query(self, index: str, asked: Mapping[str, Any], row: NDArray[np.float32] | None) -> dict[str, Any]:
        """One page of a query: topK, filter, nextToken … in ``asked``."""
        body = encode.query_body(self.bucket, index, asked, row)
        return self._raw("QueryVectors", index, {"topK": 1, "queryVector": {"float32": [0.0]}}, body, 0)

    def at_once(self, function: Callable[[A], B], items: Iterable[A]) -> list[B]:
        """The function of each item, several at a time, in their order; the first failure when all have ended."""
        futures = [self.pool.submit(function, item) for item in items]
        failures = [error for future in futures if (error := future.exception())]
        if failures:
            raise failures[0]
        return [future.result() for future in futures]

    def close(self) -> None:
        """End the threads and the connections."""
        self.pool.shutdown()
        self.client.close()

    def _raw(
        self, operation: str, index: str, stand_in: Mapping[str, Any], body: bytes, vectors: int
    ) -> dict[str, Any]:
        method = getattr(self.client, _snake(operation))

        def send() -> Any:
            self._body.bytes = body
            try:
                return method(vectorBucketName=self.bucket, indexName=index, **stand_in)
            finally:
                self._body.bytes = None

        answer: dict[str, Any] = self.run(operation, send, index if vectors else "", vectors)
        return answer

    def _swap(self, params: dict[str, Any], **_: Any) -> None:
        body = getattr(self._body, "bytes", None)
        if body is not None:
            params["body"] = body


def _snake(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


def refused_rows(error: BaseException, count: int) -> dict[int, str]:
    """Row → reason, where the service's own error names rows of a PutVectors call; {} where it names none."""
    response = getattr(error.__cause__, "response", None) or {}
    found: dict[int, str] = {}
    for one in response.get("fieldList", []):
        match = re.match(r"/?vectors[\[/.](\d+)", one.get("path", ""))
        if match and int(match[1]) < count:
            found[int(match[1])] = one.get("message", "it is refused")
    return found


def code_of(error: BaseException) -> str:
    """The code of the service's own error behind a sentence; "" where there is none."""
    return errors.code_of(error.__cause__) if isinstance(error.__cause__, Exception) else ""
