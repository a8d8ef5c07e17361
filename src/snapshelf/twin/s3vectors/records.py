"""What a record may be: the key, the vector and the metadata, with every limit in bytes as S3 Vectors counts them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.twin.s3vectors import wording
from snapshelf.twin.wire import Refusal, encoded

LONGEST_KEY = 1024  # bytes of UTF-8
MOST_KEYS = 50
TOTAL, FILTERABLE = 40_960, 2_048  # bytes of metadata
EXTRA = 5  # bytes that the service counts beyond those of the compact JSON


@dataclass(frozen=True, slots=True)
class Records:
    """What one PutVectors brings: keys, vectors (n, d) as float32, metadata as compact JSON ("{}" for none)."""

    keys: tuple[str, ...]
    vectors: NDArray[np.float32]
    metadata: tuple[bytes, ...]


def checked(given: Sequence[Mapping[str, Any]], dimension: int, metric: str, fixed: Collection[str]) -> Records:
    """The records of a request. Raises Refusal that names the first bad one; then nothing of them may be kept."""
    keys, vectors, metadata = [], np.empty((len(given), dimension), np.float32), []
    seen: set[str] = set()
    for at, record in enumerate(given):
        key, path = record["key"], f"vectors[{at}]"
        if len(key.encode()) > LONGEST_KEY:
            raise wording.invalid("Record key length exceeds the maximum allowed", f"{path}.key")
        if key in seen:
            raise _bad(key, "the key occurs more than once in the request", path)
        reason = _fault(vector := as_float32(record["data"]["float32"]), dimension, metric)
        if reason:
            raise _bad(key, reason, path)
        vectors[at] = vector
        metadata.append(_metadata(record.get("metadata") or {}, key, f"{path}.metadata", fixed))
        keys.append(key)
        seen.add(key)
    return Records(tuple(keys), vectors, tuple(metadata))


def as_float32(values: Sequence[Any]) -> NDArray[np.float32]:
    """Numbers rounded to float32, as the service rounds before it looks at them; too large ones become infinite."""
    with np.errstate(over="ignore", under="ignore"):
        try:
            return np.array(values, np.float64).astype(np.float32)
        except (OverflowError, ValueError):  # a whole number beyond float64, or the word "NaN"
            return np.array([_number(value) for value in values], np.float64).astype(np.float32)


def query(values: Sequence[Any], dimension: int, metric: str) -> NDArray[np.float32]:
    """The vector of a query. Raises Refusal."""
    vector = as_float32(values)
    if _fault(vector, dimension, metric):
        raise wording.invalid(wording.QUERY_VECTOR, "vector")
    return vector


def _fault(vector: NDArray[np.float32], dimension: int, metric: str) -> str:
    if len(vector) != dimension:
        return f"vector must have length {dimension}, but has length {len(vector)}"
    if not np.isfinite(vector).all():
        return "vector contains NaNs or Infs"
    if metric == "cosine" and not vector.any():
        return "cosine distance does not support vectors with zero norm"
    return ""


def _metadata(given: Any, key: str, path: str, fixed: Collection[str]) -> bytes:
    if not isinstance(given, dict):
        raise _bad(key, "Metadata must be an object", path)
    if len(given) > MOST_KEYS:
        raise _bad(key, f"Metadata object must have at most {MOST_KEYS} keys", path)
    for value in given.values():
        reason = _value_fault(value)
        if reason:
            raise _bad(key, reason, path)
    whole = encoded(given)
    if len(whole) + EXTRA > TOTAL:
        raise _bad(key, f"Metadata object must have at most {TOTAL} bytes", path)
    filterable = len(whole)
    if any(name in given for name in fixed):
        filterable = len(encoded({name: value for name, value in given.items() if name not in fixed}))
    if filterable + EXTRA > FILTERABLE:
        raise _bad(key, f"Filterable metadata must have at most {FILTERABLE} bytes", path)
    return whole


def _value_fault(value: Any) -> str:
    if isinstance(value, list):
        if not value:
            return "Empty arrays are not allowed in metadata"
        kinds = {type(one) for one in value}
        if not (kinds == {str} or kinds <= {int, float}):
            return "Metadata array values must be strings or numbers"
        return "" if all(map(_finite, value)) else "Metadata values must be strings, numbers, booleans, or arrays"
    if not isinstance(value, str | int | float) or not _finite(value):
        return "Metadata values must be strings, numbers, booleans, or arrays"
    return ""


def _finite(value: Any) -> bool:
    """Whether a number stays one as float64; "1e999" does not, and neither does a whole number of 400 digits."""
    try:
        return not isinstance(value, int | float) or bool(np.isfinite(float(value)))
    except OverflowError:
        return False


def _number(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _bad(key: str, reason: str, path: str) -> Refusal:
    return wording.invalid(f"Invalid record for key '{key}': {reason}", path)
