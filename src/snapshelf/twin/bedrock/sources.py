"""Where a request's content is: words or base64 in the request, or an object in S3; with the limits of each."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from snapshelf.twin.bedrock import formats
from snapshelf.twin.bedrock.schema import malformed
from snapshelf.twin.bedrock.shapes import MOST_CHARS
from snapshelf.twin.wire import ACCOUNT, Refusal

MOST_INLINE = 25_000_000  # characters of base64
MB, GB = 1_000_000, 1_000_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of a file in S3, by modality, and seconds of a sound or video."""

    sizes: Mapping[str, int]
    seconds: float


SYNC = Limits({"text": 1 * MB, "image": 50 * MB, "audio": 100 * MB, "video": 100 * MB}, 30.0)
ASYNC = Limits({"text": 634 * MB, "image": 50 * MB, "audio": 1 * GB, "video": 2 * GB}, 7200.0)


class Objects(Protocol):
    """Where objects of S3 are read and written."""

    def read(self, bucket: str, key: str, most: int) -> bytes | None:
        """An object; None where there is none. Raises Refusal for one of more than ``most`` bytes."""

    def write(self, bucket: str, key: str, data: bytes) -> None:
        """Put an object. Raises Refusal where there is no such bucket."""

    def has(self, bucket: str) -> bool:
        """Whether there is such a bucket."""


def location(uri: str) -> tuple[str, str]:
    """(bucket, key) of "s3://bucket/key"."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def text(medium: Mapping[str, Any], objects: Objects | None, limits: Limits = SYNC) -> str:
    """The words of a text. Raises Refusal."""
    if "value" in medium:
        found: str = medium["value"]
        return found
    data = stored(medium["source"]["s3Location"], objects, limits.sizes["text"])
    try:
        found = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid("The text source is not valid UTF-8") from error
    if not found:
        raise invalid("The text source is empty")
    if limits is SYNC and len(found) > MOST_CHARS:
        raise malformed(f"#/singleEmbeddingParams/text: expected maxLength: {MOST_CHARS}, actual: {len(found)}")
    return found


def file(kind: str, medium: Mapping[str, Any], objects: Objects | None, limits: Limits = SYNC) -> bytes:
    """The bytes of an image, sound or video, in the format that was announced. Raises Refusal."""
    source = medium["source"]
    if "bytes" in source:
        data = _decoded(kind, source["bytes"])
    else:
        data = stored(source["s3Location"], objects, limits.sizes[kind])
    if not formats.fits(data, medium["format"]):
        known = formats.sniffed(data)
        told = f"the content is {known}" if known else "the content is of no known format"
        raise invalid(f"The {kind} format does not match: {medium['format']} was specified, but {told}")
    return data


def stored(where: Mapping[str, str], objects: Objects | None, most: int) -> bytes:
    """An object of S3. Raises Refusal."""
    if objects is None:
        raise invalid("This twin runs without S3, so it cannot read s3Location")
    if where.get("bucketOwner", ACCOUNT) != ACCOUNT:
        raise Refusal(403, "AccessDeniedException", f"The bucket of {where['uri']} belongs to another account")
    found = objects.read(*location(where["uri"]), most)
    if found is None:
        raise invalid(f"The S3 object {where['uri']} does not exist or cannot be read")
    return found


def invalid(message: str) -> Refusal:
    """A ValidationException in the twin's own words, where AWS's are not known."""
    return Refusal(400, "ValidationException", message)


def _decoded(kind: str, text: str) -> bytes:
    if len(text) > MOST_INLINE:
        path = f"#/singleEmbeddingParams/{kind}/source/bytes"
        raise malformed(f"{path}: expected maxLength: {MOST_INLINE}, actual: {len(text)}")
    try:
        return base64.b64decode(re.sub(r"[\r\n]", "", text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid(f"The {kind} source is not valid base64") from error
