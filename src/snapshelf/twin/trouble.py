"""Faults on request: errors, delays and lost connections, drawn by a seed, so that a run can be repeated."""

from __future__ import annotations

import json
import random
import threading
import time
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from snapshelf.errors import BadSettings, of_system
from snapshelf.twin.wire import Refusal

# The names that each service's model has for a status; of several, the one that AWS sends most.
CODES: Mapping[str, Mapping[int, str]] = {
    "s3vectors": {
        408: "RequestTimeoutException",
        429: "TooManyRequestsException",
        500: "InternalServerException",
        503: "ServiceUnavailableException",
    },
    "bedrock": {
        408: "ModelTimeoutException",
        424: "ModelErrorException",
        429: "ThrottlingException",
        500: "InternalServerException",
        503: "ServiceUnavailableException",
    },
    "servicequotas": {429: "TooManyRequestsException", 500: "ServiceException"},
}
TEXTS = {
    408: "The request timed out",
    424: "The model could not process the request",
    429: "Too many requests, please wait before trying again",
    500: "An internal error occurred",
    503: "Currently unable to handle the request",
}


class Dropped(Exception):
    """The connection is to be closed without an answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule. It applies to ``operation`` ("*", "QueryVectors", "bedrock:*") with probability ``rate``.

    status: refuse with this status, if the service knows it; drop: close the connection; latency_ms: wait; after:
    refuse or drop only when the work has been done, as a timeout on the way back does; times: stop after so many, 0 for
    never.
    """

    operation: str = "*"
    status: int = 0
    drop: bool = False
    latency_ms: float = 0
    rate: float = 1
    after: bool = False
    times: int = 0


class Trouble:
    """The rules in force; every rule draws from a generator of its own."""

    def __init__(self, faults: tuple[Fault, ...] = (), seed: int = 0) -> None:
        self._lock = threading.Lock()
        self.set(faults, seed)

    def set(self, faults: tuple[Fault, ...], seed: int = 0) -> None:
        """Replace the rules and start every generator afresh."""
        with self._lock:
            self.faults, self.seed = faults, seed
            self._draws = [random.Random(f"{seed}/{at}") for at in range(len(faults))]
            self._left = [fault.times or -1 for fault in faults]

    def meet(self, service: str, operation: str, after: bool, by_name: bool = False) -> None:
        """Wait, or raise Refusal or Dropped, as the rules that apply before or after the work say.

        by_name: rules for all operations do not apply; for steps that are none.
        """
        wait, end = 0.0, None
        with self._lock:
            for at, fault in enumerate(self.faults):
                named = (fault.operation, f"{service}:{operation}" if ":" in fault.operation else operation)
                if by_name and fault.operation in ("*", f"{service}:*"):
                    continue
                if fault.after != after or not fnmatchcase(named[1], named[0]) or self._left[at] == 0:
                    continue
                if fault.status and fault.status not in CODES[service]:
                    continue
                if self._draws[at].random() < fault.rate:
                    self._left[at] -= 1
                    wait += fault.latency_ms / 1000
                    end = end or (fault if fault.status or fault.drop else None)
        if wait:
            time.sleep(wait)
        if end is not None and end.drop:
            raise Dropped
        if end is not None:
            raise refusal(service, end.status)

    def told(self) -> dict[str, Any]:
        """The rules as JSON has them."""
        return {"seed": self.seed, "rules": [asdict(fault) for fault in self.faults]}


def refusal(service: str, status: int) -> Refusal:
    """What a service says with this status."""
    return Refusal(status, CODES[service][status], TEXTS[status])


def faults_of(told: Any, where: str) -> tuple[tuple[Fault, ...], int]:
    """(rules, seed) of {"seed": 7, "rules": [{"operation": "QueryVectors", "status": 503, "rate": 0.1}]}.

    Raises BadSettings that names the rule.
    """
    if not isinstance(told, dict) or set(told) - {"seed", "rules"} or not isinstance(told.get("rules", []), list):
        raise BadSettings(f'{where}: give {{"seed": 0, "rules": [{{"operation": "QueryVectors", "status": 503}}]}}')
    seed = told.get("seed", 0)
    if type(seed) is not int:
        raise BadSettings(f"{where}: seed must be a whole number, not {seed!r}")
    return tuple(_fault(one, f"{where}, rule {at}") for at, one in enumerate(told.get("rules", []), start=1)), seed


def read_faults(path: Path) -> tuple[tuple[Fault, ...], int]:
    """The rules of a TOML or JSON file. Raises BadSettings, Outside."""
    try:
        text = path.read_text("utf-8")
        told = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise of_system(error) from error
    except ValueError as error:
        raise BadSettings(f"{path} cannot be read: {error}") from error
    return faults_of(told, str(path))


def _fault(told: Any, where: str) -> Fault:
    kinds: dict[str, tuple[type, ...]] = {
        **dict.fromkeys(("drop", "after"), (bool,)),
        **dict.fromkeys(("status", "times"), (int,)),
        **dict.fromkeys(("latency_ms", "rate"), (int, float)),
        "operation": (str,),
    }
    if not isinstance(told, dict) or set(told) - set(kinds):
        raise BadSettings(f"{where}: a rule has {', '.join(sorted(kinds))}")
    for name, value in told.items():
        if type(value) not in kinds[name]:
            raise BadSettings(f"{where}: {name} cannot be {value!r}")
    fault = Fault(**told)
    if not 0 <= fault.rate <= 1 or not 0 <= fault.latency_ms <= 600_000 or fault.times < 0:
        raise BadSettings(f"{where}: rate is between 0 and 1, latency_ms between 0 and 600000, times at least 0")
    if fault.status and fault.status not in TEXTS:
        raise BadSettings(f"{where}: status is one of {', '.join(map(str, TEXTS))}")
    if not (fault.status or fault.drop or fault.latency_ms):
        raise BadSettings(f"{where}: it does nothing; give status, drop or latency_ms")
    return fault
