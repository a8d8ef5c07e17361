"""Article numbers (GTIN-13) that no real product has: the prefixes 200 to 299 are reserved for use within a shop.

Source: GS1 General Specifications, sections 1.4.2 (prefixes) and 7.9 (check digit).
"""

from __future__ import annotations

STEP = 617_283_949  # shares no factor with 10**9, so numbers that follow each other look unrelated and never repeat


def check_digit(digits: str) -> str:
    """The last digit of a GTIN whose other digits are given: weights 3 and 1 by turns, from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def in_store(shop: int, number: int) -> str:
    """A GTIN-13 of the in-store range, its own for every number of a shop below 10**9; shops repeat after 100."""
    body = f"2{shop % 100:02d}{(number * STEP + shop) % 10**9:09d}"
    return body + check_digit(body)
