"""The operations on vectors: put, get, list, delete."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from snapshelf.twin import tokens
from snapshelf.twin.s3vectors import price, records, wording
from snapshelf.twin.s3vectors.context import Context
from snapshelf.twin.s3vectors.state import Index, index_meant
from snapshelf.twin.wire import Answer, Refusal, encoded

PAGE = 500
PAGE_BYTES = 1_048_576  # a page of ListVectors ends here, too


def put(context: Context, given: Mapping[str, Any]) -> Answer:
    """PutVectors: all of them, or none. It is on the disk before it is answered."""
    index = context.state.index(index_meant(given, context.region))
    found = records.checked(given["vectors"], index.dimension, index.metric, index.fixed)
    with index.lock:
        _still_there(context, index)
        context.disk.put(index, found)
        index.table.put(found.keys, found.vectors, found.metadata)
        index.texts.put(found.keys, found.metadata)
    size = sum(4 * index.dimension + len(key.encode()) for key in found.keys)
    size += sum(len(one) for one in found.metadata if one != b"{}")
    return Answer(charges=price.of_put(len(found.keys), size))


def get(context: Context, given: Mapping[str, Any]) -> Answer:
    """GetVectors; keys that are not there are left out, and the order is the service's own."""
    index = context.state.index(index_meant(given, context.region))
    with index.lock:
        rows = sorted({index.table.row[key] for key in given["keys"] if key in index.table.row})
        shown = [_shown(index, row, given) for row in rows]
    return Answer(body=b'{"vectors":[%s]}' % b",".join(shown), charges=(("vectors", len(shown)), *price.PLAIN))


def listed(context: Context, given: Mapping[str, Any]) -> Answer:
    """ListVectors, in an order that puts and deletes of other vectors do not change, so that no page skips one."""
    index = context.state.index(index_meant(given, context.region))
    count, number = given.get("segmentCount"), given.get("segmentIndex")
    if (count is None) != (number is None) or (count is not None and number >= count):
        raise wording.invalid("segmentIndex must be given with segmentCount, and be smaller", "segmentIndex")
    request = tokens.digest(context.operation, given)
    after: tuple[int, str] = (-1, "")
    if "nextToken" in given:
        key = tokens.place(given["nextToken"], request, wording.invalid(wording.TOKEN, "nextToken"))
        after = (_order(key), key)
    with index.lock:
        order = _ordered(index)
        shown: list[bytes] = []
        size, most, last = 0, given.get("maxResults", PAGE), ""
        for at in range(bisect_right(order, after), len(order)):
            place, key = order[at]
            if count is not None and place % count != number:
                continue
            if len(shown) == most or size >= PAGE_BYTES:
                break
            one = _shown(index, index.table.row[key], given)
            if shown and size + len(one) > PAGE_BYTES:
                break
            shown.append(one)
            size, last = size + len(one), key
        else:
            last = ""
    more = b',"nextToken":%s' % encoded(tokens.token(last, request)) if last else b""
    return Answer(
        body=b'{"vectors":[%s]%s}' % (b",".join(shown), more), charges=(("vectors", len(shown)), *price.PLAIN)
    )


def delete(context: Context, given: Mapping[str, Any]) -> Answer:
    """DeleteVectors; keys that are not there are passed over."""
    index = context.state.index(index_meant(given, context.region))
    with index.lock:
        _still_there(context, index)
        context.disk.delete(index, given["keys"])
        index.table.delete(given["keys"])
        index.texts.delete(given["keys"])
    return Answer(charges=(("vectors", len(given["keys"])), *price.PLAIN))


def _still_there(context: Context, index: Index) -> None:
    """Raise Refusal where the index was deleted since it was looked up; its lock is held."""
    if context.state.index(index.arn) is not index:
        raise _gone()


def _gone() -> Refusal:
    return wording.not_found(wording.INDEX)


def _shown(index: Index, row: int, given: Mapping[str, Any]) -> bytes:
    """One vector as JSON. Floats are written in the shortest form that reads as the same float32."""
    parts = [b'"key":' + encoded(index.table.keys[row])]
    if given.get("returnData"):
        numbers = ",".join(map(str, index.table.matrix[row]))
        parts.append(b'"data":{"float32":[%s]}' % numbers.encode())
    if given.get("returnMetadata") and index.table.metadata[row] != b"{}":
        parts.append(b'"metadata":' + index.table.metadata[row])
    return b"{%s}" % b",".join(parts)


def _order(key: str) -> int:
    return zlib.crc32(key.encode())


def _ordered(index: Index) -> list[tuple[int, str]]:
    """(place, key) of every vector in the order of a listing, kept until the next change."""
    table = index.table
    if table.listing is None or table.listing[0] != table.version:
        table.listing = (table.version, sorted((_order(key), key) for key in table.keys))
    return table.listing[1]
