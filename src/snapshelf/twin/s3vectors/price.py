"""What calls and storage cost in us-east-1, by the price feed of 2026-09-28; a gigabyte is 2^30 bytes here.

AWS does not say what a full-text leg costs, nor whether every page of a query counts as a request: the twin charges
nothing for the first and a whole query for each page.
"""

from __future__ import annotations

from collections.abc import Mapping

from snapshelf.twin.s3vectors.state import State

GIB, TIB = 2**30, 2**40
PUT, LEAST_PUT = 0.20, 131_072  # dollars a GiB uploaded, bytes that one PutVectors counts at least
QUERY = 2.50 / 1e6
RETURNED, FREE_RETURNED, LEAST_RETURNED = 0.01, 524_288, 256  # dollars a GiB, bytes a query, bytes a result
OTHER = 0.055 / 1000
STORED = 0.06  # dollars a GiB and month
TIERS = ((100_000, 0.004), (10_000_000, 0.002), (float("inf"), 0.0004))  # vectors in the index, dollars a TiB

Charges = tuple[tuple[str, float], ...]
PLAIN: Charges = (("dollars", OTHER),)


def of_put(vectors: int, size: int) -> Charges:
    """One PutVectors of ``size`` bytes of vectors, keys and metadata."""
    return ("vectors", vectors), ("bytes", size), ("dollars", max(size, LEAST_PUT) / GIB * PUT)


def of_query(vectors: int, scanned: float, returned: list[int]) -> Charges:
    """One page of a query over ``vectors``, each ``scanned`` bytes on average, with results of ``returned`` bytes."""
    dollars, below = QUERY, 0.0
    for most, rate in TIERS:
        dollars += max(0.0, min(vectors, most) - below) * scanned / TIB * rate
        below = most
    size = sum(max(one, LEAST_RETURNED) for one in returned)
    dollars += max(0, size - FREE_RETURNED) / GIB * RETURNED
    return ("vectors", len(returned)), ("bytes", vectors * scanned), ("dollars", dollars)


def standing(state: State) -> Mapping[str, float]:
    """What is kept, and the dollars that a month of it costs."""
    with state.lock:
        indexes = [index for bucket in state.buckets.values() for index in bucket.indexes.values()]
    size = sum(index.table.bytes for index in indexes)
    return {
        "vectors": sum(len(index.table) for index in indexes),
        "bytes": size,
        "dollars_a_month": size / GIB * STORED,
    }
