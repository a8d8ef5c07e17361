"""The shops of `examples/`, indexed as the examples index them, and kept."""

from __future__ import annotations

import json
import runpy
import zipfile
from pathlib import Path

import snapshelf

EXAMPLES = Path(__file__).parents[1] / "examples"


def grocery(data: Path, keep: Path) -> snapshelf.Shelf:
    """The grocery catalogue's 81 products."""
    work, module = keep / "grocery", runpy.run_path(str(EXAMPLES / "grocery.py"))
    shelf = snapshelf.open(work / "shelf")
    if not shelf.info().products:
        zipfile.ZipFile(data / "grocery" / "iconic.zip").extractall(work / "iconic")
        module["catalogue"](module["table"](data / "grocery" / "products.csv"), work / "products.csv")
        shelf.index(work / "products.csv", images=work / "iconic")
    return shelf


def magento(data: Path, keep: Path) -> tuple[snapshelf.Shelf, list[Path]]:
    """The clothes shop's variants with their main picture, and their other pictures, which are not indexed."""
    work, module = keep / "magento", runpy.run_path(str(EXAMPLES / "magento.py"))
    rows = module["read"](data / "magento" / "products.parquet")
    variants = [row for row in rows if row["product_type"] == "simple" and row["images"]]
    shelf = snapshelf.open(work / "shelf")
    if not shelf.info().products:
        zipfile.ZipFile(data / "magento" / "images.zip").extractall(work / "images")
        families = {row["sku"]: row for row in rows if row["product_type"] == "configurable"}
        lines = [json.dumps(module["product"](row, families)) + "\n" for row in variants]
        (work / "products.jsonl").write_text("".join(lines), "utf-8")
        shelf.index(work / "products.jsonl", images=work / "images")
    main = {row["images"][0] for row in variants}
    others = sorted({one for row in variants for one in row["images"][1:]} - main)
    return shelf, [work / "images" / one for one in others]
