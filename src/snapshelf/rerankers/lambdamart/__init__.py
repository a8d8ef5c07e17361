"""A ranking learned from clicks: LightGBM's LambdaMART over what the receipt knows (docs/ranking.md)."""

from __future__ import annotations

from snapshelf.rerankers.lambdamart.model import LambdaMart, load

EXTRA = "rank"

__all__ = ["EXTRA", "LambdaMart", "load"]
