"""What a shopper's query has cost stands in the query log, to the cent that the twin's meter counts."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

import snapshelf
from snapshelf.catalogue import queries
from snapshelf.money import Purse, counting
from tests.served import serving
from tests.unit.nova.test_ingest import goods, settings


def test_only_what_is_settled_meanwhile_and_for_it_is_counted(wire):
    nova = wire.embedder(remembered=0)
    nova.embed(["before"], "query", 256)
    with counting() as dollars, ThreadPoolExecutor(1) as others:
        others.submit(nova.embed, ["of somebody else"], "query", 256).result()
        before = wire.met("dollars")
        nova.embed(["one", "two", "three"], "query", 256)  # on the pool's threads
        nova.embed(["four"], "query", 256)  # on this one
    assert len(dollars) == 4
    assert sum(dollars) == pytest.approx(wire.met("dollars") - before)
    Purse().settle(1.0, 1.0)
    assert len(dollars) == 4


def test_the_query_log_has_the_dollars(wire, tmp_path):
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        shelf.index(goods(3))
    named = "".join(f"{name} = {value!r}\n" for name, value in wire.options().items())
    toml = tmp_path / "snapshelf.toml"
    toml.write_text(f'[embedder]\nname = "nova"\ndim = 256\n[store]\nname = "exact"\n[embedder.options]\n{named}')
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(picture, "PNG")
    with serving(tmp_path / "shelf", "--settings", str(toml), consent="false") as server:
        paid, cost = {}, 0.0
        for name, fields in (("words", {"q": "a thing"}), ("again", {"q": "a thing"}), ("mixed", {"q": "blue"})):
            before = wire.met("dollars")
            if name == "mixed":
                fields = fields | {"image": ("a.png", picture.getvalue(), "image/png")}
                status, _, body = server.post("/search", fields=fields)
            else:
                status, _, body = server.get("/search", fields=fields)
            assert status == 200, body
            cost = wire.met("dollars") - before
            paid[body["query_id"]] = cost
    assert list(map(bool, paid.values())) == [True, False, True]
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf, shelf.stack.catalogue.read() as connection:
        logged = {one.id: one.dollars for one in queries.every(connection, 10)}
    assert logged == pytest.approx(paid)
