"""Ways of putting a photo and words together, on composed queries that none of them was chosen on.

    python benchmarks/fusion.py ../shared/data --page docs/benchmarks/fusion.md

The sample shop's judged queries (a customer's photo, and another colour in words), the clothes shop's (a variant's own
picture, and another colour), sizes asked for in words, groceries with a word. Numbers of the fusion itself were chosen
on rendered shops of other seeds (21 to 24).
"""

import argparse
import csv
import json
import random
import runpy
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import snapshelf
from machine import describe
from snapshelf import fusion
from snapshelf.catalogue import embeddings
from snapshelf.config import Settings
from snapshelf.evaluate.judgements import read_qrels, read_queries
from snapshelf.sample import render
from snapshelf.search import question
from snapshelf.search.composed import _best, compose, measured
from snapshelf.search.run import embed
from snapshelf.stats import mean_interval

EXAMPLES = Path(__file__).parents[1] / "examples"


class Bench:
    """A shelf with all its views in memory."""

    def __init__(self, shelf):
        self.shelf, self.stack = shelf, shelf.stack
        with self.stack.catalogue.read() as connection:
            stack = self.stack
            self.held = embeddings.of_products(
                connection, self._skus(connection), stack.model, stack.kept_dim, stack.dim
            )
        self.skus = np.array(self.held.skus)

    @staticmethod
    def _skus(connection):
        from sqlalchemy import select

        from snapshelf.catalogue.schema import products

        return list(connection.execute(select(products.c.sku)).scalars())

    def top(self, keys, k=10):
        return self.skus[np.lexsort((self.skus, -np.round(keys, 6)))[:k]]


def kinds(bench, connection, photo, words, query, with_family):
    """Kind → (products,) order."""
    held = bench.held
    found = {
        "words alone": _best(held, words),
        "photo alone": _best(held, photo),
        "mean": _best(held, fusion.mean(np.stack([photo, words]))),
        "weighted mean, words 2": _best(held, fusion.weighted_mean(np.stack([photo, words]), [1, 2])),
    }
    cosines, change = measured(bench.stack, connection, query, held)
    plain = fusion.Cosines(cosines.photo, cosines.photo, cosines.words, 0 * cosines.value, 0 * cosines.kept)
    found["views apart (words 0.5)"] = fusion.composed(plain, fusion.DESCRIBE, False)
    if cosines.edited is not None:
        found["edited photo alone"] = cosines.edited
        everyone = np.ones(len(cosines.photo), bool)
        single = fusion.Cosines(cosines.photo, cosines.photo, cosines.words, cosines.value, cosines.kept, cosines.edited, everyone)  # fmt: skip
        found["views apart, edited, families unknown"] = fusion.composed(single, fusion.CHANGE, True)
    if with_family:
        unknown = fusion.Cosines(cosines.photo, cosines.family, cosines.words, 0 * cosines.value, 0 * cosines.kept)
        found["families, values unknown"] = fusion.composed(unknown, fusion.CHANGE, change)
    counts = fusion.CHANGE if change else fusion.DESCRIBE
    found["as searched: families and values"] = fusion.composed(cosines, counts, change)
    return found


def compared(name, bench, queries, qrels, with_family=True):
    """Table rows: each kind's P@1 and recall@10."""
    scores = {}
    with bench.stack.catalogue.read() as connection:
        for asked in queries:
            right = {sku for sku, grade in qrels[asked.id].items() if grade > 0}
            parts = question(bench.stack, asked.text, list(asked.image)).parts
            rows = embed(bench.stack, parts)
            query = compose(bench.stack, connection, parts, rows, None)
            for kind, keys in kinds(bench, connection, rows[1], rows[0], query, with_family).items():
                top = bench.top(keys).tolist()
                scores.setdefault(kind, []).append((top[0] in right, len(right & set(top)) / len(right)))
    lines = []
    for kind, some in scores.items():
        first, recall = (mean_interval([float(one[at]) for one in some]) for at in (0, 1))
        spans = [f"{i.mean:.3f} ({i.low:.3f} to {i.high:.3f})" for i in (first, recall)]
        lines.append(f"| {name} | {len(some)} | {kind} | {spans[0]} | {spans[1]} |")
    return lines


def rows_of(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def sizes(folder):
    """Photos of one size of a product, words that ask for another: queries and judgements."""
    rows = rows_of(folder / "products.csv")
    asked, judged = [], []
    for row in rows:
        others = [o["sku"] for o in rows if o["family"] == row["family"] and o["color"] == row["color"] and o["size"] != row["size"]]  # fmt: skip
        if row["size"] and others and (folder / "customer" / f"{row['sku']}.jpg").exists():
            size = next(o["size"] for o in rows if o["sku"] == others[0])
            asked.append({"id": row["sku"], "text": f"this in size {size}", "image": f"customer/{row['sku']}.jpg"})
            judged.append((row["sku"], others[0], 1))
    file = folder / "sizes.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in asked), "utf-8")
    with (folder / "sizes.csv").open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([("query", "sku", "grade"), *judged])
    return read_queries(file), read_qrels(folder / "sizes.csv")


def resized(shelf, queries, qrels):
    """Table rows: a photo and another size in words, through a whole search that understands the words."""
    lines = []
    for form in ("this in size {}", "this, but in {}"):
        scores = []
        for asked in queries:
            right = {sku for sku, grade in qrels[asked.id].items() if grade > 0}
            found = shelf.search(form.format(asked.text.split()[-1]), list(asked.image), k=10)
            top = [hit.sku for hit in found]
            scores.append((top[:1] == [*right][:1], len(right & set(top)) / len(right)))
        first, recall = (mean_interval([float(one[at]) for one in scores]) for at in (0, 1))
        spans = [f"{i.mean:.3f} ({i.low:.3f} to {i.high:.3f})" for i in (first, recall)]
        lines.append(f"| sample shop, another size | {len(scores)} | searched with “{form.format('…')}” | {spans[0]} | {spans[1]} |")  # fmt: skip
    return lines


def both(queries):
    return [one for one in queries if one.text and one.image]


def unwanted(name, bench, cases):
    """Table rows: share of the first ten that are what was not wanted, and of the sort that was. cases: (photo, words
    not wanted, is it unwanted, is it of the sort)."""
    held, results = bench.held, {}
    usual = {}
    for photo, words, bad, sort in cases:
        parts = question(bench.stack, words, photo, weights={"text": -1}).parts
        rows = embed(bench.stack, parts)
        pictures = np.array([not aspect.startswith("text") for aspect in held.aspects])
        if words not in usual:
            usual[words] = float((held.vectors[pictures] @ rows[0]).mean())
        ways = {"not said": rows[1]}
        ways |= {f"subtracted, {w}": fusion.weighted_mean(rows[::-1], [1, -w]) for w in (0.5, 1.0 - 1e-3)}
        ways |= {f"turned away to {what}": fusion.away(rows[1], rows[0], to) for what, to in (("chance", usual[words]), ("a right angle", 0.0), ("-0.2", -0.2))}  # fmt: skip
        for way, row in ways.items():
            top = bench.top(_best(held, row)).tolist()
            results.setdefault(way, []).append(
                (np.mean([bad(sku) for sku in top]), np.mean([sort(sku) for sku in top]))
            )
        top = [hit.sku for hit in bench.shelf.search(words, photo, weights={"text": -0.5}, lanes="vector")]
        results.setdefault("as searched, weight -0.5", []).append((np.mean([bad(s) for s in top]), np.mean([sort(s) for s in top])))  # fmt: skip
    return [f"| {name} | {len(cases)} | {way} | {np.mean([a for a, _ in some]):.3f} | {np.mean([b for _, b in some]):.3f} |" for way, some in results.items()]  # fmt: skip


def unwanted_cases(folder, most):
    rows = {row["sku"]: row for row in rows_of(folder / "products.csv")}
    cases = []
    for attribute in ("pattern", "color"):
        chance, taken = random.Random(attribute), 0
        for sku in chance.sample(sorted(rows), len(rows)):
            photo, value = folder / "customer" / f"{sku}.jpg", rows[sku][attribute]
            if photo.exists() and value not in ("", "plain") and taken < most:
                taken += 1
                cases.append((str(photo), value, lambda s, a=attribute, v=value: rows[s][a] == v, lambda s, c=rows[sku]["category"]: rows[s]["category"] == c))  # fmt: skip
    return cases


def speed():
    """Processor microseconds of scoring 200 candidates, and of the vector fusions."""
    rng = np.random.default_rng(0)
    a = [rng.random(200) for _ in range(5)]
    cosines = fusion.Cosines(*a, edited=rng.random(200), alone=rng.random(200) > 0.5)
    rows = rng.standard_normal((3, 256)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    views = rng.standard_normal((400, 256)).astype(np.float32)

    def scored():
        np.vecdot(views, rows[0])
        np.vecdot(views, rows[1])
        return fusion.composed(cosines, fusion.CHANGE, True)

    works = {"weighted mean": lambda: fusion.weighted_mean(rows, [1, 1, -0.5]), "edit": lambda: fusion.edited(*rows), "cosines of 400 views and their order": scored}  # fmt: skip
    told = []
    for name, work in works.items():
        work()
        begun = time.process_time()
        for _ in range(500):
            work()
        told.append(f"{name} {(time.process_time() - begun) / 500 * 1e3:.3f} ms")
    return ", ".join(told)


def clothes(data, work):
    module = runpy.run_path(str(EXAMPLES / "magento.py"))
    with zipfile.ZipFile(data / "magento/images.zip") as archive:
        archive.extractall(work / "images")
    rows = module["read"](data / "magento/products.parquet")
    families = {row["sku"]: row for row in rows if row["product_type"] == "configurable"}
    variants = [row for row in rows if row["product_type"] == "simple" and row["images"]]
    file = work / "products.jsonl"
    file.write_text("".join(json.dumps(module["product"](row, families)) + "\n" for row in variants), "utf-8")
    module["queries"](variants, work)
    return file, variants


def hoods(work, variants, most):
    """ "This without the hood": photos of hooded tops; whatever speaks of a hood is unwanted."""
    text = {row["sku"]: f"{row['name']} {row['description']}".lower() for row in variants}
    sort = {row["sku"]: "tops" in " ".join(row["categories"] or []).lower() for row in variants}
    shown = {row["parent_sku"]: row for row in variants if "hood" in text[row["sku"]] and row["images"]}
    return [(str(work / "images" / row["images"][0]), "hood", lambda s: "hood" in text[s], lambda s: sort[s]) for row in list(shown.values())[:most]]  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--most", type=int, default=200, help="queries of each set")
    parser.add_argument("--page", type=Path, help="also write the tables into this file")
    given = parser.parse_args()
    lines = ["| queries | number | fusion | precision@1 | recall@10 |", "|---|--:|---|---|---|"]
    away = ["| queries | number | how | unwanted among the first ten | of the same sort |", "|---|--:|---|--:|--:|"]
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        folder = render(work / "shop")
        with snapshelf.open(work / "a", Settings()) as shelf:
            shelf.index(folder / "products.csv")
            bench = Bench(shelf)
            judged = both(read_queries(folder / "queries.jsonl"))
            lines += compared("sample shop, another colour", bench, judged, read_qrels(folder / "qrels.csv"))
            lines += compared("sample shop, another size", bench, *sizes(folder))
            lines += resized(shelf, *sizes(folder))
            away += unwanted("sample shop, not this pattern or colour", bench, unwanted_cases(folder, 40))
        (work / "m").mkdir()
        file, variants = clothes(given.data, work / "m")
        with snapshelf.open(work / "b", Settings()) as shelf:
            shelf.index(file, images=work / "m" / "images")
            bench = Bench(shelf)
            judged = both(read_queries(work / "m" / "queries.jsonl"))
            some = random.Random(0).sample(judged, min(given.most, len(judged)))
            lines += compared("clothes shop, another colour", bench, some, read_qrels(work / "m" / "qrels.csv"))
            away += unwanted("clothes shop, without the hood", bench, hoods(work / "m", variants, 30))
    page = "\n".join([*lines, "", *away, "", f"Processor time: {speed()}."]) + "\n"
    print(page)
    if given.page:
        told = f"`python benchmarks/fusion.py`, compact at 256 dimensions, on {describe('numpy', 'onnxruntime')}."
        given.page.write_text(f"# A photo and words together\n\n{told}\n\n{page}", "utf-8")


if __name__ == "__main__":
    main()
