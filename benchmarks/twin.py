"""How fast the twin answers, the wire included.

    python benchmarks/twin.py                                  # 100,000 vectors of 1,024 dimensions, 32 clients
    python benchmarks/twin.py --vectors 20000 --data DIR       # kept on disk, every write synced
    python benchmarks/twin.py --spread random                  # directions without any structure, the hardest case

The twin runs in a process of its own, the clients in this one: threads with a connection each and bodies made
beforehand, so that what is measured is the twin and the wire. The lines with boto3 show what a client costs beside it.
Vectors are drawn around centres, as embeddings lie around subjects, or evenly. Recall is against exact distances.
"""

import argparse
import http.client
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from machine import describe

BUCKET, INDEX = "bench-shop", "products"
TARGET = {"vectorBucketName": BUCKET, "indexName": INDEX}
SERVER = """
import sys
from pathlib import Path
from snapshelf.twin.run import Options, start
with start(Options(data=Path(sys.argv[1]) if sys.argv[1] else None)) as twin:
    print(twin.port, flush=True)
    sys.stdin.read()
"""
HEAD = "| what | clients | per second | p50 ms | p95 ms | recall@10 |\n|---|--:|--:|--:|--:|--:|"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=1024)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--spread", choices=("centres", "random"), default="centres")
    parser.add_argument("--data", type=Path)
    given = parser.parse_args()
    vectors, queries = drawn(given.vectors, given.dimension, given.spread)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(given.data or "")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        measure(int(process.stdout.readline()), vectors, queries, given)
    finally:
        process.stdin.close()
        process.wait()


def measure(port, vectors, queries, given):
    print(describe("snapshelf", "boto3", "numpy"))
    where = "on disk" if given.data else "in memory"
    print(f"{len(vectors):,} × {vectors.shape[1]} vectors ({given.spread}), {where}\n\n{HEAD}")
    post(port, "CreateVectorBucket", {"vectorBucketName": BUCKET})
    shape = {"dataType": "float32", "dimension": vectors.shape[1], "distanceMetric": "cosine"}
    post(port, "CreateIndex", {**TARGET, **shape})
    put(port, vectors)
    truth = nearest(vectors, queries)
    groups = np.arange(len(vectors)) % 100
    bodies = [body("QueryVectors", query, 10) for query in queries]
    for clients in (1, given.clients):
        line("QueryVectors", clients, *run(port, bodies, clients, given.seconds), truth)
    for share in (1, 10, 50):
        where = {"group": {"$lt": share}}
        rows = np.flatnonzero(groups < share)
        found = [[str(rows[int(key)]) for key in one] for one in nearest(vectors[rows], queries)]
        bodies = [body("QueryVectors", query, 10, where) for query in queries]
        line(f"with a filter, {share} % pass", given.clients, *run(port, bodies, given.clients, given.seconds), found)
    with_boto3(port, queries, given.seconds)


def put(port, vectors, batch=250):
    """Everything, from one client; only the sending is timed."""
    spent, sent, times = 0.0, 0, []
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for start in range(0, len(vectors), batch):
        rows = range(start, min(start + batch, len(vectors)))
        records = [
            {"key": str(row), "data": {"float32": short(vectors[row])}, "metadata": {"group": row % 100}} for row in rows
        ]
        text = json.dumps({**TARGET, "vectors": records}).encode()
        begun = time.perf_counter()
        ask(connection, "PutVectors", text)
        times.append(time.perf_counter() - begun)
        spent, sent = spent + times[-1], sent + len(rows)
    row("PutVectors, vectors", 1, sent / spent, times)


def run(port, bodies, clients, seconds):
    """(queries a second, times, {query number: keys}) of clients that ask without a pause."""
    times, found, lock = [], {}, threading.Lock()
    end = time.perf_counter() + seconds + 1
    warm = time.perf_counter() + 1

    def client(number):
        connection, mine, answers = http.client.HTTPConnection("127.0.0.1", port), [], {}
        at = number
        while (begun := time.perf_counter()) < end:
            answer = ask(connection, "QueryVectors", bodies[at % len(bodies)])
            if begun >= warm:
                mine.append(time.perf_counter() - begun)
            answers[at % len(bodies)] = answer
            at += clients
        with lock:
            times.extend(mine)
            found.update(answers)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = {at: [hit["key"] for hit in json.loads(answer)["vectors"]] for at, answer in found.items()}
    return len(times) / seconds, times, keys


def with_boto3(port, queries, seconds):
    import boto3

    client = boto3.client(
        "s3vectors",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    times, lists, end = [], [query.tolist() for query in queries], time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        client.query_vectors(**TARGET, topK=10, queryVector={"float32": lists[len(times) % len(lists)]})
        times.append(time.perf_counter() - begun)
    row("QueryVectors through boto3", 1, len(times) / seconds, times)


def line(what, clients, rate, times, found, truth):
    recall = np.mean([len(set(keys) & set(truth[at])) / len(truth[at]) for at, keys in found.items()])
    row(what, clients, rate, times, f"{recall:.4f}")


def row(what, clients, rate, times, recall=""):
    low, high = np.percentile(np.array(times) * 1000, [50, 95])
    print(f"| {what} | {clients} | {rate:,.0f} | {low:.1f} | {high:.1f} | {recall} |", flush=True)


def drawn(count, dimension, spread):
    """(vectors, 256 queries), float32."""
    rng = np.random.default_rng(5)
    if spread == "random":
        both = rng.standard_normal((count + 256, dimension), dtype=np.float32)
    else:
        centres = rng.standard_normal((max(1, count // 50), dimension), dtype=np.float32)
        both = rng.standard_normal((count + 256, dimension), dtype=np.float32)
        both += centres[rng.integers(0, len(centres), count + 256)]
    return both[:count], both[count:]


def nearest(vectors, queries, k=10):
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = queries @ units.T
    return [[str(at) for at in np.argsort(-one)[:k]] for one in scores]


def short(vector):
    return [float(str(value)) for value in vector]


def body(_, query, k, where=None):
    told = {**TARGET, "topK": k, "queryVector": {"float32": short(query)}, "returnDistance": True}
    return json.dumps(told | ({"filter": where} if where else {})).encode()


def post(port, operation, told):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    ask(connection, operation, json.dumps(told).encode())
    connection.close()


def ask(connection, operation, text):
    connection.request("POST", f"/{operation}", text, {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    if response.status != 200:
        raise SystemExit(f"{operation}: {response.status} {answer.decode()[:300]}")
    return answer


if __name__ == "__main__":
    main()
