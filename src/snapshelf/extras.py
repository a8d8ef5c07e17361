"""Optional packages: import one late, or say which line installs it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from snapshelf.errors import MissingExtra


def need(module: str, extra: str) -> Any:
    """The imported module; raises MissingExtra with the pip line when its package is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise  # a package that is there but broken must not be reported as missing
        raise MissingExtra(f"{module} is not installed; run: pip install 'snapshelf[{extra}]'") from error
