"""What training pictures are called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """What pictures of one kind are called. ``source`` is the bundle they come from."""

    source: str
    captions: tuple[str, ...]
