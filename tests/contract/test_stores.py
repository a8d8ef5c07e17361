"""Every store keeps the contract."""

import pytest
from tests.wire import Wired, give_keys

from snapshelf import plugins
from snapshelf.testing.stores import StoreContract
from snapshelf.testing.twin import running


@pytest.fixture(scope="module")
def endpoint():
    with running() as twin:
        yield twin.endpoint


@pytest.mark.parametrize("name", plugins.names("stores"))
class TestStores(StoreContract):
    @pytest.fixture
    def module(self, name, request, monkeypatch):
        """The adapter; one that is a service elsewhere, over the wire against its twin."""
        if name != "s3vectors":
            return plugins.find("stores", name)
        give_keys(monkeypatch)
        return Wired(request.getfixturevalue("endpoint"))
