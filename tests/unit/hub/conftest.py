"""Random models on disk, for every test of the hub embedder that needs its libraries."""

import importlib.util
import os

import pytest

from tests import tiny

REQUIRE_EXTRAS = "SNAPSHELF_REQUIRE_EXTRAS"  # set by .ci/run: there a missing extra is a failure, not a skip
os.environ["HF_HUB_OFFLINE"] = "1"  # read when the libraries are imported, which the fixtures do


@pytest.fixture(scope="session")
def libraries():
    """Torch and the others are there, and keep to one thread."""
    if importlib.util.find_spec("sentence_transformers") is None:
        reason = "sentence-transformers is not installed; run: pip install 'snapshelf[hub]'"
        if os.environ.get(REQUIRE_EXTRAS):
            pytest.fail(reason)
        pytest.skip(reason)
    import torch

    torch.set_num_threads(1)  # these models are too small to share, and the tests run side by side


@pytest.fixture(scope="session")
def models(libraries, tmp_path_factory):
    """A folder with clip, siglip, clap and sentences; no test changes them."""
    folder = tmp_path_factory.mktemp("models")
    tiny.clip(folder / "clip")
    tiny.siglip(folder / "siglip")
    tiny.clap(folder / "clap")
    tiny.sentences(folder / "sentences", {"query": "query: ", "document": "passage: ", "plain": ""})
    return folder
