"""What a shelf reranks with: its rules and its model, if it has any. Importing this is cheap: most have neither."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

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


def rules_of(stack: Stack, connection: Connection) -> RuleReranker | None:
    """The rules that the settings name, read now. Raises NotHere, BadSettings."""
    file = stack.settings.ranking.rules
    if not file:
        return None
    from snapshelf.rank import signals

    read: RuleReranker = plugins.find("rerankers", "rules").load(Path(file), signals.known(connection))
    return read


def of_shelf(stack: Stack, connection: Connection) -> Rerankers:
    """The rules that the settings name and the model that was trained, read again when a file changes.

    Raises NotHere, BadSettings for rules that cannot be used, Mismatch for a model of other features, MissingExtra.
    """
    ranking, kept = stack.settings.ranking, stack.folder / MODEL
    rules_file = Path(ranking.rules) if ranking.rules else None
    stamps = (_stamp(rules_file), _stamp(kept / "model.json") if ranking.learned else 0)
    if not any(stamps) and rules_file is None:
        return Rerankers()
    mark = (rules_file, stamps)
    held: tuple[object, Rerankers] | None = stack.rerankers  # type: ignore[assignment]
    if held is None or held[0] != mark:
        from snapshelf.rank import signals

        known = signals.known(connection)
        model = plugins.find("rerankers", "lambdamart").load(kept, known) if stamps[1] else None
        held = (mark, Rerankers(rules_of(stack, connection), model))
        stack.rerankers = held
    return held[1]


def _stamp(file: Path | None) -> int:
    """When a file was last written; 0 where there is none."""
    try:
        return file.stat().st_mtime_ns if file else 0
    except OSError:
        return 0
