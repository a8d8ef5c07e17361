"""The contract of embedders, over the wire."""

import pytest

from snapshelf.testing.embedders import EmbedderContract


class TestNova(EmbedderContract):
    @pytest.fixture
    def embedder(self, wire):
        return wire.embedder()


def test_where_prefixes_are_said_to_be_the_same_they_are(wire):
    embedder = wire.embedder(same_prefix=True)
    assert embedder.card.matryoshka
    EmbedderContract().test_smaller_dims_are_prefixes(embedder)
