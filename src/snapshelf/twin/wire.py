"""What goes over the twin's wire: a call, its answer, and a refusal in the shape that AWS gives one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol, runtime_checkable

JSON = "application/json"
_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
LARGEST = 25_000_000  # bytes of a body where the service names no limit of its own
ACCOUNT = "123456789012"  # the account that everything in the twin belongs to
REGION = "us-east-1"  # where a call says none by its signature


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``headers`` have lower-case names; ``path`` is decoded, ``query`` keeps repeated names.

    ``target`` is the path and query as they were sent, which is what a signature covers. ``memory`` is for what one
    step works out and a later one needs again.
    """

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    body: bytes
    target: str = ""
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def document(self) -> dict[str, Any]:
        """The JSON object in the body, read once; {} for an empty body. Raises Refusal (SerializationException).

        A lone surrogate in any string refuses the whole request, as AWS does.
        """
        if "document" not in self.memory:
            self.memory["document"] = _parsed(self.body)
        found: dict[str, Any] = self.memory["document"]
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a status, a JSON body, and headers beyond those that every answer carries.

    ``charges`` are amounts for the meter, each under the name it is summed up by: ("vectors", 500), ("dollars", 0.02).
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    charges: tuple[tuple[str, float], ...] = ()


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


@dataclass(frozen=True, slots=True)
class Need:
    """A permission that a call needs: an action on a resource, and what conditions of a policy may look at."""

    action: str
    resource: str
    conditions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Load:
    """What a call takes from the rates of one thing: ``costs`` by the name of the rate, such as {"writes": 1}."""

    of: str
    costs: Mapping[str, float]


class Service(Protocol):
    """One of the services behind the twin's port."""

    name: str  # the service name that SigV4 signs: "s3vectors", "bedrock"

    def operation(self, call: Call) -> str | None:
        """The operation that a method and a path name; None where they are another service's or nobody's."""

    def answer(self, operation: str, call: Call) -> Answer:
        """Carry it out. Raises Refusal. Several threads call it at the same time."""


@runtime_checkable
class Bounded(Protocol):
    """A service whose bodies have a limit other than ``LARGEST``."""

    largest: int


@runtime_checkable
class Guarded(Protocol):
    """A service that says which permissions a call needs; without it a call needs its own action on "*"."""

    def needs(self, operation: str, call: Call) -> Sequence[Need]:
        """In the order of asking. Raises Refusal for a call so malformed that what it means cannot be told."""


@runtime_checkable
class Limited(Protocol):
    """A service with rates."""

    def load(self, operation: str, call: Call) -> Load | None:
        """What the call takes; None where nothing limits it."""


@runtime_checkable
class Lasting(Protocol):
    """A service that holds something between calls."""

    def standing(self) -> Mapping[str, float]:
        """Amounts for the meter that no call causes, such as bytes kept."""

    def close(self) -> None:
        """Let go of files and threads."""


def encoded(value: Any) -> bytes:
    """Compact JSON."""
    return _COMPACT.encode(value).encode()


def _parsed(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        found = json.loads(body, parse_constant=_no_constant)
        if b"\\ud" in body or b"\\uD" in body:
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "SerializationException", "UnknownError") from error
    if not isinstance(found, dict):
        raise Refusal(400, "SerializationException", "UnknownError")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
