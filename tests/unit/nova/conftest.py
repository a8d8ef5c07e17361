import json
import threading
from collections import Counter

import pytest

from snapshelf.embedders import nova
from snapshelf.protocols import Heard
from snapshelf.twin.bedrock.service import Bedrock
from snapshelf.twin.bedrock.settings import Settings
from snapshelf.twin.gate import Gate
from snapshelf.twin.serve import Twin
from snapshelf.twin.trouble import faults_of
from snapshelf.twin.wire import Answer, Refusal

PATIENT = {"backoff_cap": 0.005, "requests_per_minute": 1e8, "tokens_per_minute": 1e9}


class Recorded:
    """The twin's Bedrock, with every body kept, and answers that a test may put in the place of its own."""

    name, largest = "bedrock", 25_000_000

    def __init__(self, bedrock):
        self.bedrock, self.bodies, self.lock = bedrock, [], threading.Lock()
        self.refuse = {}  # part of a body → the Refusal, or the message of a ValidationException
        self.answered = Counter()  # bodies that were answered with vectors
        self.raw = None  # a body answered to everything
        self.gate = None  # an event that every answer waits for

    def operation(self, call):
        return self.bedrock.operation(call)

    def answer(self, operation, call):
        if operation == "InvokeModel":
            with self.lock:
                self.bodies.append(json.loads(call.body))
            for part, refusal in self.refuse.items():
                if part in call.body.decode():
                    raise refusal if isinstance(refusal, Refusal) else Refusal(400, "ValidationException", refusal)
        if self.gate is not None:
            self.gate.wait(30)
        answer = Answer(body=self.raw) if self.raw is not None else self.bedrock.answer(operation, call)
        with self.lock:
            self.answered[call.body] += 1
        return answer


class Wire:
    """A running twin, and embedders that talk to it."""

    def __init__(self, bedrock):
        self.bedrock = Recorded(bedrock)
        self.twin = Twin([self.bedrock], Gate())
        self.opened = []

    def options(self, **given):
        return {"endpoint_url": self.twin.endpoint, "region": "us-east-1", **PATIENT, **given}

    def embedder(self, **given):
        options = self.options(**given)
        self.opened.append(nova.load(nova.card("", options, ""), options))
        return self.opened[-1]

    def faults(self, *rules, seed=0):
        self.twin.gate.trouble.set(*faults_of({"seed": seed, "rules": list(rules)}, "faults"))

    def met(self, what="calls", operation="InvokeModel"):
        """What the twin's meter has of an operation; calls are all, refused and dropped ones among them."""
        return self.twin.gate.meter.told()["operations"].get(f"bedrock:{operation}", {}).get(what, 0)

    def close(self):
        for one in self.opened:
            one.close()
        self.twin.close()


@pytest.fixture
def credentials(monkeypatch, tmp_path):
    """Keys of nobody, and no files of this machine's own."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session")
def bedrock():
    """One for all tests, since it loads a model; it listens to no speech, which takes seconds and matters to none."""
    found = Bedrock(settings=Settings(purposes="differ"))
    found._encoder._hear = lambda clip: Heard("", 0.0)
    return found


@pytest.fixture
def wire(credentials, bedrock):
    found = Wire(bedrock)
    yield found
    found.close()
