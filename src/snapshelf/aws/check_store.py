"""What AWS leaves open about S3 Vectors, asked of an index that is made for it and deleted after.

Nothing in Snapshelf depends on the answers: filters are translated, and requests checked, so that either will do. They
are for those who look at what an index answers by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from snapshelf.aws.call import call
from snapshelf.errors import BadInput, BadSettings
from snapshelf.pace import Patience

DIM = 4
QUERY, PUT = 2.5e-6, 0.20 * 131_072 / 2**30  # dollars of a query, and of a small PutVectors
RECORDS: Mapping[str, Mapping[str, Any]] = {
    "plain": {"colour": "red", "price": 5},
    "absent": {"price": 9},
    "array": {"colour": ["red", "blue"], "price": 1},
}
FILTERS: Mapping[str, Mapping[str, Any]] = {
    'colour != "red"': {"colour": {"$ne": "red"}},
    'colour not in ["red"]': {"colour": {"$nin": ["red"]}},
    'colour == "red"': {"colour": {"$eq": "red"}},
    "stock > 1, where no vector has one": {"stock": {"$gt": 1}},
    "colour > 1, where it holds texts": {"colour": {"$gt": 1}},
}


Ask = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


def calls() -> int:
    """How many calls are made at most."""
    return len(FILTERS) + 13


def cost() -> float:
    """Dollars at most: a few queries, and puts that are charged for 128 KB each."""
    return (len(FILTERS) + 4) * QUERY + 4 * PUT


def ask(client: Any, bucket: str, tell: Callable[[str], None]) -> None:
    """Ask, and tell each answer in a sentence. Raises what ends every question: credentials, no bucket, Outside."""
    counted = _asking(client, bucket)
    with _index(counted, "cosine") as name:
        rows = [_record(key, metadata) for key, metadata in RECORDS.items()]
        counted("PutVectors", {"indexName": name, "vectors": rows})
        for said, where in FILTERS.items():
            keys = _keys(counted, name, {"filter": where})
            tell(f"{said}: {keys if isinstance(keys, str) else ', '.join(keys) or 'nothing'}")
        for k in (0, 10_001):
            tell(f"topK = {k:,}: {_outcome(_keys(counted, name, {'topK': k}))}")
        many = {"$and": [{"price": {"$gt": at}} for at in range(101)]}
        tell(f"a filter of 101 conditions: {_outcome(_keys(counted, name, {'filter': many}))}")
        tell(_partial(counted, name))
    with _index(counted, "euclidean") as name:
        refused = _refusal(counted, "PutVectors", {"indexName": name, "vectors": [_record("zero", {}, [0.0] * DIM)]})
        tell(f"a vector of zeros by euclidean distance: {refused or 'taken'}")


def _asking(client: Any, bucket: str) -> Ask:
    def asked(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        method = getattr(client, "".join("_" + c.lower() if c.isupper() else c for c in operation).lstrip("_"))
        found: Mapping[str, Any] = call(
            operation, lambda: method(vectorBucketName=bucket, **parameters), Patience(attempts=4)
        )
        return found

    return asked


@contextmanager
def _index(ask: Ask, metric: str) -> Iterator[str]:
    """An index of its own, gone afterwards."""
    name = f"snapshelf-check-{secrets.token_hex(4)}"
    about = {"indexName": name, "dataType": "float32", "dimension": DIM, "distanceMetric": metric}
    ask("CreateIndex", about)
    try:
        yield name
    finally:
        ask("DeleteIndex", {"indexName": name})


def _record(key: str, metadata: Mapping[str, Any], row: Sequence[float] = (1.0, 0.5, 0.25, 0.125)) -> dict[str, Any]:
    return {"key": key, "data": {"float32": list(row)}, "metadata": dict(metadata)}


def _keys(ask: Ask, name: str, more: Mapping[str, Any]) -> list[str] | str:
    """The keys that a query finds, or why it is refused."""
    asked = {"indexName": name, "queryVector": {"float32": [1.0] * DIM}, "topK": 10, **more}
    refused, found = _tried(ask, "QueryVectors", asked)
    return refused or sorted(one["key"] for one in found.get("vectors", []))


def _partial(ask: Ask, name: str) -> str:
    """Whether what is good in a put that is refused is kept."""
    rows = [_record("good", {}), _record("bad", {}, [0.0] * DIM)]
    refused = _refusal(ask, "PutVectors", {"indexName": name, "vectors": rows})
    if not refused:
        return "a put with a vector of zeros in it is taken"
    there = ask("GetVectors", {"indexName": name, "keys": ["good"]}).get("vectors", [])
    return f"a put with a vector of zeros in it is refused, and the rest of it is {'kept' if there else 'not kept'}"


def _refusal(ask: Ask, operation: str, parameters: Mapping[str, Any]) -> str:
    return _tried(ask, operation, parameters)[0]


def _tried(ask: Ask, operation: str, parameters: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """(why it is refused, "" where it is not; what comes back)."""
    try:
        return "", ask(operation, parameters)
    except BadInput as error:
        if isinstance(error, BadSettings):
            raise
        return str(error), {}


def _outcome(found: list[str] | str) -> str:
    return found if isinstance(found, str) else f"taken, {len(found)} found"
