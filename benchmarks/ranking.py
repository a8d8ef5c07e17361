"""How long reranking takes, and how many events a second are recorded: seconds of one core (process time).

python benchmarks/ranking.py
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

import snapshelf
from snapshelf.candidates import Candidate
from snapshelf.catalogue.events import Event, record
from snapshelf.rank.apply import apply
from snapshelf.rank.order import rerank
from snapshelf.rank.own import Rerankers
from snapshelf.rank.record import record as record_rows
from snapshelf.rerankers.lambdamart.features import names
from snapshelf.rerankers.lambdamart.fit import List, fit
from snapshelf.rerankers.rules import RuleReranker
from snapshelf.rerankers.rules.read import parse
from snapshelf.types import Product

RULES = """
[[boost]]
name = "high margin"
when = "margin > 0.4 and in_stock"
by = 0.05
[[boost]]
signal = "ctr"
by = 0.1
[[boost]]
signal = "query_ctr"
by = 0.1
[[promotion]]
when = "price < 50 or brand in ['brand 3', 'brand 4']"
by = 0.03
from = 2020-01-01
[[boost]]
signal = "stock"
by = 0.02
low = 0
high = 20
[[pin]]
query = "lamp*"
sku = "S7"
position = 2
[[sponsored]]
positions = [4]
when = "brand == 'brand 1'"
[[bury]]
when = "not in_stock"
"""
DIVERSE = RULES + "[diversity]\nrelevance_weight = 0.7\nwindow = 24\nmost = {brand = 4}\n"
N = 200


def products(n: int) -> list[Product]:
    rng = np.random.default_rng(0)
    return [
        Product(
            f"S{k}", f"lamp {k}", brand=f"brand {k % 9}", price=float(rng.integers(5, 200)), currency="EUR",
            stock=int(rng.integers(0, 9)), attributes={"margin": round(float(rng.random()), 3)},
        )
        for k in range(n)
    ]  # fmt: skip


def candidates() -> list[Candidate]:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(N, 256)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    scores = np.sort(rng.random(N))[::-1]
    return [Candidate(f"S{k}", float(scores[k]), {"vector": (k + 1, float(scores[k]))}, "", rows[k]) for k in range(N)]


def model():
    rng = np.random.default_rng(2)
    columns = names(["vector"], ["price", "stock", "in_stock", "ctr", "query_ctr", "margin"])
    made = []
    for _ in range(200):
        table = rng.random((40, len(columns)))
        made.append(List(table, table[:, 0], np.clip(table @ rng.random(len(columns)) / 4, 0, 1)))
    return fit(made, columns)


def timed(label: str, call, times: int = 300) -> None:
    for _ in range(20):
        call()
    spent = []
    for _ in range(times):
        began = time.process_time()  # of this process alone, whatever else the machine does
        call()
        spent.append((time.process_time() - began) * 1000)
    print(f"{label:64} least {min(spent):5.2f}, median {np.median(spent):5.2f}, p95 {np.quantile(spent, 0.95):5.2f} ms")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "s.toml").write_text('[embedder]\nname = "toy"\n[store]\nname = "exact"\n')
        with snapshelf.open(home / "shelf", settings=home / "s.toml") as shelf:
            shelf.index(products(1000))
            stack = shelf.stack
            now = time.time()
            with stack.catalogue.write() as connection:
                given = [
                    Event(
                        f"w{k}",
                        ("impression", "click")[k % 5 == 0],
                        f"S{k % 300}",
                        now - k,
                        f"q{k % 900}",
                        "lamp",
                        k % 20 + 1,
                    )
                    for k in range(20_000)
                ]
                record(connection, given, {}, 30.0)
            rules, diverse, learned = RuleReranker(parse(RULES)), RuleReranker(parse(DIVERSE)), model()
            print(f"model: {learned.booster.num_trees()} trees")
            given = candidates()
            with stack.catalogue.read() as connection:
                using = Rerankers(diverse, learned)
                from snapshelf.rank.apply import joined

                full = joined(stack, connection, given, "lamp", now, using)
                timed(f"{N} candidates, rules", lambda: rerank(list(full), rules, query="lamp", now=now))
                timed(
                    f"{N} candidates, rules and diversity", lambda: rerank(list(full), diverse, query="lamp", now=now)
                )
                timed(f"{N} candidates, model", lambda: rerank(list(full), None, learned, "lamp", now))
                timed(
                    f"{N} candidates, rules, diversity, model",
                    lambda: rerank(list(full), diverse, learned, "lamp", now),
                )
                timed(
                    f"{N} candidates, rules, diversity, model, 10 places explained",
                    lambda: rerank(list(full), diverse, learned, "lamp", now, 10),
                )
                timed(
                    "signals of the candidates read from the catalogue",
                    lambda: joined(stack, connection, given, "lamp", now, using),
                )
                timed("all of it, from the catalogue", lambda: apply(stack, connection, given, "lamp", now, 0, using))
            speed(shelf)


def speed(shelf) -> None:
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - 60))
    rows = [
        {
            "action_name": ("impression", "impression", "impression", "click", "add_to_cart")[k % 5],
            "timestamp": stamp, "query_id": f"s{k // 10}", "client_id": f"c{k % 500}", "user_query": f"lamp {k // 10 % 400}",
            "event_attributes": {"object": {"object_id": f"S{k % 997}"}, "position": {"ordinal": k % 20 + 1}},
        }
        for k in range(50_000)
    ]  # fmt: skip
    began = time.process_time()
    done = record_rows(shelf.stack, rows)
    spent = time.process_time() - began
    print(f"{len(rows):,} events in {spent:.2f} s: {len(rows) / spent:,.0f} a second ({done.counted:,} new)")
    began = time.process_time()
    record_rows(shelf.stack, rows)
    print(f"the same again: {len(rows) / (time.process_time() - began):,.0f} a second")
    began = time.process_time()
    for k in range(200):
        record_rows(shelf.stack, [{**rows[k], "event_id": f"one-{k}", "action_name": "click"}])
    print(f"one event a call: {(time.process_time() - began) / 200 * 1000:.1f} ms each, and the next search sees it")


if __name__ == "__main__":
    main()
