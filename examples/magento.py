"""A clothes shop with families, sizes, colours and prices: words, pictures, both, and filters.

    python examples/magento.py ../shared/data/magento

Each variant is indexed with its main picture only. Its other pictures (back, close-up) are the photo queries, so no
query was ever indexed. Mixed queries show a variant in one colour and ask for another.
"""

import csv
import json
import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb

import snapshelf
from snapshelf.evaluate import Report

Row = dict[str, Any]


def run(data: Path, work: Path) -> Report:
    """Index the variants in ``work/shelf`` and ask by kind and colour, by photo, and by photo with another colour."""
    with zipfile.ZipFile(data / "images.zip") as archive:
        archive.extractall(work / "images")
    rows = read(data / "products.parquet")
    families = {row["sku"]: row for row in rows if row["product_type"] == "configurable"}
    variants = [row for row in rows if row["product_type"] == "simple" and row["images"]]
    with (work / "products.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(product(row, families)) + "\n" for row in variants)
    queries(variants, work)
    with snapshelf.open(work / "shelf") as shelf:
        summary = shelf.index(work / "products.jsonl", images=work / "images")
        print(f"{summary.added} products, {summary.embedded} views, {len(summary.refused)} refused")
        cards = shelf.search(text="warm hoodie", where='price < 60 and color == "Gray"', collapse="family", k=3)
        for hit in cards:
            print(f"  {hit.score:.3f} {hit.product.title} ({hit.siblings} more variants)")
        return shelf.evaluate(work / "queries.jsonl", work / "qrels.csv", ("precision@1", "recall@5", "mrr@10"))


def read(path: Path) -> list[Row]:
    """All rows of a Parquet file."""
    found = duckdb.read_parquet(str(path))
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def product(row: Row, families: dict[str, Row]) -> Row:
    """A variant with what its family knows of material and pattern."""
    shared = json.loads(families.get(row["parent_sku"], {}).get("attributes_json") or "{}")
    return {
        "sku": row["sku"],
        "title": row["name"],
        "description": row["description"],
        "category": kind(row),
        "price": row["price"],
        "currency": "USD",
        "family": row["parent_sku"],
        "size": row["size"],
        "color": row["color"],
        "material": shared.get("material", []),
        "pattern": shared.get("pattern", []),
        "images": row["images"][:1],
    }


def kind(row: Row) -> str:
    """The most exact category, such as "Hoodies & Sweatshirts"."""
    return max(row["categories"] or [""], key=lambda path: path.count("/")).rsplit("/", 1)[-1]


def queries(variants: list[Row], work: Path) -> None:
    """Queries with their judgements, derived from the catalogue's own fields."""
    asked: list[Row] = []
    judged: list[tuple[str, str, int]] = []

    def ask(name: str, relevant: list[str], **query: Any) -> None:
        asked.append({"id": name, **query})
        judged.extend((name, sku, 1) for sku in relevant)

    by_kind, by_look = defaultdict(list), defaultdict(list)
    for row in variants:
        if row["color"] and row["parent_sku"]:
            by_kind[kind(row), row["color"]].append(row)
            by_look[row["parent_sku"], row["color"]].append(row)
    for (what, color), rows in sorted(by_kind.items()):
        ask(f"words-{what}-{color}", [row["sku"] for row in rows], text=f"{color} {what}".lower())
        price = sorted(row["price"] for row in rows)[len(rows) // 2]
        cheap = [row["sku"] for row in rows if row["price"] <= price]
        ask(f"cheap-{what}-{color}", cheap, text=f"{color} {what}".lower(), where=f"price <= {price}")
    for (family, color), rows in sorted(by_look.items()):
        for other in max(rows, key=lambda row: len(row["images"]))["images"][1:]:
            ask(f"photo-{other}", [row["sku"] for row in rows], image=f"images/{other}")
        wanted = next((c for f, c in sorted(by_look) if f == family and c != color), None)
        if wanted:
            relevant = [row["sku"] for row in by_look[family, wanted]]
            ask(f"both-{family}-{color}", relevant, image=f"images/{rows[0]['images'][0]}", text=f"in {wanted}".lower())
    (work / "queries.jsonl").write_text("".join(json.dumps(one) + "\n" for one in asked), encoding="utf-8")
    with (work / "qrels.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("query", "sku", "grade"), *judged])


def main() -> None:
    with tempfile.TemporaryDirectory() as work:
        report = run(Path(sys.argv[1]), Path(work))
    for row in report.rows():
        print("{:<8} {:>6}  {:<12} {:>6}  {}".format(*row))


if __name__ == "__main__":
    main()
