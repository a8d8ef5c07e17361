"""Vectors, records and queries as the bytes that go over the wire.

A float32 is written with nine digits, which always read back as the same float32 (IEEE 754-2019, 5.12.2): 14.0 kB for
1,024 coordinates, where the usual 64-bit notation takes 22.7 kB. The fewest digits that do would be 12.7 kB, and take
three times as long to find, so that one process could not write as many vectors a second as an index takes
(`benchmarks/s3vectors.py` and `benchmarks/quota.py` measure it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.stores.s3vectors.limits import PER_PUT, REQUEST_BYTES, compact


@dataclass(frozen=True, slots=True)
class Packed:
    """A vector ready to be put: its id, and its JSON with key, data and metadata."""

    id: str
    body: bytes


def vector(row: NDArray[np.float32]) -> bytes:
    """A row as a JSON list; its values are finite."""
    return (_pattern(len(row)) % tuple(np.asarray(row, np.float32).tolist())).encode("ascii")


@lru_cache(maxsize=16)
def _pattern(count: int) -> str:
    return "[" + ",".join(["%.9g"] * count) + "]"


def record(id: str, row: NDArray[np.float32], metadata: Mapping[str, Any]) -> Packed:
    """A row (d,) with its metadata, which `limits.fault` has passed."""
    told = b',"metadata":' + compact(metadata) if metadata else b""
    return Packed(id, b'{"key":' + compact(id) + b',"data":{"float32":' + vector(row) + b"}" + told + b"}")


def put_body(bucket: str, index: str, records: Sequence[Packed]) -> bytes:
    """The body of a PutVectors call."""
    return _head(bucket, index) + b',"vectors":[' + b",".join(one.body for one in records) + b"]}"


def query_body(bucket: str, index: str, asked: Mapping[str, Any], row: NDArray[np.float32] | None) -> bytes:
    """The body of a QueryVectors call; asked: everything but the names and the vector."""
    query = b"" if row is None else b',"queryVector":{"float32":' + vector(row) + b"}"
    return _head(bucket, index) + query + b"," + compact(dict(asked))[1:]


def batches(bucket: str, index: str, records: Sequence[Packed]) -> Iterator[list[Packed]]:
    """Records in as few calls as the limits on vectors and on bytes allow, in their order."""
    frame = len(put_body(bucket, index, []))
    some: list[Packed] = []
    size = frame
    for one in records:
        more = len(one.body) + bool(some)  # and a comma
        if some and (len(some) == PER_PUT or size + more > REQUEST_BYTES):
            yield some
            some, size, more = [], frame, len(one.body)
        some.append(one)
        size += more
    if some:
        yield some


def _head(bucket: str, index: str) -> bytes:
    return b'{"vectorBucketName":' + compact(bucket) + b',"indexName":' + compact(index)
