"""Models by name: from the hub, from its cache, and neither."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from snapshelf.embedders import hub
from snapshelf.errors import BadSettings, NotHere
from snapshelf.testing.embedders import TEXTS

# What the libraries warn about among themselves is theirs; warnings of Snapshelf stay errors.
pytestmark = [
    pytest.mark.usefixtures("libraries"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


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
    assert "the hub shows no model shop/absent; check its name" in absent
    assert not [line for line in Hub.asked if ".onnx" in line or ".bin" in line]
    assert located("shop/clip", tmp_path / "home", address) == fetched
    assert "shop/other (revision main) is neither a folder here" in located("shop/other", tmp_path / "home", address)
