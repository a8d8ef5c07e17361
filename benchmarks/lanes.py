"""What the lanes find together: judged words, codes, price limits. What a shop does not sell: benchmarks/abstention.py.

    python benchmarks/lanes.py ../shared/data                # all of it
    python benchmarks/lanes.py ../shared/data --only codes   # icecat, shop, mixed, codes, limits

Icecat's grades are scored on each query's judged products alone (condensed lists), asked for through the filter of an
ordinary search.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np

import snapshelf
from machine import describe
from snapshelf.fusion import rrf
from snapshelf.metrics import mrr, ndcg, ndcg_exp
from snapshelf.sample import render
from snapshelf.stats import mean_interval, paired
from snapshelf.types import Product

EVERYTHING = ("icecat", "shop", "mixed", "codes", "limits")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", nargs="*", default=EVERYTHING, choices=EVERYTHING)
    parser.add_argument("--keep", type=Path, help="a folder to keep shelves in")
    given = parser.parse_args()
    print(describe("snapshelf", "numpy", "tantivy", "onnxruntime"))
    with tempfile.TemporaryDirectory() as spare:
        keep = given.keep or Path(spare)
        for name in given.only:
            print(f"\n## {name}\n")
            globals()[f"measure_{name}"](given.data, keep)


# --- catalogues -------------------------------------------------------------------------------------------------------


def shelf_of(keep: Path, name: str, made: Callable[[], list[Product]]) -> snapshelf.Shelf:
    shelf = snapshelf.open(keep / name)
    if not shelf.info().products:
        shelf.index(made())
    return shelf


def rows(data: Path, columns: str, bundle: str) -> list[tuple]:
    return duckdb.sql(f"SELECT {columns} FROM '{data}/{bundle}/products.parquet'").fetchall()


def judgements(data: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    with (data / "icecat" / "ratings.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["query"], {})[row["doc_id"]] = int(row["rating"])
    return found


def icecat(data: Path, keep: Path) -> snapshelf.Shelf:
    def made() -> list[Product]:
        pools: dict[str, list[str]] = {}
        for n, grades in enumerate(judgements(data).values()):
            for sku in grades:
                pools.setdefault(sku, []).append(f"pool{n}")
        found = []
        for sku, title, said, brand, price, eans, mpn in rows(
            data, "id, title, short_description, brand, price, ean, model_name", "icecat"
        ):
            pool = {"pool": tuple(pools[str(sku)])} if str(sku) in pools else {}
            gtin, money = (eans or [""])[0], "USD" if price is not None else ""
            found.append(
                Product(
                    str(sku),
                    title or mpn,
                    said or "",
                    brand or "",
                    "",
                    price,
                    money,
                    None,
                    gtin,
                    mpn or "",
                    attributes=pool,
                )
            )
        return found

    return shelf_of(keep, "icecat", made)


def bestbuy(data: Path, keep: Path) -> snapshelf.Shelf:
    def made() -> list[Product]:
        found = {}
        for sku, name, said, brand, categories, price in rows(
            data, "sku, name, description, brand, categories, price", "bestbuy"
        ):
            found.setdefault(
                str(sku), Product(str(sku), name, said or "", brand or "", (categories or [""])[-1], price, "USD")
            )
        return list(found.values())

    return shelf_of(keep, "bestbuy", made)


def aws(data: Path, keep: Path) -> snapshelf.Shelf:
    def made() -> list[Product]:
        found = []
        for sku, name, said, category, style, price, stock in rows(
            data, "id, name, description, category, style, price, current_stock", "aws_retail"
        ):
            style = {"style": style} if style else {}
            found.append(Product(str(sku), name, said or "", "", category or "", price, "USD", stock, attributes=style))
        return found

    return shelf_of(keep, "aws", made)


def sample_shop(keep: Path) -> tuple[snapshelf.Shelf, Path]:
    shop = keep / "shop7"
    if not (shop / "products.csv").exists():
        render(shop, seed=7, products=600)
    shelf = snapshelf.open(keep / "shelf7")
    shelf.index(shop / "products.csv")
    return shelf, shop


# --- tables -----------------------------------------------------------------------------------------------------------


def table(scores: dict[str, list[float]], lanes: tuple[str, ...], name: str) -> None:
    """Every way's mean and interval, and its difference from the better single lane with p."""
    better = max(lanes, key=lambda lane: float(np.mean(scores[lane])))
    print(f"| {name}, {len(scores[better])} queries | mean (95 %) | less the better lane |\n| --- | --- | --- |")
    for way, values in scores.items():
        of, change = mean_interval(values), paired(scores[better], values)
        low, high = change.interval.low or 0, change.interval.high or 0
        said = "" if way == better else f"{change.interval.mean:+.3f} ({low:+.3f} to {high:+.3f}), p {change.p:.3f}"
        print(f"| {way} | {of.mean:.3f} ({of.low:.3f} to {of.high:.3f}) | {said} |")
    print()


def measure_icecat(data: Path, keep: Path) -> None:
    shelf, scores = icecat(data, keep), {}
    ways = {
        "vector": {"lanes": "vector", "understand": False},
        "lexical": {"lanes": "lexical", "understand": False},
        "all, words as they stand": {"lanes": "exact,vector,lexical", "understand": False},
        "all, understood": {"lanes": "exact,vector,lexical", "understand": True},
    }
    for n, (query, grades) in enumerate(judgements(data).items()):
        if not any(grade > 0 for grade in grades.values()):
            continue
        found = {}
        for way, asked in ways.items():
            hits = shelf.search(query, where=f'pool == "pool{n}"', k=200, cutoff=False, **asked)
            found[way] = [hit.sku for hit in hits]
        found["reciprocal rank of the two"] = [sku for sku, _ in rrf([found["vector"], found["lexical"]])]
        for way, ranking in found.items():
            scores.setdefault(way, []).append(ndcg_exp.score(ranking, grades, 10))
    table(scores, ("vector", "lexical"), "Icecat, nDCG@10 with gain 2^grade − 1")
    shelf.close()


def measure_shop(data: Path, keep: Path) -> None:
    shelf, shop = sample_shop(keep)
    grades: dict[str, dict[str, int]] = {}
    with (shop / "qrels.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            grades.setdefault(row["query"], {})[row["sku"]] = int(row["grade"])
    ways = ("vector", "lexical", "exact,vector,lexical")
    for kind in ("text", "image", "mixed"):
        scores: dict[str, list[float]] = {}
        for line in (shop / "queries.jsonl").read_text("utf-8").splitlines():
            asked = json.loads(line)
            if asked["id"].startswith(kind):
                image = str(shop / asked["image"]) if asked.get("image") else None
                for way in ways:
                    if kind == "text" or way != "lexical":
                        hits = shelf.search(asked.get("text"), image, k=10, lanes=way)
                        scores.setdefault(way, []).append(
                            ndcg.score([hit.sku for hit in hits], grades[asked["id"]], 10)
                        )
        table(scores, tuple(way for way in ways[:2] if way in scores), f"sample shop, {kind}, nDCG@10")
    shelf.close()


def measure_mixed(data: Path, keep: Path) -> None:
    """Words, codes, and attributes with a price limit asked of one shop; the first right product counts."""
    shelf, shop = sample_shop(keep)
    chance = random.Random(11)
    with (shop / "products.csv").open(newline="", encoding="utf-8") as file:
        goods = list(csv.DictReader(file))
    grades: dict[str, dict[str, int]] = {}
    with (shop / "qrels.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["grade"] == "2":
                grades.setdefault(row["query"], {})[row["sku"]] = 1
    texts = {
        q["id"]: q["text"]
        for q in map(json.loads, (shop / "queries.jsonl").read_text("utf-8").splitlines())
        if q.get("text")
    }
    asked = [(texts[id], held) for id, held in grades.items() if id.startswith("text")]
    for good in chance.sample(goods, len(asked)):
        asked.append((good[chance.choice(("sku", "gtin", "mpn"))], {good["sku"]: 1}))
    for good in chance.sample(goods, len(grades)):
        colour, kind, limit = good["color"], good["title"].split(",")[0].split()[-1], float(good["price"]) + 1
        held = {g["sku"]: 1 for g in goods if g["color"] == colour and kind in g["title"] and float(g["price"]) < limit}
        asked.append((f"{colour} {kind} under {limit:.0f} EUR", held))
    scores: dict[str, list[float]] = {}
    for text, held in asked:
        for way in ("vector", "lexical", "exact,vector,lexical"):
            hits = shelf.search(text, k=10, lanes=way)
            scores.setdefault(way, []).append(mrr.score([hit.sku for hit in hits], held, 10))
    table(scores, ("vector", "lexical"), "sample shop, words + codes + attributes, MRR@10")
    shelf.close()


def measure_codes(data: Path, keep: Path) -> None:
    shelf, chance = icecat(data, keep), random.Random(3)
    products = rows(data, "id, ean, model_name", "icecat")
    first = right = asked = offered = assumed = typos = 0
    for sku, eans, mpn in chance.sample(products, 2000):
        kind = chance.choice(("sku", "gtin", "mpn"))
        code = {"sku": str(sku), "gtin": (eans or [""])[0], "mpn": mpn or ""}[kind]
        if not any(c.isdigit() for c in code) or " " in code.strip():  # some of its "part numbers" are descriptions
            code, kind = str(sku), "sku"
        found = shelf.search(_written(code, chance), k=5, lanes="exact,vector,lexical")
        exact = [hit for hit in found if hit.receipt and hit.receipt.code]
        asked += 1
        right += all(_has(hit.product, code) for hit in exact)
        first += bool(exact) and found[0].sku == exact[0].sku and _has(found[0].product, code)
        if len(code) >= 8:
            wrong = _mistyped(code, chance)
            found = shelf.search(wrong, k=5, lanes="exact,vector,lexical")
            if not any(hit.receipt and hit.receipt.code for hit in found):  # no code that exists by chance
                typos += 1
                offered += any(_has_code(s.code, code) for s in found.did_you_mean)
            else:
                assumed += any(hit.receipt and hit.receipt.code and not _has(hit.product, wrong) for hit in found)
    print(f"{asked} codes (SKU, EAN, part number, in other case and with dashes and blanks)")
    print(f"the product first: {first / asked:.4f}; the exact lane holds nothing else: {right / asked:.4f}")
    print(f"{typos} with one typo: the right code offered {offered / typos:.4f}; another one assumed {assumed}")
    shelf.close()


def _written(code: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(code)) if len(code) > 3 else len(code)
    return chance.choice((code, code.lower(), code[:at] + "-" + code[at:], code[:at] + " " + code[at:]))


def _mistyped(code: str, chance: random.Random) -> str:
    at = chance.randrange(len(code) - 1)
    swap = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    other = code[:at] + chance.choice([c for c in "0123456789" if c != code[at]]) + code[at + 1 :]
    return chance.choice((swap if code[at] != code[at + 1] else other, other, code[:at] + code[at + 1 :]))


def _plain(code: str) -> str:
    return "".join(c for c in code.casefold() if c.isalnum()).lstrip("0")


def _has(product: Product, code: str) -> bool:
    return _plain(code) in {_plain(product.sku), _plain(product.gtin), _plain(product.mpn)}


def _has_code(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def measure_limits(data: Path, keep: Path) -> None:
    for name, opened in (("bestbuy", bestbuy), ("aws", aws)):
        shelf, chance = opened(data, keep), random.Random(5)
        bundle = {"bestbuy": "bestbuy", "aws": "aws_retail"}[name]
        held = [(title, price) for title, price in rows(data, "name, price", bundle) if price]
        queries = shown = broken = empty = 0
        for title, price in chance.sample(held, 300):
            limit = round(price * chance.uniform(0.7, 1.6)) + 1
            words = " ".join(title.split()[:3])
            found = shelf.search(
                chance.choice((f"{words} under ${limit}", f"{words} up to {limit} dollars", f"{words} < ${limit}"))
            )
            queries, shown, empty = queries + 1, shown + len(found), empty + (len(found) == 0)
            broken += sum(hit.product.price is None or hit.product.price > limit for hit in found)
        print(
            f"{name}: {queries} queries with a price limit, {shown} hits, {broken} above it; {empty} queries answered by none"
        )
        shelf.close()


if __name__ == "__main__":
    main()
