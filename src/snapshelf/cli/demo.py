"""snapshelf sample and demo: a shop of our own, so that the first five minutes need nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from rich.progress import Progress

from snapshelf import sample as shop
from snapshelf.cli import show
from snapshelf.cli.index import describe, put
from snapshelf.config import ServeSettings, Settings
from snapshelf.shelf import Shelf, open_shelf

PRODUCTS, SEED = 600, 7
SHOP, SHELF = "shop", "shelf"
SHOWN = "SNEA"  # the photo shown is of sneakers
LIMIT = "under 70 EUR"


@dataclass(frozen=True, slots=True)
class Query:
    """One of the three questions of the demo."""

    said: str
    text: str | None
    image: Path | None
    where: str | None


def sample(folder: Path, products: int = PRODUCTS, seed: int = SEED) -> None:
    """Render the sample shop with a progress bar, or find it rendered."""
    with Progress(console=show.console, transient=True, disable=not show.console.is_terminal) as bar:
        task = bar.add_task("rendering the sample shop", total=products)
        shop.render(folder, seed, products, lambda done, total: bar.update(task, completed=done, total=total))
    show.console.print(f"the sample shop is in {folder}: products.csv, images/, customer/, queries.jsonl, qrels.csv")


def demo(folder: Path) -> None:
    """The main job on the sample shop, then what to try next."""
    sample(folder / SHOP)
    with open_shelf(folder / SHELF, Settings()) as shelf:
        describe(put(shelf, folder / SHOP / "products.csv", None, False, quiet=False))
        for query in queries(folder / SHOP):
            answer(shelf, query)
    _next(folder)


def serve(folder: Path, port: int | None) -> None:
    """Serve the sample shop on a port, or on the usual one if it is free, else on any."""
    from snapshelf.cli.serve import until_stopped
    from snapshelf.serve.run import is_free

    wanted = ServeSettings(name="The sample shop")
    if port is None and not is_free(wanted.host, wanted.port):
        port = 0
    until_stopped(folder / SHELF, None, replace(wanted, port=wanted.port if port is None else port))


def queries(shop_folder: Path) -> list[Query]:
    """Words with a filter, a customer's photo, and a photo with words, all from the shop's own judged queries."""
    lines = (shop_folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    words = next(q for q in asked if "text" in q and "image" not in q)
    photo = next(q for q in asked if SHOWN in q.get("image", "") and "text" not in q)
    mixed = next(q for q in asked if "image" in q and "text" in q)
    return [
        Query(f'words: "{words["text"]} {LIMIT}", in stock', f"{words['text']} {LIMIT}", None, "in_stock"),
        Query(f"a customer's photo: {photo['image']}", None, shop_folder / photo["image"], None),
        Query(
            f'a photo and words: {mixed["image"]} and "{mixed["text"]}"',
            mixed["text"],
            shop_folder / mixed["image"],
            None,
        ),
    ]


def answer(shelf: Shelf, query: Query) -> None:
    """Print a question and its hits."""
    show.console.print(f"\n[bold]{query.said}[/bold]", highlight=False)
    show.hits(shelf.search(query.text, query.image, where=query.where, k=3), why=True)


def _next(folder: Path) -> None:
    shelf, shop_folder = folder / SHELF, folder / SHOP
    photo = next(q.image for q in queries(shop_folder) if q.image)
    lines = [
        f'snapshelf search "red running shoes" --where "price < 80 and in_stock" --shelf {shelf}',
        f"snapshelf search --image {photo} --shelf {shelf}",
        f'snapshelf search "in blue" --image {photo} --weights text=0.7,image=1 --shelf {shelf}',
        f"snapshelf evaluate --queries {shop_folder}/queries.jsonl --qrels {shop_folder}/qrels.csv --shelf {shelf}",
        f"snapshelf serve --shelf {shelf}     # the same in a browser, and over HTTP",
        "snapshelf index products.csv --images photos/     # your own catalogue",
    ]
    show.console.print("\n[bold]try next[/bold]  (the command is .venv/bin/snapshelf, or activate .venv first)")
    for line in lines:
        show.console.out(f"  {line}", highlight=False)
