"""What the store adds to a bare boto3 client: bytes and time of a PutVectors call, time of a query.

    python benchmarks/s3vectors.py --markdown docs/benchmarks/s3vectors.md

Against the twin on this machine, so that the network counts for nothing. "boto3" gives the client plain lists of floats,
as its documentation does; "shortest" gives it `float(str(x))` of each float32; "store" is what Snapshelf does. The time
of a call is the client's own: a server that answers at once without reading what it gets.
"""

import argparse
import os
import socket
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from snapshelf.aws.client import Access, client
from snapshelf.stores import s3vectors
from snapshelf.stores.s3vectors import encode
from snapshelf.stores.s3vectors.calls import Calls
from snapshelf.testing.twin import running
from snapshelf.vectors import unit

DIMS = (256, 1024, 3072)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
METADATA = {"brand": "Acme", "category": "Shoes", "price": 79.9, "in_stock": True, "tags": ["new", "sale"]}


class Swallow:
    """A server that takes any body and answers {}."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def __exit__(self, *_):
        self.socket.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with connection, connection.makefile("rb") as stream:
            while line := stream.readline():
                length = 0
                while line not in (b"\r\n", b""):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                    line = stream.readline()
                while length:
                    length -= len(stream.read(min(length, 1 << 20)))
                connection.sendall(ANSWER)


def best(what, times):
    """Seconds of the quickest of several runs."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        found.append(time.perf_counter() - began)
    return min(found)


def puts(dim, count, times):
    """Lines of the table: a PutVectors call of ``count`` vectors."""
    rows = unit(np.random.default_rng(dim).normal(size=(count, dim)))
    ids = [f"P{n}#text" for n in range(count)]
    with Swallow() as endpoint:
        made = client("s3vectors", Access("us-east-1", "", endpoint))
        calls = Calls(made, "bucket", lambda operation, send, index, vectors: send(), 1)
        sizes = []
        made.meta.events.register("before-send.s3vectors", lambda request, **_: sizes.append(len(request.body)))

        def plain(row):
            return row.tolist()

        def shortest(row):
            return [float(str(one)) for one in row]

        def boto3(listed):
            vectors = [
                {"key": id, "data": {"float32": listed(row)}, "metadata": METADATA}
                for id, row in zip(ids, rows, strict=True)
            ]
            made.put_vectors(vectorBucketName="bucket", indexName="index", vectors=vectors)

        def store():
            calls.put("index", [encode.record(id, row, METADATA) for id, row in zip(ids, rows, strict=True)])

        for name, what in (("boto3", lambda: boto3(plain)), ("shortest", lambda: boto3(shortest)), ("store", store)):
            seconds = best(what, times)
            yield f"| {dim} | {name} | {sizes[-1] / count / 1000:.1f} | {1000 * seconds / count:.2f} | {20_971_520 // (sizes[-1] // count)} |"
        calls.close()


def queries(dim, count, times):
    """Lines of the table: a query for 10 of ``count`` vectors, over the wire."""
    rng = np.random.default_rng(dim)
    with running() as twin, TemporaryDirectory() as folder:
        options = {"bucket": "measured", "endpoint_url": twin.endpoint, "region": "us-east-1"}
        store = s3vectors.connect(Path(folder), dim, options)
        store.add([f"P{n}#text" for n in range(count)], unit(rng.normal(size=(count, dim))), [METADATA] * count)
        store.flush()
        bare = client("s3vectors", Access("us-east-1", "", twin.endpoint))
        name = f"snapshelf-{dim}-g1"
        rows = unit(rng.normal(size=(times, dim)))

        def boto3(row):
            bare.query_vectors(
                vectorBucketName="measured",
                indexName=name,
                topK=10,
                queryVector={"float32": row.tolist()},
                returnDistance=True,
            )

        def ours(row):
            store.search(row[None], 10)

        spent = {"boto3": [], "store": []}
        for row in rows:  # by turns, so that both meet the same machine
            for kind, what in (("boto3", boto3), ("store", ours)):
                began = time.perf_counter()
                what(row)
                spent[kind].append(1000 * (time.perf_counter() - began))
        for kind, found in spent.items():
            p50, p95 = np.percentile(found[times // 10 :], [50, 95])
            yield f"| {dim} | {kind} | {p50:.1f} | {p95:.1f} |"
        store.close()
        bare.close()


def main():
    from machine import describe

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
    lines = [describe("snapshelf", "boto3", "numpy"), "", f"PutVectors, {given.count} vectors a call:", ""]
    lines += ["| dim | by | kB a vector | ms a vector | vectors in 20 MiB |", "|--:|---|--:|--:|--:|"]
    for dim in DIMS:
        lines += puts(dim, given.count, given.times)
    lines += ["", "QueryVectors, 10 of 5,000, one at a time over the wire:", ""]
    lines += ["| dim | by | p50 ms | p95 ms |", "|--:|---|--:|--:|"]
    for dim in DIMS:
        lines += queries(dim, 5_000, given.queries)
    print("\n".join(lines))
    if given.markdown:
        given.markdown.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
