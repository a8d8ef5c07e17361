"""How much of a quota ingest and search use, and what our client adds to a bare boto3 call, 50 ms away from the service.

    python benchmarks/quota.py --markdown docs/benchmarks/quota.md     # five minutes
    python benchmarks/quota.py --only overhead

The twin runs in a process of its own; every call waits 50 ms there. It allows Nova 1,000 calls a minute and refuses what
is beyond, and S3 Vectors 2,500 vectors a second and index, which AWS documents beside its 1,000 calls a second and which
full calls meet first. What was used is what the twin let through over the time between its first and its last call, the
filled bucket at the start not counted, as a share of what it would have let through. Overhead is measured by turns with
the bare calls that do the same; beside the time on the clock stands the processor's, which a busy machine stretches less.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from machine import describe
from snapshelf.aws.client import Access, client
from snapshelf.aws.nova import MODEL, Medium, body
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.embedders import nova
from snapshelf.shelf import open_shelf
from snapshelf.stores import s3vectors
from snapshelf.twin.gate import Gate
from snapshelf.twin.quotas import Quotas
from snapshelf.twin.run import Options, services
from snapshelf.twin.serve import Twin
from snapshelf.twin.throttle import RATES, Throttle
from snapshelf.twin.trouble import Trouble, faults_of
from snapshelf.types import Product
from snapshelf.vectors import unit

LATENCY, PER_MINUTE, PER_SECOND = 50, 1_000, RATES["vectors"]
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true"}
COLOURS, THINGS = ("red", "navy", "green", "striped"), ("running shoes", "mug", "desk lamp", "linen shirt", "apple")


def serve(limited):
    """A twin with latency, and quotas or none; for each line on stdin, what it let through since the last."""
    rules = [{"latency_ms": LATENCY}]
    gate = Gate(faults=Trouble(*faults_of({"rules": rules}, "faults")))
    quotas = Quotas(requests=PER_MINUTE)
    if limited:
        gate.throttle = Throttle(quotas.rates() | {"vectors": PER_SECOND, "writes": RATES["writes"]})
    made = services(Options(s3=False), gate, None)
    passed, lock = [], threading.Lock()
    for service in made:
        service.answer = noting(service.answer, passed, lock)
    with Twin(made, gate) as twin:
        print(twin.endpoint, flush=True)
        for _ in sys.stdin:
            with lock:
                print(json.dumps(passed), flush=True)
                passed.clear()


def noting(answer, passed, lock):
    def noted(operation, call):
        with lock:
            many = len(call.document().get("vectors", ())) if operation == "PutVectors" else 1
            passed.append((operation, time.monotonic(), many))
        return answer(operation, call)

    return noted


class Remote:
    """The twin in its process."""

    def __init__(self, limited):
        line = [sys.executable, __file__, "--serve", str(int(limited))]
        self.process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.endpoint = self.process.stdout.readline().strip()
        self.where = {"region": "us-east-1", "endpoint_url": self.endpoint}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()

    def passed(self, operation):
        """(when, how many) of what was let through since the last time, in order."""
        print(file=self.process.stdin, flush=True)
        return sorted((at, many) for name, at, many in json.loads(self.process.stdout.readline()) if name == operation)


def share(passed, rate, burst):
    """What was used of a quota between the first call and the last: (share, amount, seconds)."""
    seconds = passed[-1][0] - passed[0][0]
    amount = sum(many for _, many in passed)
    return (amount - passed[-1][1] - burst) / (rate * seconds), amount, seconds


def shelf(folder, remote):
    options = {**remote.where, "requests_per_minute": float(PER_MINUTE), "tokens_per_minute": 1e9}
    embedder = EmbedderSettings("nova", dim=256, options=options)
    store = StoreSettings("s3vectors", options={**remote.where, "bucket": "measured", "index": "products"})
    return open_shelf(folder / "shelf", Settings(embedder=embedder, store=store))


def line(what, quota, passed, rate, burst, lost):
    used, amount, seconds = share(passed, rate, burst)
    return f"| {what} | {quota} | {amount:,.0f} | {seconds:.1f} | {100 * used:.1f} % | {lost} |"


def calls(folder, products, seconds):
    """Lines of the table for Nova: ingest of so many products, then searches by 16 threads for so long."""
    quota, rate = f"{PER_MINUTE:,} calls a minute", PER_MINUTE / 60
    with Remote(limited=True) as remote, shelf(folder, remote) as opened:
        summary = opened.index([Product(f"P{n}", f"{words(n)} number {n}") for n in range(products)])
        yield line("ingest, texts", quota, remote.passed("InvokeModel"), rate, rate, len(summary.refused))
        end, failed = time.monotonic() + seconds, []

        def ask(number):
            asked = 0
            while time.monotonic() < end:
                try:
                    opened.search(f"{words(asked)} for {number} and {asked}", k=5)
                except Exception as error:
                    failed.append(str(error))
                asked += 1

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(ask, range(16)))
        yield line("searches, 16 at the same time", quota, remote.passed("InvokeModel"), rate, rate, len(failed))
        if failed:
            print(failed[0], file=sys.stderr)


def puts(folder, dim, count):
    """The line of the table for PutVectors."""
    rows = unit(np.random.default_rng(dim).normal(size=(count, dim)))
    with Remote(limited=True) as remote:
        store = s3vectors.connect(folder / f"puts-{dim}", dim, {**remote.where, "bucket": "measured"})
        metadata = [{"brand": "Acme", "price": 79.9}]
        for start in range(0, count, 2_000):
            some = rows[start : start + 2_000]
            store.add([f"P{start + n}#text" for n in range(len(some))], some, metadata * len(some))
        store.flush()
        lost = count - store.count()
        passed = remote.passed("PutVectors")
        store.close()
    quota = f"{PER_SECOND:,.0f} vectors a second"
    return line(f"puts of {dim} dimensions", quota, passed, PER_SECOND, PER_SECOND, lost)


def words(n):
    return f"{COLOURS[n % 4]} {THINGS[n // 4 % 5]}"


def timed(what):
    """Milliseconds on the clock and of the processor."""
    began, used = time.perf_counter(), time.process_time()
    what()
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - used)


def overhead(folder, dim, times):
    """Lines of the table: our calls and bare ones, by turns."""
    rows = unit(np.random.default_rng(dim).normal(size=(times, dim)))
    with Remote(limited=False) as remote:
        store = s3vectors.connect(folder / f"overhead-{dim}", dim, {**remote.where, "bucket": "measured"})
        store.add([f"P{n}#text" for n in range(1_000)], unit(rows[np.arange(1_000) % times] + 0.1), [{}] * 1_000)
        store.flush()
        options = {**remote.where, "requests_per_minute": 1e9, "tokens_per_minute": 1e12, "remembered": 0}
        model = nova.load(nova.card("", options, ""), options)
        bare, runtime = (
            client(name, Access("us-east-1", "", remote.endpoint)) for name in ("s3vectors", "bedrock-runtime")
        )
        name = f"snapshelf-{dim}-g1"

        def query(row):
            bare.query_vectors(
                vectorBucketName="measured",
                indexName=name,
                topK=10,
                queryVector={"float32": row.tolist()},
                returnDistance=True,
            )

        def invoke(text):
            payload = body(Medium("text", text=text), "GENERIC_RETRIEVAL", dim)
            reply = runtime.invoke_model(
                modelId=MODEL, body=payload, contentType="application/json", accept="application/json"
            )
            np.array(json.loads(reply["body"].read())["embeddings"][0]["embedding"], np.float32)

        pairs = {
            "QueryVectors": (lambda at: query(rows[at]), lambda at: store.search(rows[at][None], 10)),
            "InvokeModel": (
                lambda at: invoke(f"{words(at)} number {at}"),
                lambda at: model.embed([f"{words(at)} number {at}"], "query", dim),
            ),
        }
        for operation, both in pairs.items():
            found = np.array([[timed(lambda: what(at)) for what in both] for at in range(times)])[times // 10 :]  # noqa: B023
            p50, p99 = (np.percentile(found, at, axis=0) for at in (50, 99))
            for which, by in enumerate(("boto3", "ours")):
                numbers = (p50[which, 0], p99[which, 0], p50[which, 1], p99[which, 1])
                yield f"| {operation}, {dim} | {by} | " + " | ".join(f"{one:.1f}" for one in numbers) + " |"
            more = np.concatenate(
                [(p50[1] - p50[0])[:1], (p99[1] - p99[0])[:1], (p50[1] - p50[0])[1:], (p99[1] - p99[0])[1:]]
            )
            yield f"| {operation}, {dim} | **added** | " + " | ".join(f"**{one:.1f}**" for one in more) + " |"
        for one in (store, model, bare, runtime):
            one.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--products", type=int, default=1_500)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--vectors", type=int, default=40_000)
    parser.add_argument("--times", type=int, default=400)
    parser.add_argument("--only", choices=("calls", "puts", "overhead"))
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    if given.serve is not None:
        serve(bool(given.serve))
        return
    os.environ |= KEYS
    lines = [describe("snapshelf", "boto3", "numpy"), "", f"{LATENCY} ms of latency in every call.", ""]
    with TemporaryDirectory() as named:
        folder = Path(named)
        if given.only != "overhead":
            lines += ["| what | quota | let through | seconds | used | lost |", "|---|---|--:|--:|--:|--:|"]
        if given.only in (None, "calls"):
            lines += calls(folder, given.products, given.seconds)
        if given.only in (None, "puts"):
            lines += [puts(folder, dim, given.vectors) for dim in (256, 1024)]
        if given.only in (None, "overhead"):
            lines += [
                "",
                "| call, dim | by | p50 ms | p99 ms | p50 ms of CPU | p99 ms of CPU |",
                "|---|---|--:|--:|--:|--:|",
            ]
            for dim in (256, 1024):
                lines += overhead(folder, dim, given.times)
    print("\n".join(lines))
    if given.markdown:
        given.markdown.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
