"""Every error a caller may meet, as one tree.

SnapshelfError
├── BadInput           the caller can fix it               HTTP 400   exit 2
│   ├── BadFilter         a filter that does not parse, or names what no product has
│   ├── BadMedia          not a picture, too large, truncated, or out of reach
│   ├── BadQuery          nothing to search for, or a weight, k or page that makes no sense
│   ├── BadRow            one row of a catalogue that cannot become a product
│   ├── BadSettings       a setting that is unknown or has the wrong type
│   ├── DuplicateSku      two rows claim the same SKU
│   └── UnknownAdapter    no embedder, store, metric … of that name; says the nearest
├── NotHere            no such product, shelf or file      HTTP 404   exit 3
├── Mismatch           the shelf was built otherwise       HTTP 409   exit 4
├── Unsupported        this adapter cannot do that         HTTP 501   exit 5
├── MissingExtra       carries the line that installs it   HTTP 503   exit 6
├── Outside            a library or service failed         HTTP 502   exit 7   (__cause__ kept)
├── Busy               another process is writing          HTTP 423   exit 8
├── NoSpace            the disk is full                    HTTP 507   exit 9
├── SomeRefused        the rest went in, some rows did not HTTP 422   exit 10
├── OverBudget         the next call would cost too much   HTTP 402   exit 11
└── Interrupted        a person stopped it                 HTTP 503   exit 130

``http_status`` and ``exit_code`` are class attributes, so neither API nor command line keeps a table.
"""

from __future__ import annotations

import errno
from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


class SnapshelfError(Exception):
    """The family: catch it to catch everything Snapshelf raises on purpose."""

    http_status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1


class BadInput(SnapshelfError):
    """Something the caller gave is wrong; the message says what, where, and what to do."""

    http_status = 400
    exit_code = 2


class BadFilter(BadInput):
    """A filter that cannot be used. ``text`` is the filter, ``position`` the 0-based character where it goes wrong.

    The message shows the place with a caret below it, of a long filter only what stands around it.
    """

    def __init__(self, reason: str, text: str = "", position: int | None = None) -> None:
        self.reason, self.text, self.position = reason, text, position
        super().__init__(reason if position is None else f"{reason}\n{_placed(text, position)}")


class BadMedia(BadInput):
    """A picture, sound or clip that cannot be used."""


class BadQuery(BadInput):
    """A query that cannot be answered as asked."""


class BadRow(BadInput):
    """One row that cannot become a product: where it stands, which column, and why."""

    def __init__(self, file: str, row: int, column: str, reason: str, sku: str = "") -> None:
        self.file, self.row, self.column, self.reason, self.sku = file, row, column, reason, sku
        where = (
            f"{file}, row {row}".removeprefix(", ")
            + (f", column {column!r}" if column else "")
            + (f" (SKU {sku})" if sku else "")
        )
        super().__init__(f"{where}: {reason}")


class BadSettings(BadInput):
    """A setting that is unknown, or whose value cannot be used."""


class DuplicateSku(BadInput):
    """The same SKU twice in one catalogue; names both rows."""


class UnknownAdapter(BadInput):
    """No adapter of that name is installed."""


class NotHere(SnapshelfError):
    """The product, shelf or file asked for does not exist."""

    http_status = 404
    exit_code = 3


class Mismatch(SnapshelfError):
    """The shelf was built with another model, dimension or a newer version."""

    http_status = 409
    exit_code = 4


class Unsupported(SnapshelfError):
    """This embedder or store cannot do what was asked; what it cannot do it declares in ``CAN``."""

    http_status = 501
    exit_code = 5


class MissingExtra(SnapshelfError):
    """An optional package is not installed; the message is the line to run."""

    http_status = 503
    exit_code = 6


class Outside(SnapshelfError):
    """A library, file system or service failed; ``__cause__`` holds its own error."""

    http_status = 502
    exit_code = 7


class Busy(SnapshelfError):
    """Another process is writing to the shelf."""

    http_status = 423
    exit_code = 8


class NoSpace(SnapshelfError):
    """The disk is full; what was finished before is kept."""

    http_status = 507
    exit_code = 9


class SomeRefused(SnapshelfError):
    """The work went through, except for the items named in the report; ``items`` are (SKU, reason) where known."""

    http_status = 422
    exit_code = 10

    def __init__(self, message: str, items: Iterable[tuple[str, str]] = ()) -> None:
        self.items = tuple(items)
        super().__init__(message)


class OverBudget(SnapshelfError):
    """The next call would spend more than the settings allow; what was paid for is kept."""

    http_status = 402
    exit_code = 11


class Interrupted(SnapshelfError):
    """A person stopped the work; what was finished is kept, and the same call goes on from there."""

    http_status = 503
    exit_code = 130  # as shells report a program stopped by Ctrl-C


def of_system(error: OSError) -> SnapshelfError:
    """What to raise for an error of the file system: NoSpace where it is full, else Outside with its own words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return NoSpace("the disk is full; what was finished before is kept, so free space and run it again")
    said = error.strerror or str(error)
    if error.filename is None:
        return Outside(f"the system says: {said}")
    return Outside(f"{error.filename} cannot be used: {said}; is it there, and may this user read and write it?")


AROUND = 50  # characters of a filter shown on either side of a mistake


def _placed(text: str, position: int) -> str:
    before, after = text[:position], text[position:]
    if len(before) > AROUND + 1:
        before = "…" + before[-AROUND:]
    if len(after) > AROUND + 1:
        after = after[:AROUND] + "…"
    shown = "".join(letter if letter.isprintable() else " " for letter in before + after)
    return f"  {shown}\n  {' ' * len(before)}^"


def nearest(name: str, known: Iterable[str]) -> str:
    """' Did you mean …?' with the closest known name, or what there is; for the end of an error message."""
    names = sorted(known)
    close = get_close_matches(name.lower(), [n.lower() for n in names], n=1, cutoff=0.5)
    if close:
        return f" Did you mean {next(n for n in names if n.lower() == close[0])!r}?"
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return f" There is: {shown}." if names else ""
