"""The sample shop: the same every time, complete, and made of goods that fit together."""

import csv
import hashlib
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from snapshelf.errors import BadInput
from snapshelf.gtin import check_digit
from snapshelf.sample import render
from snapshelf.sample.goods.kinds import KINDS
from snapshelf.sample.goods.make import goods
from snapshelf.sample.goods.queries import queries
from snapshelf.sample.palette import COLOURS
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


def test_a_title_names_one_product_family():
    made = goods(1200, 7)
    assert len({good.title for good in made}) == len(made)
    names = {(good.family, tuple(good.title.split()[1:])) for good in made}  # even where the brand is left out
    assert len({words for _, words in names}) == len({(good.family, good.colour, good.size) for good in made})
    for good in made:
        assert good.look.brand in good.title
        assert good.colour in good.title or good.colour == good.kind.name
        assert all(word in good.title for _, word in good.look.traits)
        assert good.look.material in good.title


def test_colours_of_a_family_differ():
    made = goods(600, 7)
    colours = {}
    for good in made:
        colours.setdefault(good.family, {}).setdefault(good.plain, good.look.base)
    pairs = [tuple(found.values()) for found in colours.values() if len(found) == 2]
    assert len(pairs) > 100
    assert min(np.linalg.norm(np.subtract(one, other)) for one, other in pairs) > 0.25


@pytest.mark.parametrize("name", ["lemon", "frying pan", "boots", "jeans", "armchair", "laptop", "sandals"])
def test_designs_differ_in_the_picture_even_in_one_colour(name):
    made = {good.family: good for good in goods(900, 7) if good.kind.name == name}
    first = next(iter(made.values())).look
    small = []
    for good in made.values():
        same = replace(good.look, base=first.base, second=first.second, accent=first.accent)
        thing = drawing(replace(good, look=same)).convert("RGBA").resize((48, 48))
        small.append(np.asarray(thing, float))
    gaps = [np.abs(one - other).mean() for at, one in enumerate(small) for other in small[:at]]
    assert len(small) >= 5
    assert min(gaps) > 1.0


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


def test_words_list_every_product_that_fits():
    made = goods(600, 7)
    wished = 0
    for one in queries(made, 7):
        kind = max((k.name for k in KINDS if one.text.endswith(k.name)), key=len, default="")
        colour = next((c for c in sorted(COLOURS, key=len, reverse=True) if one.text.startswith(f"{c} ")), "")
        if one.image or not (kind and colour) or one.text not in (f"{colour} {kind}", f"{colour} striped {kind}"):
            continue
        wished += 1
        striped = "striped" in one.text.split()
        fits = {
            good.sku
            for good in made
            if good.kind.name == kind
            and colour in (good.plain, good.colour)
            and (not striped or good.look.pattern == "striped")
        }
        assert {sku for sku, grade in one.grades.items() if grade == 2} == fits, one.text
    assert wished > 20


def test_a_photo_with_another_colour_asks_for_the_sibling():
    made = {good.sku: good for good in goods(600, 7)}
    for one in queries(list(made.values()), 7):
        if not (one.text and one.image):
            continue
        shown = made[one.image.removeprefix("customer/").removesuffix(".jpg")]
        best = [made[sku] for sku, grade in one.grades.items() if grade == 2]
        assert {good.family for good in best} == {shown.family}
        assert all(good.plain in one.text and good.plain != shown.plain for good in best)
        assert all(made[sku].plain == best[0].plain for sku in one.grades)


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
