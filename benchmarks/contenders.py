"""The engines that are compared: how each is built in a folder, and how it is asked afterwards."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings import DIM, Data, unit
from snapshelf.stores import exact, funnel

K, BATCH = 10, 5_000
Ask = Callable[[np.ndarray], list[int]]


@dataclass(frozen=True)
class Contender:
    """``build`` fills a new folder; ``ways`` yields (setting, question) over it. ``slow``: asked fewer queries."""

    name: str
    needs: str  # package
    build: Callable[[Data, Path], None]
    ways: Callable[[Path], Iterator[tuple[str, Ask]]]
    most: int = 10_000_000  # vectors beyond which it is left out
    slow: bool = False


def parts(data: Data, size: int) -> Iterator[tuple[int, np.ndarray]]:
    """(first row, float32 unit rows) of everything."""
    for start in range(0, len(data.vectors), size):
        yield start, unit(data.vectors[start : start + size].astype(np.float32)).astype(np.float32)


def ours(module):  # type: ignore[no-untyped-def]
    """The build function of one of our stores."""

    def build(data: Data, folder: Path) -> None:
        store = module.connect(folder, DIM, {})
        for start, rows in parts(data, BATCH):
            at = range(start, start + len(rows))
            attributes = [{"price": float(data.price[i]), "in_stock": bool(data.stock[i])} for i in at]
            store.add([str(i) for i in at], rows, attributes)
        store.flush()

    return build


def ask_ours(module) -> Callable[[Path], Iterator[tuple[str, Ask]]]:  # type: ignore[no-untyped-def]
    def ways(folder: Path) -> Iterator[tuple[str, Ask]]:
        store = module.connect(folder, DIM, {})
        yield "unfiltered", lambda q: [int(id) for id in store.search(q[None], K).ids[0]]

    return ways


def build_hnsw(data: Data, folder: Path) -> None:
    import faiss

    faiss.omp_set_num_threads(os.cpu_count() or 1)
    index = faiss.IndexHNSWFlat(DIM, 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 100
    for _, rows in parts(data, BATCH):
        index.add(rows)
    faiss.write_index(index, str(folder / "hnsw.faiss"))


def ask_hnsw(folder: Path) -> Iterator[tuple[str, Ask]]:
    import faiss

    index = faiss.read_index(str(folder / "hnsw.faiss"))
    faiss.omp_set_num_threads(1)
    for ef in (32, 64, 128, 256):
        index.hnsw.efSearch = ef
        yield f"ef {ef}", lambda q: index.search(q[None], K)[1][0]


def build_hnswlib(data: Data, folder: Path) -> None:
    import hnswlib

    index = hnswlib.Index("ip", DIM)
    index.init_index(len(data.vectors), M=16, ef_construction=120)
    for start, rows in parts(data, BATCH):
        index.add_items(rows, np.arange(start, start + len(rows)))
    index.save_index(str(folder / "index"))


def ask_hnswlib(folder: Path) -> Iterator[tuple[str, Ask]]:
    import hnswlib

    index = hnswlib.Index("ip", DIM)
    index.load_index(str(folder / "index"))
    index.set_num_threads(1)
    for ef in (32, 64, 128, 256):
        index.set_ef(ef)
        yield f"ef {ef}", lambda q: index.knn_query(q[None], K)[0][0].astype(int)


def build_lancedb(data: Data, folder: Path) -> None:
    import lancedb
    import pyarrow as pa

    schema = pa.schema([("id", pa.int64()), ("price", pa.float64()), ("vector", pa.list_(pa.float32(), DIM))])

    def batches() -> Iterator[pa.RecordBatch]:
        for start, rows in parts(data, 20_000):
            vectors = pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), DIM)
            price = pa.array(data.price[start : start + len(rows)])
            ids = pa.array(np.arange(start, start + len(rows)))
            yield pa.record_batch([ids, price, vectors], names=["id", "price", "vector"])

    table = lancedb.connect(folder).create_table("t", pa.RecordBatchReader.from_batches(schema, batches()))
    table.create_index(metric="cosine", index_type="IVF_HNSW_SQ", num_partitions=max(1, len(data.vectors) // 50_000))


def ask_lancedb(folder: Path) -> Iterator[tuple[str, Ask]]:
    import lancedb

    table = lancedb.connect(folder).open_table("t")
    for probes, refine in ((1, 1), (1, 2), (2, 4), (4, 8)):

        def ask(query: np.ndarray, probes: int = probes, refine: int = refine) -> list[int]:
            found = (
                table.search(query)
                .metric("cosine")
                .nprobes(probes)
                .refine_factor(refine)
                .limit(K)
                .select(["id", "_distance"])
            )
            return [row["id"] for row in found.to_list()]

        yield f"nprobes {probes}, refine {refine}", ask


def build_zvec(data: Data, folder: Path) -> None:
    import zvec

    kind = zvec.HnswIndexParam(metric_type=zvec.MetricType.COSINE)
    vector = zvec.VectorSchema("v", zvec.DataType.VECTOR_FP32, DIM, index_param=kind)
    store = zvec.create_and_open(str(folder / "zvec"), zvec.CollectionSchema(name="t", vectors=vector))
    for start, rows in parts(data, 1_000):
        store.insert([zvec.Doc(id=str(start + i), vectors={"v": row.tolist()}) for i, row in enumerate(rows)])
    store.optimize()
    store.flush()


def ask_zvec(folder: Path) -> Iterator[tuple[str, Ask]]:
    import zvec

    store = zvec.open(str(folder / "zvec"))
    for ef in (12, 20, 32, 64, 128):

        def ask(query: np.ndarray, ef: int = ef) -> list[int]:
            wanted = zvec.VectorQuery("v", vector=query.tolist(), param=zvec.HnswQueryParam(ef=ef))
            return [int(found.id) for found in store.query(wanted, topk=K)]

        yield f"ef {ef}", ask


CONTENDERS = {
    "funnel": Contender("funnel", "faiss", ours(funnel), ask_ours(funnel)),
    "exact": Contender("exact", "numpy", ours(exact), ask_ours(exact), slow=True),
    "hnsw": Contender("faiss HNSW flat", "faiss", build_hnsw, ask_hnsw, most=300_000),
    "hnswlib": Contender("hnswlib", "hnswlib", build_hnswlib, ask_hnswlib, most=300_000),
    "lancedb": Contender("LanceDB IVF_HNSW_SQ", "lancedb", build_lancedb, ask_lancedb),
    "zvec": Contender("zvec HNSW", "zvec", build_zvec, ask_zvec),
}
