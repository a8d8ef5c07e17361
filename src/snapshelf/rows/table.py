"""The reader every format shares: a first pass finds columns and types, the second yields products."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from snapshelf.errors import BadInput, BadRow, NotHere
from snapshelf.rows.columns import Names, guess
from snapshelf.rows.kinds import widest
from snapshelf.rows.product import Key, Plan, parts, product_of
from snapshelf.types import Kind, Product

Line: TypeAlias = "tuple[int, Mapping[str, object] | str]"  # row number, its cells by column or why it has none
Lines: TypeAlias = Callable[[], Iterator[Line]]  # reads the file once more from its beginning

MOST_ATTRIBUTES = 10_000  # more different ones come from keys that are data, such as dates or SKUs
KEPT = ("category", "gtin")  # fields that take one of a list; the whole list stays an attribute


@dataclass(frozen=True, slots=True)
class Table:
    """An open catalogue (`protocols.Reader`). Each iteration reads the file once more, in bounded memory."""

    columns: Mapping[str, str]
    total: int
    plan: Plan
    lines: Lines

    def __iter__(self) -> Iterator[tuple[int, Product | BadRow]]:
        """Yield (row, product or why it is none). A SKU may come twice; who takes the rows keeps the table of them."""
        for row, cells in self.lines():
            made = (
                BadRow(self.plan.file, row, "", cells) if isinstance(cells, str) else product_of(self.plan, row, cells)
            )
            yield row, made


@dataclass(slots=True)
class _Seen:
    """What the first pass finds: columns and keys in the order in which they come, and types so far."""

    kinds: dict[Key, Kind | None] = field(default_factory=dict)
    columns: dict[str, None] = field(default_factory=dict)
    rows: int = 0
    fault: str = ""  # why the first row that cannot be read has no cells


def open_table(path: Path, lines: Lines, wanted: Mapping[str, str], images: Path | None) -> Table:
    """A reader over a file's rows.

    wanted: field → column where guessing is not wanted. images: the folder of relative pictures, or None for that of
    the file. Raises BadInput when there are no rows, none can be read, or no column feeds a needed field; NotHere when
    the folder of images is not there.
    """
    folder = path.parent if images is None else images
    if not folder.is_dir():
        raise NotHere(f"there is no folder of images {folder}")
    seen = _scan(path, lines)
    feeds = guess(list(seen.columns), wanted, path.name)
    fed = {column for name, column in feeds.items() if name not in KEPT or seen.kinds.get((column,)) != "list"}
    open_keys = [key for key in seen.kinds if key[0] not in fed and seen.kinds[key]]
    names = Names()
    names.reserve(key[0] for key in open_keys if len(key) == 1)
    attributes = {key: (names.of(key), kind) for key in open_keys if (kind := seen.kinds[key])}
    if len(attributes) > MOST_ATTRIBUTES:
        raise BadInput(
            f"{path.name} has {len(attributes):,} different attributes, more than {MOST_ATTRIBUTES:,}; a column of "
            "objects seems to hold data, such as dates, where it should hold names"
        )
    plan = Plan(path.name, folder.absolute(), feeds, attributes)
    return Table({column: _said(column, plan) for column in seen.columns}, seen.rows, plan, lines)


def unreadable(path: Path, error: OSError) -> BadInput | NotHere:
    """What to raise when the system cannot open or read a catalogue."""
    if isinstance(error, FileNotFoundError):
        return NotHere(f"there is no catalogue {path}")
    return BadInput(f"{path} cannot be read: {error.strerror or error}")


def _scan(path: Path, lines: Lines) -> _Seen:
    seen = _Seen()
    for row, cells in lines():
        seen.rows += 1
        if isinstance(cells, str):
            seen.fault = seen.fault or f"row {row} {cells}"
            continue
        for column, cell in cells.items():
            seen.columns.setdefault(column)
            for key, value in parts(column, cell):
                seen.kinds[key] = widest(seen.kinds.get(key), value)
        if len(seen.kinds) > 20 * MOST_ATTRIBUTES:
            break  # refused anyway; a scan to the end would only fill the memory
    if not seen.rows:
        raise BadInput(f"{path.name} holds no rows, so there are no products in it")
    if not seen.columns:
        raise BadInput(f"{path.name} holds no rows that can be read: {seen.fault}")
    return seen


def _said(column: str, plan: Plan) -> str:
    """What becomes of a column, for a person."""
    said = [name for name, fed in plan.feeds.items() if fed == column]
    if (column,) in plan.attributes:
        name, kind = plan.attributes[(column,)]
        said.append(f"attribute {'' if name == column else name + ' '}({kind})")
    inside = sum(key[0] == column and len(key) > 1 for key in plan.attributes)
    if inside:
        said.append("1 attribute" if inside == 1 else f"{inside} attributes")
    return ", ".join(said) or "ignored"
