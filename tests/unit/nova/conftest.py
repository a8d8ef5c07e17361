import pytest

from snapshelf.embedders import nova
from snapshelf.twin.gate import Gate
from snapshelf.twin.serve import Twin
from snapshelf.twin.trouble import faults_of
from tests.unit.nova.standin import Bedrock

PATIENT = {"backoff_cap": 0.005, "requests_per_minute": 1e8, "tokens_per_minute": 1e9}


class Wire:
    """A running server with one Bedrock behind it, and embedders that talk to it."""

    def __init__(self):
        self.bedrock = Bedrock()
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

    def calls(self, operation="InvokeModel"):
        """How many the server has met, refused and dropped ones among them."""
        told = self.twin.gate.meter.told()["operations"].get(f"bedrock:{operation}", {})
        return int(told.get("calls", 0))

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


@pytest.fixture
def wire(credentials):
    found = Wire()
    yield found
    found.close()
