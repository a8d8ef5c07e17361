"""A twin for all tests of a module, a bucket for each test."""

import pytest

from snapshelf.testing.twin import running
from tests.wire import Wired, give_keys


@pytest.fixture(scope="module")
def service():
    """The twin."""
    with running() as twin:
        yield twin


@pytest.fixture
def wired(service, monkeypatch):
    """The store's module with a bucket of its own; the twin is free of faults before and after."""
    give_keys(monkeypatch)
    service.faults()
    yield Wired(service.endpoint)
    service.faults()
