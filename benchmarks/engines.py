"""The funnel beside other in-process engines on the same vectors, in one run.

    python benchmarks/engines.py --size 100k      # or 1m; --only funnel,hnswlib
    python benchmarks/engines.py --size 1m --markdown docs/benchmarks/engines-1m.md

Each engine is built, then asked one query at a time on one thread: recall@10 against the exact answer, latency
percentiles, filters that pass 0.05 %, 0.5 %, 5 % and 50 %, far queries, and for the funnel the same again after 10,000
adds, updates and deletes. Memory is what a fresh process holds privately after opening the store and answering.
"""

import argparse
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from embeddings import DIM, Data, load, unit
from machine import describe
from snapshelf.filters import parse
from snapshelf.stores import exact, funnel

SIZES = {"20k": 20_000, "100k": 100_000, "1m": 1_000_000}
SHARES = (0.0005, 0.005, 0.05, 0.5)
K, BATCH = 10, 5_000


@dataclass
class Engine:
    """One contender: how to build it, ask it, and what was measured."""

    name: str
    ask: Callable[[np.ndarray], list[int]]
    build: float
    disk: float = 0.0
    rows: list[tuple[str, float, float, float, float]] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="100k")
    parser.add_argument("--only", default="")
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--probe", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.probe:
        probe(given.probe, SIZES[given.size])
        return
    data = load(SIZES[given.size])
    packages = ["snapshelf", "faiss-cpu", "numpy"] + [n for n in ("hnswlib", "lancedb", "zvec") if installed(n)]
    lines = [describe(*packages), f"{len(data.vectors):,} × {DIM} vectors, {given.queries} queries, one thread", ""]
    lines += ["| engine | what | recall@10 | p50 ms | p95 ms | p99 ms |", "|---|---|--:|--:|--:|--:|"]
    print("\n".join(lines), flush=True)
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent / "data") as work:
        for name, run in CONTENDERS.items():
            if (not given.only or name in given.only.split(",")) and fits(name, len(data.vectors)):
                for line in run(data, Path(work), given.queries):
                    lines.append(line)
                    print(line, flush=True)
    if given.markdown:
        given.markdown.parent.mkdir(parents=True, exist_ok=True)
        given.markdown.write_text("\n".join(lines) + "\n", encoding="utf-8")


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def fits(name: str, n: int) -> bool:
    """Leave out what is not installed, and graphs over a million full vectors, which take longer than all the rest."""
    needs = {"hnswlib": "hnswlib", "lancedb": "lancedb", "zvec": "zvec"}
    return (name not in needs or installed(needs[name])) and not (n > 300_000 and name in ("hnsw", "hnswlib"))


def rows(data: Data, start: int, end: int) -> np.ndarray:
    return unit(data.vectors[start:end].astype(np.float32))


def truth(data: Data, queries: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """The score of each query's tenth neighbour among the rows of ``mask``."""
    best = np.full((len(queries), K), -np.inf, np.float32)
    for start in range(0, len(data.vectors), 50_000):
        scores = queries @ data.vectors[start : start + 50_000].astype(np.float32).T
        if mask is not None:
            scores[:, ~mask[start : start + 50_000]] = -np.inf
        best = np.partition(np.concatenate([best, scores], 1), -K, 1)[:, -K:]
    return best.min(1)


def measure(
    name: str, what: str, data: Data, ask: Callable, queries: np.ndarray, mask: np.ndarray | None = None
) -> str:
    """One line: recall by score (a neighbour of equal score is no miss), and latencies."""
    tenth, times, hits = truth(data, queries, mask), [], 0
    for query in queries[:20]:
        ask(query)
    wanted = K if mask is None else min(K, int(mask.sum()))
    for query, floor in zip(queries, tenth, strict=True):
        began = time.perf_counter()
        found = ask(query)
        times.append(time.perf_counter() - began)
        scores = data.vectors[np.sort(found)].astype(np.float32) @ query if len(found) else np.empty(0)
        hits += min(wanted, int((scores >= floor - 2e-4).sum()))
    p50, p95, p99 = (float(np.quantile(times, q)) * 1000 for q in (0.5, 0.95, 0.99))
    return f"| {name} | {what} | {hits / wanted / len(queries):.4f} | {p50:.3f} | {p95:.3f} | {p99:.3f} |"


def our_store(module, data: Data, folder: Path):  # type: ignore[no-untyped-def]
    store = module.connect(folder, DIM, {})
    for start in range(0, len(data.vectors), BATCH):
        end = min(len(data.vectors), start + BATCH)
        attributes = [{"price": float(data.price[i]), "in_stock": bool(data.stock[i])} for i in range(start, end)]
        store.add([str(i) for i in range(start, end)], rows(data, start, end), attributes)
    store.flush()
    return store


def run_funnel(data: Data, work: Path, n: int):  # type: ignore[no-untyped-def]
    began = time.perf_counter()
    store = our_store(funnel, data, work / "funnel")
    built = time.perf_counter() - began

    def ask(query: np.ndarray, where=None) -> list[int]:  # type: ignore[no-untyped-def]
        return [int(id) for id in store.search(query[None], K, where).ids[0] if int(id) < len(data.vectors)]

    yield measure("funnel", "unfiltered", data, ask, data.queries[:n])
    yield measure("funnel", "far queries", data, ask, data.far[:n])
    yield from filtered("funnel", data, ask, min(n, 200))
    yield f"| funnel | promises (`Neighbours.recall`) | {store.search(data.queries[:1], K).recall} | | | |"
    disk = sum(f.stat().st_size for f in (work / "funnel").rglob("*") if f.is_file()) / 1e6
    line = [sys.executable, __file__, "--size", size_name(data), "--probe", str(work / "funnel")]
    private = subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()
    yield f"| funnel | build {built:.0f} s, disk {disk:,.0f} MB, private memory when opened {private} MB | | | | |"
    change(store, data)
    yield measure("funnel", "unfiltered, after 10,000 changes", data, ask, data.queries[:n])
    yield from filtered("funnel, after 10,000 changes", data, ask, min(n, 100))


def change(store, data: Data) -> None:  # type: ignore[no-untyped-def]
    """10,000 adds, updates and deletes that leave the true answers as they were."""
    rng, n = np.random.default_rng(3), len(data.vectors)
    extra = unit(rng.normal(size=(3_000, DIM))).astype(np.float32)
    price = [{"price": 1e9, "in_stock": False}] * 3_000
    store.add([str(n + i) for i in range(3_000)], extra, price)
    again = rng.choice(n, 2_000, replace=False)
    kept = [{"price": float(data.price[i]), "in_stock": bool(data.stock[i])} for i in again]
    store.add(
        [str(i) for i in again],
        unit(data.vectors[np.sort(again)].astype(np.float32))[np.argsort(np.argsort(again))],
        kept,
    )
    store.update([str(i) for i in again], kept)
    store.delete([str(n + i) for i in range(3_000)])
    store.flush()


def filtered(name: str, data: Data, ask: Callable, n: int):  # type: ignore[no-untyped-def]
    for share in SHARES:
        limit = float(np.quantile(data.price, share))
        where, mask = parse(f"price < {limit!r}"), data.price < limit
        yield measure(name, f"filter passes {share:.2%}", data, lambda q, w=where: ask(q, w), data.queries[:n], mask)


def size_name(data: Data) -> str:
    return next(name for name, n in SIZES.items() if n == len(data.vectors))


def probe(folder: Path, n: int) -> None:
    """In a fresh process: open, answer a hundred queries, print private megabytes."""
    queries = load(n).queries[:100]
    store = funnel.connect(folder, DIM, {})
    for query in queries:
        store.search(query[None], K)
        store.search(query[None], K, parse("price < 40 and in_stock"))
    status = Path("/proc/self/smaps_rollup").read_text().splitlines()
    private = sum(int(line.split()[1]) for line in status if line.startswith(("Private_Dirty", "Private_Clean")))
    mapped = sum(int(line.split()[1]) for line in status if line.startswith("Private_Clean"))
    print(f"{(private - mapped) / 1024:.0f}")


def run_exact(data: Data, work: Path, n: int):  # type: ignore[no-untyped-def]
    if len(data.vectors) > 300_000:
        return
    began = time.perf_counter()
    store = our_store(exact, data, work / "exact")
    built = time.perf_counter() - began
    yield measure(
        "exact", "unfiltered", data, lambda q: [int(i) for i in store.search(q[None], K).ids[0]], data.queries[:20]
    )
    yield f"| exact | build {built:.0f} s | | | | |"


def run_hnsw(data: Data, work: Path, n: int):  # type: ignore[no-untyped-def]
    import faiss

    began = time.perf_counter()
    index = faiss.IndexHNSWFlat(DIM, 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 100
    for start in range(0, len(data.vectors), BATCH):
        index.add(rows(data, start, start + BATCH))
    built = time.perf_counter() - began
    faiss.omp_set_num_threads(1)
    for ef in (32, 64, 128, 256):
        index.hnsw.efSearch = ef
        yield measure("faiss HNSW flat", f"ef {ef}", data, lambda q: index.search(q[None], K)[1][0], data.queries[:n])
    yield f"| faiss HNSW flat | build {built:.0f} s | | | | |"


def run_hnswlib(data: Data, work: Path, n: int):  # type: ignore[no-untyped-def]
    import hnswlib

    began = time.perf_counter()
    index = hnswlib.Index("ip", DIM)
    index.init_index(len(data.vectors), M=16, ef_construction=120)
    for start in range(0, len(data.vectors), BATCH):
        index.add_items(rows(data, start, start + BATCH), np.arange(start, min(len(data.vectors), start + BATCH)))
    built = time.perf_counter() - began
    index.set_num_threads(1)
    for ef in (32, 64, 128, 256):
        index.set_ef(ef)
        yield measure(
            "hnswlib", f"ef {ef}", data, lambda q: index.knn_query(q[None], K)[0][0].astype(int), data.queries[:n]
        )
    yield f"| hnswlib | build {built:.0f} s | | | | |"


def run_lancedb(data: Data, work: Path, n: int):  # type: ignore[no-untyped-def]
    import lancedb
    import pyarrow as pa

    began = time.perf_counter()
    base = lancedb.connect(work / "lance")

    def batches():  # type: ignore[no-untyped-def]
        for start in range(0, len(data.vectors), 20_000):
            part = rows(data, start, start + 20_000).astype(np.float32)
            ids = pa.array(np.arange(start, start + len(part)))
            vectors = pa.FixedSizeListArray.from_arrays(pa.array(part.ravel()), DIM)
            yield pa.record_batch(
                [ids, pa.array(data.price[start : start + len(part)]), vectors], names=["id", "price", "vector"]
            )

    schema = pa.schema([("id", pa.int64()), ("price", pa.float64()), ("vector", pa.list_(pa.float32(), DIM))])
    table = base.create_table("t", pa.RecordBatchReader.from_batches(schema, batches()))
    table.create_index(metric="cosine", index_type="IVF_HNSW_SQ", num_partitions=max(1, len(data.vectors) // 50_000))
    built = time.perf_counter() - began
    for probes, refine in ((2, 4), (4, 8)):

        def ask(q, p=probes, r=refine):  # type: ignore[no-untyped-def]
            return [
                row["id"]
                for row in table.search(q)
                .metric("cosine")
                .nprobes(p)
                .refine_factor(r)
                .limit(K)
                .select(["id"])
                .to_list()
            ]

        yield measure(
            "LanceDB IVF_HNSW_SQ", f"nprobes {probes}, refine {refine}", data, ask, data.queries[: min(n, 200)]
        )
    yield f"| LanceDB | build {built:.0f} s | | | | |"
    shutil.rmtree(work / "lance", ignore_errors=True)


def run_zvec(data: Data, work: Path, n: int):  # type: ignore[no-untyped-def]
    import zvec

    began = time.perf_counter()
    vector = zvec.VectorSchema(
        "v", zvec.DataType.VECTOR_FP32, DIM, index_param=zvec.HnswIndexParam(metric_type=zvec.MetricType.COSINE)
    )
    store = zvec.create_and_open(str(work / "zvec"), zvec.CollectionSchema(name="t", vectors=vector))
    for start in range(0, len(data.vectors), 1_000):
        part = rows(data, start, start + 1_000)
        store.insert([zvec.Doc(id=str(start + i), vectors={"v": row.tolist()}) for i, row in enumerate(part)])
    store.optimize()
    built = time.perf_counter() - began
    for ef in (64, 128, 300):

        def ask(q, e=ef):  # type: ignore[no-untyped-def]
            return [
                int(d.id)
                for d in store.query(zvec.VectorQuery("v", vector=q.tolist(), param=zvec.HnswQueryParam(ef=e)), topk=K)
            ]

        yield measure("zvec HNSW", f"ef {ef}", data, ask, data.queries[: min(n, 200)])
    yield f"| zvec | build {built:.0f} s | | | | |"


CONTENDERS = {
    "funnel": run_funnel,
    "exact": run_exact,
    "hnsw": run_hnsw,
    "hnswlib": run_hnswlib,
    "lancedb": run_lancedb,
    "zvec": run_zvec,
}

if __name__ == "__main__":
    main()
