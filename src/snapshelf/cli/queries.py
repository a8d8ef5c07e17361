"""snapshelf queries."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from snapshelf.cli import show
from snapshelf.errors import BadInput
from snapshelf.money import dollars
from snapshelf.observe.queries import Figures, Frequent, Overview, as_plain, overview
from snapshelf.shelf import open_shelf

SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
WORDS = 10  # of each list that are printed


def queries(since: str, shelf: str, settings: Path | None, json: bool) -> None:
    """Print the overview of the query log up to now. Raises BadInput, NotHere."""
    now = time.time()
    began = read_since(since, now)
    with open_shelf(shelf, settings, create=False) as opened:
        found = overview(opened.stack, began, now)
    if json:
        show.dump(as_plain(found))
    elif found.total.queries:
        _print(found)
    else:
        show.console.print(f"no query was logged since {_time(began)}")


def read_since(since: str, now: float) -> float:
    """Seconds since 1970 of "90m", "24h", "7d", "2w" ago, or of a date or time in ISO 8601 (UTC without an offset)."""
    span = re.fullmatch(r"\s*(\d{1,6})\s*([mhdw])\s*", since)
    try:
        if span:
            at = now - int(span[1]) * SECONDS[span[2]]
        else:
            moment = datetime.fromisoformat(since.strip())
            at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise BadInput(f"--since is {since!r}; write 90m, 24h, 7d, or a date such as 2026-11-01") from error
    if at >= now:
        raise BadInput(f"--since is {since!r}, which is not in the past")
    return max(at, 0.0)


def _print(found: Overview) -> None:
    columns = ("kind", "queries", "CTR", "nothing", "P50", "P95", "P99", "a query")
    rows = [_cells(kind, figures) for kind, figures in found.kinds.items()]
    if len(rows) > 1:
        rows.append(_cells("all", found.total))
    show.console.print(f"since {_time(found.since)}; nothing: the share that was told that nothing fits", style="dim")
    show.table(columns, rows, right=columns[1:])
    _print_words("asked most often", found.frequent)
    _print_words("asked most often of what found nothing", found.unanswered)


def _print_words(title: str, some: Sequence[Frequent]) -> None:
    if some:
        show.console.print(f"\n{title}:")
        show.table(("queries", "words"), [(f"{one.queries:,}", one.text) for one in some[:WORDS]], right=("queries",))


def _cells(kind: str, one: Figures) -> list[str]:
    times = [_milliseconds(seconds) for seconds in (one.p50, one.p95, one.p99)]
    return [kind, f"{one.queries:,}", _share(one.ctr), _share(one.nothing_rate), *times, dollars(_per_query(one))]


def _per_query(one: Figures) -> float:
    return one.dollars_per_query or 0.0


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _milliseconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1_000:,.0f} ms"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
