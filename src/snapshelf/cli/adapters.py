"""snapshelf embedders and stores."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from snapshelf import plugins
from snapshelf.cli import show


def embedders(json: bool) -> None:
    """Print every card of every embedder."""
    cards = [card for name in plugins.names("embedders") for card in plugins.find("embedders", name).CARDS]
    if json:
        show.dump([asdict(card) for card in cards])
        return
    rows = [
        (card.name, ", ".join(sorted(card.modalities)), "/".join(map(str, card.dims)), card.licence, card.notes)
        for card in cards
    ]
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
