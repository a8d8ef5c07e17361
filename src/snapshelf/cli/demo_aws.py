"""snapshelf demo --aws-twin: the same shop on Amazon's APIs, answered by the twin, down to the bill."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from snapshelf.catalogue.charges import totals
from snapshelf.cli import show
from snapshelf.cli.demo import PRODUCTS, SHOP, answer, queries, sample
from snapshelf.cli.index import describe, put
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.money import dollars
from snapshelf.shelf import Shelf, open_shelf
from snapshelf.twin.run import Options, start
from snapshelf.twin.serve import Twin

SHELF, TWIN = "aws-shelf", "aws-twin"
BUCKET = "snapshelf-demo"
KEYS = {"AWS_ACCESS_KEY_ID": "demo", "AWS_SECRET_ACCESS_KEY": "demo"}  # the twin takes any
REGION = "us-east-1"


def demo(folder: Path, products: int = PRODUCTS) -> None:
    """Index the sample shop with Nova into S3 Vectors, answer three queries, and show what AWS would have charged.

    The twin keeps what it holds beside the shelf, so that a second run buys nothing again.
    """
    sample(folder / SHOP, products)
    with _keys(), start(Options(data=folder / TWIN)) as twin:
        show.console.print(f"Amazon Nova and S3 Vectors, answered by the twin at {twin.endpoint}", highlight=False)
        with open_shelf(folder / SHELF, settings(twin.endpoint)) as shelf:
            describe(put(shelf, folder / SHOP / "products.csv", None, False, quiet=False))
            for query in queries(folder / SHOP):
                answer(shelf, query)
            _bill(shelf, twin)
    _next()


def settings(endpoint: str) -> Settings:
    """Those of a shelf on AWS whose calls go to an endpoint; without the two ``endpoint_url`` they go to Amazon."""
    where: dict[str, bool | int | float | str] = {"region": REGION, "endpoint_url": endpoint}
    return Settings(
        embedder=EmbedderSettings("nova", dim=1024, options={**where, "requests_per_minute": 60_000.0}),
        store=StoreSettings("s3vectors", options={**where, "bucket": BUCKET, "index": "products"}),
    )


@contextmanager
def _keys() -> Iterator[None]:
    """Credentials for the twin, where there are none; a person's own are left alone."""
    added = {} if "AWS_ACCESS_KEY_ID" in os.environ else KEYS
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


def _bill(shelf: Shelf, twin: Twin) -> None:
    """What the twin has metered in this run, and beside it what the shelf's own ledger holds of all runs."""
    calls, spent = Counter[str](), Counter[str]()
    shelf.stack.ledger.settle()
    with shelf.stack.catalogue.read() as connection:
        for one in totals(connection):
            calls[f"bedrock:{one.operation}"] += one.calls
            spent[f"bedrock:{one.operation}"] += one.dollars  # type: ignore[assignment]
    rows = []
    for name, sums in twin.gate.meter.told()["operations"].items():
        ledger = [f"{calls[name]:,}", dollars(spent[name])] if name in calls else ["", ""]
        rows.append([name, f"{sums['calls']:,.0f}", dollars(sums.get("dollars", 0.0)), *ledger])
    show.console.print(
        "\n[bold]the bill of this run, as the twin metered it[/bold], and the shelf's ledger of all runs"
    )
    columns = ["operation", "calls", "dollars", "ledger: calls", "ledger: dollars"]
    show.table(columns, rows, right=columns[1:])


def _next() -> None:
    lines = [
        "snapshelf twin --data twin               # the same twin, for your own experiments",
        "snapshelf aws policy --role ingest       # what the real thing must be allowed to do",
        "snapshelf aws cost                       # what it would cost with your catalogue",
    ]
    show.console.print("\n[bold]on real AWS[/bold]: leave out endpoint_url (docs/aws.md)")
    for line in lines:
        show.console.out(f"  {line}", highlight=False)
