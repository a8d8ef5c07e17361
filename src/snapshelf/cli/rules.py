"""snapshelf rules check, snapshelf rules dry-run."""

from __future__ import annotations

from pathlib import Path

from snapshelf import config, plugins
from snapshelf.cli import show
from snapshelf.errors import NotHere
from snapshelf.rank import signals
from snapshelf.rank.dryrun import Moved
from snapshelf.rerankers.rules.read import read
from snapshelf.shelf import open_shelf


def check(file: Path, shelf: str, settings: Path | None) -> None:
    """Read a rules file and hold it against the shelf's signals. Raises NotHere, BadSettings."""
    rules = read(file)
    try:
        with open_shelf(shelf, settings, create=False) as opened, opened.stack.catalogue.read() as connection:
            plugins.find("rerankers", "rules").load(file, signals.known(connection))
        held = "and this shelf has every signal they name"
    except NotHere:
        if shelf:
            raise
        held = f"there is no shelf in {config.load(settings).shelf} to look their signals up in"
    counts = {
        "boosts and promotions": len(rules.boosts),
        "sponsored slots": len(rules.slots),
        "pins": len(rules.pins),
        "buried": len(rules.buries),
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "no rules"
    show.console.print(f"{file}: {told}; {held}", markup=False)


def dry_run(query: str, rules: Path | None, k: int, among: int, shelf: str, settings: Path | None, json: bool) -> None:
    """Print the first ``k`` places as the rules would have them."""
    with open_shelf(shelf, settings, create=False) as opened:
        moved = opened.dry_run(query, rules or "", max(k, among))
    if json:
        show.dump([{**one.ranked._asdict(), "before": one.before, "title": one.product.title} for one in moved[:k]])
        return
    columns = ["#", "before", "relevance", "final", "SKU", "title", "why"]
    show.table(columns, [_cells(one) for one in moved[:k]], right=("#", "before", "relevance", "final"))
    fallen = [one for one in moved[k:] if one.before <= k]
    if fallen:
        named = ", ".join(f"{one.product.sku} ({one.before} → {one.ranked.rank})" for one in fallen)
        show.console.print(f"no longer among the first {k}: {named}", markup=False)


def _cells(one: Moved) -> list[str]:
    way = "" if one.ranked.moved == 0 else " ▲" if one.ranked.moved > 0 else " ▼"
    ranked = one.ranked
    return [
        str(ranked.rank),
        f"{one.before}{way}",
        f"{ranked.relevance:.3f}",
        f"{ranked.final:.3f}",
        ranked.sku,
        one.product.title,
        one.why(),
    ]
