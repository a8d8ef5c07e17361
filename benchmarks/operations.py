"""What keeping books costs: the overview of a query log, a query on its way into the log, jobs beside an ingest.

    python benchmarks/operations.py                                       # 100,000 logged queries of a week
    python benchmarks/operations.py --queries 1000000 --url postgresql+psycopg://user@host/empty_database

Processor time stands beside the clock, since on a busy machine the clock says more of the others. The ingest is of
products without pictures by the toy encoder, which costs next to nothing, with jobs and without, in turn.
"""

import argparse
import random
import statistics
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import snapshelf
from machine import describe
from snapshelf.catalogue import jobs, open_catalogue, queries
from snapshelf.catalogue.jobs import Job
from snapshelf.catalogue.queries import KINDS, AskedQuery
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.observe.queries import overview
from snapshelf.observe.querylog import QueryLog
from snapshelf.types import Product

NOW, DAY = 1_764_000_000.0, 86_400.0
SHARES = (60, 15, 3, 2, 8, 7, 5)  # of the kinds, in per cent
RUNS = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=100_000)
    parser.add_argument("--products", type=int, default=2_000)
    parser.add_argument("--url", default="")
    given = parser.parse_args()
    print(describe("snapshelf", "sqlalchemy", "numpy"))
    with tempfile.TemporaryDirectory() as work:
        catalogue = open_catalogue(given.url or f"sqlite:///{work}/catalogue.sqlite")
        fill(catalogue, given.queries)
        stack = SimpleNamespace(catalogue=catalogue)
        for days in (7, 1):
            say(
                f"overview of {days} days",
                [spent(lambda d=days: overview(stack, NOW - d * DAY, NOW)) for _ in range(RUNS)],
            )
        log = QueryLog(catalogue, 20_000)
        say(
            "a query into the log",
            [spent(lambda n=n: log.add(AskedQuery(f"x{n}", NOW, "words"))) for n in range(10_000)],
        )
        log.close(60)
        with catalogue.write() as connection:
            jobs.begin(connection, Job("j", "x.csv", NOW, NOW))
        say("a report of a job, one a second", [spent(lambda n=n: beat(catalogue, n)) for n in range(200)])
        catalogue.close()
        ingests(Path(work), given.products)


def fill(catalogue, many: int) -> None:
    """Queries of a week, among 20,000 texts of which few are frequent."""
    draw = random.Random(1)
    texts = [f"word{n} thing number {n}" for n in range(20_000)]
    for start in range(0, many, 500):
        some = [
            AskedQuery(
                f"q{start + n}",
                NOW - draw.random() * 7 * DAY,
                draw.choices(KINDS, SHARES)[0],
                texts[int(draw.paretovariate(0.5)) % len(texts)],
                draw.expovariate(20),
                10,
                draw.random() < 0.05,
                0.0001 * draw.random(),
                f"client{draw.randrange(9_999)}",
            )
            for n in range(500)
        ]
        with catalogue.write() as connection:
            queries.record(connection, some)
            queries.looked_at(connection, [q.id for q in some[::2]], [q.id for q in some[::5]])


def beat(catalogue, done: int) -> None:
    with catalogue.write() as connection:
        jobs.report(connection, Job("j", "x.csv", NOW, NOW + done, done=done))


def ingests(work: Path, many: int) -> None:
    """Whole ingests with jobs and without, in turn; the first pair warms up."""
    times: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for n in range(9):
        for kept in (True, False) if n % 2 else (False, True):
            times[kept].append(spent(lambda n=n, kept=kept: ingest(work / f"{n}-{kept}", many, kept)))
    say(f"ingest of {many:,} with its job", times[True][1:])
    say(f"ingest of {many:,} without", times[False][1:])


def ingest(folder: Path, many: int, kept: bool) -> None:
    toy = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
    without = mock.patch("snapshelf.ingest.run.reported", return_value=nullcontext())
    with nullcontext() if kept else without, snapshelf.open(folder, toy) as shelf:
        shelf.index(Product(f"P{n}", f"red thing number {n}", price=float(n)) for n in range(many))


def spent(call) -> tuple[float, float]:
    """Seconds on the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - clock, time.process_time() - processor


def say(name: str, times: list[tuple[float, float]]) -> None:
    clock, processor = zip(*times, strict=True)
    told = (min(clock), statistics.median(clock), min(processor), statistics.median(processor))
    print(f"{name:<36} clock {told[0] * 1e3:9.3f} ms best {told[1] * 1e3:9.3f} median"
          f"   processor {told[2] * 1e3:9.3f} best {told[3] * 1e3:9.3f} median")  # fmt: skip


if __name__ == "__main__":
    main()
