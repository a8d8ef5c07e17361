"""From options to an open store."""

from __future__ import annotations

from pathlib import Path

from snapshelf.aws.client import Access, client
from snapshelf.errors import Mismatch, Unsupported
from snapshelf.protocols import Options
from snapshelf.stores.s3vectors import limits, record
from snapshelf.stores.s3vectors.calls import SERVICE, Calls
from snapshelf.stores.s3vectors.options import wanted
from snapshelf.stores.s3vectors.pace import Paced
from snapshelf.stores.s3vectors.store import S3Vectors

SPARE = 4  # connections for searches beside those that write


def opened(location: Path, dim: int, options: Options, can: frozenset[str]) -> S3Vectors:
    """See `connect`."""
    asked = wanted(options)
    if dim > limits.DIMENSIONS:
        raise Unsupported(f"S3 Vectors takes up to {limits.DIMENSIONS:,} dimensions, not {dim:,}")
    held = record.read(location)
    if held is not None and held.dim != dim:
        raise Mismatch(f"the record in {location} is of an index of {held.dim} dimensions, not {dim}")
    location.mkdir(parents=True, exist_ok=True)
    access = Access(asked.region, asked.profile, asked.endpoint_url)
    made = client(SERVICE, access, connections=asked.concurrency + SPARE)
    calls = Calls(made, asked.bucket, Paced(asked), asked.concurrency)
    try:
        return S3Vectors(calls, asked, dim, location, can)
    except BaseException:
        calls.close()
        raise
