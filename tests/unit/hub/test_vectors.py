"""The hub embedder's vectors are those of the library itself, whatever the batch."""

import importlib.util
import threading

import numpy as np
import pytest

from snapshelf.errors import BadSettings
from snapshelf.testing.embedders import CLIPS, PICTURES, TEXTS, EmbedderContract
from snapshelf.types import RATE, Clip
from snapshelf.vectors import unit
from tests import tiny
from tests.unit.hub.loaded import library, opened

# What the libraries warn about among themselves is theirs; warnings of Snapshelf stay errors.
pytestmark = [
    pytest.mark.usefixtures("libraries"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


class TestClip(EmbedderContract):
    @pytest.fixture(scope="class")
    def embedder(self, models):
        return opened(models / "clip", dims="16, 8")


class TestSiglip(EmbedderContract):
    @pytest.fixture(scope="class")
    def embedder(self, models):
        return opened(models / "siglip", batch=3)


class TestClap(EmbedderContract):
    @pytest.fixture(scope="class")
    def embedder(self, models):
        return opened(models / "clap")


class TestGemma(EmbedderContract):
    @pytest.fixture(scope="class")
    def embedder(self, tmp_path_factory):
        if not importlib.util.find_spec("torchvision"):
            pytest.skip("EmbeddingGemma 2 prepares pictures with torchvision, which is not installed")
        folder = tmp_path_factory.mktemp("gemma")
        tiny.gemma(folder)
        return opened(folder, dims="24, 12")


class TestSentences(EmbedderContract):
    @pytest.fixture(scope="class")
    def embedder(self, models):
        return opened(models / "sentences")


@pytest.mark.parametrize("purpose", ["index", "query"])
@pytest.mark.parametrize(("name", "fixed"), [("clip", {}), ("siglip", {"padding": "max_length", "max_length": 64})])
def test_rows_are_those_of_the_library(models, name, fixed, purpose):
    ours, theirs = opened(models / name), library(models / name)
    encode = theirs.encode_query if purpose == "query" else theirs.encode_document
    words = unit(encode(list(TEXTS), processing_kwargs={"text": fixed}))
    seen = unit(encode(list(PICTURES)))
    rows = ours.embed([item for both in zip(TEXTS, PICTURES, strict=True) for item in both], purpose, len(words[0]))
    assert np.abs(rows[0::2] - words).max() <= 1e-5
    assert np.abs(rows[1::2] - seen).max() <= 1e-5


def test_sound_comes_at_the_models_own_rate(models):
    """CLAP takes 48 kHz; what lies below the old limit is the same sound, and the row is the library's of that."""
    time = np.arange(round(1.2 * 48_000)) / 48_000
    tone = (0.5 * np.sin(np.pi * time / 1.2) * np.sin(2 * np.pi * 880 * time)).astype(np.float32)
    theirs = unit(library(models / "clap").encode([{"array": tone, "sampling_rate": 48_000}]))
    ours = opened(models / "clap")
    assert ours.card.modalities == {"text", "audio"}
    assert float((ours.embed([CLIPS[1]], "index", 24) @ theirs.T)[0, 0]) > 0.9999


def test_a_long_sound_is_cut_where_the_library_would_draw_lots(models):
    ours, long = opened(models / "clap"), CLIPS[3]
    start = Clip(long.samples[: 2 * RATE], 0.0, 2.0)
    rows = [ours.embed([clip], "index", 24) for clip in (long, long, start)]
    assert np.abs(rows[0] - rows[1]).max() == 0
    assert float((rows[0] @ rows[2].T)[0, 0]) > 0.99


def test_siglip_needs_its_full_length(models):
    """What the adapter does for the family: left to itself the library gives a text other rows in other company."""
    theirs = library(models / "siglip")
    alone, beside = (unit(theirs.encode(texts))[0] for texts in (["mug"], ["mug", "a much longer text about a mug"]))
    assert float(alone @ beside) < 0.999


@pytest.mark.parametrize("name", ["clip", "siglip", "sentences"])
def test_on_a_graphics_card_rows_are_those_of_float32_here(models, name):
    """Where there is one: half precision by itself, and less at once when its memory runs out."""
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA card here")
    here, there = opened(models / name), opened(models / name, device="auto", batch=65_536)
    assert there.opened.model.device.type == "cuda"
    assert next(there.opened.model.parameters()).dtype == torch.bfloat16
    texts = [f"red running shoe number {number}" for number in range(20_000)]
    whole = there.embed(texts, "index", here.card.dims[0])
    assert np.abs(whole[:50] - here.embed(texts[:50], "index", here.card.dims[0])).max() < 0.02
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(0.004)
    try:
        less = there.embed(texts, "index", here.card.dims[0])
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert there.batch < 20_000
    assert np.abs(less - whole).max() < 0.02


def test_smaller_dims_are_the_librarys_own(models):
    theirs = unit(library(models / "clip").encode(list(PICTURES), truncate_dim=8))
    assert np.abs(opened(models / "clip", dims="8").embed(PICTURES, "index", 8) - theirs).max() <= 1e-5


def test_dims_come_from_the_settings_or_the_models_configuration(models, tmp_path):
    assert opened(models / "clip").card.dims == (24,)
    assert not opened(models / "clip").card.matryoshka
    told = opened(models / "clip", dims="8 16").card
    assert (told.dims, told.matryoshka) == ((24, 16, 8), True)
    tiny.clip(tmp_path)
    tiny.set_in(tmp_path / "config.json", matryoshka_dimensions=[6, 12, 24])
    assert opened(tmp_path).card.dims == (24, 12, 6)
    with pytest.raises(BadSettings, match=r"'dims' of the hub embedder lists 32, but clip has 24 dimensions"):
        opened(models / "clip", dims="32")


@pytest.mark.parametrize("name", ["clip", "siglip", "sentences"])
def test_a_row_does_not_depend_on_its_batch(models, name):
    model = opened(models / name, batch=7)
    texts = ["mug " * (n % 23) + str(n) for n in np.random.default_rng(3).permutation(40)]
    together = model.embed(texts, "index", model.card.dims[0])
    alone = np.concatenate([model.embed([text], "index", model.card.dims[0]) for text in texts])
    assert np.abs(together - alone).max() <= 1e-5


def test_threads_get_the_rows_they_asked_for(models):
    model, rows = opened(models / "clip"), {}
    texts = [f"{text} {n}" for n in range(4) for text in TEXTS]
    work = [threading.Thread(target=lambda t=t: rows.update({t: model.embed([t], "query", 24)[0]})) for t in texts]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert np.abs(np.stack([rows[text] for text in texts]) - model.embed(texts, "query", 24)).max() <= 1e-5


def test_the_models_own_prompts_are_used(models):
    ours, theirs = opened(models / "sentences"), library(models / "sentences")
    assert ours.card.purposes_differ
    assert np.abs(ours.embed(TEXTS, "query", 32) - unit(theirs.encode_query(list(TEXTS)))).max() <= 1e-5
    assert np.abs(ours.embed(TEXTS, "index", 32) - unit(theirs.encode_document(list(TEXTS)))).max() <= 1e-5


@pytest.mark.parametrize(("wanted", "text"), [("document", "passage: "), ("", ""), ("find: ", "find: ")])
def test_a_prompt_from_the_settings_is_a_name_or_a_text(models, wanted, text):
    ours, theirs = opened(models / "sentences", query_prompt=wanted), library(models / "sentences")
    rows = unit(theirs.encode(list(TEXTS), prompt=text))
    assert np.abs(ours.embed(TEXTS, "query", 32) - rows).max() <= 1e-5


def test_a_prompt_that_is_no_name_and_no_text_is_refused(models):
    with pytest.raises(BadSettings, match="no prompt called 'qurey'.*Did you mean 'query'"):
        opened(models / "sentences", query_prompt="qurey")


def test_another_document_prompt_is_another_revision_and_another_query_prompt_is_not(models):
    plain = opened(models / "sentences").card.revision
    assert opened(models / "sentences", query_prompt="find: ").card.revision == plain
    assert opened(models / "sentences", document_prompt="ware: ").card.revision.startswith(f"{plain}+")
