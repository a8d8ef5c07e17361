"""The shop's rules file as the console edits it: read, checked, saved whole or not at all, earlier versions kept."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from snapshelf.errors import BadInput, BadSettings, NotHere, of_system
from snapshelf.rank import signals
from snapshelf.rerankers.rules.check import check
from snapshelf.rerankers.rules.read import parse
from snapshelf.stack import RULES, Stack

NAME = RULES  # as faults call it
KEPT = 10  # earlier versions
LONGEST = 1_000_000  # characters
START = """\
# Rules of this shop; what may stand here: docs/ranking.md. Everything is optional.
# No product moves above one that is more than 10 % more relevant.
max_relevance_loss = 0.1

# [[boost]]
# name = "in stock"
# when = "in_stock"
# by = 0.05
"""
AT_LINE = re.compile(r"\(at line (\d+)")
KINDS = "boost|promotion|sponsored|pin|bury"
NAMED = r"""(?: \((?:'.*?'|".*?")\))?"""
RULE = re.compile(rf"^rules\.toml, ({KINDS}) (\d+){NAMED}(?:, (\w+):|: (\w+) )?", re.S)
SECTION = re.compile(r"^rules\.toml, \[([\w.]+)\](?:, (\w+))?")
KEY = re.compile(r"^rules\.toml(?:, |: )(?:there is no key ')?(\w+)")


@dataclass(frozen=True, slots=True)
class RulesFile:
    """The file as it is now; ``mark``: of its content, "" while there is none."""

    path: Path
    text: str
    mark: str
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with rules, and in which line, from 1; 0 where that is not known."""

    said: str
    line: int


def opened(stack: Stack) -> RulesFile:
    """The shop's rules file, or the one that would be made. Raises BadInput for one that is no text."""
    path = stack.rules or stack.folder / RULES
    text, mark = "", ""
    if path.is_file():
        data = path.read_bytes()
        try:
            text, mark = data.decode("utf-8"), _mark(data)
        except UnicodeDecodeError as error:
            raise BadInput(f"{path} is not UTF-8 text; save it as UTF-8") from error
    return RulesFile(path.absolute(), text, mark, tuple(versions(path)))


def fault(stack: Stack, text: str) -> Fault | None:
    """What keeps rules from being used in this shop; None for rules that are good."""
    try:
        if len(text) > LONGEST:
            raise BadSettings(f"{NAME} has {len(text):,} characters; at most {LONGEST:,} are taken")
        rules = parse(text, NAME)
        with stack.catalogue.read() as connection:
            check(rules, signals.known(connection))
    except BadSettings as error:
        return Fault(str(error), line_of(text, str(error)))
    return None


def save(stack: Stack, text: str, mark: str) -> RulesFile:
    """Put rules in the place of those that had ``mark`` when they were opened; what was there before is kept beside.

    Raises BadSettings for rules that cannot be used, BadInput where the file has changed since, Outside, NoSpace.
    """
    from filelock import FileLock

    if wrong := fault(stack, text):
        raise BadSettings(f"not saved: {wrong.said}")
    target = opened(stack).path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock", timeout=10):
            now = opened(stack)
            if now.mark != mark:
                raise BadInput("not saved: the file was changed by somebody else since you opened it")
            if now.mark and now.text != text:
                _keep(target)
            _write(target, text)
    except OSError as error:
        raise of_system(error) from error
    return opened(stack)


def versions(path: Path) -> list[str]:
    """Names of the earlier versions, newest first."""
    return sorted((file.name for file in _folder(path).glob("*.toml")), reverse=True)


def version(path: Path, name: str) -> str:
    """The text of an earlier version. Raises NotHere."""
    if name not in versions(path):
        raise NotHere(f"there is no earlier version {name[:60]!r} of {path.name}")
    return (_folder(path) / name).read_text("utf-8")


def line_of(text: str, said: str) -> int:
    """The line that a message about rules speaks of, 0 where it cannot be told."""
    if at := AT_LINE.search(said):
        return int(at[1])
    lines = text.splitlines()
    if rule := RULE.match(said):
        heads = [n for n, line in enumerate(lines) if re.match(rf"\s*\[\[\s*{rule[1]}\s*\]\]", line)]
        start = heads[int(rule[2]) - 1] if len(heads) >= int(rule[2]) else -1
        return _key_below(lines, start, rule[3] or rule[4] or "") if start >= 0 else 0
    if section := SECTION.match(said):
        found = (n for n, line in enumerate(lines) if re.match(rf"\s*\[\s*{re.escape(section[1])}\s*\]", line))
        start = next(found, -1)
        return _key_below(lines, start, section[2] or "") if start >= 0 else 0
    key = KEY.match(said)
    found = (n for n, line in enumerate(lines, 1) if key and re.match(rf"\s*\[*\s*{key[1]}\b", line))
    return next(found, 0)


def _key_below(lines: Sequence[str], start: int, key: str) -> int:
    """The line of a key of the table that begins at ``start``; the table's own where the key is missing."""
    for n in range(start + 1, len(lines)):
        if lines[n].lstrip().startswith("["):
            break
        if key and re.match(rf"\s*{re.escape(key)}\s*=", lines[n]):
            return n + 1
    return start + 1


def _keep(target: Path) -> None:
    folder = _folder(target)
    folder.mkdir(exist_ok=True)
    stamp = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H-%M-%S-%fZ")
    shutil.copy2(target, folder / f"{stamp}.toml")
    for old in versions(target)[KEPT:]:
        (folder / old).unlink(missing_ok=True)


def _write(target: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=target.parent, delete=False) as made:
        try:
            made.write(text)
            made.flush()
            os.fsync(made.fileno())
            os.chmod(made.name, target.stat().st_mode & 0o777 if target.exists() else 0o644)
            os.replace(made.name, target)
        except BaseException:
            Path(made.name).unlink(missing_ok=True)
            raise


def _folder(path: Path) -> Path:
    return path.with_name(f"{path.name}.versions")


def _mark(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:24]
