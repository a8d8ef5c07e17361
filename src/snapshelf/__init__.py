"""Snapshelf: one search box for a shop, for words, photos, sound and video.

import snapshelf
shelf = snapshelf.open("shelf/")
shelf.index("products.csv")
for hit in shelf.search(text="55in OLED", image="tv.jpg", where="price < 1500", k=12):
    print(hit.sku, hit.score, hit.product.title, hit.scores)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snapshelf.errors import SnapshelfError
    from snapshelf.shelf import Shelf
    from snapshelf.shelf import open_shelf as open
    from snapshelf.types import Hit, Product, Results

__version__ = "0.1.0"
__all__ = ["Hit", "Product", "Results", "Shelf", "SnapshelfError", "__version__", "open"]

_HOME = {
    "Hit": ("types", "Hit"),
    "Product": ("types", "Product"),
    "Results": ("types", "Results"),
    "Shelf": ("shelf", "Shelf"),
    "SnapshelfError": ("errors", "SnapshelfError"),
    "open": ("shelf", "open_shelf"),
}


def __getattr__(name: str) -> object:
    """Public names are imported when they are first used, so that importing the package costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module 'snapshelf' has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _HOME[name]
    return getattr(import_module(f"snapshelf.{module}"), attribute)
