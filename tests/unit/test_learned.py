"""Learning from clicks: places are told from products, what is learnt is used only when better, and says for what."""

import json
import random
import sys
from dataclasses import replace

import numpy as np
import pytest

import snapshelf
from snapshelf.candidates import Candidate
from snapshelf.catalogue.events import Event, record
from snapshelf.errors import BadInput, BadSettings, Mismatch, MissingExtra, NotHere
from snapshelf.rank import examples
from snapshelf.rank.apply import apply
from snapshelf.rank.propensity import NONE, Log, estimate
from snapshelf.rank.signals import Smoothing
from snapshelf.rank.train import Wish, learn, train
from snapshelf.rerankers.lambdamart import features, load
from snapshelf.rerankers.lambdamart.fit import List, fit
from snapshelf.rerankers.lambdamart.model import ABOUT, save
from snapshelf.types import Product

pytest.importorskip("lightgbm")

NOW = 1_764_000_000.0
LOOKS = 1 / np.arange(1, 11)


def clicks(swap, sessions=4000, seed=0, randomised=False):
    """Ten products under position-based shoppers; ``swap`` draws the order of each answer."""
    rng = np.random.default_rng(seed)
    attraction = rng.uniform(0.1, 0.9, (20, 10))
    rows = []
    for _ in range(sessions):
        query = int(rng.integers(20))
        for place, product in enumerate(swap(rng, query), start=1):
            clicked = rng.random() < attraction[query, product] * LOOKS[place - 1]
            rows.append((query, product, place, clicked, randomised))
    query, product, place, clicked, drawn = map(np.array, zip(*rows, strict=True))
    return Log(query, product, place, clicked, drawn)


def two_rankers(rng, query):
    """The best ten in one order, or in the order of another ranker."""
    order = np.random.default_rng(1000 + query * 2 + int(rng.integers(2))).permutation(10)
    return order.tolist()


def test_propensities_from_natural_changes():
    found = estimate(clicks(two_rankers), places=10)
    assert found.source == "natural changes"
    np.testing.assert_allclose(found.values, LOOKS, atol=0.09)


def test_propensities_from_drawn_places():
    found = estimate(clicks(lambda rng, query: rng.permutation(10).tolist(), 3000, randomised=True), places=10)
    assert found.source == "drawn places"
    np.testing.assert_allclose(found.values, LOOKS, atol=0.09)


def test_without_changes_nothing_is_told():
    fixed = clicks(lambda rng, query: list(range(10)), 500)
    assert estimate(fixed) == NONE
    assert NONE.of(np.array([1, 5, 99])).tolist() == [1, 1, 1]
    assert estimate(Log(*(np.array([], kind) for kind in (int, int, int, bool, bool)))) == NONE


QUERIES = [f"query {n}" for n in range(40)]


def pool(text, quality):
    """Twelve candidates of a query: relevance and a lane that each know half of the quality."""
    rng = np.random.default_rng(int(text.split()[1]))
    made = []
    for n in range(12):
        true = float(rng.random())
        sku = f"{text} {n}".replace(" ", "-")
        quality[text, sku] = true
        score = float(np.clip(0.5 + 0.2 * (true - 0.5) + rng.normal(0, 0.1), 0, 1))
        made.append(Candidate(sku, score, {"lexical": (n + 1, true + float(rng.normal(0, 0.15)))}))
    return sorted(made, key=lambda one: (-one.score, one.sku))


@pytest.fixture(scope="module")
def world():
    """Candidates by query, their quality, and a log of position-based shoppers over two rankings."""
    quality, rng, events = {}, random.Random(3), []
    pools = {text: pool(text, quality) for text in QUERIES}
    number = 0
    for text, rows in pools.items():
        orders = [rows, sorted(rows, key=lambda one: -one.lanes["lexical"][1])]
        for _ in range(60):
            number += 1
            at = NOW - rng.random() * 86400
            for place, one in enumerate(rng.choice(orders)[:10], start=1):
                told = (one.sku, at, f"q{number}", text, place)
                events.append(Event(f"i{number}-{place}", "impression", *told))
                if rng.random() < quality[text, one.sku] ** 2 / place:
                    events.append(Event(f"c{number}-{place}", "click", *told))
    return pools, quality, events


def test_learns_what_shoppers_like(world):
    pools, quality, events = world
    held = set(QUERIES[:10])
    model, propensities, lists, impressions = learn(events, pools.__getitem__, held, Wish(monotone={}))
    assert propensities.source == "natural changes"
    assert (impressions, lists) == (30 * 60 * 10, 60)
    before, after = [], []
    for text in held:
        truth = [quality[text, one.sku] for one in pools[text]]
        factors = model.score(pools[text], text, NOW)["learned"]
        before.append(np.corrcoef(truth, [one.score for one in pools[text]])[0, 1])
        after.append(np.corrcoef(truth, np.array([one.score for one in pools[text]]) * factors)[0, 1])
    assert np.mean(after) > np.mean(before) + 0.1


def test_a_click_is_never_its_own_reason(world):
    """What a list's features say of products comes from the other half of the queries alone."""
    _, _, events = world
    first, second = examples.halves(events, (), Smoothing(), ())
    rows = examples.shown(events)
    shown = [sum(row.fold == fold for row in rows) for fold in (0, 1)]
    assert sum(shown) == len(rows)
    assert (first.counts["", ""].impression, second.counts["", ""].impression) == pytest.approx(shown, rel=0.05)


def test_too_little_to_learn_from(world):
    pools, _, events = world
    with pytest.raises(BadInput, match="no event shows a purchase on a product"):
        learn(events, pools.__getitem__, (), Wish(goal="purchase"))
    with pytest.raises(BadInput, match="towards click, cart, purchase, not 'love'"):
        learn(events, pools.__getitem__, (), Wish(goal="love"))
    with pytest.raises(BadInput, match="at least 10 with clicks"):
        learn(events, pools.__getitem__, set(QUERIES[2:]), Wish())
    with pytest.raises(BadInput, match="no feature 'colour' to bind"):
        learn(events, pools.__getitem__, (), Wish(monotone={"colour": 1}))


def lists(seed=0, n=30):
    """Queries whose gain rises with price: what a constraint on price must not let through."""
    rng = np.random.default_rng(seed)
    columns = features.names([], ["price"])
    made = []
    for _ in range(n):
        table = rng.random((20, len(columns)))
        made.append(List(table, rng.random(20), table[:, columns.index("price")]))
    return columns, made


def test_a_constraint_holds_against_the_clicks():
    columns, made = lists()
    table = np.tile(np.full(len(columns), 0.5), (20, 1))
    table[:, columns.index("price")] = np.linspace(0, 1, 20)
    free, bound = fit(made, columns), fit(made, columns, {"price": -1})
    assert np.ptp(free.booster.predict(table)) > 0.5
    assert (np.diff(bound.booster.predict(table)) <= 1e-12).all()


def test_the_same_log_gives_the_same_trees():
    columns, made = lists()
    assert fit(made, columns).booster.model_to_string() == fit(made, columns).booster.model_to_string()


KNOWN = {"price": "number"}


@pytest.fixture
def kept(tmp_path):
    columns, made = lists()
    model = fit(made, columns)
    save(model, tmp_path / "model")
    return model, tmp_path / "model"


def test_a_model_comes_back_as_it_was(kept):
    model, folder = kept
    rows = [Candidate(f"S{n}", n / 10, signals={"price": float(n % 4)}) for n in range(10)]
    again = load(folder, KNOWN)
    np.testing.assert_array_equal(again.score(rows, "", 0)["learned"], model.score(rows, "", 0)["learned"])
    assert again.needs == {"price"}


def change(folder, **values):
    read = json.loads((folder / ABOUT).read_text())
    (folder / ABOUT).write_text(json.dumps({**read, **values}))


def test_models_that_cannot_be_used(kept, tmp_path, monkeypatch):
    _, folder = kept
    with pytest.raises(NotHere, match="no trained reranker.*snapshelf train rerank"):
        load(tmp_path / "nowhere", KNOWN)
    with pytest.raises(Mismatch, match="trained with 'price', which no product has any more; train it again"):
        load(folder, {"stock": "number"})
    change(folder, version=99)
    with pytest.raises(Mismatch, match="version 99 of the features, and this Snapshelf makes version 1"):
        load(folder, KNOWN)
    change(folder, version=1, features=["relevance"])
    with pytest.raises(Mismatch, match="takes 4 features and model.json names 1"):
        load(folder, KNOWN)
    change(folder, trees="../../elsewhere.txt")
    with pytest.raises(BadSettings, match="is damaged"):
        load(folder, KNOWN)
    (folder / ABOUT).write_text("{")
    with pytest.raises(BadSettings, match="is damaged .*train it again"):
        load(folder, KNOWN)


def test_broken_trees(kept):
    _, folder = kept
    trees = next(folder.glob("trees-*.txt"))
    trees.write_text("no trees\n")
    with pytest.raises(BadSettings, match="is damaged"):
        load(folder, KNOWN)


def test_without_lightgbm(kept, monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(MissingExtra, match=r"pip install 'snapshelf\[rank\]'"):
        load(kept[1], KNOWN)


@pytest.fixture
def shelf(world, tmp_path):
    """A shelf that holds the world's products and events."""
    pools, _, events = world
    (tmp_path / "s.toml").write_text('[embedder]\nname = "toy"\n[store]\nname = "exact"\n')
    with snapshelf.open(tmp_path / "shelf", settings=tmp_path / "s.toml") as opened:
        skus = [one.sku for rows in pools.values() for one in rows]
        opened.index([Product(sku, sku, price=9.0, currency="EUR", stock=1) for sku in skus])
        with opened.stack.catalogue.write() as connection:
            record(connection, events, {}, 30.0)
        yield opened


def judged(quality, texts):
    return {t: {sku: int(q * 4) for (text, sku), q in quality.items() if text == t} for t in texts}


def test_put_to_use_when_better_and_only_then(world, shelf):
    pools, quality, _ = world
    good = judged(quality, QUERIES[:15])
    bad = {text: {sku: 3 - grade for sku, grade in grades.items()} for text, grades in good.items()}
    refused = train(shelf.stack, pools.__getitem__, bad)
    assert not refused.deployed
    assert "not surely better" in refused.reason
    assert not (shelf.stack.folder / "reranker").exists()
    done = train(shelf.stack, pools.__getitem__, good)
    assert done.deployed, done.reason
    assert done.low > 0
    assert done.after > done.before
    with shelf.stack.catalogue.read() as connection:
        ranked = apply(shelf.stack, connection, pools[QUERIES[0]], QUERIES[0], NOW, explain=3)
        parts = ranked[0].parts
    assert any(name.startswith("learned: lane.lexical") for name in parts)
    told = json.loads((shelf.stack.folder / "reranker" / ABOUT).read_text())["told"]
    assert told["gate"]["judged"] == 15
    before = (shelf.stack.folder / "reranker" / ABOUT).read_bytes()
    assert not train(shelf.stack, pools.__getitem__, bad).deployed
    assert (shelf.stack.folder / "reranker" / ABOUT).read_bytes() == before


def test_a_shelf_whose_model_is_of_another_version_says_so_and_can_train_again(world, shelf):
    pools, quality, _ = world
    good = judged(quality, QUERIES[:15])
    assert train(shelf.stack, pools.__getitem__, good).deployed
    change(shelf.stack.folder / "reranker", version=0)
    with shelf.stack.catalogue.read() as connection, pytest.raises(Mismatch, match="train it again"):
        apply(shelf.stack, connection, pools[QUERIES[0]], QUERIES[0], NOW)
    assert train(shelf.stack, pools.__getitem__, good).deployed
    with shelf.stack.catalogue.read() as connection:
        assert apply(shelf.stack, connection, pools[QUERIES[0]], QUERIES[0], NOW)


def test_what_is_clicked_reaches_the_next_ranking(shelf, tmp_path):
    """Through rules, with what was read from the catalogue kept in memory."""
    rules = tmp_path / "rules.toml"
    rules.write_text('[[boost]]\nsignal = "query_ctr"\nby = 0.05\n[[boost]]\nwhen = "price < 99"\nby = 0.01')
    stack = shelf.stack
    stack.settings = replace(stack.settings, ranking=replace(stack.settings.ranking, rules=str(rules), learned=False))
    rows = [Candidate("query-0-0", 0.5), Candidate("query-0-1", 0.5)]
    orders = []
    for _ in range(2):
        with stack.catalogue.read() as connection:
            orders.append([one.sku for one in apply(stack, connection, rows, "something new", NOW)])
        with stack.catalogue.write() as connection:
            told = [Event(f"n{n}", "click", orders[0][1], NOW, f"n{n}", "something new") for n in range(40)]
            record(connection, told, {}, 30.0)
    assert orders[1] == orders[0][::-1]


def test_a_gate_needs_judgements_and_numbers(world, shelf):
    pools, quality, _ = world
    with pytest.raises(BadInput, match="3 judged queries of words cannot tell; at least 10"):
        train(shelf.stack, pools.__getitem__, judged(quality, QUERIES[:3]))
    with pytest.raises(BadInput, match="learns from numbers, and 'brand' holds text values"):
        train(shelf.stack, pools.__getitem__, judged(quality, QUERIES[:10]), Wish(extra=("brand",)))


def test_on_the_command_line(home, run):
    run("index", "products.csv")
    (home / "q.jsonl").write_text('{"id": "1", "text": "lamp"}\n')
    sku = json.loads(run("search", "lamp", "--json", "--k", 1)[1])["hits"][0]["sku"]
    (home / "qrels.csv").write_text(f"query,sku,grade\n1,{sku},1\n")
    line = ["train", "rerank", "--queries", "q.jsonl", "--qrels", "qrels.csv"]
    status, _, complained = run(*line)
    assert (status, "1 judged queries of words cannot tell" in complained) == (2, True)
    status, _, complained = run(*line, "--monotone", "price=down")
    assert (status, "'price=down' is not of the form" in complained) == (2, True)
