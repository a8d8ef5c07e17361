"""Fit the slopes of `snapshelf.search.relevance`: how much each lane's evidence weighs.

    python benchmarks/fit_lanes.py ../shared/data --seeds 101 102 103

Fitted on two sorts of queries whose answers we derive, never on a grade of Icecat nor on the sample shop that ships:
rendered shops of seeds of their own, with the queries made from what the goods are; and Best Buy and AWS retail products
indexed without their categories, asked for by the name of a category, alone and with a brand, which the products in it
answer. Every sort weighs the same, and every query within it; each has a constant of its own, and `SLOPES` takes that of
the rendered shops. Prints the table to put into `SLOPES`.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from pathlib import Path

import duckdb
import numpy as np

import snapshelf
from snapshelf.sample import render
from snapshelf.search import question, relevance, weights
from snapshelf.types import Product

KINDS = ("text", "image", "mixed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103])
    parser.add_argument("--products", type=int, default=600)
    parser.add_argument("--keep", type=Path, help="a folder to keep the shelves in")
    given = parser.parse_args()
    rows: dict[str, dict[str, list[np.ndarray]]] = {kind: {} for kind in KINDS}
    with tempfile.TemporaryDirectory() as spare:
        keep = given.keep or Path(spare)
        for seed in given.seeds:
            place = keep / str(seed)
            if not (place / "shop").exists():
                render(place / "shop", seed=seed, products=given.products)
            with snapshelf.open(place / "shelf") as shelf:
                shelf.index(place / "shop" / "products.csv")
                for kind, query in features(shelf, *of_shop(place / "shop")):
                    rows[kind].setdefault("rendered", []).append(query)
        for name, read in (("bestbuy", bestbuy), ("aws", aws)):
            made, asked, grades = read(given.data)
            with snapshelf.open(keep / name) as shelf:
                shelf.index(made)
                for kind, query in features(shelf, asked, grades):
                    rows[kind].setdefault(name, []).append(query)
    for kind in KINDS:
        print(fitted(kind, rows[kind]))


def of_shop(shop: Path):
    """The queries of a rendered shop and their grades."""
    grades: dict[str, dict[str, int]] = {}
    with (shop / "qrels.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            grades.setdefault(row["query"], {})[row["sku"]] = int(row["grade"])
    asked = [json.loads(line) for line in (shop / "queries.jsonl").read_text("utf-8").splitlines()]
    return [(a["id"], a.get("text"), str(shop / a["image"]) if a.get("image") else None) for a in asked], grades


def bestbuy(data: Path):
    """Products without categories; queries: every category of 3 to 300 products, and the brands within it."""
    query = f"SELECT DISTINCT ON (sku) sku, name, description, brand, categories FROM '{data}/bestbuy/products.parquet'"
    rows = duckdb.sql(query + " ORDER BY sku").fetchall()
    made = [Product(str(sku), name, said or "", brand or "") for sku, name, said, brand, _ in rows]
    members = [(str(sku), brand or "", category) for sku, *_, brand, of in rows for category in of or []]
    return made, *of_categories(members)


def aws(data: Path):
    """Products without categories; queries: every style."""
    rows = duckdb.sql(
        f"SELECT id, name, description, style FROM '{data}/aws_retail/products.parquet' ORDER BY id"
    ).fetchall()
    made = [Product(str(id), name, said or "") for id, name, said, _ in rows]
    return made, *of_categories([(str(id), "", style) for id, *_, style in rows if style])


def of_categories(members: list[tuple[str, str, str]]):
    held: dict[str, dict[str, int]] = {}
    for sku, brand, category in members:
        held.setdefault(category.lower(), {})[sku] = 1
        if brand:
            held.setdefault(f"{brand} {category}".lower(), {})[sku] = 1
    some = {text: skus for text, skus in sorted(held.items()) if 3 <= len(skus) <= 300}
    return [(text, text, None) for text in some], some


def features(shelf, asked, grades):
    """For each query its kind and (candidates, 5): z by words, z by sight, share of BM25, label, weight."""
    stack = shelf.stack
    with stack.catalogue.read() as connection:
        total = stack.count(connection)
        for id, text, image in asked:
            parts = question(stack, text, image).parts
            one = weights.features(stack, connection, parts, grades[id], total)
            weight = np.full(len(one.skus), 1 / len(one.skus))
            yield (
                relevance.kind_of_query(parts),
                np.column_stack([one.words, one.sight, one.share, one.grades > 0, weight]),
            )


def fitted(kind: str, corpora: dict[str, list[np.ndarray]]) -> str:
    """One line of `SLOPES`, by Newton's method with a little ridge; slopes below 0 are set to 0 and fitted again."""
    names = sorted(corpora, reverse=True)  # the rendered shops first
    table = np.concatenate([row for name in names for row in corpora[name]])
    corpus = np.concatenate([np.full(len(row), n) for n, name in enumerate(names) for row in corpora[name]])
    most = max(len(queries) for queries in corpora.values())
    words, sight, share, label, weight = table.T
    weight = weight * np.array([most / len(corpora[name]) for name in names])[corpus]
    both = ~np.isnan(words) & ~np.isnan(sight)
    tie = float((words[both] @ sight[both]) / (words[both] @ words[both]))
    lone = np.isnan(sight)
    matrix = np.column_stack([np.nan_to_num(words), np.where(lone, tie * words, sight), share])
    constants = (corpus[:, None] == np.arange(len(names))).astype(float)
    keep = [0, 1, 2] if kind != "image" else [0, 1]
    while True:
        fit = newton(np.column_stack([constants, matrix[:, keep]]), label, weight)
        slopes = np.zeros(3)
        slopes[keep] = fit[len(names) :]
        below = [n for n in keep if slopes[n] < 0]
        if not below:
            break
        keep = [n for n in keep if n not in below]
    said = ", ".join(f"{one:.3f}" for one in (fit[0], *slopes, min(1.0, max(0.0, tie))))
    counts = ", ".join(f"{len(corpora[name])} of {name} (constant {fit[n]:.2f})" for n, name in enumerate(names))
    return f'    "{kind}": Slopes({said}),  # {counts}'


def newton(matrix: np.ndarray, label: np.ndarray, weight: np.ndarray, ridge: float = 1e-3) -> np.ndarray:
    slopes = np.zeros(matrix.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(matrix @ slopes, -30, 30)))
        gradient = matrix.T @ (weight * (label - p)) - ridge * slopes
        curve = (matrix * (weight * p * (1 - p))[:, None]).T @ matrix + ridge * np.eye(len(slopes))
        step = np.linalg.solve(curve, gradient)
        slopes += step
        if np.abs(step).max() < 1e-8:
            break
    return slopes


if __name__ == "__main__":
    main()
