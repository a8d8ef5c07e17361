"""PROVISIONAL until aws/ and pace.py are there."""
from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from snapshelf.errors import BadInput, NotHere, Outside
from snapshelf.extras import need
from snapshelf.stores.s3vectors.options import Wanted

AGAIN = {"TooManyRequestsException", "ThrottlingException", "InternalServerException", "ServiceUnavailableException", "RequestTimeoutException"}


class Bucket:
    def __init__(self, rate: float) -> None:
        self.rate, self.level, self.at, self.lock = rate, rate, time.monotonic(), threading.Lock()

    def take(self, n: float) -> None:
        with self.lock:
            now = time.monotonic()
            self.level = min(self.rate, self.level + (now - self.at) * self.rate) - n
            self.at = now
            wait = -self.level / self.rate
        if wait > 0:
            time.sleep(wait)


def runner(asked: Wanted) -> tuple[Any, Any]:
    boto3 = need("boto3", extra="aws")
    config = need("botocore.config", extra="aws").Config(retries={"mode": "standard", "total_max_attempts": 1}, max_pool_connections=asked.concurrency + 4)
    session = boto3.Session(profile_name=asked.profile or None, region_name=asked.region or None)
    client = session.client("s3vectors", endpoint_url=asked.endpoint_url or None, config=config)
    exceptions = need("botocore.exceptions", extra="aws")
    buckets: dict[str, tuple[Bucket, Bucket]] = {}

    def run(operation: str, call: Callable[[], Any], index: str, vectors: int) -> Any:
        for attempt in range(8):
            if index:
                pair = buckets.setdefault(index, (Bucket(asked.requests_per_second), Bucket(asked.vectors_per_second)))
                pair[0].take(1)
                pair[1].take(vectors)
            try:
                return call()
            except exceptions.ClientError as error:
                code = error.response["Error"]["Code"]
                if code not in AGAIN or attempt == 7:
                    kind = {"NotFoundException": NotHere, "ValidationException": BadInput}.get(code, Outside)
                    raise kind(f"{operation}: {code}: {error}") from error
            except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
                if attempt == 7:
                    raise Outside(str(error)) from error
            time.sleep(random.random() * 0.05 * 2**attempt)
        raise AssertionError

    return client, run
