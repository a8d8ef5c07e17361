"""Evaluations that the console runs: one file each, in the shelf, with what was measured and how the shelf was set."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import secrets
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from snapshelf.catalogue import changes
from snapshelf.errors import BadInput, Interrupted, NotHere, SnapshelfError, of_system
from snapshelf.evaluate import Report, read_queries
from snapshelf.http.server import Server
from snapshelf.stack import Stack

FOLDER = "evaluations"  # in the shelf
NAME = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{6}")
EVERY = 1.0  # seconds between two reports of progress
SILENT = 60.0  # seconds without one, after which a run is taken to have been interrupted
KEPT = 200
log = logging.getLogger("snapshelf.server")


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation. Times are seconds since 1970, UTC. ``settings``: what the answers depend on, in short words.

    ``queries`` and ``qrels``: names of the files. ``lanes``: (), or some that were asked alone. ``asked``: query id →
    its words and its filter, those that the inspector can ask. ``report`` is there once it is ``done``.
    """

    id: str
    began: float
    beat: float
    state: str
    by: str
    queries: str
    qrels: str
    lanes: tuple[str, ...] = ()
    done: int = 0
    total: int = 0
    error: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    report: Report | None = None

    @property
    def fingerprint(self) -> str:
        """Equal for two runs of equal settings."""
        return hashlib.sha256(json.dumps(self.settings, sort_keys=True).encode()).hexdigest()[:8]


def settings_of(stack: Stack) -> dict[str, str]:
    """What answers depend on: model, store, products, settings of search and ranking, the rules' text."""
    settings, rules = stack.settings, stack.rules or Path(os.devnull)
    with stack.catalogue.read() as connection:
        state, products = changes.now(connection), stack.count(connection)
    text = rules.read_bytes() if rules.is_file() else b""
    named = {f"search.{name}": str(value) for name, value in asdict(settings.search).items()}
    named |= {f"ranking.{name}": str(value) for name, value in asdict(settings.ranking).items()}
    return {
        "model": stack.model,
        "dim": str(stack.dim),
        "store": settings.store.name,
        "products": f"{products} (state {state})",
        "rules": hashlib.sha256(text).hexdigest()[:8] if text else "none",
        **named,
    }


def every(folder: Path) -> list[Run]:
    """All runs, newest first, without their reports; what cannot be read is left out."""
    names = sorted((file.stem for file in folder.glob("*.json") if NAME.fullmatch(file.stem)), reverse=True)
    found = []
    for name in names[:KEPT]:
        try:
            found.append(one(folder, name))
        except SnapshelfError as error:
            log.warning("an evaluation cannot be read: %s", error)
    return sorted(found, key=lambda run: -run.began)


def one(folder: Path, id: str) -> Run:
    """A run by its id. Raises NotHere for any other name, BadInput for a file that is damaged."""
    file = folder / f"{id}.json"
    if not NAME.fullmatch(id) or not file.is_file():
        raise NotHere(f"there is no evaluation {id[:60]!r}")
    try:
        held: dict[str, Any] = json.loads(file.read_text("utf-8"))
        report = held.pop("report")
        held["lanes"] = tuple(held["lanes"])
        held["asked"] = {name: (words, where) for name, (words, where) in held["asked"].items()}
        run = Run(**held, report=Report.from_json(report) if report else None)
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{file} is no evaluation of ours: {error!r}") from error
    silent = run.state == "running" and run.beat < time.time() - SILENT
    return replace(run, state="interrupted", error="the server was stopped meanwhile") if silent else run


def start(serving: Server, judgements: Path, queries: str, qrels: str, lanes: Sequence[str], by: str) -> Run:
    """Begin a run in a thread of its own. Raises BadInput while another runs; BadRow for files that cannot be used."""
    from filelock import FileLock

    folder, now = serving.shelf.stack.folder / FOLDER, time.time()
    held = [query for query in read_queries(judgements / queries) if query.parts == ("text",)]
    asked = {query.id: (query.text, query.where) for query in held}
    id = f"{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    settings = settings_of(serving.shelf.stack)
    run = Run(id, now, now, "running", by, queries, qrels, tuple(lanes), 0, len(asked), "", settings, asked)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "start.lock", timeout=10):
        if any(run.state == "running" for run in every(folder)):
            raise BadInput("an evaluation is running; wait for it to finish")
        _write(folder, run)
    work = threading.Thread(target=_work, args=(serving, judgements, run), name="snapshelf-evaluation", daemon=True)
    serving.memory["evaluation"] = work
    work.start()
    return run


def files(judgements: Path) -> tuple[list[str], list[str]]:
    """Names of the files of queries and of judgements that lie in the folder."""
    held = sorted(file.name for file in judgements.glob("*") if file.is_file())
    queries = [name for name in held if name.endswith(".jsonl")]
    return queries, [
        name for name in held if name.endswith((".csv", ".tsv", ".txt", ".qrels")) and name != "history.csv"
    ]


def _work(serving: Server, judgements: Path, run: Run) -> None:
    folder, last = serving.shelf.stack.folder / FOLDER, [time.monotonic()]

    def tell(done: int, total: int) -> None:
        if serving.closing:
            raise Interrupted("the server was stopped")
        if time.monotonic() - last[0] >= EVERY:
            last[0] = time.monotonic()
            _write(folder, replace(run, beat=time.time(), done=done, total=total))

    try:
        lanes = list(run.lanes) or None
        report = serving.shelf.evaluate(judgements / run.queries, judgements / run.qrels, lanes=lanes, progress=tell)
        asked = len(report.per_query)
        ended = replace(run, beat=time.time(), state="done", done=asked, total=asked, report=report)
    except Interrupted as error:
        ended = replace(run, beat=time.time(), state="interrupted", error=str(error))
    except SnapshelfError as error:
        ended = replace(run, beat=time.time(), state="failed", error=str(error))
    except Exception as error:  # a thread has nobody above it who would say so
        log.error("the evaluation %s failed", run.id, exc_info=error)
        ended = replace(run, beat=time.time(), state="failed", error=f"{type(error).__name__}: {error}")
    _write(folder, ended)


def _write(folder: Path, run: Run) -> None:
    """The whole file or, on any error, the one before. Raises Outside, NoSpace."""
    held = {name: getattr(run, name) for name in run.__slots__} | {"settings": dict(run.settings)}
    held["report"] = run.report.to_json() if run.report else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, suffix=".part", delete=False) as made:
            json.dump(held, made, ensure_ascii=False)
        os.replace(made.name, folder / f"{run.id}.json")
    except OSError as error:
        raise of_system(error) from error
