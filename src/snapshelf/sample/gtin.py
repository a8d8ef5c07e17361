"""Article numbers (GTIN-13) that no real product has: the prefixes 200 to 299 are reserved for use within a shop.

Source: GS1 General Specifications, section 1.4.2.
"""

from __future__ import annotations

from snapshelf.gtin import check_digit

STEP = 617_283_949  # shares no factor with 10**9, so numbers that follow each other look unrelated and never repeat


def in_store(shop: int, number: int) -> str:
    """A GTIN-13 of the in-store range, its own for every number of a shop below 10**9; shops repeat after 100."""
    body = f"2{shop % 100:02d}{(number * STEP + shop) % 10**9:09d}"
    return body + check_digit(body)
