"""What S3 Vectors takes at most, asked here first, so that a refusal names the product and the field.

Figures: AWS, "S3 Vectors limitations and restrictions"; how metadata is counted (5 bytes more than its compact JSON)
was measured against the service by third parties in 2026.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Set
from typing import Any

from snapshelf.types import Attributes, Value, split_view

KEY_BYTES = 1_024
FILTERABLE_BYTES = 2_043  # of compact JSON in UTF-8, braces included: 2,048 less the 5 that the service adds
METADATA_BYTES = 40_955  # likewise: 40,960 less 5
METADATA_KEYS = 50
NON_FILTERABLE = 10  # names in an index
TEXTS = 10  # searchable fields in an index
NAME_LENGTH = 63  # of a metadata key that is declared, of a bucket, of an index
DIMENSIONS = 4_096
PER_PUT = 500  # vectors
PER_DELETE = 500  # keys
PER_GET = 100  # keys
REQUEST_BYTES = 20_971_520  # 20 MiB, inclusive
PAGE = 100  # results of one query call
TOP = 10_000  # results of one query, over all its pages
CONSTRAINTS = 100  # values that a filter compares with
SEGMENTS = 16  # parts in which a listing can run at the same time
LISTED = 1_000  # vectors in a page of a listing
TEXT_QUERY = 1_024  # characters of one text that is searched for
REQUESTS_PER_SECOND = 1_000  # puts and deletes of one index
VECTORS_PER_SECOND = 2_500  # put or deleted in one index
TAGS, TAG_KEY, TAG_VALUE = 50, 128, 256

_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_INDEX = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def is_bucket(name: str) -> bool:
    """Whether a vector bucket may be called so."""
    return bool(_BUCKET.fullmatch(name))


def is_index(name: str) -> bool:
    """Whether an index may be called so."""
    return bool(_INDEX.fullmatch(name))


def compact(value: Any) -> bytes:
    """Compact JSON in UTF-8, as it is sent and counted. Raises UnicodeEncodeError for a lone surrogate."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def metadata_of(attributes: Attributes) -> dict[str, Any]:
    """Attributes as metadata: an empty list, which the service refuses, is as good as none and left out."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in attributes.items() if value != ()
    }


def attributes_of(metadata: Mapping[str, Any]) -> dict[str, Value]:
    """Metadata as it came back, as attributes."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in metadata.items()}


def fault(id: str, metadata: Mapping[str, Any], non_filterable: Set[str]) -> str:
    """Why the service would refuse a record, with SKU, field, bytes and remedy; "" when it takes it."""
    sku = split_view(id)[0] or id
    unsound = next((text for text in _texts(id, metadata) if not _sound(text)), None)
    if unsound is not None:
        return f"SKU {printable(sku)}: {printable(unsound)} holds half a character (a lone surrogate); save it as UTF-8"
    length = len(id.encode())
    if not 1 <= length <= KEY_BYTES:
        return f"SKU {sku[:40]}…: its id has {length:,} bytes, and S3 Vectors takes {KEY_BYTES:,}; shorten the SKU"
    if len(metadata) > METADATA_KEYS:
        return (
            f"SKU {sku}: it has {len(metadata)} attributes, and S3 Vectors takes {METADATA_KEYS}; leave out those that "
            "nobody filters by"
        )
    for name, value in metadata.items():
        reason = _value_fault(value)
        if reason:
            return f"SKU {sku}, field {name!r}: {reason}"
    return _size_fault(sku, metadata, non_filterable)


def _size_fault(sku: str, metadata: Mapping[str, Any], non_filterable: Set[str]) -> str:
    total = len(compact(metadata))
    if total > METADATA_BYTES:
        name, size = _largest(metadata)
        return (
            f"SKU {sku}, field {name!r} ({size:,} bytes): all attributes together have {total:,} bytes, and S3 Vectors "
            f"takes {METADATA_BYTES:,}; shorten it"
        )
    if total <= FILTERABLE_BYTES:
        return ""
    filterable = {name: value for name, value in metadata.items() if name not in non_filterable}
    count = len(compact(filterable))
    if count <= FILTERABLE_BYTES:
        return ""
    name, size = _largest(filterable)
    return (
        f"SKU {sku}, field {name!r} ({size:,} bytes): the attributes that can be filtered by have {count:,} bytes, and "
        f"S3 Vectors takes {FILTERABLE_BYTES:,}; list the field in store.options.non_filterable, or shorten it"
    )


def _value_fault(value: Any) -> str:
    if isinstance(value, list):
        kinds = {isinstance(one, str) for one in value}
        if any(isinstance(one, bool) for one in value) or len(kinds) > 1:
            return "a list holds only texts or only numbers"
        return next((reason for reason in map(_value_fault, value) if reason), "")
    if isinstance(value, str | bool):
        return ""
    if isinstance(value, int | float):
        try:
            finite = math.isfinite(value)
        except OverflowError:  # a whole number beyond any float
            finite = False
        return "" if finite else f"{str(value)[:20]} is no number that can be stored"
    return f"a {type(value).__name__} cannot be stored; give a text, a number, true or false, or a list of texts"


def _largest(metadata: Mapping[str, Any]) -> tuple[str, int]:
    sizes = {name: len(compact({name: value})) - 2 for name, value in metadata.items()}
    name = max(sizes, key=lambda one: (sizes[one], one))
    return name, sizes[name]


def _texts(id: str, metadata: Mapping[str, Any]) -> list[str]:
    texts = [id]
    for name, value in metadata.items():
        texts += [name, *(one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))]
    return texts


def _sound(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(text: str) -> str:
    """A text that may hold lone surrogates, shortened, so that it can be printed."""
    shown = text[:40] + ("…" if len(text) > 40 else "")
    return repr(shown.encode("utf-8", "backslashreplace").decode())


def is_key(id: str) -> bool:
    """Whether the service can know a vector by this id."""
    return _sound(id) and 1 <= len(id.encode()) <= KEY_BYTES
