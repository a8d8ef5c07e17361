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


def hits(results: Results, why: bool = False) -> None:
    """Print hits as a table, and below it how they were found; ``why`` each of them came about."""
    found = results.hits or results.nearest
    parts = sorted({name for hit in found for name in hit.scores})
    shown = parts if len(parts) > 1 else []
    columns = ["#", "score", *shown, "SKU", "title", "price", "stock", "matched"]
    rows = [_cells(hit, shown) for hit in found]
    for line in _said(results):
        console.print(Text(line))
    for name, words in results.heard.items():
        console.print(Text(f"heard{'' if name == 'audio' else f' in {name}'}: {words}"))
    for sentence in results.advice:
        console.print(Text(sentence, "yellow"))
    if rows and why:
        for hit in found:
            told = f"{hit.rank}  {hit.sku}  {_title(hit)} · {price(hit.product)} · {_pieces(hit.product)}"
            console.print(Text(told))
            console.print(Text(_why(hit, shown), "dim"))
    elif rows:
        table(columns, rows, right=("#", "score", *shown, "price", "stock"))
    else:
        console.print("nothing found on this page" if not results.nothing else "")
    recall = "" if results.recall is None else f" · recall {results.recall:.3f}"
    for name, values in results.facets.items():
        counted = ", ".join(f"{value} {count:,}" for value, count in list(values.items())[:12])
        console.print(Text(f"{name}: {counted or 'no product has it'}"))
    total = f"{results.total:,}{' or more' if results.estimated else ''}"
    said = f"{results.matching:,} products match, {total} are relevant · {results.path}{recall}"
    console.print(Text(f"{said} · {results.seconds * 1000:.0f} ms", "dim"))


def _said(results: Results) -> list[str]:
    """What is to be said before the hits: what was understood, what is offered, that nothing fits."""
    read = [one.said for each in results.understood.values() for one in each.constraints]
    offered = [f"did you mean {one.code} ({one.kind} of {one.sku})?" for one in results.did_you_mean]
    nothing = [results.nothing] if results.nothing else []
    return [*([f"understood: {', '.join(read)}"] if read else []), *results.notes, *offered, *nothing]


def _why(hit: Hit, parts: Sequence[str]) -> str:
    """A receipt in two lines: what each lane said, then what matched and which wishes and rules spoke of it."""
    receipt = hit.receipt
    if receipt is None:
        return ""
    lanes = [
        f"{one.lane} {one.score:.3f} {f'rank {one.rank}' if one.rank else 'not found by it'} {one.effect:+.2f}"
        for one in receipt.lanes
    ]
    views = ", ".join(f"{aspect} {cosine:.3f}" for aspect, cosine in receipt.views.values())
    more = [f"matched {seen(hit)} (of {views})"]
    more += [f"by part {', '.join(f'{part} {hit.scores[part]:.3f}' for part in parts)}"] if parts else []
    more += [receipt.disagrees] if receipt.disagrees else []
    more += [f"{'is' if met else 'is not'} {wish}" for wish, met in receipt.wishes.items()]
    more += [f"{name} × {effect:.3f}" for name, effect in receipt.boosts.items()]
    more += [f"demanded {receipt.filtered}"] if receipt.filtered else []
    more += [f"given up {', '.join(receipt.relaxed)}"] if receipt.relaxed else []
    first = f"   relevance {hit.relevance:.3f} (evidence {receipt.evidence:+.2f}): {', '.join(lanes)}"
    return f"{first}\n   {'; '.join(more)}"


def _pieces(product: Product) -> str:
    return f"{product.stock:,} in stock" if product.stock else stock(product)


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
    label = f"[{hit.label}] " if hit.label else ""
    return label + hit.product.title + (f"  (+{hit.siblings} variants)" if hit.siblings else "")


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
        "total": results.total,
        "estimated": results.estimated,
        "facets": {name: dict(values) for name, values in results.facets.items()},
        "confidence": results.confidence,
        "nothing": results.nothing,
        "nearest": [asdict(hit) for hit in results.nearest],
        "did_you_mean": [asdict(one) for one in results.did_you_mean],
        "understood": {
            name: {
                "constraints": [{"kind": c.kind, "hard": c.hard, "said": c.said} for c in each.constraints],
                "residual": each.residual,
                "negatives": list(each.negatives),
                "corrections": {one.wrong: one.right for one in each.corrections},
            }
            for name, each in results.understood.items()
        },
        "notes": list(results.notes),
        "advice": list(results.advice),
        "printed": {name: [asdict(line) for line in lines] for name, lines in results.printed.items()},
    }
