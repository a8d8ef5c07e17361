"""Killed with SIGKILL on entering or leaving each step of an index run, a shelf loses and repeats nothing."""

import signal
import subprocess
import sys
import textwrap

import pytest

import snapshelf
from snapshelf.catalogue import asking, embeddings, journal
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.types import Product

FUNNEL = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="funnel"))
MANY = 200  # four chunks

# The system calls the hook on every call and return; at the one asked for, the process kills itself at once.
SCRIPT = """
    import os, signal, sys
    import snapshelf
    from snapshelf.config import EmbedderSettings, Settings, StoreSettings
    from snapshelf.types import Product

    folder, file, name, event, count = *sys.argv[1:5], int(sys.argv[5])
    funnel = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="funnel"))

    def hook(frame, what, _):
        global count
        code = frame.f_code
        if what == event and code.co_name == name and code.co_filename.endswith(file):
            count -= 1
            if not count:
                os.kill(os.getpid(), signal.SIGKILL)

    with snapshelf.open(folder, funnel) as shelf:
        shelf.index([Product(f"OLD{n}", f"old thing {n}") for n in range(20)])
        sys.setprofile(hook)
        shelf.index([Product(f"P{n:04}", f"thing {n} red", price=float(n)) for n in range(200)])
"""

STEPS = [  # file, function, on its way in or out, which call
    ("catalogue/journal.py", "sent", "call", 1),
    ("catalogue/journal.py", "sent", "return", 5),
    ("embedders/toy.py", "embed", "return", 2),
    ("catalogue/embeddings.py", "put", "return", 2),
    ("catalogue/journal.py", "done", "return", 2),
    ("catalogue/products.py", "put", "call", 1),
    ("catalogue/products.py", "_insert", "return", 6),
    ("catalogue/products.py", "put", "return", 3),
    ("ingest/report.py", "write_refused", "call", 1),
    ("stores/funnel/store.py", "add", "return", 1),
    ("segments/files.py", "_write", "call", 1),
    ("segments/files.py", "write_manifest", "call", 1),
    ("segments/files.py", "write_manifest", "return", 1),
    ("lexical.py", "put", "return", 1),
    ("lexical.py", "commit", "call", 1),
    ("lexical.py", "commit", "return", 1),
    ("catalogue/changes.py", "move", "return", 6),
    ("catalogue/journal.py", "settle", "return", 1),
]


@pytest.mark.parametrize(("file", "name", "event", "count"), STEPS)
def test_killed_at_every_step(tmp_path, file, name, event, count):
    script, folder = tmp_path / "run.py", tmp_path / "shelf"
    script.write_text(textwrap.dedent(SCRIPT))
    line = [sys.executable, script, folder, file, name, event, str(count)]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, f"{name} was not called so often: {ended.stderr}"
    with snapshelf.open(folder, FUNNEL) as shelf:
        with shelf.stack.catalogue.read() as connection:
            held, products = embeddings.count(connection), asking.count(connection)
            assert asking.count_views(connection) == products, "a product is never there without its views"
            assert products <= held
        found = shelf.search(text="thing 7 red", k=50)
        assert found.matching == products, "what is there can be searched at once"
        summary = shelf.index([Product(f"P{n:04}", f"thing {n} red", price=float(n)) for n in range(MANY)])
        assert summary.embedded == MANY + 20 - held, "what was kept is not embedded again"
        assert shelf.info().products == MANY + 20
        assert shelf.stack.store.count() == MANY + 20
        assert shelf.stack.lexical.count() == MANY + 20
        assert {hit.sku for hit in shelf.search(text="thing red", k=500)} >= {f"P{n:04}" for n in range(MANY)}
        with shelf.stack.catalogue.read() as connection:
            assert journal.counts(connection) == {}
