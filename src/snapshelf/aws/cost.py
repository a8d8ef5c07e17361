"""What a shelf on AWS costs: once, per month, per thousand queries, from the numbers of its own catalogue.

Storage and queries follow the published prices of S3 Vectors (aws.amazon.com/s3/pricing): stored bytes by the month,
uploaded bytes with a least size per call, and for each query a fee and the bytes of the index that it goes through,
cheaper beyond the first hundred thousand vectors. Units are binary (GiB, TiB). Embedding is priced per token and piece.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

GIB, TIB = 2**30, 2**40
LEAST_PUT = 131_072  # bytes that a call of PutVectors is charged for at least
FREE_ANSWER = 524_288  # bytes of an answer that cost nothing
LEAST_RESULT = 256  # bytes that one result counts at least
TIERS = ((0.0, 1e5), (1e5, 1e7), (1e7, float("inf")))  # vectors in the index that a query goes through


@dataclass(frozen=True, slots=True)
class Rates:
    """Dollars, us-east-1 and us-west-2. ``scanned`` is per TiB in each of `TIERS`; ``document`` is a cautious guess."""

    storage: float = 0.06  # per GiB and month
    put: float = 0.20  # per GiB uploaded
    query: float = 2.5e-6  # per call of QueryVectors
    scanned: tuple[float, float, float] = (0.004, 0.002, 0.0004)
    returned: float = 0.01  # per GiB beyond the free part of each answer
    other: float = 0.055e-3  # per call of GetVectors, ListVectors and the rest


@dataclass(frozen=True, slots=True)
class Load:
    """A catalogue on a store, and what is asked of it in a month. Bytes and tokens are means.

    ``key``, ``filterable`` and ``other`` are the bytes of a vector's key, of its metadata that may be filtered by, and
    of the rest. ``batch``: vectors in a call of PutVectors. ``shards``: equal indexes of which a query hits one.
    ``rewritten``: share of the vectors put again in a month. ``embed`` and ``embed_query`` are the dollars that the
    model takes for everything once and for one query.
    """

    vectors: int
    dim: int
    key: float
    filterable: float
    other: float = 0.0
    batch: int = 500
    shards: float = 1
    queries: int = 1_000_000
    results: int = 30
    rewritten: float = 0.0
    other_calls: int = 0
    embed: float = 0.0
    embed_query: float = 0.0

    @property
    def stored(self) -> float:
        """Bytes of a vector with all that belongs to it."""
        return 4 * self.dim + self.key + self.filterable + self.other

    @property
    def scanned(self) -> float:
        """Bytes of a vector that a query goes through: what may not be filtered by does not count."""
        return 4 * self.dim + self.key + self.filterable


@dataclass(frozen=True, slots=True)
class Bill:
    """Dollars: ``embed`` and ``put`` once, the rest in a month."""

    embed: float
    put: float
    storage: float
    rewrites: float
    requests: float
    scans: float
    answers: float
    embed_queries: float
    other: float

    @property
    def once(self) -> float:
        """To fill the shelf."""
        return self.embed + self.put

    @property
    def queries(self) -> float:
        """All that is paid for by the query, in a month."""
        return self.requests + self.scans + self.answers + self.embed_queries

    @property
    def month(self) -> float:
        """To keep it and be asked."""
        return self.storage + self.rewrites + self.queries + self.other


def bill(load: Load, rates: Rates | None = None) -> Bill:
    """The costs of a load. A catalogue without vectors costs what its queries' fees are."""
    rates = rates or Rates()
    calls = -(-load.vectors // load.batch) if load.vectors else 0
    put = calls * max(load.batch * load.stored, LEAST_PUT) / GIB * rates.put
    answer = load.results * max(LEAST_RESULT, load.key + load.filterable + load.other)
    return Bill(
        embed=load.embed,
        put=put,
        storage=load.vectors * load.stored / GIB * rates.storage,
        rewrites=load.rewritten * put,
        requests=load.queries * rates.query,
        scans=load.queries * scan(load.vectors / load.shards, rates) * load.scanned / TIB,
        answers=load.queries * max(0.0, answer - FREE_ANSWER) / GIB * rates.returned,
        embed_queries=load.queries * load.embed_query,
        other=load.other_calls * rates.other,
    )


def scan(vectors: float, rates: Rates) -> float:
    """Dollars × TiB⁻¹ × vectors of one query over an index of so many: each tier's vectors at its own price."""
    return sum(
        price * min(max(vectors - low, 0.0), high - low)
        for price, (low, high) in zip(rates.scanned, TIERS, strict=True)
    )


def by_dim(load: Load, dims: tuple[int, ...], rates: Rates | None = None) -> dict[int, Bill]:
    """The same load with vectors of other sizes; embedding costs the same at each."""
    return {dim: bill(replace(load, dim=dim), rates) for dim in dims}


def by_shards(load: Load, counts: tuple[int, ...], rates: Rates | None = None) -> dict[int, Bill]:
    """The same load cut into indexes by a field that every query filters on."""
    return {count: bill(replace(load, shards=count), rates) for count in counts}
