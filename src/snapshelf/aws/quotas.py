"""How fast an account may call the model, by Service Quotas; asking costs nothing."""

from __future__ import annotations

from typing import Any

from snapshelf.aws.call import call
from snapshelf.pace import Patience

# What a quota's name holds → the setting that it bounds.
BOUND = {"requests per minute": "requests_per_minute", "tokens per minute": "tokens_per_minute"}


def quotas(client: Any, named: str = "Nova Multimodal Embeddings") -> dict[str, float]:
    """Settings → the account's own value, for the on-demand quotas of a model. Raises what `call` raises."""
    found: dict[str, float] = {}
    asked: dict[str, Any] = {"ServiceCode": "bedrock", "MaxResults": 100}
    while True:
        page = call("ListServiceQuotas", lambda: client.list_service_quotas(**asked), Patience(attempts=3))
        for quota in page.get("Quotas", []):
            name = str(quota.get("QuotaName", "")).lower()
            if named.lower() in name and "cross-region" not in name:
                found |= {setting: float(quota["Value"]) for words, setting in BOUND.items() if words in name}
        if not page.get("NextToken"):
            return found
        asked["NextToken"] = page["NextToken"]
