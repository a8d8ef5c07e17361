"""How hits, numbers and tables look on a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from snapshelf.types import Hit, Product, Results

console = Console(highlight=False)


def dump(value: Any) -> None:
    """Print a value as JSON, in one piece that a program can read."""
    console.out(json.dumps(value, indent=2, ensure_ascii=False, default=_plain), highlight=False)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | frozenset) else str(value)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> None:
    """Print a table without lines; columns named in ``right`` are numbers."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        number = column in right
        made.add_column(column, justify="right" if number else "left", no_wrap=number, overflow="fold")
    for row in rows:
        made.add_row(*[Text(cell) for cell in row])
    console.print(made)


def price(product: Product) -> str:
    """The price as a shop writes it, such as "79.50 EUR"; a dash where there is none."""
    return "–" if product.price is None else f"{product.price:,.2f} {product.currency}".strip()


def stock(product: Product) -> str:
    """Pieces in stock; a dash where the shop does not say."""
    return "–" if product.stock is None else str(product.stock) if product.stock else "sold out"


def hits(results: Results) -> None:
    """Print hits as a table, and below it how they were found."""
    parts = sorted({name for hit in results for name in hit.scores})
    shown = parts if len(parts) > 1 else []
    columns = ["#", "score", *shown, "SKU", "title", "price", "stock", "matched"]
    rows = [_cells(hit, shown) for hit in results]
    for name, words in results.heard.items():
        console.print(Text(f"heard{'' if name == 'audio' else f' in {name}'}: {words}"))
    for sentence in results.advice:
        console.print(Text(sentence, "yellow"))
    if rows:
        table(columns, rows, right=("#", "score", *shown, "price", "stock"))
    else:
        console.print("no product passes the filter" if not results.matching else "nothing found on this page")
    recall = "" if results.recall is None else f" · recall {results.recall:.3f}"
    console.print(
        Text(f"{results.matching:,} products match · {results.path}{recall} · {results.seconds * 1000:.0f} ms", "dim")
    )


def _cells(hit: Hit, shown: Sequence[str]) -> list[str]:
    scores = [f"{hit.scores[part]:.3f}" for part in shown]
    product = hit.product
    return [str(hit.rank), f"{hit.score:.3f}", *scores, hit.sku, _title(hit), price(product), stock(product), seen(hit)]


def seen(hit: Hit) -> str:
    """What matched, and when in it: "image1", "video1 at 0:12"."""
    if hit.span is None:
        return hit.view
    minutes, seconds = divmod(int(hit.span[0]), 60)
    return f"{hit.view} at {minutes}:{seconds:02d}"


def _title(hit: Hit) -> str:
    return hit.product.title + (f"  (+{hit.siblings} variants)" if hit.siblings else "")


def as_json(results: Results) -> dict[str, Any]:
    """Results as plain values."""
    return {
        "hits": [asdict(hit) for hit in results],
        "matching": results.matching,
        "path": results.path,
        "recall": results.recall,
        "seconds": round(results.seconds, 6),
        "offset": results.offset,
        "heard": dict(results.heard),
        "advice": list(results.advice),
    }
