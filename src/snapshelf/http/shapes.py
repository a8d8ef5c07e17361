"""Answers as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from snapshelf.http.why import why
from snapshelf.receipts import LaneScore, Receipt, Suggestion
from snapshelf.types import Hit, Product, Results

LAST = ("images", "audios", "videos")


def picture(sku: str, number: int | str = 1, width: int = 0) -> str:
    """The address of a product's picture, or "audio1" …; width: of its thumbnail in pixels, 0 for the largest."""
    return f"/media/{quote(sku, safe='')}/{number}" + (f"?w={width}" if width else "")


def product(one: Product) -> dict[str, Any]:
    """A product; its pictures as addresses on this server."""
    plain = {name: getattr(one, name) for name in Product.__dataclass_fields__ if name not in (*LAST, "attributes")}
    plain["attributes"] = {name: list(v) if isinstance(v, tuple) else v for name, v in one.attributes.items()}
    plain["in_stock"] = None if one.stock is None else one.stock > 0
    plain["images"] = [picture(one.sku, number) for number in range(1, len(one.images) + 1)]
    return plain


def hit(one: Hit, receipts: bool, variants: Mapping[str, Sequence[Product]]) -> dict[str, Any]:
    """One hit: its product, how well it fits, what matched, why."""
    matched: dict[str, Any] = {"view": one.view}
    if one.span:
        matched["seconds"] = list(one.span)
    shown = {
        "rank": one.rank,
        **product(one.product),
        "score": round(one.score, 4),
        "relevance": round(one.relevance, 4),
        "scores": {part: round(score, 4) for part, score in one.scores.items()},
        "matched": matched,
        "siblings": one.siblings,
        "label": one.label or None,
        "why": list(why(one)),
    }
    if one.product.family in variants:
        shown["variants"] = [
            {"sku": v.sku, "title": v.title, "price": v.price, "stock": v.stock, "image": picture(v.sku)}
            for v in variants[one.product.family]
        ]
    if receipts and one.receipt:
        shown["receipt"] = fields(one.receipt) | {"lanes": [fields(lane) for lane in one.receipt.lanes]}
    return shown


def fields(one: Receipt | LaneScore | Suggestion) -> dict[str, Any]:
    """A dataclass as a dictionary; what it holds is neither copied nor changed, as `asdict` would."""
    return {name: getattr(one, name) for name in one.__slots__}


def results(
    found: Results, k: int, page: int, receipts: bool, variants: Mapping[str, Sequence[Product]]
) -> dict[str, Any]:
    """One page of an answer."""
    return {
        "hits": [hit(one, receipts, variants) for one in found],
        "total": found.total,
        "estimated": found.estimated,
        "matching": found.matching,
        "page": page,
        "k": k,
        "more": found.offset + len(found) < found.total or (found.estimated and len(found) == k),
        "facets": {
            name: [{"value": value, "count": count} for value, count in values.items()]
            for name, values in found.facets.items()
        },
        "understood": understood(found),
        "nothing": found.nothing or None,
        "nearest": [hit(one, receipts, variants) for one in found.nearest],
        "did_you_mean": [fields(one) for one in found.did_you_mean],
        "heard": dict(found.heard),
        "advice": list(found.advice),
        "notes": list(found.notes),
        "confidence": found.confidence,
        "recall": found.recall,
        "path": found.path,
        "seconds": round(found.seconds, 5),
    }


def understood(found: Results) -> list[dict[str, Any]]:
    """What was read out of the words: each with its place in them, and the kind by which ``off`` leaves it alone."""
    return [
        {"part": part, "kind": one.kind, "said": one.said, "hard": one.hard, "words": one.words, "span": list(one.span)}
        for part, each in found.understood.items()
        for one in each.constraints
    ]
