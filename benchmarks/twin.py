"""How fast the twin answers, the wire included.

    python benchmarks/twin.py                                  # 100,000 vectors of 1,024 dimensions, 32 clients
    python benchmarks/twin.py --vectors 20000 --data DIR       # kept on disk, every write synced
    python benchmarks/twin.py --spread random                  # directions without any structure, the hardest case
    python benchmarks/twin.py --only nova                      # InvokeModel alone

The twin runs in a process of its own, the clients in this one: threads with a connection each and bodies made
beforehand, so that what is measured is the twin and the wire. The lines with boto3 show what a client costs beside it. The twin's own
processor time is given as well, since on a busy machine the rates say more of the others than of the twin.
Vectors are drawn around centres, as embeddings lie around subjects, or evenly. Recall is against exact distances.
"""

import argparse
import base64
import http.client
import io
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
from PIL import Image

from machine import describe

BUCKET, INDEX = "bench-shop", "products"
TARGET = {"vectorBucketName": BUCKET, "indexName": INDEX}
NOVA = "model/amazon.nova-2-multimodal-embeddings-v1%3A0/invoke"
COLOURS, THINGS = ("red", "navy", "green", "striped"), ("running shoes", "mug", "desk lamp", "linen shirt", "apple")
SERVER = """
import os, sys
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as `snapshelf twin` does
from pathlib import Path
from snapshelf.twin.run import Options, start
with start(Options(data=Path(sys.argv[1]) if sys.argv[1] else None)) as twin:
    print(twin.port, flush=True)
    sys.stdin.read()
"""
HEAD = "| what | clients | per second | p50 ms | p95 ms | twin's CPU ms | recall@10 |\n|---|--:|--:|--:|--:|--:|--:|"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=1024)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--spread", choices=("centres", "random"), default="centres")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--only", choices=("s3vectors", "nova"))
    given = parser.parse_args()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(given.data or "")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        port, used = int(process.stdout.readline()), lambda: cpu(process.pid)
        print(describe("snapshelf", "boto3", "numpy"))
        if given.only != "nova":
            measure(port, *drawn(given.vectors, given.dimension, given.spread), given, used)
        if given.only != "s3vectors":
            nova(port, given, used)
    finally:
        process.stdin.close()
        process.wait()


def measure(port, vectors, queries, given, cpu):
    where = "on disk" if given.data else "in memory"
    print(f"{len(vectors):,} × {vectors.shape[1]} vectors ({given.spread}), {where}\n\n{HEAD}")
    post(port, "CreateVectorBucket", {"vectorBucketName": BUCKET})
    shape = {"dataType": "float32", "dimension": vectors.shape[1], "distanceMetric": "cosine"}
    post(port, "CreateIndex", {**TARGET, **shape})
    put(port, vectors, cpu)
    truth = nearest(vectors, queries)
    groups = np.arange(len(vectors)) % 100
    bodies = [body("QueryVectors", query, 10) for query in queries]
    begun, used = time.perf_counter(), cpu()
    post(port, "QueryVectors", json.loads(bodies[0]))
    row("the first query, which makes the codes", 1, 1, [time.perf_counter() - begun], cpu() - used)
    for clients in (1, given.clients):
        line("QueryVectors", clients, *run(port, bodies, clients, given.seconds, cpu), truth)
    for share in (1, 10, 50):
        where = {"group": {"$lt": share}}
        rows = np.flatnonzero(groups < share)
        found = [[str(rows[int(key)]) for key in one] for one in nearest(vectors[rows], queries)]
        bodies = [body("QueryVectors", query, 10, where) for query in queries]
        line(
            f"with a filter, {share} % pass",
            given.clients,
            *run(port, bodies, given.clients, given.seconds, cpu),
            found,
        )
    with_boto3(port, queries, given.seconds, cpu)


def nova(port, given, cpu):
    """InvokeModel for short texts and for pictures of 640 × 480, 1,024 dimensions."""
    print(f"\n{HEAD}")
    rng = np.random.default_rng(5)
    texts = [{"truncationMode": "END", "value": f"{colour} {thing}"} for colour in COLOURS for thing in THINGS]
    pictures = []
    for _ in range(16):
        held = io.BytesIO()
        coarse = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((640, 480), Image.Resampling.BICUBIC).save(held, "JPEG")
        source = {"bytes": base64.b64encode(held.getvalue()).decode()}
        pictures.append({"format": "jpeg", "source": source})
    for what, media in (("text", texts), ("image", pictures)):
        shape = {"embeddingPurpose": "GENERIC_INDEX", "embeddingDimension": 1024}
        bodies = [
            json.dumps({"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": {**shape, what: one}}).encode()
            for one in media
        ]
        for clients in (1, given.clients):
            rate, times, used, _ = run(port, bodies, clients, given.seconds, cpu, NOVA)
            row(f"InvokeModel, {what}s", clients, rate, times, used)


def put(port, vectors, cpu, batch=250):
    """Everything, from one client; only the sending is timed."""
    spent, sent, times, used = 0.0, 0, [], cpu()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for start in range(0, len(vectors), batch):
        rows = range(start, min(start + batch, len(vectors)))
        lists = short(vectors[rows.start : rows.stop])
        records = [
            {"key": str(at), "data": {"float32": one}, "metadata": {"group": at % 100}}
            for at, one in zip(rows, lists, strict=True)
        ]
        text = json.dumps({**TARGET, "vectors": records}).encode()
        begun = time.perf_counter()
        ask(connection, "PutVectors", text)
        times.append(time.perf_counter() - begun)
        spent, sent = spent + times[-1], sent + len(rows)
    row("PutVectors, vectors", 1, sent / spent, times, (cpu() - used) / sent)


def run(port, bodies, clients, seconds, cpu, operation="QueryVectors"):
    """(queries a second, times, seconds of the twin's CPU a query, {query number: keys}) of clients that ask without a pause."""
    times, found, asked, lock = [], {}, [], threading.Lock()
    end = time.perf_counter() + seconds + 1
    warm = time.perf_counter() + 1

    def client(number):
        connection, mine, answers = http.client.HTTPConnection("127.0.0.1", port), [], {}
        at = number
        while (begun := time.perf_counter()) < end:
            answer = ask(connection, operation, bodies[at % len(bodies)])
            if begun >= warm:
                mine.append(time.perf_counter() - begun)
            answers[at % len(bodies)] = answer
            at += clients
        with lock:
            times.extend(mine)
            asked.append((at - number) // clients)
            found.update(answers)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    used = cpu()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    used = (cpu() - used) / sum(asked)
    keys = {at: [hit["key"] for hit in json.loads(answer).get("vectors", ())] for at, answer in found.items()}
    return len(times) / seconds, times, used, keys


def with_boto3(port, queries, seconds, cpu):
    import boto3

    client = boto3.client(
        "s3vectors",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    used, times, lists, end = cpu(), [], [query.tolist() for query in queries], time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        client.query_vectors(**TARGET, topK=10, queryVector={"float32": lists[len(times) % len(lists)]})
        times.append(time.perf_counter() - begun)
    row("QueryVectors through boto3", 1, len(times) / seconds, times, (cpu() - used) / len(times))


def line(what, clients, rate, times, used, found, truth):
    recall = np.mean([len(set(keys) & set(truth[at])) / len(truth[at]) for at, keys in found.items()])
    row(what, clients, rate, times, used, f"{recall:.4f}")


def row(what, clients, rate, times, used, recall=""):
    low, high = np.percentile(np.array(times) * 1000, [50, 95])
    print(f"| {what} | {clients} | {rate:,.0f} | {low:.1f} | {high:.1f} | {used * 1000:.2f} | {recall} |", flush=True)


def cpu(process):
    """Seconds of processor time that a process has used, where Linux tells; else not a number."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def drawn(count, dimension, spread):
    """(vectors, 256 queries), float32."""
    rng = np.random.default_rng(5)
    if spread == "random":
        both = rng.standard_normal((count + 256, dimension), dtype=np.float32)
    else:
        centres = rng.standard_normal((max(1, count // 50), dimension), dtype=np.float32)
        both = rng.standard_normal((count + 256, dimension), dtype=np.float32)
        both += centres[rng.integers(0, len(centres), count + 256)]
    both = np.round(both, 4)
    return both[:count], both[count:]


def nearest(vectors, queries, k=10):
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = queries @ units.T
    return [[str(at) for at in np.argsort(-one)[:k]] for one in scores]


def short(vectors):
    """As lists with four decimals, about as many letters as the shortest form of a float32."""
    return np.round(vectors.astype(np.float64), 4).tolist()


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
