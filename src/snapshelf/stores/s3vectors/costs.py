"""What S3 Vectors charges, and what sharding saves. Prices of us-east-1, AWS price feed of 28 September 2026.

A query is billed for the bytes of the index it asks (4 per coordinate, the key, the filterable metadata of every
vector in it), whether or not they pass the filter, in tiers by the number of vectors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

GIB, TIB = 2**30, 2**40
STORAGE = 0.06  # dollars per GiB and month
PUT = 0.20  # dollars per GiB uploaded
PUT_LEAST = 131_072  # bytes that a PutVectors call is billed for at least
QUERY = 2.50e-6  # dollars a query
TIERS = ((100_000, 0.004), (10_000_000, 0.002), (float("inf"), 0.0004))  # dollars per TiB, up to so many vectors


@dataclass(frozen=True, slots=True)
class Saving:
    """Dollars a month for the same queries against one index and against its shards, and the ratio of the two."""

    whole: float
    sharded: float

    @property
    def times(self) -> float:
        """How many times dearer one index is."""
        return self.whole / self.sharded if self.sharded else 1.0


def query_cost(vectors: int, dim: int, key_bytes: float, filterable_bytes: float) -> float:
    """Dollars that one query costs against an index of so many vectors, without what its answer costs to return."""
    scanned = 4 * dim + key_bytes + filterable_bytes
    cost, below = 0.0, 0.0
    for upto, price in TIERS:
        cost += max(0.0, min(vectors, upto) - below) * scanned / TIB * price
        below = upto
    return QUERY + cost


def saving(
    sizes: Mapping[str, int],
    dim: int,
    queries: float,
    bound: float = 1.0,
    key_bytes: float = 24.0,
    filterable_bytes: float = 400.0,
) -> Saving:
    """What ``queries`` a month cost without and with shards.

    sizes: vectors in each shard; those asked for are taken to be asked in proportion to their size. bound: the share
    of queries whose filter names one value of the field; the others ask every shard, and are billed for each.
    """
    total = sum(sizes.values())
    whole = query_cost(total, dim, key_bytes, filterable_bytes)
    each = {name: query_cost(size, dim, key_bytes, filterable_bytes) for name, size in sizes.items()}
    one = sum(each[name] * size for name, size in sizes.items()) / total if total else QUERY
    return Saving(queries * whole, queries * (bound * one + (1 - bound) * sum(each.values())))
