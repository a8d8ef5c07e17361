"""A whole shelf on S3 Vectors: ingest, search under filters, rebuilds, and products that the service does not take."""

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import snapshelf
from snapshelf.errors import SnapshelfError
from snapshelf.types import Product

ROOT = Path(__file__).parents[3]
COLOURS = ("red", "green", "blue")


def products(n, **more):
    return [
        Product(
            f"P{i}",
            f"{COLOURS[i % 3]} shoe {i}",
            brand=("Acme", "Bolt")[i % 2],
            price=float(i),
            stock=i % 4,
            attributes={"size": float(i % 7), "tags": ("new", "sale")[: i % 3]} | more,
        )
        for i in range(n)
    ]


@pytest.fixture
def shelf(wired, tmp_path):
    with snapshelf.open(tmp_path / "shelf", wired.settings()) as opened:
        yield opened


def skus(found):
    return [hit.sku for hit in found]


def truth(made, colour, where):
    return {p.sku for p in made if colour in p.title and where(p)}


def test_a_shelf(shelf):
    made = products(60)
    shelf.index(made)
    found = shelf.search(text="red shoe", k=20)
    assert set(skus(found)) == truth(made, "red", lambda p: True)
    assert found.path.startswith("S3 Vectors, 1 page")
    assert found.recall is None
    under = shelf.search(text="red shoe", where="price < 30", k=60)
    assert set(skus(under)[:10]) == truth(made, "red", lambda p: p.price < 30)
    assert under.path == "exact over 30 filtered products"
    assert under.recall == 1.0


@pytest.fixture
def asking(monkeypatch):
    """No filter is so narrow that the store is not asked."""
    monkeypatch.setattr("snapshelf.search.retrieve.EXACT", 0)


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("price < 30", lambda p: p.price < 30, "filter first"),
        ('brand != "Acme"', lambda p: p.brand != "Acme", "filter first"),
        ('tags != "new"', lambda p: "new" not in p.attributes["tags"], "filter first"),
        ("not in_stock and price >= 20", lambda p: p.stock == 0 and p.price >= 20, "filter first"),
        ('brand < "B"', lambda p: p.brand < "B", "S3 Vectors, 1 page"),
        (f"price in {list(range(0, 202, 2))}", lambda p: p.price % 2 == 0, "S3 Vectors, 1 page"),
    ],
)
def test_filters_through_the_store(shelf, asking, text, where, said):
    made = products(90)
    shelf.index(made)
    found = shelf.search(text="blue shoe", where=text, k=90)
    wanted = {p.sku for p in made if where(p)}
    assert found.matching == len(wanted)
    assert set(skus(found)) == wanted
    blue = truth(made, "blue", where)
    assert set(skus(found)[: len(blue)]) == blue
    assert said in found.path
    assert ("filter first" in found.path) is ("filter first" in said)


def test_the_catalogue_has_the_last_word(shelf, asking, wired, service):
    """Attributes that the index has not heard of yet, or that somebody changed there, show nothing wrong."""
    made = products(40)
    shelf.index(made)
    client = service.client()
    where = {"vectorBucketName": wired.options["bucket"], "indexName": f"snapshelf-{shelf.stack.dim}-g1"}
    got = client.get_vectors(**where, keys=["P0#text"], returnData=True)["vectors"][0]
    client.put_vectors(**where, vectors=[got | {"metadata": {"price": 9_999.0}}])
    found = shelf.search(text="red shoe", where="price > 30", k=40)
    assert "P0" not in skus(found)
    assert len(found) == found.matching == 9


def test_prices_change_and_products_go(shelf, asking):
    made = products(30)
    shelf.index(made)
    shelf.index([replace(p, price=p.price + 1_000) for p in made[:10]])
    assert sorted(skus(shelf.search(text="shoe red", where="price >= 1000", k=30))) == sorted(p.sku for p in made[:10])
    shelf.remove([p.sku for p in made[:5]])
    assert len(shelf.search(text="shoe red", k=30)) == 25


def test_one_of_a_thousand_that_the_store_does_not_take(shelf):
    made = products(1_000)
    made[500] = replace(made[500], attributes={"notes": "long " * 500})
    summary = shelf.index(made)
    assert summary.added == 1_000
    assert [row.sku for row in summary.refused] == ["P500"]
    assert "field 'notes'" in str(summary.refused[0])
    assert "P500" in summary.report.read_text()
    assert shelf.index(made).refused == []  # nothing changed, so nothing is tried again
    made[500] = replace(made[500], attributes={"notes": "short"})
    assert shelf.index(made).refused == []
    assert made[500].sku in skus(shelf.search(text=made[500].title, k=400))


def test_other_settings_rebuild_it_beside_the_old(wired, tmp_path, service):
    made = products(50)
    with snapshelf.open(tmp_path / "shelf", wired.settings()) as opened:
        opened.index(made)
    with snapshelf.open(tmp_path / "shelf", wired.settings(text="title,description")) as opened:
        assert len(opened.search(text="red shoe", k=50)) == 50
        names = service.client().list_indexes(vectorBucketName=wired.options["bucket"])["indexes"]
        assert [one["indexName"].rpartition("-")[2] for one in names] == ["g2"]
        found = opened.stack.store.search_text({"title": "green"}, None, 50)
        assert {id.partition("#")[0] for id in found.ids[0]} == truth(made, "green", lambda p: True)


def test_a_rebuild_that_stops_in_the_middle(wired, tmp_path, monkeypatch):
    made = products(700)
    with snapshelf.open(tmp_path / "shelf", wired.settings()) as opened:
        opened.index(made)
    with monkeypatch.context() as broken:
        broken.setattr("snapshelf.stores.s3vectors.write.Writing.add", _breaking())
        with (
            snapshelf.open(tmp_path / "shelf", wired.settings(non_filterable="url")) as opened,
            pytest.raises(SnapshelfError, match="the line is cut"),
        ):
            opened.search(text="red shoe")
    with snapshelf.open(tmp_path / "shelf", wired.settings()) as opened:  # as it was
        assert opened.stack.store.count() == 700
        assert not opened.stack.rebuild
    with snapshelf.open(tmp_path / "shelf", wired.settings(non_filterable="url")) as opened:
        assert len(opened.search(text="red shoe", k=10)) == 10
        assert opened.stack.store.count() == 700


def _breaking():
    from snapshelf.stores.s3vectors.write import Writing

    whole = Writing.add

    def add(self, ids, rows, attributes):
        whole(self, ids, rows, attributes)
        raise SnapshelfError("the line is cut")

    return add


KILLED = """
import json, os, signal, sys
import snapshelf
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.stores.s3vectors.pace import Paced
from tests.unit.s3vectors.test_shelf import products
folder, options, operation, turn = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3], int(sys.argv[4])
whole, turns = Paced.__call__, []
def call(self, name, send, index, vectors):
    answer = whole(self, name, send, index, vectors)
    turns.extend([name] * (name == operation))
    if len(turns) == turn:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
Paced.__call__ = call
store = StoreSettings(name="s3vectors", options=options)
with snapshelf.open(folder, Settings(embedder=EmbedderSettings(name="toy"), store=store)) as opened:
    opened.index(products(1_300))
"""


@pytest.mark.parametrize(
    ("operation", "turn", "left"),
    [
        ("CreateIndex", 1, 700),  # the next generation is begun
        ("PutVectors", 1, 700),  # a part of it is there
        ("TagResource", 1, 1_300),  # it is the one in use, and this machine has not written that down
        ("DeleteIndex", 1, 1_300),  # the old one is gone
    ],
)
def test_a_process_killed_in_a_rebuild(wired, tmp_path, operation, turn, left):
    with snapshelf.open(tmp_path / "shelf", wired.settings()) as opened:
        opened.index(products(700))
    again = wired.settings(non_filterable="url")
    line = [sys.executable, "-c", KILLED, str(tmp_path / "shelf"), json.dumps(dict(again.store.options)), operation]
    done = subprocess.run([*line, str(turn)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with snapshelf.open(tmp_path / "shelf", again) as opened:
        assert opened.stack.store.count() == left
        opened.index(products(1_300))
        assert opened.stack.store.count() == 1_300
        assert len(opened.search(text="red shoe", where="price >= 1290", k=20)) == 10
        assert not opened.stack.store.stale


def test_another_machine_with_the_same_catalogue_does_not_fill_it_again(wired, tmp_path, service):
    import shutil

    made = products(40)
    with snapshelf.open(tmp_path / "shelf", wired.settings()) as opened:
        opened.index(made)
        dim = opened.stack.dim
    shutil.rmtree(tmp_path / "shelf" / f"s3vectors-{dim}")
    before = service.meter()["operations"]["s3vectors:PutVectors"]["calls"]
    with snapshelf.open(tmp_path / "shelf", wired.settings()) as opened:
        assert len(opened.search(text="red shoe", k=40)) == 40
    assert service.meter()["operations"]["s3vectors:PutVectors"]["calls"] == before
