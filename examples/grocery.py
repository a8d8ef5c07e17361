"""Photos taken in a shop, found among its 81 products: index a real grocery catalogue and measure the answers.

    python examples/grocery.py ../shared/data/grocery

The data set is Klasson, Zhang & Kjellström 2019, A Hierarchical Grocery Store Image Dataset with Visual and Semantic
Labels (WACV): one catalogue picture and a description per product, and phone photos taken in front of the shelf.
"""

import csv
import json
import sys
import tempfile
import zipfile
from pathlib import Path

import snapshelf
from snapshelf.evaluate import Report


def run(data: Path, work: Path) -> Report:
    """Index the catalogue in ``work/shelf`` and ask it with every test photo, with words, and with both."""
    for name in ("iconic", "test"):
        with zipfile.ZipFile(data / f"{name}.zip") as archive:
            archive.extractall(work / name)
    products = table(data / "products.csv")
    catalogue(products, work / "products.csv")
    queries(products, data, work)
    with snapshelf.open(work / "shelf") as shelf:
        summary = shelf.index(work / "products.csv", images=work / "iconic")
        print(f"{summary.added} products, {summary.embedded} views, {len(summary.refused)} refused")
        return shelf.evaluate(work / "queries.jsonl", work / "qrels.csv", ("precision@1", "recall@5", "mrr@10"))


def table(path: Path) -> list[dict[str, str]]:
    """All rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def catalogue(products: list[dict[str, str]], path: Path) -> None:
    """What the shop says of a product: name, kind, description, picture. Its longer shop title is kept for queries."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["sku", "title", "category", "department", "description", "image"])
        for p in products:
            row = (p["product_id"], p["name"], p["coarse_name"], p["department"], p["description"], p["iconic_image"])
            writer.writerow(row)


def queries(products: list[dict[str, str]], data: Path, work: Path) -> None:
    """Every test photo; every shop title in words; every third photo together with the kind of thing it shows."""
    photos = [row for row in table(data / "manifest.csv") if row["split"] == "test"]
    asked, judged = [], []
    for n, photo in enumerate(photos):
        asked.append({"id": f"photo-{n}", "image": f"test/{photo['file']}"})
        judged.append((f"photo-{n}", photo["fine_id"], 1))
        if n % 3 == 0:
            asked.append({"id": f"both-{n}", "image": f"test/{photo['file']}", "text": photo["coarse_name"]})
            judged.append((f"both-{n}", photo["fine_id"], 1))
    for product in products:
        if product["shop_title"]:
            asked.append({"id": f"words-{product['product_id']}", "text": product["shop_title"]})
            judged.append((f"words-{product['product_id']}", product["product_id"], 1))
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
