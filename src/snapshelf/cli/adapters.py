"""snapshelf embedders and stores."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from snapshelf import plugins
from snapshelf.cli import show


def embedders(json: bool) -> None:
    """Print every card of every embedder."""
    modules = {name: plugins.find("embedders", name) for name in plugins.names("embedders")}
    cards = [card for module in modules.values() for card in module.CARDS]
    naming = {name: module for name, module in modules.items() if not module.CARDS}
    if json:
        show.dump([*map(asdict, cards), *({"name": f"{name}:…", "extra": naming[name].EXTRA} for name in naming)])
        return
    rows = [
        (card.name, ", ".join(sorted(card.modalities)), "/".join(map(str, card.dims)), card.licence, card.notes)
        for card in cards
    ]
    rows += [(f"{name}:…", "–", "–", "–", (module.__doc__ or "").splitlines()[0]) for name, module in naming.items()]
    show.table(("name", "understands", "dimensions", "licence", ""), rows)


def stores(json: bool) -> None:
    """Print every store with what it can do and what it needs."""
    modules = {name: plugins.find("stores", name) for name in plugins.names("stores")}
    if json:
        show.dump([_store(name, module) for name, module in modules.items()])
        return
    rows = [
        (name, ", ".join(sorted(module.CAN)), module.EXTRA or "nothing", (module.__doc__ or "").splitlines()[0])
        for name, module in modules.items()
    ]
    show.table(("name", "can", "needs", ""), rows)


def _store(name: str, module: Any) -> dict[str, Any]:
    return {"name": name, "can": sorted(module.CAN), "extra": module.EXTRA}
