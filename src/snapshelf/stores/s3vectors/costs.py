"""What sharding saves: a query is billed for every vector of the index it asks, whether or not it passes the filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from snapshelf.aws.cost import TIB, Rates, scan


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
    rates = Rates()
    return rates.query + scan(vectors, rates) * (4 * dim + key_bytes + filterable_bytes) / TIB


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
    one = sum(each[name] * size for name, size in sizes.items()) / total if total else Rates().query
    return Saving(queries * whole, queries * (bound * one + (1 - bound) * sum(each.values())))
