"""The words of a query as they are compared with those of another."""

from __future__ import annotations

import unicodedata

LONGEST = 200  # characters that are kept


def normal(text: str) -> str:
    """A query's words in one case, with single spaces, compatible characters made equal (NFKC)."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())[:LONGEST]
