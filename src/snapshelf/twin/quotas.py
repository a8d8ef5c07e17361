"""Service Quotas behind the twin's port: what this twin's Bedrock allows a minute, for clients that ask first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from snapshelf.twin import sign
from snapshelf.twin.throttle import MINUTE
from snapshelf.twin.wire import ACCOUNT, REGION, Answer, Call, Need, Refusal, encoded

TARGET = "ServiceQuotasV20190624."
JSON = {"Content-Type": "application/x-amz-json-1.1"}
OPERATIONS = ("ListServiceQuotas", "GetServiceQuota")
NAMED = "On-demand model inference {} per minute for Amazon Nova Multimodal Embeddings"
SERVICES = {"bedrock": "Amazon Bedrock"}
MOST = 100  # quotas of a page


@dataclass(frozen=True, slots=True)
class Quotas:
    """Calls and tokens a minute and region for Nova; 0 for no limit, and then nothing to read."""

    requests: float = 0.0
    tokens: float = 0.0

    def rates(self) -> dict[str, float]:
        """What flows in each second, as `throttle.Throttle` has it."""
        return {name: value / MINUTE for name, value in self._set()}

    def bursts(self, largest: float) -> dict[str, float]:
        """What a bucket holds: a second's worth, and at least one call of ``largest`` tokens."""
        least = {"requests": 1.0, "tokens": largest}
        return {name: max(least[name], value / MINUTE) for name, value in self._set()}

    def listed(self, region: str) -> list[dict[str, Any]]:
        """As Service Quotas tells them."""
        return [
            {
                "ServiceCode": "bedrock",
                "ServiceName": SERVICES["bedrock"],
                "QuotaArn": f"arn:aws:servicequotas:{region}:{ACCOUNT}:bedrock/L-TWIN{name.upper():.4}",
                "QuotaCode": f"L-TWIN{name.upper():.4}",
                "QuotaName": NAMED.format(name),
                "Value": value,
                "Unit": "None",
                "Adjustable": True,
                "GlobalQuota": False,
                "Period": {"PeriodValue": 1, "PeriodUnit": "MINUTE"},
            }
            for name, value in self._set()
        ]

    def _set(self) -> list[tuple[str, float]]:
        return [(name, value) for name, value in (("requests", self.requests), ("tokens", self.tokens)) if value]


class ServiceQuotas:
    """The service, as far as reading goes. Its calls are JSON 1.1, named by a header and not by a path."""

    name = "servicequotas"

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    def operation(self, call: Call) -> str | None:
        """The operation that the header ``x-amz-target`` names."""
        target = call.headers.get("x-amz-target", "")
        if (call.method, call.path) != ("POST", "/") or not target.startswith(TARGET):
            return None
        return target.removeprefix(TARGET)

    def needs(self, operation: str, call: Call) -> Sequence[Need]:
        """Leave to read."""
        return [Need(f"{self.name}:{operation}", "*")]

    def answer(self, operation: str, call: Call) -> Answer:
        """ListServiceQuotas and GetServiceQuota. Raises Refusal."""
        if operation not in OPERATIONS:
            raise _refused("UnknownOperationException", f"This twin's Service Quotas has no {operation}")
        given = call.document()
        if given.get("ServiceCode") not in SERVICES:
            raise _refused("NoSuchResourceException", f"There is no service {given.get('ServiceCode')}")
        signature = sign.read(call)
        found = self._quotas.listed(signature.region if signature else REGION)
        if operation == "GetServiceQuota":
            one = next((quota for quota in found if quota["QuotaCode"] == given.get("QuotaCode")), None)
            if one is None:
                raise _refused("NoSuchResourceException", f"There is no quota {given.get('QuotaCode')}")
            return Answer(body=encoded({"Quota": one}), headers=JSON)
        return Answer(body=encoded(_page(found, given)), headers=JSON)


def _page(found: list[dict[str, Any]], given: Mapping[str, Any]) -> dict[str, Any]:
    most, token = given.get("MaxResults", MOST), given.get("NextToken", "0")
    if type(most) is not int or not 1 <= most <= MOST:
        raise _refused("IllegalArgumentException", f"MaxResults is between 1 and {MOST}")
    if not isinstance(token, str) or not token.isdecimal():
        raise _refused("InvalidPaginationTokenException", "NextToken is not one of this list")
    start = int(token)
    told: dict[str, Any] = {"Quotas": found[start : start + most]}
    return told | ({"NextToken": str(start + most)} if start + most < len(found) else {})


def _refused(code: str, message: str) -> Refusal:
    return Refusal(400, code, message, more={"__type": code})
