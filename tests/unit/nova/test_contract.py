"""The contract of embedders, over the wire, with the dimensions cut and bought one by one."""

import pytest

from snapshelf.testing.embedders import EmbedderContract


class TestBoughtPerDimension(EmbedderContract):
    @pytest.fixture
    def embedder(self, wire):
        return wire.embedder()


class TestSamePrefix(EmbedderContract):
    @pytest.fixture
    def embedder(self, wire):
        return wire.embedder(same_prefix=True)
