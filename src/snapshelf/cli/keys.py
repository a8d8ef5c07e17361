"""snapshelf keys add, list and revoke."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from snapshelf.catalogue import keys
from snapshelf.catalogue.keys import Key
from snapshelf.cli import show
from snapshelf.errors import BadInput
from snapshelf.shelf import open_shelf

DAY = 86_400


def add(name: str, scopes: str, days: float | None, shelf: str, settings: Path | None, json: bool) -> None:
    """Make a key and print its secret once. Raises BadInput, NotHere."""
    if days is not None and not 0 < days <= 36_500:
        raise BadInput(f"--days is a number of days from now, up to 36,500, not {days:g}")
    now = time.time()
    expires = None if days is None else now + days * DAY
    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    with open_shelf(shelf, settings, create=False) as opened, opened.stack.catalogue.write() as connection:
        key, secret = keys.add(connection, name, wanted, expires, now)
    if json:
        show.dump(_plain(key, now) | {"secret": secret})
        return
    until = f", until {_day(expires)}" if expires else ""
    show.console.print(f"key {key.id} for {key.name}: {', '.join(key.scopes)}{until}", markup=False)
    show.console.print("its secret, which is shown only now and kept nowhere:", style="dim")
    show.console.out(secret, highlight=False)


def listed(shelf: str, settings: Path | None, json: bool) -> None:
    """Print all keys."""
    with open_shelf(shelf, settings, create=False) as opened, opened.stack.catalogue.read() as connection:
        found, now = keys.every(connection), time.time()
    if json:
        show.dump([_plain(key, now) for key in found])
    elif found:
        columns = ("id", "name", "scopes", "state", "made", "expires", "last used")
        show.table(columns, [_row(key, now) for key in found], right=("id",))
    else:
        show.console.print("there are no keys; make one with: snapshelf keys add NAME --scopes search")


def revoke(id: str, shelf: str, settings: Path | None, json: bool) -> None:
    """Refuse a key from now on. Raises NotHere."""
    with open_shelf(shelf, settings, create=False) as opened, opened.stack.catalogue.write() as connection:
        key = keys.revoke(connection, id)
    if json:
        show.dump(_plain(key, time.time()))
    else:
        show.console.print(f"key {key.id} for {key.name} is refused from now on", markup=False)


def _plain(key: Key, now: float) -> dict[str, Any]:
    return asdict(key) | {"state": keys.state(key, now) or "good"}


def _row(key: Key, now: float) -> list[str]:
    times = [_day(key.made), _day(key.expires) or "never", _day(key.used) or "never"]
    return [key.id, key.name, ", ".join(key.scopes), keys.state(key, now) or "good", *times]


def _day(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
