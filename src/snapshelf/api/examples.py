"""Examples for the API's own description."""

from __future__ import annotations

from typing import Any

HIT: dict[str, Any] = {
    "rank": 1,
    "sku": "SNEA-197-1",
    "title": "Verano Delta plum leather running sneakers",
    "brand": "Verano",
    "price": 69.0,
    "currency": "EUR",
    "stock": 38,
    "images": ["/media/SNEA-197-1/1"],
    "score": 0.83,
    "relevance": 0.268,
    "scores": {"image": 0.83},
    "matched": {"view": "image1"},
    "siblings": 0,
    "why": ["Looks like your photo (83% alike), by its picture 1."],
}
ERROR = {
    "error": {
        "code": "bad_filter",
        "message": "there is no attribute 'colour'. Did you mean 'color'?",
        "field": "where",
        "request_id": "5f0c…",
    }
}
ANSWER: dict[str, Any] = {
    "query_id": "8b1f9c4de2a07351",
    "hits": [HIT],
    "total": 13,
    "estimated": False,
    "matching": 600,
    "page": 1,
    "k": 24,
    "more": False,
    "facets": {"brand": [{"value": "Verano", "count": 4}]},
    "understood": [
        {"part": "text", "kind": "price", "said": "price below 70 EUR", "hard": True, "words": "under 70 EUR",
         "span": [16, 28]}
    ],
    "nothing": None,
    "nearest": [],
}  # fmt: skip


def _json(description: str, example: object) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"example": example}}}


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: _json("What was sent cannot be used; `field` names the parameter.", ERROR),
    401: _json("No key, or one that is no good.", ERROR),
    403: _json("The key lacks the scope, or the shopper has not agreed.", ERROR),
    404: _json("Not in this shelf.", ERROR),
    413: _json("Larger than a request may be.", ERROR),
    415: _json("A file of another kind.", ERROR),
    429: _json("Too many requests; `Retry-After` says when to go on.", ERROR),
}
SEARCH: dict[int | str, dict[str, Any]] = {200: _json("One page of hits.", ANSWER)}
SUGGEST: dict[int | str, dict[str, Any]] = {
    200: _json(
        "Suggestions, best first.",
        {"suggestions": [{"text": "running shoes", "kind": "words", "products": 12, "spans": [[0, 3]]}]},
    )
}
EVENTS: Any = {
    "a click": {
        "value": [
            {
                "action_name": "click",
                "query_id": "8b1f9c4de2a07351",
                "timestamp": "2026-11-25T10:00:00Z",
                "client_id": "shopper-1",
                "event_attributes": {"object": {"object_id": "SNEA-197-1"}, "position": {"ordinal": 1}},
            }
        ]
    }
}
