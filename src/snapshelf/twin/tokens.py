"""Opaque page tokens: a place in a list, bound to the request that the list answers."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from snapshelf.twin.wire import Refusal, encoded

PAGED = ("nextToken", "maxResults")  # what may differ between the pages of one list


def digest(operation: str, given: Mapping[str, Any]) -> str:
    """What stands for a request without its page: the same for every page of one list."""
    rest = {name: value for name, value in given.items() if name not in PAGED}
    text = json.dumps([operation, rest], sort_keys=True, default=str).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=12).hexdigest()


def token(place: Any, request: str) -> str:
    """The token of a place; ``request`` is the digest."""
    return base64.urlsafe_b64encode(encoded([place, request, _sum(place, request)])).decode()


def place(given: str, request: str, refusal: Refusal) -> Any:
    """The place that a token names. Raises ``refusal`` for one that is damaged or belongs to another request."""
    try:
        place, of, check = json.loads(base64.b64decode(given, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError) as error:
        raise refusal from error
    if of != request or check != _sum(place, of):
        raise refusal
    return place


def _sum(place: Any, request: str) -> str:
    return hashlib.blake2b(encoded([place, request]), digest_size=6, key=b"snapshelf twin").hexdigest()
