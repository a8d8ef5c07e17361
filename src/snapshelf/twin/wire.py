"""What goes over the twin's wire: a call, its answer, and a refusal in the shape that AWS gives one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``headers`` have lower-case names; ``path`` is decoded, ``query`` keeps repeated names."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a status, a JSON body, and headers beyond those that every answer carries."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """An error as AWS words it; ``fields`` becomes ``fieldList`` where the service has one, ``more`` other members."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Sequence[tuple[str, str]] = (),
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.fields, self.more = tuple(fields), dict(more or {})

    def answer(self) -> Answer:
        """The response: the code in ``x-amzn-errortype``, the message and the fields in the body."""
        body: dict[str, Any] = {"message": self.message, **self.more}
        if self.fields:
            body["fieldList"] = [{"path": path, "message": message} for path, message in self.fields]
        return Answer(self.status, encoded(body), {"x-amzn-errortype": self.code})


class Service(Protocol):
    """One of the services behind the twin's port."""

    name: str  # the service name that SigV4 signs: "s3vectors", "bedrock"

    def operation(self, call: Call) -> str | None:
        """The operation that a method and a path name; None where they are another service's or nobody's."""

    def answer(self, operation: str, call: Call) -> Answer:
        """Carry it out. Raises Refusal. Several threads call it at the same time."""


def encoded(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
