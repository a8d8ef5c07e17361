"""Events into the catalogue: read one by one, kept and counted in transactions."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from snapshelf.catalogue import events
from snapshelf.errors import BadInput, BadRow, NotHere
from snapshelf.rank import ubi
from snapshelf.stack import Stack

AT_ONCE = 5_000  # rows in one transaction
SHOWN = 1_000  # refused rows that are kept with their reasons; all are counted


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of events. ``refused``: the first of them, each with row and reason, of ``refusals`` in all.

    ``aside``: SKU → events of products that are not in the shelf; they count once the product comes. ``ignored``:
    action → rows whose action is not counted.
    """

    counted: int = 0
    again: int = 0
    aside: Mapping[str, int] = field(default_factory=dict)
    ignored: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[BadRow, ...] = ()
    refusals: int = 0


def record(stack: Stack, given: Iterable[object], source: str = "", now: float | None = None) -> Recorded:
    """Keep events (`snapshelf.rank.ubi`) and count them; one that cannot be used is refused, the rest go in.

    given: one mapping per event, or (row, mapping) pairs as `lines` yields them. Recording the same events again
    changes nothing. Visible to the next search of every process. Raises Busy, NoSpace, Outside.
    """
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise BadInput(f"give a list of events, each a table of names and values, not a {type(given).__name__}")
    half_life = stack.settings.ranking.half_life_days
    rows, done = enumerate(given, start=1), Recorded()
    while batch := list(islice(rows, AT_ONCE)):
        part, found, words = _read(batch, source, time.time() if now is None else now)
        with stack.catalogue.write() as connection:
            made = events.record(connection, found, words, half_life)
        done = _sum(done, part, made)
    return done


def lines(path: Path) -> Iterator[tuple[int, object]]:
    """(line number, value) of a file of JSON Lines; a line that is no JSON is yielded as the error. Raises NotHere."""
    if not path.is_file():
        raise NotHere(f"there is no file of events {path}")
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                try:
                    yield number, json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
                except (ValueError, RecursionError) as error:
                    yield number, ubi.Refused(f"this line is no JSON ({error})")


def _read(
    batch: Iterable[tuple[int, object]], source: str, now: float
) -> tuple[Recorded, list[events.Event], dict[str, str]]:
    found: list[events.Event] = []
    words: dict[str, str] = {}
    refused: list[BadRow] = []
    ignored: Counter[str] = Counter()
    for number, row in batch:
        if isinstance(row, tuple) and len(row) == 2 and isinstance(row[0], int):
            number, row = row
        try:
            if isinstance(row, ubi.Refused):
                raise row
            one = ubi.read(row, now)
        except ubi.Refused as error:
            refused.append(BadRow(source, number, "", str(error)))
            continue
        found.extend(one.events)
        if one.query and one.text:
            words.setdefault(one.query, one.text)
        if one.ignored:
            ignored[one.ignored] += 1
    return Recorded(ignored=ignored, refused=tuple(refused[:SHOWN]), refusals=len(refused)), found, words


def _sum(done: Recorded, part: Recorded, made: events.Counted) -> Recorded:
    return Recorded(
        done.counted + made.counted,
        done.again + made.again,
        dict(Counter(done.aside) + Counter(made.aside)),
        dict(Counter(done.ignored) + Counter(part.ignored)),
        (*done.refused, *part.refused)[:SHOWN],
        done.refusals + part.refusals,
    )
