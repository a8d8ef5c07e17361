"""Twenty thousand products through Nova into S3 Vectors, with every fault at 2 % and three `kill -9`: is all there, once?

    python benchmarks/faults.py                                       # 20,000 products, 1,000 pictures
    python benchmarks/faults.py --products 2000 --markdown docs/benchmarks/faults.md

The twin runs in a process of its own and is never killed; `snapshelf index` runs in another, is killed with SIGKILL
twice while it buys and once while it fills the index, and is begun again each time by the same command. Then, from
outside: every view of the catalogue has one vector in the index, the one that was bought; the ledger has every call
that the twin met but those which a killed process took along; and the twin, which remembers every request it
answered, has sold nothing twice but what a lost reply or a kill explains. A claim that fails ends the script with 1.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

import numpy as np

from machine import describe
from snapshelf.aws.client import Access, client
from snapshelf.sample.goods.make import goods
from snapshelf.sample.shop import draw
from snapshelf.twin.gate import Gate
from snapshelf.twin.run import Options, services
from snapshelf.twin.serve import Twin
from snapshelf.twin.trouble import Dropped, Trouble, faults_of

RATE = 0.02
KINDS = (
    *({"status": status} for status in (408, 424, 429, 500, 503)),
    {"drop": True},
    {"drop": True, "after": True},
    {"latency_ms": 100},
)
BUCKET, DIM = "faults", 256
COMMAND = [sys.executable, "-c", "from snapshelf.cli import main; main()", "index", "products.jsonl"]
TOML = """
[embedder]
name = "nova"
dim = {dim}

[embedder.options]
region = "us-east-1"
endpoint_url = "{endpoint}"
requests_per_minute = 1e6
tokens_per_minute = 1e9
concurrency = {concurrency}

[store]
name = "s3vectors"

[store.options]
region = "us-east-1"
endpoint_url = "{endpoint}"
bucket = "{bucket}"
"""


class Counting(Trouble):
    """Faults that also count the replies lost after the work was done, and paid for."""

    lost = 0

    def meet(self, service, operation, after, by_name=False):
        try:
            super().meet(service, operation, after, by_name)
        except Dropped:
            Counting.lost += after and operation == "InvokeModel"
            raise


def serve():
    """A twin with every fault; for each line on stdin, one on stdout: requests answered, by how often."""
    trouble = Counting(*faults_of({"seed": 1, "rules": [{"rate": RATE, **kind} for kind in KINDS]}, "faults"))
    gate = Gate(faults=trouble)
    made = services(Options(s3=False), gate, None)
    sold, lock = Counter(), threading.Lock()
    nova = made[1]
    answer = nova.answer

    def counted(operation, call):
        found = answer(operation, call)
        if operation == "InvokeModel":
            with lock:
                sold[sha256(call.body).digest()] += 1
        return found

    nova.answer = counted
    with Twin(made, gate) as twin:
        print(twin.endpoint, flush=True)
        for _ in sys.stdin:
            with lock:
                print(json.dumps({"sold": sold.total(), "kinds": len(sold), "lost": Counting.lost}), flush=True)


@dataclass
class Bench:
    """A twin, a folder with a catalogue and settings, and what happened so far."""

    folder: Path
    twin: subprocess.Popen
    endpoint: str
    runs: list = field(default_factory=list)

    def meter(self):
        """The twin's operations."""
        with urlopen(f"{self.endpoint}/_twin/meter") as answer:
            return json.load(answer)["operations"]

    def met(self, operation, what="calls"):
        return self.meter().get(operation, {}).get(what, 0)

    def settled(self):
        """The meter, once what a killed process had sent has been answered."""
        before, now = None, self.meter()
        while before != now:
            time.sleep(1)
            before, now = now, self.meter()
        return now

    def sold(self):
        """What the twin remembers of its answers."""
        print(file=self.twin.stdin, flush=True)
        return json.loads(self.twin.stdout.readline())

    def rows(self, query):
        """Rows of the shelf's own database."""
        with sqlite3.connect(self.folder / "shelf" / "catalogue.sqlite") as connection:
            return connection.execute(query).fetchall()

    def ledger(self):
        """Calls and dollars of Nova that are written down, by what they brought."""
        found = self.rows("select what, sum(calls), sum(amount), sum(dollars) from charges group by what")
        return {what: (calls, amount, dollars) for what, calls, amount, dollars in found}

    def begin(self):
        return subprocess.Popen(
            COMMAND, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment()
        )

    def killed(self, operation, at):
        """Run the command and kill it once the twin has met so many calls of an operation; what it took along."""
        began, process = time.perf_counter(), self.begin()
        before = self.met("bedrock:InvokeModel") - calls(self.ledger()) if self.runs else 0
        while self.met(operation) < at:
            if process.poll() is not None:
                sys.exit(f"it ended before it could be killed:\n{process.stdout.read()[-2000:]}")
            time.sleep(0.01)
        process.kill()
        process.communicate()
        seconds, met = time.perf_counter() - began, self.settled()
        bought = met["bedrock:InvokeModel"]["calls"]
        lost = bought - calls(self.ledger()) - before
        under_way = sum(len(json.loads(one)) for (one,) in self.rows("select contents from batches where state='sent'"))
        ended = f"kill -9 at {operation.partition(':')[2]} {at:,}"
        self.runs.append((ended, process.returncode, seconds, bought, lost, under_way))
        return process.returncode == -signal.SIGKILL and lost <= under_way

    def finished(self):
        """Run the command to its end."""
        began, process = time.perf_counter(), self.begin()
        said = process.communicate()[0]
        seconds = time.perf_counter() - began
        self.runs.append(("to its end", process.returncode, seconds, self.met("bedrock:InvokeModel"), 0, 0))
        if process.returncode not in (0, 10):
            sys.exit(f"it ended with {process.returncode}:\n{said[-2000:]}")
        return process.returncode == 0


def calls(ledger):
    return sum(one[0] for one in ledger.values())


def environment():
    folders = [str(Path(__file__).parents[1] / "src"), os.environ.get("PYTHONPATH", "")]
    keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true"}
    return {**os.environ, **keys, "PYTHONPATH": os.pathsep.join(folders)}


def catalogue(folder, count, pictures):
    """products.jsonl and its pictures; every so manyth product has one. Returns how many there are."""
    for name in ("images", "customer"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    every, drawn = max(1, round(1 / pictures)) if pictures else 0, 0
    with (folder / "products.jsonl").open("w", encoding="utf-8") as file:
        for at, good in enumerate(goods(count, 7)):
            row = {"sku": good.sku, "title": good.title, "description": good.description, "brand": good.look.brand}
            row |= {"category": good.kind.category, "price": good.price, "stock": good.stock, "color": good.colour}
            if every and at % every == 0:
                if not (folder / "images" / f"{good.sku}.jpg").exists():
                    draw(folder, good)
                row["images"] = [f"images/{good.sku}.jpg"]
                drawn += 1
            print(json.dumps(row), file=file)
    return drawn


def in_index(endpoint):
    """Key → vector of the one index there is, and how many rows its listing had."""
    os.environ |= {name: text for name, text in environment().items() if name.startswith("AWS_")}
    s3vectors = client("s3vectors", Access("us-east-1", "", endpoint))
    (index,) = again(lambda: s3vectors.list_indexes(vectorBucketName=BUCKET)["indexes"])
    found, rows, token = {}, 0, {}
    while True:
        asked = {"vectorBucketName": BUCKET, "indexName": index["indexName"], "returnData": True, **token}
        page = again(lambda asked=asked: s3vectors.list_vectors(**asked))
        rows += len(page["vectors"])
        found |= {one["key"]: np.array(one["data"]["float32"], np.float32) for one in page["vectors"]}
        if "nextToken" not in page:
            return found, rows
        token = {"nextToken": page["nextToken"]}


def again(call):
    """A call of the script's own meets faults too."""
    for _ in range(20):
        try:
            return call()
        except Exception as error:
            last = error
    raise last


def claims(bench, products, pictures, lost):
    """(claim, whether it holds, the figures), once everything has come to its end."""
    views = bench.rows("select sku || '#' || aspect, content from views")
    kept = dict(bench.rows("select content, vector from embeddings"))
    index, rows = in_index(bench.endpoint)
    (count,), sold, ledger, met = (
        bench.rows("select count(*) from products")[0],
        bench.sold(),
        bench.ledger(),
        bench.meter(),
    )
    nova = met["bedrock:InvokeModel"]
    same = [
        np.dot(index[id], np.frombuffer(kept[content], "<f2").astype(np.float32))
        for id, content in views
        if id in index
    ]
    twice, missing = sold["sold"] - sold["kinds"], nova["calls"] - calls(ledger)
    yield "every product is in the catalogue", count == products, f"{count:,} of {products:,}"
    yield (
        "every view has one vector in the index, and nothing else is there",
        sorted(index) == sorted(id for id, _ in views) and rows == len(views) == products + pictures,
        f"{len(views):,} views, {rows:,} vectors",
    )
    yield "each is the one that was bought", min(same) > 0.999, f"least cosine {min(same):.5f}"
    yield (
        "each content is kept once",
        len(kept) == sold["kinds"],
        f"{len(kept):,} embeddings, {sold['kinds']:,} requests",
    )
    yield (
        "the ledger is the twin's meter, to the call, but for what killed processes took along",
        missing == lost,
        f"{nova['calls']:,.0f} met, {calls(ledger):,} written down, {lost:,.0f} taken along",
    )
    yield (
        "nothing was bought twice but after a lost reply or a kill",
        twice <= sold["lost"] + lost,
        f"{twice:,} of {sold['sold']:,}: {sold['lost']:,} replies were lost after the work, and {lost:,.0f} calls in kills",
    )


def table(bench, given, pictures, checked):
    """The page."""
    ledger, met = bench.ledger(), bench.meter()
    seconds = sum(run[2] for run in bench.runs)
    views = given.products + pictures
    yield describe("snapshelf", "boto3")
    yield f"{given.products:,} products, {pictures:,} pictures, {DIM} dimensions, {given.concurrency} calls at the same time;"
    yield "2 % each of 408, 424, 429, 500, 503, connections dropped before and after the work, and 100 ms of latency"
    yield "\n| run of `snapshelf index` | exit status | seconds | calls of Nova so far | taken along | under way by the journal |"
    yield "|---|--:|--:|--:|--:|--:|"
    for ended, status, spent, bought, lost, under_way in bench.runs:
        yield f"| {ended} | {status} | {spent:.0f} | {bought:,.0f} | {lost:,.0f} | {under_way:,} |"
    yield f"\nIn all {seconds:,.0f} seconds, {views / seconds:.0f} views a second.\n"
    yield "| claim | holds | figures |\n|---|---|---|"
    for claim, holds, figures in checked:
        yield f"| {claim} | {'yes' if holds else '**no**'} | {figures} |"
    yield "\n| ledger | calls | amount | dollars |\n|---|--:|--:|--:|"
    for what, (number, amount, dollars) in sorted(ledger.items()):
        yield f"| {what} | {number:,} | {amount:,.0f} | {dollars:.6f} |"
    nova = met["bedrock:InvokeModel"]
    yield f"| the twin's meter | {nova['calls']:,.0f} | {nova.get('tokens', 0):,.0f} tokens, {nova.get('images', 0):,.0f} images | {nova['dollars']:.6f} |"
    yield "\n| calls that the twin met | calls | refused | dropped |\n|---|--:|--:|--:|"
    for name, sums in met.items():
        yield f"| {name} | {sums['calls']:,.0f} | {sums.get('refused', 0):,.0f} | {sums.get('dropped', 0):,.0f} |"


def run(given, folder):
    """Everything; returns the lines of the page and whether all claims hold."""
    pictures = catalogue(folder, given.products, given.pictures)
    script = [sys.executable, __file__, "--serve"]
    twin = subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment())
    try:
        bench = Bench(folder, twin, twin.stdout.readline().strip())
        told = {"endpoint": bench.endpoint, "concurrency": given.concurrency, "bucket": BUCKET, "dim": DIM}
        (folder / "snapshelf.toml").write_text(TOML.format(**told), "utf-8")
        rng, views = random.Random(given.seed), given.products + pictures
        points = [("bedrock:InvokeModel", at) for at in sorted(rng.sample(range(views // 20, views), 2))]
        points.append(("s3vectors:PutVectors", rng.randint(1, max(1, views // 500 * 3 // 4))))
        noted = [bench.killed(*point) for point in points]
        while not bench.finished():
            if len(bench.runs) > 12:
                sys.exit("it does not come to an end")
        lost = sum(one[4] for one in bench.runs)
        checked = [
            (
                "what a kill took along is in the journal",
                all(noted),
                ", ".join(f"{one[4]:.0f}" for one in bench.runs[:3]),
            )
        ]
        checked += claims(bench, given.products, pictures, lost)
        return list(table(bench, given, pictures, checked)), all(holds for _, holds, _ in checked)
    finally:
        twin.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--pictures", type=float, default=0.05, help="share of products with one")
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="kept, with the pictures; a temporary one otherwise")
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    if given.serve:
        return serve()
    if given.folder:
        given.folder.mkdir(parents=True, exist_ok=True)
        if (given.folder / "shelf").exists():
            sys.exit(f"{given.folder} holds a shelf already; name another folder")
        lines, good = run(given, given.folder)
    else:
        with TemporaryDirectory() as folder:
            lines, good = run(given, Path(folder))
    print("\n".join(lines))
    if given.markdown:
        given.markdown.write_text("\n".join(lines) + "\n", "utf-8")
    sys.exit(not good)


if __name__ == "__main__":
    main()
