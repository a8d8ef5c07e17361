"""The hub embedder without its libraries: settings, finding the folder, memory, and how a shelf asks for its card."""

import sys

import numpy as np
import pytest

from snapshelf import plugins
from snapshelf.embedders import hub, toy
from snapshelf.embedders.hub.batch import fitting
from snapshelf.embedders.hub.locate import licence, locate
from snapshelf.embedders.hub.wishes import Wishes, read
from snapshelf.errors import BadSettings, MissingExtra, NotHere
from snapshelf.stack import card_of


def test_a_model_must_be_named():
    with pytest.raises(BadSettings, match=r"under \[embedder.options\]: model = "):
        hub.card("", {}, "")


def test_the_options_win_over_the_name():
    assert read({}, "owner/model").model == "owner/model"
    assert read({"model": "other"}, "owner/model").model == "other"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"modle": "x"}, "no setting 'modle'. Did you mean 'model'"),
        ({"model": 3}, "'model' of the hub embedder is a text in quotes, not 3"),
        ({"batch": "8"}, "'batch' of the hub embedder is a whole number, not '8'"),
        ({"batch": True}, "'batch' of the hub embedder is a whole number, not True"),
        ({"batch": -1}, "from 0 up, not -1"),
        ({"offline": 1}, "'offline' of the hub embedder is true or false, not 1"),
        ({"precision": "float8"}, "one of auto, bfloat16, float16, float32, not 'float8'"),
        ({"dims": "12, many"}, "'dims' of the hub embedder lists whole numbers"),
        ({"dims": "12, 0"}, "'dims' of the hub embedder lists whole numbers"),
        ({"query_prompt": False}, "'query_prompt' of the hub embedder is a text in quotes"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(options, says):
    with pytest.raises(BadSettings, match=says):
        read({"model": "x", **options}, "")


def test_dims_are_listed_from_the_largest():
    assert Wishes(dims="128, 512 256,128").smaller == (512, 256, 128)
    assert Wishes().smaller == ()


def test_a_folder_without_a_model_says_what_is_missing(tmp_path):
    with pytest.raises(NotHere, match="holds no model: there is neither a modules.json nor a config.json"):
        locate(Wishes(model=str(tmp_path)), "")


@pytest.mark.parametrize("model", ["./nowhere", "/nowhere/at/all", "~/nowhere", "a/b/c"])
def test_a_folder_that_is_not_there(model):
    with pytest.raises(NotHere, match=f"there is no folder {model}"):
        locate(Wishes(model=model), "")


def folder_with(path, **files):
    for name, content in files.items():
        (path / name.replace("_", ".", 1)).write_text(content, "utf-8")
    return locate(Wishes(model=str(path)), "").revision


def test_the_revision_of_a_folder_is_that_of_its_files(tmp_path):
    first = folder_with(tmp_path, config_json="{}", model_safetensors="weights")
    assert first.startswith("files-")
    assert folder_with(tmp_path, README_md="a page", notes_log="x") == first
    changed = folder_with(tmp_path, model_safetensors="weighty")
    assert changed != first
    assert folder_with(tmp_path, model_safetensors="weights") == first
    (tmp_path / "model.safetensors").rename(tmp_path / "other.safetensors")
    assert folder_with(tmp_path) not in {first, changed}


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("---\nlicense: apache-2.0\ntags:\n- x\n---\n# Model", "apache-2.0"),
        ("---\nlicense: other\nlicense_name: gemma\n---\n", "gemma"),
        ("---\nlicense: \n- mit\n---\n", "not stated"),
        ("# A page\nlicense: mit", "not stated"),
        ("", "not stated"),
    ],
)
def test_the_licence_is_what_the_page_states(tmp_path, page, told):
    (tmp_path / "README.md").write_text(page, "utf-8")
    assert licence(tmp_path) == told


def test_no_page_no_licence(tmp_path):
    assert licence(tmp_path) == "not stated"


# --- memory -----------------------------------------------------------------------------------------------------------


def holding(most, error, tried):
    """Something that encodes up to ``most`` at once, and raises ``error`` beyond."""

    def encode(batch):
        tried.append(batch)
        if batch > most:
            raise error
        return np.zeros((1, 1), np.float32)

    return encode


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory: you tried …"),
        RuntimeError("MPS backend out of memory (MPS allocated: 9.0 GB)"),
    ],
)
def test_a_batch_is_halved_until_it_fits_and_the_size_is_kept(error):
    tried = []
    assert fitting(holding(5, error, tried), 32, 32)[1] == 4
    assert tried == [32, 16, 8, 4]


def test_a_small_batch_that_fits_leaves_the_size_alone():
    tried = []
    assert fitting(holding(5, MemoryError(), tried), 3, 64)[1] == 64
    assert tried == [3]


def test_one_item_that_does_not_fit_is_a_memory_error():
    with pytest.raises(MemoryError, match="out of memory"):
        fitting(holding(0, RuntimeError("CUDA out of memory"), []), 4, 4)


def test_other_errors_are_not_taken_for_memory():
    tried = []
    with pytest.raises(RuntimeError, match="shapes"):
        fitting(holding(0, RuntimeError("the shapes do not match"), tried), 4, 4)
    assert tried == [4]


# --- what is missing, and what a shelf asks ---------------------------------------------------------------------------


def test_a_missing_extra_is_named(monkeypatch, tmp_path):
    """As on a machine without it: importing torch or the hub's library finds nothing."""
    for name in ("torch", "huggingface_hub", "sentence_transformers"):
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / "config.json").write_text("{}")
    for model in (str(tmp_path), "owner/model"):
        with pytest.raises(MissingExtra, match=r"pip install 'snapshelf\[hub\]'"):
            hub.card("", {"model": model}, "")


def test_a_family_without_cards_is_asked_for_one(monkeypatch):
    asked = []

    class Naming:
        @staticmethod
        def card(name, options, built):
            asked.append((name, options, built))
            return toy.CARDS[0]

    monkeypatch.setattr(plugins, "find", lambda kind, name: {"naming": Naming, "toy": toy}[name])
    assert card_of("naming:owner/model:1", {"a": 1}, "r") is toy.CARDS[0]
    assert card_of("naming", {}) is toy.CARDS[0]
    assert card_of("toy", {}) is toy.CARDS[0]
    assert asked == [("owner/model:1", {"a": 1}, "r"), ("", {}, "")]
