"""Does learning from clicks help, and does correcting for places help it? Simulated shoppers over judged products.

python benchmarks/shoppers.py ../shared/data/icecat

Products, queries and grades 0 to 3 are Icecat's; shoppers look at the first 20 products of an answer and click by a
position-based model (Richardson, Dominowska & Ragno 2007) or a cascade (Craswell, Zoeter, Taylor & Ramsey 2008), with
the grade deciding how attractive a product is. The shop has changed its ranking between three lanes, which is what
makes products change places. Models learn from the clicks of two thirds of the queries and are judged on the rest;
of these they see what rules see too: how often each product was clicked.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np

import snapshelf
from snapshelf import stats, translate
from snapshelf.candidates import Candidate
from snapshelf.catalogue import embeddings
from snapshelf.catalogue.events import Event
from snapshelf.fusion import rrf
from snapshelf.metrics.ndcg import score
from snapshelf.querytext import normal
from snapshelf.rank.examples import Behaviour
from snapshelf.rank.order import rerank
from snapshelf.rank.signals import Smoothing
from snapshelf.rank.train import Wish, learn
from snapshelf.rerankers.rules import RuleReranker
from snapshelf.rerankers.rules.read import parse
from snapshelf.types import Product

PAGE = 20
K = 10
DAY = 86_400.0
START = 1_750_000_000.0
RULES = """
max_relevance_loss = {loss}
[[boost]]
name = "often clicked"
signal = "ctr"
by = 0.2
[[boost]]
name = "clicked for this query"
signal = "query_ctr"
by = 0.5
"""


def shop(data: Path) -> tuple[list[Product], dict[str, dict[str, int]]]:
    """The judged products, and query → SKU → grade of the queries that have a good and a bad answer."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    with (data / "ratings.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            grades[row["query"]][row["doc_id"]] = int(row["rating"])
    useful = {query: held for query, held in grades.items() if max(held.values()) > 0 and len(held) >= 8}
    wanted = {sku for held in useful.values() for sku in held}
    columns = ("id", "title", "model_name", "short_description", "brand", "price")
    read = duckdb.sql(f"SELECT {', '.join(columns)} FROM read_parquet('{data / 'products.parquet'}')").fetchall()
    rows = [dict(zip(columns, row, strict=True)) for row in read if str(row[0]) in wanted]
    products = [
        Product(
            str(row["id"]), (row["title"] or row["model_name"] or "?")[:500], (row["short_description"] or "")[:2000],
            row["brand"] or "", price=row["price"] or None, currency="USD" if row["price"] else "",
        )
        for row in rows
    ]  # fmt: skip
    return products, useful


def found(shelf: snapshelf.Shelf, queries: Mapping[str, Mapping[str, int]]) -> dict[str, list[Candidate]]:
    """Query → its judged products as candidates, with cosine and BM25, in order of cosine."""
    stack, made = shelf.stack, {}
    with stack.catalogue.read() as connection:
        for query, grades in queries.items():
            vector = translate.embed(stack, [query], "query", stack.dim)[0]
            held = embeddings.of_products(connection, sorted(grades), stack.model, stack.kept_dim, stack.dim)
            cosines = dict(zip(held.skus, held.best(vector).tolist(), strict=True))
            words = {sku: n for n, (sku, _) in enumerate(stack.lexical.search(query, 50_000))}
            scores = dict(stack.lexical.search(query, 50_000))
            prices = {sku: product.price for sku, product in _products(connection, list(grades)).items()}
            lexical = sorted((sku for sku in grades if sku in words), key=words.__getitem__)
            vectors = sorted(cosines, key=lambda sku: (-cosines[sku], sku))
            made[query] = [
                Candidate(
                    sku,
                    min(1.0, max(0.0, cosines[sku])),
                    {"vector": (n, cosines[sku])}
                    | ({"lexical": (lexical.index(sku) + 1, scores[sku])} if sku in words else {}),
                    signals={"price": prices[sku]} if prices[sku] else {},
                )
                for n, sku in enumerate(vectors, start=1)
            ]
    return made


def _products(connection, skus: Sequence[str]) -> dict[str, Product]:
    from snapshelf.catalogue import products

    return products.get(connection, skus)


def rankings(candidates: Sequence[Candidate]) -> list[list[str]]:
    """What the shop has shown in its three times: by vector, by words, by both."""
    vector = [one.sku for one in candidates]
    lexical = [one.sku for one in sorted(candidates, key=lambda c: c.lanes.get("lexical", (10**6, 0))[0])]
    return [vector, lexical, [sku for sku, _ in rrf([vector, lexical])]]


def position_based(attraction: Sequence[float], rng: random.Random) -> list[bool]:
    """Looks at place k with probability 1/k, and clicks what attracts."""
    return [rng.random() < a / place for place, a in enumerate(attraction, start=1)]


def cascade(attraction: Sequence[float], rng: random.Random) -> list[bool]:
    """Looks from the top, stops at the first click, and gives up before each further place with probability 0.15."""
    clicks = [False] * len(attraction)
    for n, a in enumerate(attraction):
        if rng.random() < a:
            clicks[n] = True
            break
        if rng.random() < 0.15:
            break
    return clicks


def log(
    queries: Sequence[str],
    candidates: Mapping[str, Sequence[Candidate]],
    grades: Mapping[str, Mapping[str, int]],
    model: Callable[[Sequence[float], random.Random], list[bool]],
    sessions: int,
    seed: int,
    most: float,
) -> list[Event]:
    """What shoppers did: ``sessions`` answers of each query, each in one of the shop's three rankings."""
    rng, events, number = random.Random(seed), [], 0
    for query in queries:
        shown = [order[:PAGE] for order in rankings(candidates[query])]
        for _ in range(sessions):
            number += 1
            order, at, text = rng.choice(shown), START + rng.random() * 30 * DAY, normal(query)
            attraction = [0.05 + (most - 0.05) * (2 ** grades[query][sku] - 1) / 7 for sku in order]
            for place, (sku, click) in enumerate(zip(order, model(attraction, rng), strict=True), start=1):
                one = (sku, at, f"s{number}", text, place)
                events.append(Event(f"i{number}-{place}", "impression", *one))
                if click:
                    events.append(Event(f"c{number}-{place}", "click", *one))
    return events


def ndcg(order: Sequence[str], grades: Mapping[str, int]) -> float:
    return score(list(order), grades, K)


def one_seed(candidates, grades, model, sessions: int, seed: int, most: float):
    """nDCG@10 of each held-out query by each way of ordering."""
    rng = random.Random(seed)
    queries = sorted(candidates)
    rng.shuffle(queries)
    held = queries[: len(queries) // 3]
    events = log(queries, candidates, grades, model, sessions, seed, most)
    by_text = {normal(query): candidates[query] for query in queries}
    without, smoothing = {normal(query) for query in held}, Smoothing(10_000.0)
    plain = Behaviour(events, smoothing)
    rules = {loss: RuleReranker(parse(RULES.format(loss=loss))) for loss in (0.1, 0.5)}
    learnt = {}
    for name, corrected in (("as clicked", False), ("corrected", True)):
        wish = Wish(corrected=corrected, monotone={}, seed=seed)
        reranker, propensities, *_ = learn(events, by_text.__getitem__, without, wish, smoothing)
        learnt[name] = (reranker, Behaviour(events, smoothing, propensities.values))
    told = defaultdict(dict)
    for query in held:
        given = plain.on(candidates[query], normal(query))
        told["relevance alone"][query] = ndcg([one.sku for one in given], grades[query])
        for loss, reranker in rules.items():
            ranked = rerank(given, reranker, query=query)
            told[f"rules, bound {loss}"][query] = ndcg([one.sku for one in ranked], grades[query])
        for name, (reranker, behaviour) in learnt.items():
            ranked = rerank(behaviour.on(candidates[query], normal(query)), None, reranker, query)
            told[f"LambdaMART, {name}"][query] = ndcg([one.sku for one in ranked], grades[query])
    return told, propensities


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("data", type=Path)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--sessions", type=int, default=100)
    options.add_argument("--attraction", type=float, default=0.95, help="how likely a perfect product is clicked")
    options.add_argument("--model", choices=("both", "position_based", "cascade"), default="both")
    given = options.parse_args()
    products, grades = shop(given.data)
    with tempfile.TemporaryDirectory() as folder, snapshelf.open(folder) as shelf:
        shelf.index(products)
        candidates = found(shelf, grades)
    print(
        f"{len(products):,} products, {len(grades)} queries, {given.sessions} sessions a query, {given.seeds} seeds\n"
    )
    for model in [m for m in (position_based, cascade) if given.model in ("both", m.__name__)]:
        began, whole = time.perf_counter(), defaultdict(lambda: defaultdict(list))
        for seed in range(given.seeds):
            told, propensities = one_seed(candidates, grades, model, given.sessions, seed, given.attraction)
            for name, values in told.items():
                for query, value in values.items():
                    whole[name][query].append(value)
        report(model, whole, propensities, time.perf_counter() - began)


def report(model, whole, propensities, seconds: float) -> None:
    """A table of means over held-out queries (a query's mean over the seeds that held it out), with intervals."""
    print(f"{model.__name__.replace('_', ' ')} shoppers ({seconds:.0f} s)")
    seen = ", ".join(f"{value:.2f}" for value in propensities.values[:10])
    print(f"places looked at, as estimated ({propensities.source}): {seen}")
    means = {name: {query: float(np.mean(values)) for query, values in rows.items()} for name, rows in whole.items()}
    queries = sorted(next(iter(means.values())))
    for name, rows in means.items():
        interval = stats.mean_interval([rows[query] for query in queries])
        print(f"  {name:24} nDCG@{K} {interval.mean:.3f} ({interval.low:.3f} to {interval.high:.3f})")
    names = list(means)
    for before, after in [(1, 3), (2, 3), (1, 4), (2, 4), (3, 4)]:
        first, second = means[names[before]], means[names[after]]
        change = stats.paired([first[q] for q in queries], [second[q] for q in queries])
        low, high = change.interval.low, change.interval.high
        print(
            f"  {names[after]} against {names[before]}: {change.interval.mean:+.3f} ({low:+.3f} to {high:+.3f}), p {change.p:.4f}"
        )
    print(f"  on {len(queries)} held-out queries\n")


if __name__ == "__main__":
    main()
