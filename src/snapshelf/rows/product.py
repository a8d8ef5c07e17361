"""One row of a catalogue → a product, or why it is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from snapshelf.errors import BadInput, BadRow
from snapshelf.rows.cells import (
    LONGEST_TEXT,
    category_of,
    gtin_of,
    is_empty,
    line_of,
    long_text_of,
    object_of,
    sku_of,
    stock_of,
    text_of,
    title_of,
)
from snapshelf.rows.files import files_of
from snapshelf.rows.kinds import unfit, value_of
from snapshelf.rows.price import currency_of, price_of
from snapshelf.types import Kind, Product, Value

Key = tuple[str, ...]  # (column,), or (column, word, …) for what stands inside of it
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one file become products: ``feeds`` is field → column, ``attributes`` key → (name, type)."""

    file: str
    folder: Path
    feeds: Mapping[str, str]
    attributes: Mapping[Key, tuple[str, Kind]]


class _Refused(Exception):
    """A cell that cannot be used, on its way up to the row it stands in."""

    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason


def product_of(plan: Plan, row: int, cells: Mapping[str, object]) -> Product | BadRow:
    """The product of a row's cells (column → cell). ``row`` is its number as a person counts it."""
    sku = ""
    try:
        sku = _read(plan, cells, "sku", sku_of)
        currency = _read(plan, cells, "currency", _currency)
        price, currency = _read(plan, cells, "price", lambda cell: _price(cell, currency))
        return Product(
            sku=sku,
            title=_read(plan, cells, "title", title_of),
            description=_read(plan, cells, "description", long_text_of),
            brand=_read(plan, cells, "brand", line_of),
            category=_read(plan, cells, "category", category_of),
            price=price,
            currency=currency,
            stock=_read(plan, cells, "stock", lambda cell: None if is_empty(cell) else stock_of(cell)),
            gtin=_read(plan, cells, "gtin", lambda cell: "" if is_empty(cell) else gtin_of(cell)),
            mpn=_read(plan, cells, "mpn", line_of),
            family=_read(plan, cells, "family", line_of),
            images=_read(plan, cells, "images", lambda cell: files_of(cell, plan.folder)),
            audios=_read(plan, cells, "audios", lambda cell: files_of(cell, plan.folder, "sound")),
            videos=_read(plan, cells, "videos", lambda cell: files_of(cell, plan.folder, "video")),
            attributes=dict(sorted(_attributes(plan, cells))),
        )
    except _Refused as refused:
        return BadRow(plan.file, row, refused.column, refused.reason, sku)


def parts(column: str, cell: object) -> Iterator[tuple[Key, object]]:
    """What a cell holds: itself, or the members of an object, each under its key.

    An object written as JSON text is opened only in a column called "…_json". Members of such a column, and of one
    called "attributes", go by their own names; those of another column have its name before theirs.
    """
    named = column.casefold()
    held = object_of(cell) if isinstance(cell, Mapping) or named.endswith("_json") else None
    if held is None:
        yield (column,), cell
        return
    before = () if named.endswith("_json") or named == "attributes" else (column,)
    for name, value in held.items():
        yield (column, *before, name), value


def _attributes(plan: Plan, cells: Mapping[str, object]) -> Iterator[tuple[str, Value]]:
    for column, cell in cells.items():
        for key, value in parts(column, cell):
            if key in plan.attributes:
                name, kind = plan.attributes[key]
                held, wrong = value_of(value, kind), unfit(value, kind)
                if wrong:
                    raise _Refused(column, wrong)
                if isinstance(held, str | tuple) and sum(map(len, held)) > LONGEST_TEXT:
                    raise _Refused(column, f"the attribute {name} has more than {LONGEST_TEXT:,} characters")
                if held is not None:
                    yield name, held


def _read(plan: Plan, cells: Mapping[str, object], field: str, parse: Callable[[object], T]) -> T:
    column = plan.feeds.get(field, "")
    try:
        return parse(cells.get(column) if column else None)
    except BadInput as error:
        raise _Refused(column or field, str(error)) from None


def _currency(cell: object) -> str:
    text = text_of(cell)
    return currency_of(text) if text else ""


def _price(cell: object, currency: str) -> tuple[float | None, str]:
    return (None, currency) if is_empty(cell) else price_of(cell, currency)
