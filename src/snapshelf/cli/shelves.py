"""snapshelf show, remove and info."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from snapshelf.cli import show as printing
from snapshelf.errors import NotHere
from snapshelf.shelf import open_shelf


def show(sku: str, shelf: str, settings: Path | None, json: bool) -> None:
    """Print one product."""
    with open_shelf(shelf, settings, create=False) as opened:
        product = opened.show(sku)
    if json:
        printing.dump(asdict(product))
        return
    plain = asdict(product)
    plain.pop("attributes")
    fields = plain | {"price": printing.price(product), "stock": printing.stock(product)}
    fields |= {name: "\n".join(getattr(product, name)) for name in ("images", "audios", "videos")}
    fields |= dict(product.attributes)
    printing.table(
        ("field", "value"), [(name, _text(value)) for name, value in fields.items() if value not in ("", None)]
    )


def remove(skus: list[str], shelf: str, settings: Path | None) -> None:
    """Remove products; NotHere, after the others are gone, for those that were not there."""
    with open_shelf(shelf, settings, create=False) as opened:
        removed = opened.remove(skus)
    printing.console.print(f"removed {len(removed)} of {len(set(skus))}")
    lost = [sku for sku in dict.fromkeys(skus) if sku not in set(removed)]
    if lost:
        raise NotHere(f"there was no product {', '.join(lost)} in this shelf")


def info(shelf: str, settings: Path | None, json: bool) -> None:
    """Print what a shelf holds."""
    with open_shelf(shelf, settings, create=False) as opened:
        found = asdict(opened.info())
    if json:
        printing.dump(found)
        return
    found["attributes"] = ", ".join(f"{name} ({kind})" for name, kind in found["attributes"].items())
    found["bytes"] = f"{found['bytes']:,}"
    printing.table(("", ""), [(name.replace("_", " "), _text(value)) for name, value in found.items()])


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
