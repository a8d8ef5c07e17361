"""The funnel beside other in-process engines on the same vectors.

    python benchmarks/engines.py --size 100k --build                  # builds all, minutes; asks nothing
    python benchmarks/engines.py --size 100k                          # asks all; builds what is missing
    python benchmarks/engines.py --size 1m --only funnel --markdown docs/benchmarks/engines-1m.md

Each engine is asked one query at a time on one thread: recall@10 against the exact answer, latency percentiles; the
funnel also with filters that pass 0.05 %, 0.5 %, 5 % and 50 %, with far queries, and the same again after 10,000 adds,
updates and deletes. "Just opened" pays for mapping the pages of the vectors that are read, "asked again" does not: the
same questions once more, as in a process that has run for a while. Memory is what a fresh process holds privately after opening the store and answering. Several
calls with the same ``--markdown`` make one table: an engine's lines replace its earlier ones.
"""

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from contenders import CONTENDERS, Contender, K
from embeddings import DIM, FOLDER, Data, load, unit
from machine import describe
from snapshelf.filters import parse
from snapshelf.stores import funnel

SIZES = {"20k": 20_000, "100k": 100_000, "1m": 1_000_000}
SHARES = (0.0005, 0.005, 0.05, 0.5)
HEAD = "| engine | what | recall@10 | p50 ms | p95 ms | p99 ms |\n|---|---|--:|--:|--:|--:|\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="100k")
    parser.add_argument("--only", default=",".join(CONTENDERS))
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--build", action="store_true")
    parser.add_argument("--probe", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.probe:
        probe(given.probe, SIZES[given.size])
        return
    data = load(SIZES[given.size])
    machine = describe("snapshelf", "faiss-cpu", "numpy", *(n for n in ("hnswlib", "lancedb", "zvec") if installed(n)))
    intro = f"{machine}\n{len(data.vectors):,} × {DIM} vectors, {given.queries} queries, one thread\n"
    print(f"{intro}\n{HEAD}", end="", flush=True)
    for name in given.only.split(","):
        contender = CONTENDERS[name]
        if not installed(contender.needs) or len(data.vectors) > contender.most:
            continue
        folder = FOLDER / "built" / given.size / name
        if not (folder / "seconds.json").exists():
            build(contender, data, folder)
        if given.build:
            continue
        lines = []
        for line in measured(contender, data, folder, given.queries):
            lines.append(line)
            print(line, flush=True)
        if given.markdown:
            merge(given.markdown, intro, contender.name, lines)


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def build(contender: Contender, data: Data, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    began = time.perf_counter()
    contender.build(data, folder)
    (folder / "seconds.json").write_text(json.dumps(time.perf_counter() - began), "utf-8")


def merge(path: Path, intro: str, name: str, lines: list[str]) -> None:
    """Put an engine's lines into the page in place of its earlier ones."""
    old = path.read_text("utf-8").splitlines() if path.exists() else []
    kept = [line for line in old if line.startswith("|") and not line.startswith(("| engine |", "|---", f"| {name} |"))]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{intro}\n{HEAD}" + "\n".join([*kept, *lines]) + "\n", "utf-8")


def measured(contender: Contender, data: Data, folder: Path, n: int) -> Iterator[str]:
    name, seconds = contender.name, json.loads((folder / "seconds.json").read_text("utf-8"))
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    if name == "funnel":
        yield from funnel_lines(data, folder, n)
        line = [sys.executable, __file__, "--size", size_name(data), "--probe", str(folder)]
        private = subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()
        yield f"| {name} | build {seconds:.0f} s, disk {disk:,.0f} MB, private memory {private} MB | | | | |"
        yield from changed_lines(data, folder, n)
        return
    asked = data.queries[: 20 if contender.slow else n]
    for what, ask in contender.ways(folder):
        yield measure(name, what, data, ask, asked)
    yield f"| {name} | build {seconds:.0f} s, disk {disk:,.0f} MB | | | | |"


def truth(data: Data, queries: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """The score of each query's tenth neighbour among the rows of ``mask``; worked out once, then kept on disk."""
    marks = [zlib.crc32(np.ascontiguousarray(part)) for part in (queries, mask if mask is not None else np.ones(1))]
    kept = FOLDER / f"truth-{len(data.vectors)}-{marks[0]:08x}-{marks[1]:08x}.npy"
    if kept.exists():
        return np.load(kept)
    best = np.full((len(queries), K), -np.inf, np.float32)
    for start in range(0, len(data.vectors), 50_000):
        chosen = slice(None) if mask is None else mask[start : start + 50_000]
        scores = queries @ data.vectors[start : start + 50_000][chosen].astype(np.float32).T
        best = np.partition(np.concatenate([best, scores], 1), -K, 1)[:, -K:]
    np.save(kept, best.min(1))
    return best.min(1)


def measure(
    name: str, what: str, data: Data, ask: Callable, queries: np.ndarray, mask: np.ndarray | None = None
) -> str:
    """One line: recall by score (a neighbour of equal score is no miss), and latencies."""
    tenth, times, answers = truth(data, queries, mask), [], []
    for query in queries[:50]:
        ask(query)
    for query in queries:
        began = time.perf_counter()
        answers.append(ask(query))
        times.append(time.perf_counter() - began)
    wanted, hits = K if mask is None else min(K, int(mask.sum())), 0
    for query, found, floor in zip(queries, answers, tenth, strict=True):
        scores = data.vectors[np.sort(found)].astype(np.float32) @ query if len(found) else np.empty(0)
        hits += min(wanted, int((scores >= floor - 2e-4).sum()))
    p50, p95, p99 = (float(np.quantile(times, q)) * 1000 for q in (0.5, 0.95, 0.99))
    return f"| {name} | {what} | {hits / wanted / len(queries):.4f} | {p50:.3f} | {p95:.3f} | {p99:.3f} |"


def asking(store, data: Data) -> Callable:  # type: ignore[no-untyped-def]
    def ask(query: np.ndarray, where=None) -> list[int]:  # type: ignore[no-untyped-def]
        return [int(id) for id in store.search(query[None], K, where).ids[0]]

    return ask


def funnel_lines(data: Data, folder: Path, n: int) -> Iterator[str]:
    store = funnel.connect(folder, DIM, {})
    ask = asking(store, data)
    yield measure("funnel", "unfiltered, just opened", data, ask, data.queries[:n])
    yield measure("funnel", "unfiltered, asked again", data, ask, data.queries[:n])
    yield measure("funnel", "far queries", data, ask, data.far[:n])
    yield from filtered("", data, ask, min(n, 200))
    answer = store.search(data.queries[:1], K)
    yield f"| funnel | promises (`Neighbours.recall`); {answer.path} | {answer.recall} | | | |"


def changed_lines(data: Data, folder: Path, n: int) -> Iterator[str]:
    """The same after 10,000 adds, updates and deletes, made to a copy that shares the files, which never change."""
    copy = folder.with_name("changed")
    shutil.rmtree(copy, ignore_errors=True)
    subprocess.run(["cp", "-rl", str(folder), str(copy)], check=True)
    store = funnel.connect(copy, DIM, {})
    began = time.perf_counter()
    change(store, data)
    yield f"| funnel | 10,000 changes took {time.perf_counter() - began:.1f} s | | | | |"
    ask = asking(store, data)
    yield measure("funnel", "unfiltered, after 10,000 changes, just opened", data, ask, data.queries[:n])
    yield measure("funnel", "unfiltered, after 10,000 changes, asked again", data, ask, data.queries[:n])
    yield measure("funnel", "far queries, after 10,000 changes", data, ask, data.far[:n])
    yield from filtered(", after 10,000 changes", data, ask, min(n, 200))
    shutil.rmtree(copy)


def change(store, data: Data) -> None:  # type: ignore[no-untyped-def]
    """3,000 adds, 2,000 replacements, 2,000 updates and 3,000 deletes that leave the true answers as they were."""
    rng, n = np.random.default_rng(3), len(data.vectors)
    extra = [str(n + i) for i in range(3_000)]
    store.add(
        extra, unit(rng.normal(size=(3_000, DIM))).astype(np.float32), [{"price": 1e9, "in_stock": False}] * 3_000
    )
    again = np.sort(rng.choice(n, 2_000, replace=False))
    kept = [{"price": float(data.price[i]), "in_stock": bool(data.stock[i])} for i in again]
    store.add([str(i) for i in again], unit(data.vectors[again].astype(np.float32)), kept)
    store.update([str(i) for i in again], kept)
    store.delete(extra)
    store.flush()


def filtered(when: str, data: Data, ask: Callable, n: int) -> Iterator[str]:
    for share in SHARES:
        limit = float(np.quantile(data.price, share))
        where, mask = parse(f"price < {limit!r}"), data.price < limit
        what = f"filter passes {share:.2%}{when}"
        yield measure("funnel", what, data, lambda q, w=where: ask(q, w), data.queries[:n], mask)


def size_name(data: Data) -> str:
    return next(name for name, n in SIZES.items() if n == len(data.vectors))


def probe(folder: Path, n: int) -> None:
    """In a fresh process: open, answer a hundred queries with and without a filter, print private megabytes."""
    queries = load(n).queries[:100]
    store = funnel.connect(folder, DIM, {})
    for query in queries:
        store.search(query[None], K)
        store.search(query[None], K, parse("price < 40 and in_stock"))
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    print(f"{sum(int(line.split()[1]) for line in lines if line.startswith('Private_Dirty')) / 1024:.0f}")


if __name__ == "__main__":
    main()
