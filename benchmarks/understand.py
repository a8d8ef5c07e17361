"""How long understanding a query takes, and how well it does on the labelled queries.

    python benchmarks/understand.py                                # prints
    python benchmarks/understand.py --markdown docs/understanding.md  # and writes the figures into the page

Every labelled query of tests/unit/understand is asked of a vocabulary of Icecat products, on one thread; the time of a
query is the least of several, since other processes interrupt. Quality is measured in the shops that the queries were
written for. Reading the facts from a catalogue is timed on products made up for it.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from machine import describe
from snapshelf.catalogue import open_catalogue, products, vocabulary
from snapshelf.catalogue.products import Entry
from snapshelf.facts import facts_of
from snapshelf.types import FILTERABLE, Product
from snapshelf.understand import Vocabulary, understand

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
REPEATS = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--catalogue", type=int, default=100_000, help="products of the catalogue that is read")
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    text = "\n\n".join(
        [describe("snapshelf", "numpy"), quality(), speed(given.data, given.products), reading(given.catalogue)]
    )
    print(text)
    if given.markdown:
        page = given.markdown.read_text("utf-8")
        before, after = page[: page.index(BEGIN) + len(BEGIN)], page[page.index(END) :]
        given.markdown.write_text(f"{before}\n{text}\n{after}", "utf-8")


def quality() -> str:
    from tests.unit.understand.judge import lines, score, table

    parts = []
    for half in ("tuned", "held out"):
        chosen = [line for line in lines() if line.half == half]
        counts, _, rests = score(chosen)
        plain = sum(not line.want for line in chosen)
        parts.append(
            f"{len(chosen)} queries, {half} ({plain} of them with nothing to understand); residual as labelled in {rests[0]} of {rests[1]}:\n\n{table(counts)}"
        )
    return "\n\n".join(parts)


def speed(data: Path, count: int) -> str:
    from tests.unit.understand.judge import lines

    facts = facts_of(icecat(data, count))
    counted = time.process_time()
    made = Vocabulary.of(facts)
    ended = time.process_time()
    times = []
    for line in lines():
        best = float("inf")
        for _ in range(REPEATS):
            start = time.perf_counter()
            understand(line.query, made)
            best = min(best, time.perf_counter() - start)
        times.append(best * 1000)
    return (
        f"| vocabulary | values | words | index built | median | p95 | slowest |\n|---|--:|--:|--:|--:|--:|--:|\n"
        f"| {len(facts.titles):,} Icecat products | {len(made.values):,} | {len(made.spelling.words):,} | {ended - counted:.1f} s "
        f"| {statistics.median(times):.2f} ms | {statistics.quantiles(times, n=20)[-1]:.2f} ms | {max(times):.2f} ms |"
    )


def icecat(data: Path, count: int) -> list[Product]:
    """Products with attributes of one type each; lists and what is longer than a line left out."""
    rows = duckdb.sql(
        f"SELECT id, brand, model_name, title, ean, price, attributes_json FROM '{data}/icecat/products.parquet' LIMIT {count}"
    ).fetchall()
    types: dict[str, type] = {}
    found = []
    for sku, brand, model, title, eans, price, written in rows:
        held = {}
        for name, value in json.loads(written).items():
            value = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
            if (
                name not in FILTERABLE
                and isinstance(value, bool | float | str)
                and types.setdefault(name, type(value)) is type(value)
            ):
                held[name] = value
        found.append(
            Product(
                sku,
                title,
                brand=brand or "",
                category=str(held.get("product_type", "")),
                price=price,
                currency="USD",
                gtin=(eans or [""])[0],
                mpn=model or "",
                attributes=held,
            )
        )
    return found


def reading(count: int) -> str:
    """The facts of a catalogue of made-up products with eight attributes each."""
    chance = random.Random(1)
    colours, materials = [f"colour {n}" for n in range(40)], [f"material {n}" for n in range(60)]
    with tempfile.TemporaryDirectory() as folder:
        catalogue = open_catalogue(f"sqlite:///{folder}/catalogue.sqlite")
        for start in range(0, count, 5_000):
            goods = [
                Product(
                    f"SKU-{n}",
                    f"thing {n % 997} of sort {n % 211} in series {n % 53}",
                    brand=f"Brand {n % 800}",
                    category=f"Shop > Part {n % 30} > Row {n % 300}",
                    price=round(chance.lognormvariate(3, 1), 2),
                    currency="EUR",
                    stock=n % 9,
                    gtin=f"{n:013d}",
                    mpn=f"M{n}",
                    attributes={
                        "color": chance.choice(colours),
                        "material": chance.choice(materials),
                        "weight_kg": chance.randint(1, 99) / 10,
                        "wireless": n % 3 == 0,
                        "note": f"remark {n}",
                    },
                )
                for n in range(start, min(start + 5_000, count))
            ]
            with catalogue.write() as connection:
                products.put(connection, [Entry(one, "", "", (), "") for one in goods])
        with catalogue.read() as connection:
            began = time.process_time()
            facts = vocabulary.facts(connection)
            read = time.process_time()
            Vocabulary.of(facts)
            ended = time.process_time()
        catalogue.close()
    return f"Facts of {count:,} products read from SQLite in {read - began:.1f} s of one core, indexed in {ended - read:.1f} s."


if __name__ == "__main__":
    main()
