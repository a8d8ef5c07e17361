"""Adapters by name: a file of the folder, or a third party's entry point (group ``snapshelf.<kind>``)."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from snapshelf.errors import UnknownAdapter, nearest

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

KINDS = ("embedders", "metrics", "recognisers", "rerankers", "sources", "stores")


def names(kind: str) -> list[str]:
    """Every adapter of a kind, sorted. Lists file names; imports nothing."""
    return sorted({*_own(kind), *_foreign(kind)})


def find(kind: str, name: str) -> ModuleType:
    """The adapter's module. Ours win over a third party's of the same name. Raises UnknownAdapter."""
    if name in _own(kind):
        return import_module(f"snapshelf.{kind}.{name}")
    if name in _foreign(kind):
        module = _foreign(kind)[name].load()
        if not isinstance(module, ModuleType):
            raise UnknownAdapter(f"the entry point snapshelf.{kind} {name!r} does not name a module")
        return module
    raise UnknownAdapter(f"there is no {kind.removesuffix('s')} called {name!r}.{nearest(name, names(kind))}")


@cache
def _own(kind: str) -> frozenset[str]:
    folder = Path(__file__).parent / kind
    found = {p.stem for p in folder.glob("*.py")} | {p.parent.name for p in folder.glob("*/__init__.py")}
    return frozenset(name for name in found if not name.startswith("_"))


@cache
def _foreign(kind: str) -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=f"snapshelf.{kind}")}
