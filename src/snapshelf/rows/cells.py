"""Cells → the values of a product's fields. Each raises BadInput with a sentence that quotes the cell."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal

from snapshelf.errors import BadInput
from snapshelf.gtin import LENGTHS, check_digit

LONGEST_SKU, LONGEST_LINE, LONGEST_TEXT = 200, 1_000, 100_000  # characters
MOST_PIECES = 2**53  # pieces in stock; what a 64-bit float still counts exactly
IN_STOCK = frozenset({"in stock", "instock", "yes", "true", "available"})
OUT_OF_STOCK = frozenset(
    {"out of stock", "outofstock", "no", "false", "sold out", "unavailable", "preorder", "backorder"}
)


def is_empty(cell: object) -> bool:
    """Whether a cell says nothing: none, white space, NaN (how data frames write a gap), an empty list or object."""
    if isinstance(cell, str):
        return not cell.strip()
    if isinstance(cell, float | Decimal):
        return math.isnan(cell)
    return cell is None or (isinstance(cell, list | tuple | Mapping) and not cell)


def text_of(cell: object) -> str:
    """A cell as text, trimmed: 12.0 → "12", true → "true", a date in ISO 8601, a list joined by ", "; "" when empty.

    Control characters become spaces, half surrogates (which no file can hold) the replacement character.
    """
    if is_empty(cell):
        return ""
    if isinstance(cell, list | tuple):
        return ", ".join(filter(None, map(text_of, cell)))
    return _tidy(_plain(cell)).strip()


def sku_of(cell: object) -> str:
    """A SKU: the cell as text, trimmed and otherwise untouched, at most 200 characters."""
    text = "" if is_empty(cell) or isinstance(cell, list | tuple | Mapping) else _plain(cell).strip()
    if not text:
        raise BadInput("the SKU is empty; each product needs one of its own")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise BadInput(f"the SKU {text[:40]!r} holds a control character, which cannot be typed or looked up")
    if len(text) > LONGEST_SKU:
        raise BadInput(f"the SKU has {len(text):,} characters, more than {LONGEST_SKU}: {text[:40]!r} …")
    return text


def title_of(cell: object) -> str:
    """A title: one line of 1 to 1,000 characters."""
    text = line_of(cell)
    if not text:
        raise BadInput("the title is empty; a product needs one to be found by words")
    return text


def line_of(cell: object) -> str:
    """A cell as one line of text, at most 1,000 characters: a brand, a model number, a family. "" when empty."""
    return _bounded(" ".join(text_of(cell).split()), LONGEST_LINE)


def long_text_of(cell: object) -> str:
    """A cell as text of any number of lines, at most 100,000 characters. "" when empty."""
    return _bounded(text_of(cell), LONGEST_TEXT)


def _bounded(text: str, most: int) -> str:
    if len(text) > most:
        raise BadInput(f"the cell has {len(text):,} characters, more than {most:,}: {text[:40]!r} …")
    return text


def category_of(cell: object) -> str:
    """One category. Of several the deepest path, the first of equals; of a path such as "Men/Tops" the last step.

    In a text that is no list only " > " parts steps, since "Home/Office" may be one name.
    """
    pieces = list_of(cell)
    if pieces is None:
        return line_of(cell).rsplit(" > ", 1)[-1].strip()
    depths = [len(_steps(piece)) for piece in pieces]
    return line_of(_steps(pieces[depths.index(max(depths))])[-1]) if pieces else ""


def _steps(path: str) -> list[str]:
    return [step for part in re.split(r"/| > ", path) if (step := part.strip())] or [path]


def stock_of(cell: object) -> int:
    """Pieces in stock, at least 0: a whole number, or words such as "in stock" (1) and "out of stock" (0).

    Less than none, which is how shops count what was sold but not there, is 0.
    """
    text = text_of(cell)
    words = re.sub(r"[\s_-]+", " ", text.casefold())
    if words in IN_STOCK:
        return 1
    if words in OUT_OF_STOCK:
        return 0
    if re.fullmatch(r"-[0-9]+(\.0*)?", text):
        return 0
    if not re.fullmatch(r"[0-9]+(\.0*)?", text):
        raise BadInput(f'{text!r} is no stock; give a whole number, or "in stock" or "out of stock"')
    pieces = int(text.partition(".")[0]) if len(text) < 30 else MOST_PIECES
    if pieces >= MOST_PIECES:
        raise BadInput(f"{text[:40]!r} is more than any stock can hold")
    return pieces


def gtin_of(cell: object) -> str:
    """A GTIN (EAN, UPC) of 8, 12, 13 or 14 digits; of several the first good one. Spaces and hyphens are dropped."""
    pieces = list_of(cell)
    if pieces is None:
        return _gtin(text_of(cell))
    for piece in pieces:
        try:
            return _gtin(piece)
        except BadInput:
            continue
    return _gtin(pieces[0]) if pieces else ""


def _gtin(text: str) -> str:
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]+", digits) or len(digits) not in LENGTHS:
        raise BadInput(
            f"{text!r} is no GTIN (EAN, UPC), which has 8, 12, 13 or 14 digits; a spreadsheet may have dropped zeros "
            "at its beginning"
        )
    if check_digit(digits[:-1]) != digits[-1]:
        raise BadInput(f"{text!r} is no GTIN: its last digit should be {check_digit(digits[:-1])}, so one is mistyped")
    return digits


def list_of(cell: object) -> list[str] | None:
    """The texts of a list, or of a JSON list in a text, without the empty ones; None where the cell is no list."""
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        cell = _json(cell)
    if not isinstance(cell, list | tuple):
        return None
    return [text for piece in cell if (text := text_of(piece))]


def object_of(cell: object) -> Mapping[str, object] | None:
    """An object, or a JSON object in a text; None where the cell is none."""
    if isinstance(cell, str) and cell.lstrip().startswith("{"):
        cell = _json(cell)
    return {str(key): value for key, value in cell.items()} if isinstance(cell, Mapping) else None


def _json(text: str) -> object:
    try:
        return json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _plain(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float | Decimal) and math.isfinite(cell) and cell == int(cell):
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return json.dumps(cell, ensure_ascii=False, default=str) if isinstance(cell, Mapping) else str(cell)


def _tidy(text: str) -> str:
    if text.isprintable():
        return text
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", " ", text.replace("\r\n", "\n"))
    return re.sub(r"[\ud800-\udfff]", "\ufffd", text)
