"""Codes as shoppers type them → products: SKU, GTIN and part number, with punctuation and case ignored."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from snapshelf.catalogue.schema import codes
from snapshelf.gtin import is_gtin
from snapshelf.types import Product

LONGEST = 64  # characters of a code without its punctuation; more is a text
SHORTEST_NEAR = 5  # below it, one typo leads to too many other codes
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
ORDER = {"sku": 0, "gtin": 1, "mpn": 2}
AT_ONCE = 2000  # parameters in one IN (…)
_FIND = select(codes.c.code, codes.c.kind, codes.c.sku).where(codes.c.code.in_(bindparam("wanted", expanding=True)))


@dataclass(frozen=True, slots=True)
class Match:
    """A product that has a code: ``kind`` is "sku", "gtin" or "mpn"."""

    sku: str
    kind: str


def bare(text: str) -> str:
    """A code without what people leave out or write otherwise: "CF-283 a" → "cf283a"; "" for what is too long."""
    plain = unicodedata.normalize("NFKC", text[: 4 * LONGEST]).casefold()
    kept = "".join(letter for letter in plain if letter.isalnum())
    return kept if len(kept) <= LONGEST and len(text) <= 4 * LONGEST else ""


def gtin14(code: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as 14 digits; "" where the length or the check digit is wrong.

    Shorter numbers are the longer ones without leading zeros (GS1 General Specifications, section 3.3).
    """
    return code.zfill(14) if is_gtin(code) else ""


def rows_of(product: Product) -> list[dict[str, Any]]:
    """The rows of the table for one product. Its GTIN field may hold several numbers, with , ; or | between them."""
    found = {("sku", bare(product.sku)), ("mpn", bare(product.mpn))}
    for number in product.gtin.replace(";", ",").replace("|", ",").split(","):
        plain = bare(number)
        found.add(("gtin", gtin14(plain) or plain))
    return [{"code": code, "kind": kind, "sku": product.sku} for kind, code in sorted(found) if code]


def find(connection: Connection, texts: Sequence[str]) -> Mapping[str, list[Match]]:
    """Text → the products whose code it is, for those texts that are one; SKUs before GTINs before part numbers.

    A part number counts only with a digit in it: "Pavilion" is a word, though some product has it as its number.
    """
    asked: dict[str, list[str]] = {}
    for text in dict.fromkeys(texts):
        plain = bare(text)
        for code in {plain, gtin14(plain)} - {""}:
            asked.setdefault(code, []).append(text)
    found: dict[str, list[Match]] = {}
    for code, kind, sku in _rows(connection, list(asked)):
        if kind != "mpn" or any(letter.isdigit() for letter in code):
            for text in asked[code]:
                found.setdefault(text, []).append(Match(sku, kind))
    return {text: _in_order(found[text], text) for text in dict.fromkeys(texts) if text in found}


def near(connection: Connection, text: str) -> list[Match]:
    """Products with a code that is one typo away: a character wrong, missing, too many, or two swapped.

    Only for codes of `SHORTEST_NEAR` characters and more with a digit among them; a GTIN that results must have the
    right check digit.
    """
    plain = bare(text)
    if not SHORTEST_NEAR <= len(plain) <= 32 or not any(letter.isdigit() for letter in plain):
        return []
    wanted = set(_edits(plain))
    wanted |= {gtin14(code) for code in wanted} - {""}
    return _in_order([Match(sku, kind) for _, kind, sku in _rows(connection, sorted(wanted))], text)


def _rows(connection: Connection, wanted: Sequence[str]) -> list[Any]:
    rows = list[Any]()
    for start in range(0, len(wanted), AT_ONCE):
        rows.extend(connection.execute(_FIND, {"wanted": wanted[start : start + AT_ONCE]}))
    return rows


def _in_order(found: Sequence[Match], text: str) -> list[Match]:
    """Each product once, under its best kind; the one that is written just so first."""
    best: dict[str, Match] = {}
    for match in sorted(found, key=lambda one: (ORDER[one.kind], one.sku != text.strip(), one.sku)):
        best.setdefault(match.sku, match)
    return list(best.values())


def _edits(code: str) -> Iterator[str]:
    for at in range(len(code) + 1):
        before, after = code[:at], code[at:]
        yield from (before + letter + after for letter in LETTERS)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in LETTERS if letter != after[0])
        if len(after) > 1 and after[0] != after[1]:
            yield before + after[1] + after[0] + after[2:]
