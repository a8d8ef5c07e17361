"""Every store keeps the contract."""

import pytest

from snapshelf import plugins
from snapshelf.testing.stores import StoreContract


@pytest.mark.parametrize("name", plugins.names("stores"))
class TestStores(StoreContract):
    @pytest.fixture
    def module(self, name):
        return plugins.find("stores", name)
