"""What the hub embedder tells of a model and what it refuses; a whole round with a shelf."""

import importlib.util

import numpy as np
import pytest
from PIL import Image

import snapshelf
from snapshelf.config import EmbedderSettings, Settings
from snapshelf.embedders import hub
from snapshelf.errors import BadSettings, Mismatch, MissingExtra, Outside, Unsupported
from snapshelf.testing.embedders import PICTURES, picture
from snapshelf.types import Product
from snapshelf.vectors import unit
from tests import tiny
from tests.unit.hub.loaded import library, opened

# What the libraries warn about among themselves is theirs; warnings of Snapshelf stay errors.
pytestmark = [
    pytest.mark.usefixtures("libraries"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


def test_the_card_is_what_the_model_tells(models, tmp_path):
    tiny.clip(tmp_path / "shop-clip")
    (tmp_path / "shop-clip" / "README.md").write_text("---\nlicense: mit\n---\n# Shop CLIP\n")
    card = opened(tmp_path / "shop-clip").card
    assert (card.name, card.licence, card.dims) == ("hub:shop-clip", "mit", (24,))
    assert card.modalities == {"text", "image"}
    assert card.source == str(tmp_path / "shop-clip")
    assert "float32 on cpu" in card.notes
    assert "up to 77 tokens; the rest is dropped" in card.notes
    assert opened(models / "sentences").card.modalities == {"text"}


def test_what_comes_after_the_last_token_is_dropped(models):
    model = opened(models / "clip")
    rows = model.embed(["mug " * 200, "mug " * 200 + "shoe"], "index", 24)
    assert np.abs(rows[0] - rows[1]).max() <= 1e-6


def test_a_tokenizer_that_states_no_limit_is_given_the_models(tmp_path):
    tiny.clip(tmp_path, limit=None)
    model = opened(tmp_path)
    assert "up to 77 tokens" in model.card.notes
    assert model.embed(["mug " * 400], "index", 24).shape == (1, 24)


def test_the_model_is_loaded_once(models):
    given = {"model": str(models / "clip"), "device": "cpu"}
    card = hub.card("", given, "")
    assert hub.load(card, given).opened is hub.load(card, given).opened


def test_files_that_changed_in_between_are_noticed(tmp_path):
    tiny.clip(tmp_path)
    given = {"model": str(tmp_path), "device": "cpu"}
    card = hub.card("", given, "")
    tiny.clip(tmp_path, seed=5)
    with pytest.raises(Mismatch, match="have changed since it was described"):
        hub.load(card, given)


def test_a_model_of_words_refuses_pictures(models):
    with pytest.raises(Unsupported, match="hub:sentences takes text, not image; choose a model that does"):
        opened(models / "sentences").embed(PICTURES, "index", 32)


def test_a_text_that_names_a_file_stays_a_text(models, tmp_path, monkeypatch):
    """The library would open the file, or fetch the address: a shopper must not read the server's disk."""
    monkeypatch.chdir(tmp_path)
    picture("red").save("shoe.png")
    model, theirs = opened(models / "clip"), library(models / "clip")
    seen = model.embed([Image.open("shoe.png")], "query", 24)[0]
    assert float(unit(theirs.encode(["shoe.png"]))[0] @ seen) > 0.999
    for text in ("shoe.png", "https://shop.invalid/shoe.png", "data:image/png;base64,AAAA"):
        row = model.embed([text], "query", 24)[0]
        assert float(row @ seen) < 0.99
        assert np.abs(row - unit(theirs.encode([{"text": text}]))[0]).max() <= 1e-5


def test_code_that_comes_with_a_model_is_refused_unless_trusted(tmp_path):
    tiny.sentences(tmp_path)
    modules = (tmp_path / "modules.json").read_text("utf-8")
    pooling = "sentence_transformers.sentence_transformer.modules.pooling.Pooling"
    assert pooling in modules
    (tmp_path / "modules.json").write_text(modules.replace(pooling, "own.Pooling"), "utf-8")
    (tmp_path / "own.py").write_text(f"from {pooling.rpartition('.')[0]} import Pooling\nprint('runs')\n")
    with pytest.raises(BadSettings, match=r"runs Python code that came with it.*set trust_remote_code = true"):
        opened(tmp_path)
    assert opened(tmp_path, trust_remote_code=True).embed(["mug"], "index", 32).shape == (1, 32)


def test_float16_is_refused_where_it_gives_wrong_vectors(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "embedding_gemma2"}')
    with pytest.raises(BadSettings, match="wrong vectors in float16; set precision to 'bfloat16' or 'float32'"):
        opened(tmp_path, precision="float16")


def test_bfloat16_stays_near(models):
    fine, coarse = (opened(models / "clip", precision=p).embed(PICTURES, "index", 24) for p in ("float32", "bfloat16"))
    assert coarse.dtype == np.float32
    assert 1e-5 < np.abs(fine - coarse).max() < 0.05


def test_a_device_that_is_not_there(models):
    with pytest.raises(BadSettings, match=r"there is no device 'warp' .* there is: (cuda, )?(mps, )?cpu"):
        opened(models / "clip", device="warp")


@pytest.mark.parametrize(("file", "content"), [("config.json", "{"), ("model.safetensors", "rubbish")])
def test_damaged_files_are_said_to_be(tmp_path, file, content):
    tiny.clip(tmp_path)
    (tmp_path / file).write_text(content)
    with pytest.raises(Outside, match="could not be opened|is damaged"):
        opened(tmp_path)


def shop(folder):
    for colour in ("red", "blue", "green"):
        picture(colour).save(folder / f"{colour}.png")
    return [Product(c, f"{c} shoe", images=(str(folder / f"{c}.png"),)) for c in ("red", "blue", "green")]


def settings(**options):
    return Settings(embedder=EmbedderSettings(name="hub", options={"device": "cpu", **options}))


def test_index_search_reopen_and_refuse_another_model(models, tmp_path):
    wanted = settings(model=str(models / "clip"), dims="12")
    with snapshelf.open(tmp_path / "shelf", settings=wanted) as shelf:
        summary = shelf.index(shop(tmp_path))
        assert summary.embedded == 6
        hits = shelf.search(image=tmp_path / "blue.png")
        assert (hits[0].sku, hits[0].view) == ("blue", "image1")
        assert hits[0].score == pytest.approx(1, abs=1e-3)
        assert shelf.search(text="green shoe")[0].sku == "green"
        assert shelf.info().model.startswith("hub:clip (revision files-")
    smaller = Settings(embedder=EmbedderSettings(name="hub", dim=12, options=wanted.embedder.options))
    with snapshelf.open(tmp_path / "shelf", settings=smaller) as shelf:
        assert shelf.index(shop(tmp_path)).embedded == 0
        assert shelf.search(image=tmp_path / "red.png")[0].sku == "red"
    tiny.clip(tmp_path / "clip", seed=5)
    for other, says in (
        (tmp_path / "clip", "revision files-.* is installed now"),
        (models / "siglip", "not with hub:"),
    ):
        with (
            snapshelf.open(tmp_path / "shelf", settings=settings(model=str(other))) as shelf,
            pytest.raises(Mismatch, match=says),
        ):
            shelf.search(text="shoe")


def test_a_package_that_a_model_needs_is_named(tmp_path):
    if importlib.util.find_spec("torchvision"):
        pytest.skip("torchvision is installed, so nothing is missing")
    tiny.gemma(tmp_path)
    with pytest.raises(MissingExtra, match="prepares pictures with torchvision, .* pip install torch==.* torchvision"):
        opened(tmp_path)
