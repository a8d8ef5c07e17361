"""S3 Vectors over the wire, for tests: the store against a twin, in a bucket of its own."""

import itertools
from dataclasses import dataclass, field
from types import SimpleNamespace

from snapshelf.stores import s3vectors

_NUMBERS = itertools.count()


@dataclass
class Wired:
    """The store's module, with the options that lead to a twin filled in."""

    endpoint: str
    options: dict = field(default_factory=dict)
    EXTRA: str = s3vectors.EXTRA
    CAN: frozenset = s3vectors.CAN

    def __post_init__(self):
        bucket = f"bucket-{next(_NUMBERS)}"
        self.options = {"bucket": bucket, "endpoint_url": self.endpoint, "region": "us-east-1"} | self.options

    def connect(self, location, dim, options):
        return s3vectors.connect(location, dim, self.options | options)

    def settings(self, **more):
        """Settings of a shelf that has this store and the toy model, and asks nothing but this store."""
        from snapshelf.config import EmbedderSettings, SearchSettings, Settings, StoreSettings

        store = StoreSettings(name="s3vectors", options=self.options | more)
        search = SearchSettings(lanes="vector", understand=False, cutoff=False)
        return Settings(embedder=EmbedderSettings(name="toy"), store=store, search=search)


KEYS = SimpleNamespace(id="AKIAEXAMPLE", secret="secret")


def give_keys(monkeypatch):
    """Credentials in the environment, and nothing else of AWS."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS.secret)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials")
