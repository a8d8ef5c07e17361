"""A twin for tests: `from snapshelf.testing.twin import twin` in a test module or a conftest makes it a fixture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from snapshelf.extras import need
from snapshelf.twin.kms import states_of
from snapshelf.twin.run import Options, start
from snapshelf.twin.serve import Twin
from snapshelf.twin.trouble import faults_of


class Running:
    """A twin that runs in this process."""

    def __init__(self, twin: Twin) -> None:
        self.twin, self.endpoint = twin, twin.endpoint
        self._clients: list[Any] = []

    def client(
        self, service: str = "s3vectors", key: str = "AKIAEXAMPLE", secret: str = "secret", attempts: int = 1
    ) -> Any:
        """A boto3 client of the twin in us-east-1; ``attempts`` in all, so that by default nothing is retried."""
        config = need("botocore.config", "twin").Config(
            retries={"total_max_attempts": attempts, "mode": "standard"},
            read_timeout=30,
            max_pool_connections=32,
        )
        made = (
            need("boto3", "twin")
            .session.Session()
            .client(
                service,
                endpoint_url=self._endpoint(service),
                region_name="us-east-1",
                aws_access_key_id=key,
                aws_secret_access_key=secret,
                config=config,
            )
        )
        self._clients.append(made)
        return made

    def _endpoint(self, service: str) -> str:
        if service == "s3" and self.twin.objects is not None:
            return self.twin.objects.endpoint
        return self.endpoint

    def meter(self) -> Mapping[str, Any]:
        """What the twin has counted."""
        return self.twin.gate.metered()

    def faults(self, *rules: Mapping[str, Any], seed: int = 0) -> None:
        """Replace the faults: `faults({"operation": "QueryVectors", "status": 503, "times": 2})`; none ends them."""
        self.twin.gate.trouble.set(*faults_of({"seed": seed, "rules": list(rules)}, "faults"))

    def kms(self, states: Mapping[str, str]) -> None:
        """Say which keys cannot be used: `kms({"arn:aws:kms:…": "disabled"})`; {} lets all be used again."""
        self.twin.gate.kms.set(states_of(dict(states), "kms"))

    def close(self) -> None:
        """End clients and twin."""
        for client in self._clients:
            client.close()
        self.twin.close()


@contextmanager
def running(options: Options = Options()) -> Iterator[Running]:  # noqa: B008 - frozen
    """A twin for the length of a block."""
    found = Running(start(options))
    try:
        yield found
    finally:
        found.close()


@pytest.fixture
def twin() -> Iterator[Running]:
    """A fresh twin in memory."""
    with running() as found:
        yield found
