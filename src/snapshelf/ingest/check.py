"""What a product must be, whoever made it: a source of ours, a third party's, or a program."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import cast

from snapshelf.errors import BadInput
from snapshelf.rows.cells import LONGEST_LINE, LONGEST_TEXT, MOST_PIECES, gtin_of, sku_of
from snapshelf.rows.price import currency_of
from snapshelf.types import Product

CODES: Mapping[str, Callable[[str], str]] = {"sku": sku_of, "currency": currency_of, "gtin": gtin_of}
FILES = ("images", "audios", "videos")
TEXTS = ("title", "description", "brand", "category", "mpn", "family")


def wrong(product: Product) -> tuple[str, str] | None:
    """(field or attribute, why it cannot be kept) of the first thing wrong with a product; None when it is whole.

    The types that `Product` promises are not taken on trust, since a program may put anything into a field.
    """
    return _wrong_code(product) or _wrong_text(product) or _wrong_number(product) or _wrong_rest(product)


def _wrong_code(product: Product) -> tuple[str, str] | None:
    for name, read in CODES.items():
        value = getattr(product, name)
        if not isinstance(value, str):
            return name, f"it is {value!r}, and must be a text"
        try:
            plain = read(value) if value or name == "sku" else ""
        except BadInput as error:
            return name, str(error)
        if plain != value:
            return name, f"it is {value!r}; write {plain!r}"
    return None


def _wrong_text(product: Product) -> tuple[str, str] | None:
    for name in TEXTS:
        reason = _unfit(getattr(product, name), LONGEST_TEXT if name == "description" else LONGEST_LINE)
        if reason:
            return name, reason
    return None if product.title.strip() else ("title", "it is empty; a product needs one to be found by words")


def _wrong_number(product: Product) -> tuple[str, str] | None:
    price, stock = product.price, product.stock
    if price is not None and not (_finite(price) and price >= 0):
        return "price", f"{price!r} is no price; give a finite number of at least 0, or None"
    if stock is not None and not (isinstance(stock, int) and stock is not True and 0 <= stock < MOST_PIECES):
        return "stock", f"{stock!r} is no stock; give a whole number of at least 0, or None"
    return None


def _wrong_rest(product: Product) -> tuple[str, str] | None:
    for name in FILES:
        refs = getattr(product, name)
        if not isinstance(refs, tuple | list) or not all(isinstance(ref, str) for ref in refs):
            return name, f"they are {refs!r}; give a tuple of paths or URLs"
    if not isinstance(product.attributes, Mapping):
        return "attributes", f"they are a {type(product.attributes).__name__}; give a dict of names and values"
    for name, value in product.attributes.items():
        if not isinstance(name, str) or not name.strip() or _unfit(name, LONGEST_LINE):
            return "attributes", f"{name!r} is no name of an attribute; give a text"
        reason = _unfit_value(value)
        if reason:
            return name, reason
    return None


def _unfit_value(value: object) -> str:
    if isinstance(value, str):
        return _unfit(value, LONGEST_TEXT)
    if isinstance(value, tuple):
        return next((reason for one in value if (reason := _unfit(one, LONGEST_TEXT))), "")
    if isinstance(value, bool) or _finite(value):
        return ""
    return f"{str(value)[:80]!r} is no value; give a text, a finite number, true or false, or a tuple of texts"


def _unfit(value: object, most: int) -> str:
    if not isinstance(value, str):
        return f"it is {value!r}, and must be a text"
    if len(value) > most:
        return f"it has {len(value):,} characters, more than {most:,}"
    return "" if value.isprintable() or _encodes(value) else "it holds half of a character (a surrogate)"


def _encodes(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _finite(value: object) -> bool:
    try:
        return isinstance(value, int | float) and value is not True and math.isfinite(cast(float, value))
    except OverflowError:
        return False
