"""The sample shop: the same every time, complete, and made of goods that fit together."""

import csv
import hashlib
import json
import pickle

import pytest
from PIL import Image

from snapshelf.errors import BadInput
from snapshelf.sample import render
from snapshelf.sample.goods.kinds import KINDS
from snapshelf.sample.goods.make import goods
from snapshelf.sample.goods.queries import queries
from snapshelf.sample.gtin import check_digit
from snapshelf.sample.shop import drawing
from snapshelf.sample.street import snap


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return render(tmp_path_factory.mktemp("sample") / "shop", products=40)


def marks(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_default_shop():
    made = goods(600, 7)
    assert len({good.sku for good in made}) == 600
    assert len({good.kind.name for good in made}) == len(KINDS) >= 30
    assert len({good.gtin for good in made}) == 600
    assert all(good.gtin[-1] == check_digit(good.gtin[:-1]) and good.gtin.startswith("2") for good in made)
    assert sum(good.snapped for good in made) >= 400
    assert 10 < sum(good.stock == 0 for good in made) < 200
    assert all(0 < good.price < 3000 for good in made)
    families = {}
    for good in made:
        families.setdefault(good.family, []).append(good)
    assert sum(len(members) > 1 for members in families.values()) > 100
    for members in families.values():
        assert len({(m.kind.name, m.look.brand, m.look.design, m.look.pattern) for m in members}) == 1
        assert len({(m.colour, m.size) for m in members}) == len(members)


def test_another_seed_is_another_shop():
    one, other = goods(100, 7), goods(100, 8)
    assert sum(a.title == b.title for a, b in zip(one, other, strict=True)) < 10


def test_judged_queries():
    made = goods(600, 7)
    asked = queries(made, 7)
    known = {good.sku for good in made}
    by_kind = [one.id.split("-")[0] for one in asked]
    assert (by_kind.count("text"), by_kind.count("image"), by_kind.count("mixed")) == (150, 250, 60)
    assert len({one.id for one in asked}) == len(asked)
    for one in asked:
        assert one.grades
        assert set(one.grades) <= known
        assert 2 in one.grades.values()


def test_the_files(shop):
    with (shop / "products.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40
    for row in rows:
        for ref in row["images"].split("|"):
            with Image.open(shop / ref) as picture:
                assert picture.size == (360, 360)
    asked = [json.loads(line) for line in (shop / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    assert all((shop / one["image"]).exists() for one in asked if "image" in one)
    with (shop / "qrels.csv").open() as file:
        assert {row["query"] for row in csv.DictReader(file)} == {one["id"] for one in asked}


def test_the_same_bytes_again(shop, tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # this time in one process
    assert marks(render(tmp_path / "again", products=40)) == marks(shop)


def test_a_complete_shop_is_left_alone_and_an_unfinished_one_begun_anew(shop, tmp_path):
    folder = render(tmp_path / "shop", products=2)
    before = (folder / "products.csv").stat().st_mtime_ns
    assert render(folder, products=2) == folder
    assert (folder / "products.csv").stat().st_mtime_ns == before
    (folder / ".complete").unlink()
    (folder / "images" / "half.jpg").write_bytes(b"half")
    render(folder, products=2)
    assert not (folder / "images" / "half.jpg").exists()


def test_it_never_deletes_what_is_not_its_own(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(BadInput, match=r"thesis\.txt"):
        render(tmp_path, products=2)
    assert (tmp_path / "thesis.txt").exists()


def test_every_kind_is_drawn_and_can_go_to_another_process():
    made = {good.kind.name: good for good in goods(300, 7)}
    assert len(made) == len(KINDS)
    for good in made.values():
        there = pickle.loads(pickle.dumps(good))
        assert there == good
        left, top, right, bottom = drawing(there).getbbox()
        assert right - left > 100
        assert bottom - top > 60


def test_several_photos_of_one_drawing():
    thing = drawing(goods(1, 7)[0])
    before = thing.tobytes()
    photos = [snap(thing, f"visit {number}") for number in (0, 1, 2, 0)]
    assert photos[3].tobytes() == photos[0].tobytes()
    assert len({photo.tobytes() for photo in photos}) == 3
    assert thing.tobytes() == before
