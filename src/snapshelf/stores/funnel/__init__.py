"""A shortlist by the short Matryoshka prefix, then the exact order from full vectors on disk. The default store.

While small it scores everything; when large it asks an inverted file over 8-bit codes of the prefix (`build`, `index`),
which measures its own recall when it is built (`calibrate`), and orders what it finds by the full vectors (`rescore`).
Filters never cost recall: few passing rows are scored exactly, for many more lists are visited. Why, and what was
measured: docs/decisions/0002-funnel.md.
"""

from __future__ import annotations

from pathlib import Path

from snapshelf.errors import BadSettings
from snapshelf.protocols import Options
from snapshelf.segments import open_rows
from snapshelf.stores.funnel.store import Funnel, Tuning

EXTRA = ""
CAN = frozenset({"delete", "filter", "filter-safe", "reopen", "update"})


def connect(location: Path, dim: int, options: Options) -> Funnel:
    """Open or create. Options: ``recall`` to reach at 10 (0.99), ``flat`` vectors up to which all are scored (20,000).

    Raises Mismatch for another dim or damaged files, BadSettings.
    """
    unknown = sorted(set(options) - {"recall", "flat"})
    if unknown:
        raise BadSettings(f"the funnel store has no setting {unknown[0]!r}; it has 'recall' and 'flat'")
    recall, flat = options.get("recall", 0.99), options.get("flat", 20_000)
    if not isinstance(recall, float) or not 0.5 <= recall < 1:
        raise BadSettings(f"the funnel's recall is a number from 0.5 to 0.999, not {recall!r}")
    if not isinstance(flat, int) or flat < 0:
        raise BadSettings(f"the funnel's 'flat' is a whole number of vectors, not {flat!r}")
    return Funnel(open_rows(location, dim), Tuning(recall, flat), CAN)
