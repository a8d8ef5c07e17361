"""What every call goes through, whichever service it is for: faults, signature, permissions, rates, the meter."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence

from snapshelf.errors import BadSettings, SnapshelfError
from snapshelf.twin import permit, sign, trouble
from snapshelf.twin.kms import Kms, states_of
from snapshelf.twin.meter import Meter
from snapshelf.twin.permit import Key
from snapshelf.twin.throttle import Throttle
from snapshelf.twin.trouble import Trouble
from snapshelf.twin.wire import ACCOUNT, Answer, Call, Guarded, Lasting, Limited, Need, Refusal, Service, encoded

OWN = "/_twin/"  # the twin's own paths, which no service of AWS has
ROUTED = tuple[Service, str] | None


class Gate:
    """Stands before the services. Without ``keys`` any signature will do, and everything is permitted."""

    def __init__(
        self,
        keys: Mapping[str, Key] | None = None,
        throttle: Throttle | None = None,
        faults: Trouble | None = None,
        log: Callable[[str], None] | None = None,
        kms: Kms | None = None,
    ) -> None:
        self.kms = kms or Kms()
        self.keys, self.throttle, self.trouble, self.log = keys, throttle, faults or Trouble(), log
        self.meter = Meter()
        self._services: Sequence[Service] = ()

    def attach(self, services: Sequence[Service]) -> None:
        """Name the services whose standing amounts the meter shows."""
        self._services = services

    def answer(self, routed: ROUTED, call: Call) -> Answer:
        """Answer a call. Raises Dropped where a fault closes the connection."""
        if call.path.startswith(OWN):
            return self._own(call)
        begun = time.perf_counter()
        name = f"{routed[0].name}:{routed[1]}" if routed else f"{call.method} {call.path}"
        try:
            answer = self._passed(routed, call)
        except trouble.Dropped:
            self.meter.count(name, call, None)
            self._note(call, name, "dropped", begun)
            raise
        self.meter.count(name if routed else "unknown", call, answer)
        self._note(call, name, f"{answer.status} {answer.headers.get('x-amzn-errortype', '')}".strip(), begun)
        return answer

    def _passed(self, routed: ROUTED, call: Call) -> Answer:
        try:
            if routed is None:
                raise Refusal(404, "UnknownOperationException", "")
            service, operation = routed
            self.trouble.meet(service.name, operation, after=False)
            self._admit(service, operation, call)
            answer = service.answer(operation, call)
        except Refusal as refusal:
            return refusal.answer()
        except trouble.Dropped:
            raise
        except SnapshelfError as error:  # such as a full disk
            print(f"snapshelf twin: {error}", file=sys.stderr)  # noqa: T201
            return Refusal(500, "InternalServerException", str(error)).answer()
        except Exception:  # a fault of the twin's own: said to both sides, and no thread dies of it
            print(traceback.format_exc(), file=sys.stderr)  # noqa: T201
            return Refusal(500, "InternalServerException", "The twin failed; see its error output").answer()
        try:
            self.trouble.meet(service.name, operation, after=True)
        except Refusal as refusal:
            return Answer(refusal.status, refusal.answer().body, refusal.answer().headers, answer.charges)
        except trouble.Dropped:  # the work is done and costs what it costs
            self.meter.charge(f"{service.name}:{operation}", answer.charges)
            raise
        return answer

    def _admit(self, service: Service, operation: str, call: Call) -> None:
        """Signature, then permissions, then rates, as AWS has it."""
        policy = None
        if self.keys is not None:
            key = sign.check(call, service.name, {name: one.secret for name, one in self.keys.items()})
            policy = self.keys[key].policy
        else:
            signature = sign.read(call)
            key = signature.key if signature else ""
        needs = [Need(f"{service.name}:{operation}", "*")]
        if isinstance(service, Guarded):
            needs = list(service.needs(operation, call))
        if isinstance(service, permit.Attaching):
            permit.check(key, policy, needs, ACCOUNT, service.attached)
        else:
            permit.check(key, policy, needs, ACCOUNT)
        if self.throttle is not None and isinstance(service, Limited):
            load = service.load(operation, call)
            if load is not None and not self.throttle.admits(load):
                raise trouble.refusal(service.name, 429)

    def _own(self, call: Call) -> Answer:
        """`/_twin/meter` (GET, DELETE), `/_twin/faults` and `/_twin/kms` (GET, POST, DELETE)."""
        asked = (call.method, call.path.removeprefix(OWN))
        if asked == ("GET", "meter"):
            return Answer(body=encoded(self.metered()))
        try:
            if asked == ("DELETE", "meter"):
                self.meter.clear()
            elif asked[1] == "faults" and asked[0] in ("POST", "DELETE"):
                rules = trouble.faults_of(call.document(), "faults") if asked[0] == "POST" else ((), 0)
                self.trouble.set(*rules)
            elif asked[1] == "kms" and asked[0] in ("POST", "DELETE"):
                self.kms.set(states_of(call.document(), "kms") if asked[0] == "POST" else {})
            elif asked not in (("GET", "faults"), ("GET", "kms")):
                text = "There is /_twin/meter, /_twin/faults and /_twin/kms"
                return Refusal(404, "UnknownOperationException", text).answer()
        except BadSettings as error:
            return Refusal(400, "ValidationException", str(error)).answer()
        except Refusal as refusal:
            return refusal.answer()
        told = {"faults": self.trouble.told, "kms": self.kms.told}.get(asked[1], dict)
        return Answer(body=encoded(told()))

    def metered(self) -> dict[str, object]:
        """What the meter says, and what the services hold."""
        standing = {s.name: dict(s.standing()) for s in self._services if isinstance(s, Lasting)}
        return {**self.meter.told(), "standing": standing}

    def _note(self, call: Call, name: str, said: str, begun: float) -> None:
        if self.log is not None:
            took = (time.perf_counter() - begun) * 1000
            self.log(f"{name} {said} {len(call.body)} bytes {took:.1f} ms")
