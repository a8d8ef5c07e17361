"""Rows of vectors with ids and attributes, on disk in segments that are never changed. Vector stores search them."""

from snapshelf.segments.rows import Rows, open_rows

__all__ = ["Rows", "open_rows"]
