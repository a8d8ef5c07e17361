"""Pages of results: which there are, as links."""

from __future__ import annotations

from dataclasses import dataclass, replace

from snapshelf.http.question import LAST_PAGE
from snapshelf.web.store.asked import Asked, address

AROUND = 2  # pages before and after this one that are named


@dataclass(frozen=True, slots=True)
class Pages:
    """``numbers``: (page, address), 0 where some are left out; ``before`` and ``after`` are addresses, "" for none."""

    here: int
    before: str
    after: str
    numbers: tuple[tuple[int, str], ...]


def pages(asked: Asked, total: int, more: bool, size: int) -> Pages | None:
    """None where all is on one page. more: some follow that were not counted."""
    here, last = asked.page, max(asked.page, -(-total // size))
    last = min(max(last, here + 1) if more else last, LAST_PAGE)
    if last == 1:
        return None
    wanted = sorted({1, last, *range(max(1, here - AROUND), min(last, here + AROUND) + 1)})
    numbers: list[tuple[int, str]] = []
    for number in wanted:
        if numbers and number > numbers[-1][0] + 1:
            numbers.append((0, ""))
        numbers.append((number, _to(asked, number)))
    return Pages(
        here, _to(asked, here - 1) if here > 1 else "", _to(asked, here + 1) if here < last else "", tuple(numbers)
    )


def _to(asked: Asked, number: int) -> str:
    return address(replace(asked, page=number))
