"""The hub embedder with small random models on disk: held against the library itself, without a network."""

import importlib.util
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import snapshelf
from snapshelf.config import EmbedderSettings, Settings
from snapshelf.embedders import hub
from snapshelf.errors import BadSettings, MissingExtra, Mismatch, NotHere, Outside, Unsupported
from snapshelf.testing.embedders import PICTURES, TEXTS, EmbedderContract, picture
from snapshelf.types import Product
from snapshelf.vectors import cut, unit
from tests import tiny

REQUIRE_EXTRAS = "SNAPSHELF_REQUIRE_EXTRAS"  # set by .ci/run: there a missing extra is a failure, not a skip
if importlib.util.find_spec("sentence_transformers") is None:
    REASON = "sentence-transformers is not installed; run: pip install 'snapshelf[hub]'"
    if os.environ.get(REQUIRE_EXTRAS):
        raise ModuleNotFoundError(REASON)
    pytest.skip(REASON, allow_module_level=True)

os.environ["HF_HUB_OFFLINE"] = "1"  # read when the libraries are imported, which the fixtures do
# What they warn about among themselves is theirs; warnings of Snapshelf stay errors.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    tiny.clip(folder / "clip")
    tiny.siglip(folder / "siglip")
    tiny.sentences(folder / "sentences", {"query": "query: ", "document": "passage: ", "plain": ""})
    return folder


def opened(folder, **options):
    given = {"model": str(folder), "device": "cpu", **options}
    return hub.load(hub.card("", given, ""), given)


def library(folder):
    """The same model without Snapshelf."""
    import torch
    from sentence_transformers import SentenceTransformer

    kind = {"dtype": torch.float32}
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs=kind)


# --- the contract, and the library's own vectors ----------------------------------------------------------------------


class TestClip(EmbedderContract):
    @pytest.fixture(scope="class")
    def embedder(self, models):
        return opened(models / "clip", dims="16, 8")


class TestSiglip(EmbedderContract):
    @pytest.fixture(scope="class")
    def embedder(self, models):
        return opened(models / "siglip", batch=3)


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


def test_siglip_needs_its_full_length(models):
    """What the adapter does for the family: left to itself the library gives a text other rows in other company."""
    theirs = library(models / "siglip")
    alone, beside = (unit(theirs.encode(texts))[0] for texts in (["mug"], ["mug", "a much longer text about a mug"]))
    assert float(alone @ beside) < 0.999


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


# --- the card ---------------------------------------------------------------------------------------------------------


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


# --- prompts ----------------------------------------------------------------------------------------------------------


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


# --- refusals ---------------------------------------------------------------------------------------------------------


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


# --- the hub ----------------------------------------------------------------------------------------------------------

COMMIT, NEWER = "0123456789" * 4, "abcdefabcd" * 4


@pytest.fixture
def cache(models, tmp_path, monkeypatch):
    """The hub's cache with one model that was fetched before."""
    folder = tmp_path / "models--shop--clip"
    for commit in (COMMIT, NEWER):
        (folder / "snapshots").mkdir(parents=True, exist_ok=True)
        (folder / "snapshots" / commit).symlink_to(models / "clip")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(COMMIT)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    return folder


def test_a_model_in_the_cache_needs_no_network(cache):
    card = hub.card("shop/clip", {"device": "cpu"}, "")
    assert (card.name, card.revision, card.source) == ("hub:shop/clip", COMMIT, "https://huggingface.co/shop/clip")
    assert hub.load(card, {"device": "cpu"}).embed(TEXTS, "query", 24).shape == (4, 24)


def test_a_shelf_keeps_the_revision_it_was_built_with(cache):
    (cache / "refs" / "main").write_text(NEWER)
    assert hub.card("shop/clip", {}, "").revision == NEWER
    assert hub.card("shop/clip", {}, COMMIT).revision == COMMIT
    assert hub.card("shop/clip", {}, f"{COMMIT}+0123abcd").revision == COMMIT
    assert hub.card("shop/clip", {}, "files-0123").revision == NEWER
    assert hub.card("shop/clip", {"revision": NEWER}, COMMIT).revision == NEWER


@pytest.mark.parametrize(("offline", "why"), [(True, "the settings say offline = true"), (False, "cannot be reached")])
def test_a_model_that_is_nowhere_says_what_to_download(cache, offline, why):
    with pytest.raises(NotHere, match=rf"{why}; where there is a network run: hf download shop/other"):
        hub.card("shop/other", {"offline": offline}, "")


def test_a_name_that_no_hub_could_have(cache):
    with pytest.raises(BadSettings, match="'shop/a b' is neither a folder nor a name on the hub"):
        hub.card("shop/a b", {}, "")


class Hub(BaseHTTPRequestHandler):
    """As much of a hub as a download asks for."""

    files: Path
    asked: list[str]

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        self.asked.append(f"{self.command} {self.path}")
        path = self.path.partition("?")[0]
        names = sorted(file.name for file in self.files.iterdir())
        if path == "/api/models/shop/clip/revision/main":
            return self.answer_json({"id": "shop/clip", "sha": COMMIT, "siblings": [{"rfilename": n} for n in names]})
        if path == f"/api/models/shop/clip/tree/{COMMIT}":
            sizes = {name: (self.files / name).stat().st_size for name in names}
            return self.answer_json([{"type": "file", "path": n, "size": s, "oid": n} for n, s in sizes.items()])
        file = self.files / path.rpartition("/")[2]
        if path.startswith(f"/shop/clip/resolve/{COMMIT}/") and file.is_file():
            return self.answer(file.read_bytes(), {"ETag": f'"{file.name}"', "X-Repo-Commit": COMMIT})
        return self.answer(b"{}", {"X-Error-Code": "RepoNotFound"}, 404)

    def answer_json(self, content):
        import json

        self.answer(json.dumps(content).encode(), {"Content-Type": "application/json"})

    def answer(self, body, headers, status=200):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


LOCATE = """
from snapshelf.embedders.hub.locate import locate
from snapshelf.embedders.hub.wishes import Wishes
from snapshelf.errors import SnapshelfError
try:
    found = locate(Wishes(model={model!r}), "")
    print(found.revision, *sorted(p.name for p in found.folder.iterdir()))
except SnapshelfError as error:
    print(error)
"""


def located(model, home, address):
    place = {"HF_HOME": str(home), "HF_ENDPOINT": address, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1"}
    code = [sys.executable, "-c", LOCATE.format(model=model)]
    done = subprocess.run(code, capture_output=True, text=True, env={**os.environ, **place}, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_model_is_fetched_once_and_found_again_without_the_hub(tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    for name in ("README.md", "config.json", "model.onnx", "model.safetensors", "pytorch_model.bin"):
        (files / name).write_text(name)
    Hub.files, Hub.asked = files, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        fetched = located("shop/clip", tmp_path / "home", address)
        absent = located("shop/absent", tmp_path / "home", address)
    finally:
        server.shutdown()
        server.server_close()
    assert fetched == f"{COMMIT} README.md config.json model.safetensors"
    assert "the hub shows no model shop/absent; check the name" in absent
    assert not [line for line in Hub.asked if ".onnx" in line or ".bin" in line]
    assert located("shop/clip", tmp_path / "home", address) == fetched
    assert "shop/other (revision main) is neither a folder here" in located("shop/other", tmp_path / "home", address)


# --- a whole round ----------------------------------------------------------------------------------------------------


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
    for other, says in ((tmp_path / "clip", "revision files-.* is installed now"), (models / "siglip", "not with hub:")):
        with (
            snapshelf.open(tmp_path / "shelf", settings=settings(model=str(other))) as shelf,
            pytest.raises(Mismatch, match=says),
        ):
            shelf.search(text="shoe")


# --- families that need torchvision -----------------------------------------------------------------------------------


def test_a_package_that_a_model_needs_is_named(tmp_path):
    if importlib.util.find_spec("torchvision"):
        pytest.skip("torchvision is installed, so nothing is missing")
    tiny.gemma(tmp_path)
    with pytest.raises(MissingExtra, match="needs a package that is not installed: .*torchvision"):
        opened(tmp_path)
