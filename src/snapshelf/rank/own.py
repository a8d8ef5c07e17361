"""What a shelf reranks with: its rules and its model, if it has any. Importing this is cheap: most have neither."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection

from snapshelf import plugins
from snapshelf.stack import Stack

if TYPE_CHECKING:
    from snapshelf.protocols import Reranker
    from snapshelf.rerankers.rules import RuleReranker

MODEL = "reranker"  # folder of the trained model, in the shelf


@dataclass(frozen=True, slots=True)
class Rerankers:
    """What a shelf reranks with: None for what it does not have."""

    rules: RuleReranker | None = None
    model: Reranker | None = None

    @property
    def needs(self) -> frozenset[str]:
        """The signals that they read."""
        return (self.rules.needs if self.rules else frozenset()) | (self.model.needs if self.model else frozenset())

    def __bool__(self) -> bool:
        return bool(self.rules or self.model)


class Mark(NamedTuple):
    """Which rules and which model: the file, when it was last written, and when the model was."""

    file: Path | None
    rules: int
    model: int


NOTHING = Mark(None, 0, 0)


def rules_of(stack: Stack, connection: Connection) -> RuleReranker | None:
    """The shop's rules, read now. Raises NotHere, BadSettings."""
    file = stack.rules
    if file is None:
        return None
    from snapshelf.rank import signals

    read: RuleReranker = plugins.find("rerankers", "rules").load(file, signals.known(connection))
    return read


def of_shelf(stack: Stack, connection: Connection) -> Rerankers:
    """The shop's rules and the model that was trained, read again when a file changes.

    Raises NotHere, BadSettings for rules that cannot be used, Mismatch for a model of other features, MissingExtra.
    """
    mark, kept = mark_of(stack), stack.folder / MODEL
    if mark == NOTHING:
        return Rerankers()
    held: tuple[object, Rerankers] | None = stack.rerankers  # type: ignore[assignment]
    if held is None or held[0] != mark:
        from snapshelf.rank import signals

        known = signals.known(connection)
        model = plugins.find("rerankers", "lambdamart").load(kept, known) if mark.model else None
        held = (mark, Rerankers(rules_of(stack, connection), model))
        stack.rerankers = held
    return held[1]


def mark_of(stack: Stack) -> Mark:
    """What they are now; another one when a file changes."""
    file = stack.rules
    model = _stamp(stack.folder / MODEL / "model.json") if stack.settings.ranking.learned else 0
    return Mark(file, _stamp(file), model)


def _stamp(file: Path | None) -> int:
    """When a file was last written; 0 where there is none."""
    try:
        return file.stat().st_mtime_ns if file else 0
    except OSError:
        return 0
