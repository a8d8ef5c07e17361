"""What the indexes in the bucket are called: ``products-1024-g2`` is the second generation of ``products``.

A generation has one head, called so, and with sharding one more index per value: the head's name, the value as far as
a name can hold it, and a hash that keeps values apart.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata

from snapshelf.stores.s3vectors.limits import NAME_LENGTH
from snapshelf.types import Value

HASH = 8  # hexadecimal digits


def stem(index: str, dim: int) -> str:
    """What the names of all generations begin with."""
    return f"{index}-{dim}-g"


def head(index: str, dim: int, generation: int) -> str:
    """The index that a generation is known by; without sharding its only one."""
    return f"{stem(index, dim)}{generation}"


def shard(head: str, value: Value | None) -> str:
    """The index of the vectors that hold ``value``; the head itself for those that hold none."""
    if value is None:
        return head
    plain = float(value) if isinstance(value, int) and not isinstance(value, bool) else value
    mark = hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:HASH]
    letters = unicodedata.normalize("NFKD", str(plain)).encode("ascii", "ignore").decode().lower()
    room = NAME_LENGTH - len(head) - HASH - 2
    slug = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:room].strip("-")
    return f"{head}-{slug}-{mark}" if slug else f"{head}-{mark}"


def generation(index: str, dim: int, name: str) -> int | None:
    """The generation that an index belongs to; None where it is not one of ours."""
    match = re.fullmatch(re.escape(stem(index, dim)) + rf"(\d{{1,6}})(?:-[a-z0-9-]*[0-9a-f]{{{HASH}}})?", name)
    return int(match[1]) if match else None
