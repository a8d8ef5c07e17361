"""Learning how a photo and words go together: tried on families it never saw, deployed only if it is better."""

import json
import random

import numpy as np
import pytest
from PIL import Image

import snapshelf
from snapshelf import learn
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.embedders.toy import COLOURS
from snapshelf.errors import BadInput, BadRow, Mismatch, NotHere
from snapshelf.fusion.learnt import Learnt, fit_linear, fit_network, load, save
from snapshelf.learn.triplets import Triplet, of_clicks, read_triplets
from snapshelf.types import Product

TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
PAINTS = list(COLOURS.values())
FAMILIES = 70
WORDS = "the other one"


def drawn(shares):
    """A picture with so many of its 32 columns in each colour."""
    made, at = Image.new("RGB", (32, 32)), 0
    for share, paint in zip(shares, PAINTS, strict=True):
        made.paste(paint, (at, 0, at + share, 32))
        at += share
    return made


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Products of random colours. "The other one" of a photo has each of its colours turned into the next."""
    folder, chance = tmp_path_factory.mktemp("train"), random.Random(1)
    made, photos = [], {}
    for n in range(FAMILIES):
        cuts = sorted(chance.choices(range(33), k=len(PAINTS) - 1))
        shares = [end - start for start, end in zip([0, *cuts], [*cuts, 32], strict=True)]
        file = folder / f"{n}.png"
        drawn(shares).save(file)
        drawn([*shares[1:], shares[0]]).save(folder / f"asked-{n}.png")
        made.append(Product(f"p{n}", f"thing {n}", family=f"f{n}", images=(str(file),)))
        photos[f"p{n}"] = str(folder / f"asked-{n}.png")
    return folder, made, photos


@pytest.fixture
def shelf(shop, tmp_path):
    with snapshelf.open(tmp_path / "shelf", TOY) as opened:
        opened.index(shop[1])
        yield opened


def examples(shop, right=lambda sku: sku):
    return [Triplet(photo, WORDS, right(sku)) for sku, photo in shop[2].items()]


def ranks(shelf, shop):
    """Where the wanted product comes, for each photo."""
    found = []
    for sku, photo in list(shop[2].items())[:8]:
        skus = [hit.sku for hit in shelf.search(WORDS, photo, k=50)]
        found.append(skus.index(sku) if sku in skus else 50)
    return np.mean(found)


def test_what_is_better_is_deployed_and_used(shelf, shop):
    before, told = ranks(shelf, shop), []
    outcome = learn.train(shelf.stack, examples(shop), lambda step, done, all: told.append((step, done, all)))
    assert outcome.deployed, outcome.said
    assert outcome.after > outcome.before + 0.2
    assert outcome.tried == 21
    assert (told[0], told[-1][0]) == (("looking at examples", 1, FAMILIES), "teaching")
    assert ranks(shelf, shop) < before / 2
    kept = json.loads((shelf.stack.folder / "fusion.json").read_text())
    assert (kept["model"], kept["dim"], kept["kind"]) == ("toy@1", 16, outcome.kind)
    again = learn.train(shelf.stack, examples(shop))
    assert (again.deployed, again.before, again.after) == (False, outcome.after, outcome.after)


def test_what_is_not_better_is_refused_with_figures(shelf, shop):
    skus = list(shop[2])
    mixed = dict(zip(skus, random.Random(2).sample(skus, len(skus)), strict=True))
    outcome = learn.train(shelf.stack, examples(shop, mixed.__getitem__))
    assert not outcome.deployed
    assert outcome.said.startswith("MRR@10 on 21 examples of families never learnt from: 0.")
    assert "not deployed: better beyond doubt is p < 0.05" in outcome.said
    assert not (shelf.stack.folder / "fusion.npz").exists()


def test_stopping_leaves_nothing_behind(shelf, shop):
    def stop(step, done, all):
        if step == "teaching" and done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn.train(shelf.stack, examples(shop), stop)
    assert list(shelf.stack.folder.glob("fusion*")) == []


def test_too_few_examples_and_strange_skus_are_refused(shelf, shop):
    with pytest.raises(BadInput, match="products of 10 families; at least 40 are needed"):
        learn.train(shelf.stack, examples(shop)[:10])
    with pytest.raises(BadInput, match="1 SKUs of the examples are not in this shelf, for example 'zebra'"):
        learn.train(shelf.stack, [*examples(shop), Triplet(shop[2]["p0"], WORDS, "zebra")])


def some(dim=16, model="toy@1"):
    zeros = {"to": np.zeros((2 * dim, dim), np.float32), "bias": np.zeros(dim, np.float32)}
    return Learnt("linear", model, dim, zeros, 0.5)


@pytest.mark.parametrize(
    ("learnt", "reason"), [(some(model="nova@2"), "is for nova@2 at 16"), (some(dim=8), "toy@1 at 8")]
)
def test_one_of_another_model_or_dim_is_refused_in_words(shelf, shop, learnt, reason):
    save(learnt, shelf.stack.folder / "fusion.npz", {})
    with pytest.raises(Mismatch, match=f"{reason}.*train it again with: snapshelf train fusion, or delete it"):
        shelf.search(WORDS, shop[2]["p0"])
    assert shelf.search(WORDS, cutoff=False)  # words alone do not need it


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_damaged_one_is_refused_in_words(shelf, shop, content):
    (shelf.stack.folder / "fusion.npz").write_bytes(content)
    with pytest.raises(BadInput, match=r"fusion\.npz is damaged"):
        shelf.search(WORDS, shop[2]["p0"])


# --- the two learners -------------------------------------------------------------------------------------------------


def rows(n, d=8, seed=0):
    found = np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_knowing_nothing_it_is_the_mean():
    photo, words = rows(1)[0], rows(1, seed=1)[0]
    mean = (photo + words) / np.linalg.norm(photo + words)
    assert some(8).fuse(photo, words) == pytest.approx(mean, abs=1e-6)


@pytest.mark.parametrize(
    "fit", [lambda *r: fit_linear(*r, ridge=0.1, model="m"), lambda *r: fit_network(*r, model="m")]
)
def test_both_learn_a_turn_of_the_space(fit):
    turn = np.linalg.qr(np.random.default_rng(5).standard_normal((8, 8)))[0].astype(np.float32)
    photos, words = rows(400), np.repeat(rows(1, seed=9), 400, axis=0)
    learnt = fit(photos[:300], words[:300], photos[:300] @ turn)
    right = (learnt.fuse(photos[300:], words[300:]) @ (photos[300:] @ turn).T).argmax(1) == np.arange(100)
    plain = ((photos[300:] + words[300:]) @ (photos[300:] @ turn).T).argmax(1) == np.arange(100)
    assert right.mean() > 0.8
    assert plain.mean() < 0.2


def test_the_same_rows_give_the_same_network():
    fits = [fit_network(rows(80), rows(80, seed=1), rows(80, seed=2), "m") for _ in range(2)]
    assert all((fits[0].weights[name] == fits[1].weights[name]).all() for name in fits[0].weights)


def test_what_is_saved_comes_back(tmp_path):
    learnt = fit_network(rows(64), rows(64, seed=1), rows(64, seed=2), "m")
    save(learnt, tmp_path / "fusion.npz", {"p": 0.01})
    back = load(tmp_path / "fusion.npz")
    assert (back.kind, back.model, back.dim, back.share) == ("network", "m", 8, 1.0)
    assert back.fuse(rows(3), rows(3, seed=1)) == pytest.approx(learnt.fuse(rows(3), rows(3, seed=1)))
    assert json.loads((tmp_path / "fusion.json").read_text())["p"] == 0.01
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fusion.json", "fusion.npz"]


# --- examples ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error", "reason"),
    [
        ("photo,text\n", BadInput, "has no column 'sku'; its first line names the columns photo,text,sku"),
        ("photo,text,sku\n", BadInput, "holds no example"),
        ("photo,text,sku\na.png,,p1\n", BadRow, "row 2, column 'text' .SKU p1.: it is empty"),
        ("photo,text,sku\nb.png,in red,p1\n", BadRow, "there is no file b.png; paths are relative to the file"),
    ],
)
def test_bad_files_of_examples(tmp_path, text, error, reason):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(error, match=reason):
        read_triplets(tmp_path / "t.csv")


def test_examples_are_read_and_clicks_become_examples(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    (tmp_path / "t.csv").write_text("sku,photo,note,text\np1,a.png,x,in red\np2,https://x.example/b.jpg,,in blue\n")
    found = read_triplets(tmp_path / "t.csv")
    assert found == [
        Triplet(str(tmp_path / "a.png"), "in red", "p1"),
        Triplet("https://x.example/b.jpg", "in blue", "p2"),
    ]
    assert of_clicks([("a", "in red", "p1"), ("a", "in red", "p1"), ("", "mug", "p2"), ("a", "", "p3")]) == [
        Triplet("a", "in red", "p1")
    ]
    with pytest.raises(NotHere, match="there is no file"):
        read_triplets(tmp_path / "none.csv")


def test_the_command(shelf, shop, run, tmp_path, monkeypatch):
    lines = [f"{one.photo},{one.text},{one.sku}" for one in examples(shop)]
    (tmp_path / "t.csv").write_text("\n".join(["photo,text,sku", *lines]))
    (tmp_path / "snapshelf.toml").write_text('[embedder]\nname = "toy"\n[store]\nname = "exact"\n')
    monkeypatch.chdir(tmp_path)
    status, said, _ = run("train", "fusion", "t.csv", "--shelf", shelf.stack.folder, "--json")
    assert status == 0
    assert json.loads(said)["deployed"]
    assert (shelf.stack.folder / "fusion.npz").exists()
    status, _, complaint = run("train", "fusion", "no.csv", "--shelf", shelf.stack.folder)
    assert status == 3
    assert "there is no file no.csv" in complaint


def test_a_stopped_command_says_that_nothing_was_changed(shelf, shop, run, tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    (tmp_path / "t.csv").write_text(f"photo,text,sku\n{shop[2]['p0']},in red,p0\n")
    (tmp_path / "snapshelf.toml").write_text('[embedder]\nname = "toy"\n[store]\nname = "exact"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(learn, "train", stopped)
    status, _, complaint = run("train", "fusion", "t.csv", "--shelf", shelf.stack.folder)
    assert status == 130
    assert "stopped; nothing was changed" in complaint
