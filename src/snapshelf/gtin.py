"""Global Trade Item Numbers (EAN, UPC): their lengths, their check digit (GS1 General Specifications, 7.9)."""

from __future__ import annotations

LENGTHS = (8, 12, 13, 14)


def check_digit(digits: str) -> str:
    """The last digit of a GTIN whose other digits are given: weights 3 and 1 by turns, from the right."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def is_gtin(text: str) -> bool:
    """Whether it is 8, 12, 13 or 14 ASCII digits of which the last one is right."""
    digits = text.isascii() and text.isdigit() and len(text) in LENGTHS
    return digits and check_digit(text[:-1]) == text[-1]
