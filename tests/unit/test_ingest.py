"""Indexing: incremental, resumable, exact about what it refused; and a shelf that is never half-written."""

import csv
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import snapshelf
from snapshelf.catalogue import asking, embeddings, journal, products
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.errors import BadInput, Busy, Mismatch, NoSpace, NotHere
from snapshelf.types import Product

COLOURS = {"red": (220, 30, 30), "green": (30, 160, 60), "blue": (40, 80, 220)}
TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))


def write_catalogue(folder: Path, rows, name="products.csv") -> Path:
    """A CSV of (sku, colour, price, stock), each with one picture of its colour."""
    (folder / "images").mkdir(exist_ok=True)
    for colour, value in COLOURS.items():
        if not (folder / "images" / f"{colour}.png").exists():
            Image.new("RGB", (40, 30), value).save(folder / "images" / f"{colour}.png")
    path = folder / name
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["sku", "title", "price", "stock", "images", "colour"])
        for sku, colour, price, stock in rows:
            writer.writerow([sku, f"{colour} shoe {sku}", price, stock, f"images/{colour}.png", colour])
    return path


ROWS = [("A", "red", 10, 5), ("B", "green", 20, 0), ("C", "blue", 30, 2)]


@pytest.fixture
def shelf(tmp_path):
    with snapshelf.open(tmp_path / "shelf", TOY) as opened:
        yield opened


def test_what_an_index_run_reports(shelf, tmp_path):
    first = shelf.index(write_catalogue(tmp_path, ROWS))
    assert (first.added, first.embedded, first.refused) == (3, 6, [])
    again = shelf.index(tmp_path / "products.csv")
    assert (again.unchanged, again.embedded, again.added, again.updated) == (3, 0, 0, 0)
    cheaper = shelf.index(write_catalogue(tmp_path, [("A", "red", 9, 5), *ROWS[1:]]))
    assert (cheaper.updated, cheaper.unchanged, cheaper.embedded) == (1, 2, 0)
    assert shelf.search(text="red", where="price < 10")[0].sku == "A"
    painted = shelf.index(write_catalogue(tmp_path, [("A", "green", 9, 5), *ROWS[1:]]))
    assert (painted.changed, painted.unchanged) == (1, 2)
    assert painted.embedded == 1, "the green picture was embedded for B already; only the new words cost"
    fewer = shelf.index(write_catalogue(tmp_path, ROWS[1:]))
    assert (fewer.removed, fewer.unchanged) == (1, 2)
    assert [hit.sku for hit in shelf.search(text="red shoe", k=5)] == ["C", "B"] or len(shelf.search(text="red")) == 2


def test_two_catalogues_live_beside_each_other(shelf, tmp_path):
    shelf.index(write_catalogue(tmp_path, ROWS[:2], "one.csv"))
    shelf.index(write_catalogue(tmp_path, ROWS[2:], "two.csv"))
    assert shelf.info().products == 3
    summary = shelf.index(write_catalogue(tmp_path, ROWS[:1], "one.csv"), keep_missing=True)
    assert summary.removed == 0
    assert shelf.index(tmp_path / "one.csv").removed == 1
    assert shelf.info().products == 2


def test_any_iterable_of_products(shelf, tmp_path):
    write_catalogue(tmp_path, ROWS)
    red = str(tmp_path / "images" / "red.png")
    summary = shelf.index(Product(f"P{n}", f"thing {n}", images=(red,)) for n in range(200))
    assert (summary.added, summary.embedded) == (200, 201)
    assert shelf.index([Product("P1", "thing 1", images=(red,))]).removed == 0
    assert shelf.info().products == 200


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (("B", "green", "abc", 1), "price", "abc"),
        (("B", "green", "nan", 1), "price", "nan"),
        (("B", "green", 5, "many"), "stock", "many"),
        (("A", "green", 5, 1), "sku", "row 2"),
        (("", "green", 5, 1), "sku", "empty"),
    ],
)
def test_a_bad_row_is_refused_and_the_rest_go_on(shelf, tmp_path, row, column, reason):
    summary = shelf.index(write_catalogue(tmp_path, [ROWS[0], row, ROWS[2]]))
    assert summary.added == 2
    (refused,) = summary.refused
    assert (refused.row, refused.column) == (3, column)
    assert reason in refused.reason
    with summary.report.open() as file:
        (listed,) = csv.DictReader(file)
    assert listed["row"] == "3"
    assert listed["reason"] == refused.reason
    assert shelf.index(write_catalogue(tmp_path, ROWS)).report is None
    assert not (shelf.stack.folder / "refused.csv").exists()


def test_a_refused_row_does_not_remove_its_product(shelf, tmp_path):
    shelf.index(write_catalogue(tmp_path, ROWS))
    summary = shelf.index(write_catalogue(tmp_path, [("A", "red", "abc", 5), ROWS[1]]))
    assert summary.removed == 1, "C is gone, A stays as it was"
    assert shelf.show("A").price == 10
    nameless = shelf.index(write_catalogue(tmp_path, [("", "red", 1, 5), ROWS[1]]))
    assert nameless.removed == 0
    assert "name no SKU" in nameless.notes[0]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("absent.png", None, "absent.png"),
        ("words.jpg", b"these are only words", "words.jpg"),
        ("empty.png", b"", "empty.png"),
    ],
)
def test_a_picture_that_is_none(shelf, tmp_path, name, content, reason):
    path = write_catalogue(tmp_path, ROWS)
    if content is not None:
        (tmp_path / "images" / name).write_bytes(content)
    path.write_text(path.read_text().replace("images/green.png", f"images/{name}"))
    summary = shelf.index(path)
    assert summary.added == 2
    assert reason in summary.refused[0].reason
    assert summary.refused[0].sku == "B"


def test_an_enormous_picture_is_refused_before_it_is_decoded(shelf, tmp_path):
    path = write_catalogue(tmp_path, ROWS)
    Image.new("1", (20_000, 20_000)).save(tmp_path / "images" / "green.png")
    summary = shelf.index(path)
    assert [row.sku for row in summary.refused] == ["B"]
    assert "400" in summary.refused[0].reason


def test_an_empty_catalogue_changes_nothing(shelf, tmp_path):
    shelf.index(write_catalogue(tmp_path, ROWS))
    with pytest.raises(BadInput, match="no (products|rows)"):
        shelf.index(write_catalogue(tmp_path, []))
    assert shelf.info().products == 3
    with pytest.raises(BadInput, match="no products"):
        shelf.index([])


def test_attributes_keep_their_type(shelf):
    shelf.index([Product("A", "lamp", attributes={"watts": 40.0})])
    summary = shelf.index([Product("B", "lamp", attributes={"watts": "forty"})])
    assert "holds number values" in summary.refused[0].reason


def test_another_model_or_dimension_is_refused(shelf, tmp_path):
    shelf.index(write_catalogue(tmp_path, ROWS))
    folder = shelf.stack.folder
    other = Settings(embedder=EmbedderSettings(name="compact"), store=StoreSettings(name="exact"))
    with snapshelf.open(folder, other) as opened, pytest.raises(Mismatch, match="built with toy .* not with compact"):
        opened.search(text="red")
    wide = Settings(embedder=EmbedderSettings(name="toy", dim=32), store=StoreSettings(name="exact"))
    with snapshelf.open(folder, wide) as opened, pytest.raises(Mismatch, match="cannot give 32"):
        opened.search(text="red")


def test_a_smaller_dimension_and_another_store_embed_nothing(shelf, tmp_path):
    shelf.index(write_catalogue(tmp_path, ROWS))
    expected = [hit.sku for hit in shelf.search(text="green shoe")]
    for store, dim in (("exact", 8), ("funnel", 16), ("funnel", 8)):
        settings = Settings(embedder=EmbedderSettings(name="toy", dim=dim), store=StoreSettings(name=store))
        with snapshelf.open(shelf.stack.folder, settings) as opened:
            found = opened.search(text="green shoe")
            assert found[0].sku == expected[0]
            assert opened.info().embeddings == 6
            assert opened.info().dim == dim


def test_indexes_are_disposable(shelf, tmp_path):
    import shutil

    shelf.index(write_catalogue(tmp_path, ROWS))
    before = [(hit.sku, hit.score) for hit in shelf.search(text="green shoe", lanes=("vector", "lexical"))]
    folder = shelf.stack.folder
    shelf.close()
    shutil.rmtree(folder / "exact-16")
    shutil.rmtree(folder / "lexical")
    with snapshelf.open(folder, TOY) as opened:
        again = [(hit.sku, hit.score) for hit in opened.search(text="green shoe", lanes=("vector", "lexical"))]
    assert again == before


def test_two_writers(shelf, tmp_path):
    path = write_catalogue(tmp_path, ROWS)
    with (
        shelf.stack.writing(),
        snapshelf.open(shelf.stack.folder, TOY) as second,
        pytest.raises(Busy, match=f"written to by process {os.getpid()}"),
    ):
        second.index(path)


def test_removed_from_everywhere(shelf, tmp_path):
    shelf.index(write_catalogue(tmp_path, ROWS))
    assert shelf.remove(["B", "nobody"]) == ["B"]
    assert {hit.sku for hit in shelf.search(text="green shoe", lanes=("vector", "lexical"))} == {"A", "C"}
    with pytest.raises(NotHere, match="no product 'B'"):
        shelf.show("B")
    assert shelf.info().views == 4
    assert shelf.info().embeddings == 4


KILLED = """
    import sys, time
    import snapshelf
    from snapshelf.config import EmbedderSettings, Settings, StoreSettings
    from snapshelf.types import Product
    settings = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="funnel"))
    with snapshelf.open(sys.argv[1], settings) as shelf:
        made = (Product(f"P{n:04}", f"thing {n} red", price=float(n)) for n in range(3000))
        print("started", flush=True)
        print(shelf.index(made).embedded, flush=True)
"""


def test_kill_at_any_moment_loses_and_repeats_nothing(tmp_path):
    """Killed again and again, a run ends with every product embedded exactly once over all attempts."""
    script = tmp_path / "run.py"
    script.write_text(textwrap.dedent(KILLED))
    kept, folder = [], tmp_path / "shelf"
    moments = np.random.default_rng(5).uniform(0.05, 1.2, 6)
    for moment in moments:
        with subprocess.Popen([sys.executable, script, folder], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "started\n"
            time.sleep(moment)
            process.send_signal(signal.SIGKILL)
        settings = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="funnel"))
        with snapshelf.open(folder, settings) as opened, opened.stack.catalogue.read() as connection:
            held = embeddings.count(connection)
            views = asking.count_views(connection)
            assert views <= held
            kept.append(held)
    assert kept == sorted(kept), "an embedding that was kept is never lost"
    last = subprocess.run([sys.executable, script, folder], stdout=subprocess.PIPE, text=True, check=True)
    assert int(last.stdout.split()[-1]) == 3000 - kept[-1], "what was kept before is not embedded again"
    with snapshelf.open(folder, settings) as opened:
        assert opened.info().products == 3000
        assert opened.search(text="thing 77 red")[0].score > 0.9
        assert opened.stack.store.count() == 3000
        with opened.stack.catalogue.read() as connection:
            assert journal.counts(connection) == {}


def test_a_reader_sees_what_another_process_wrote(shelf, tmp_path):
    shelf.index(write_catalogue(tmp_path, ROWS[:1]))
    assert len(shelf.search(text="shoe")) == 1
    script = tmp_path / "more.py"
    script.write_text(
        textwrap.dedent("""
            import sys, snapshelf
            from snapshelf.config import EmbedderSettings, Settings, StoreSettings
            toy = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
            with snapshelf.open(sys.argv[1], toy) as shelf:
                shelf.index(sys.argv[2])
        """)
    )
    path = write_catalogue(tmp_path, ROWS)
    subprocess.run([sys.executable, script, shelf.stack.folder, path], check=True)
    assert {hit.sku for hit in shelf.search(text="shoe")} == {"A", "B", "C"}


FULL = """
    import resource, signal, sys
    import snapshelf
    from snapshelf.config import EmbedderSettings, Settings, StoreSettings
    from snapshelf.types import Product
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    toy = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
    with snapshelf.open(sys.argv[1], toy) as shelf:
        shelf.index([Product("A", "red shoe")])
        size = int(sys.argv[2])
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            shelf.index([Product(f"P{n}", "blue shoe " * 50) for n in range(5000)])
        except snapshelf.SnapshelfError as error:
            print(type(error).__name__, error)
            sys.exit(error.exit_code)
"""


def test_a_full_disk(tmp_path):
    """No file may grow beyond a limit, which the system reports as it reports a full disk."""
    script = tmp_path / "full.py"
    script.write_text(textwrap.dedent(FULL))
    folder = tmp_path / "shelf"
    ended = subprocess.run([sys.executable, script, folder, "600000"], capture_output=True, text=True, check=False)
    assert ended.returncode == NoSpace.exit_code, ended.stdout + ended.stderr
    assert "disk is full" in ended.stdout
    with snapshelf.open(folder, TOY) as opened:
        assert opened.search(text="red shoe")[0].sku == "A"
        with opened.stack.catalogue.read() as connection:
            whole = products.get(connection, [f"P{n}" for n in range(5000)])
            assert asking.count(connection) == len(whole) + 1
        opened.index([Product(f"P{n}", "blue shoe") for n in range(5000)])
        assert opened.info().products == 5001
