"""Rules files: what they say is done, and what makes no sense is said with file, rule and key."""

import json
import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from snapshelf.candidates import Candidate
from snapshelf.errors import BadSettings, NotHere
from snapshelf.filters import matches, parse
from snapshelf.rank.order import rerank
from snapshelf.rerankers.rules import RuleReranker, load
from snapshelf.rerankers.rules.boosts import columns, scaled
from snapshelf.rerankers.rules.check import check
from snapshelf.rerankers.rules.read import parse as rules_of

KNOWN = {
    "price": "number", "stock": "number", "in_stock": "bool", "brand": "text", "margin": "number", "ctr": "number",
    "tags": "list",
}  # fmt: skip


def rules(text):
    made = rules_of(text, "rules.toml")
    check(made, KNOWN)
    return RuleReranker(made)


def candidates(*rows):
    """(sku, relevance, signals) …"""
    return [Candidate(sku, score, signals=signals) for sku, score, signals in rows]


def ordered(text, rows, query="", now=0.0):
    return rerank(candidates(*rows), rules(text), query=query, now=now)


def at(*date):
    return datetime(*date, tzinfo=UTC).timestamp()


NEAR = [("A", 0.80, {"margin": 0.1}), ("B", 0.78, {"margin": 0.5}), ("C", 0.30, {"margin": 0.9})]


def test_a_boost_moves_what_is_near_and_nothing_else():
    found = ordered('[[boost]]\nname = "high margin"\nwhen = "margin > 0.4"\nby = 0.05', NEAR)
    assert [one.sku for one in found] == ["B", "A", "C"]
    assert found[0].parts == {"high margin": 1.05}
    assert [one.moved for one in found] == [1, -1, 0]
    assert found[0].final == 0.78 * 1.05


def test_a_boost_beyond_the_bound_is_cut_and_says_so():
    found = ordered('max_relevance_loss = 0.1\n[[boost]]\nname = "m"\nwhen = "margin > 0.4"\nby = 5', NEAR)
    assert [one.sku for one in found] == ["B", "A", "C"]
    assert found[0].parts["limit"] == pytest.approx((1 / math.sqrt(0.9)) / 6)
    assert found[0].final == found[0].relevance * math.prod(found[0].parts.values())


def test_a_boost_grows_with_a_signal():
    text = '[[boost]]\nsignal = "ctr"\nby = 0.04\nlow = 0.1\nhigh = 0.3'
    rows = [("A", 0.5, {"ctr": 0.2}), ("B", 0.5, {"ctr": 0.9}), ("C", 0.5, {}), ("D", 0.5, {"ctr": 0.0})]
    found = {one.sku: one.parts.get("ctr", 1.0) for one in ordered(text, rows)}
    assert found == pytest.approx({"A": 1.02, "B": 1.04, "C": 1.0, "D": 1.0})


def test_without_bounds_percentiles_of_the_candidates_are_the_bounds():
    values = np.array([*range(101), np.nan], float)
    found = scaled(values, None, None)
    low, high = np.percentile(np.arange(101), [10, 90])
    np.testing.assert_allclose(found[:-1], np.clip((values[:-1] - low) / (high - low), 0, 1))
    assert found[-1] == 0
    assert not scaled(np.full(5, 2.0), None, None).any()


def test_a_promotion_holds_between_its_dates_in_its_zone():
    text = 'zone = "Europe/Berlin"\n[[promotion]]\nwhen = "price < 9"\nby = 0.05\nfrom = 2026-11-23\nto = 2026-11-25'
    rows = [("A", 0.8, {"price": 20.0}), ("B", 0.79, {"price": 5.0})]
    for moment, first in [
        (at(2026, 11, 22, 22, 59), "A"),
        (at(2026, 11, 22, 23, 0), "B"),  # midnight in Berlin
        (at(2026, 11, 25, 22, 59), "B"),  # the whole last day
        (at(2026, 11, 25, 23, 0), "A"),
    ]:
        assert ordered(text, rows, now=moment)[0].sku == first, moment


def test_pins_hold_for_their_queries():
    text = '[[pin]]\nquery = ["Garden  chair*", "seat"]\nsku = "C"\nposition = 1'
    assert ordered(text, NEAR, "garden CHAIRS")[0].label == "pinned"
    assert [one.sku for one in ordered(text, NEAR, "garden chair")] == ["C", "A", "B"]
    assert [one.sku for one in ordered(text, NEAR, "chair")] == ["A", "B", "C"]


def test_two_pins_for_one_place_and_places_beyond_the_end():
    text = "".join(f'[[pin]]\nquery = "*"\nsku = "{sku}"\nposition = 1\n' for sku in "CBX")
    assert [one.sku for one in ordered(text, NEAR)] == ["C", "B", "A"]
    beyond = '[[pin]]\nquery = "*"\nsku = "A"\nposition = 900'
    assert [one.sku for one in ordered(beyond, NEAR)] == ["B", "C", "A"]


def test_buried_products_stand_at_the_end():
    found = ordered('[[bury]]\nwhen = "margin < 0.2"', NEAR)
    assert [(one.sku, one.label) for one in found] == [("B", ""), ("C", ""), ("A", "buried")]


def test_a_sponsored_slot_needs_relevance_and_carries_its_label():
    text = '[[sponsored]]\npositions = [1]\nwhen = "margin > 0.4"\nlabel = "Anzeige"\nleast_relevance = 0.5'
    first = ordered(text, NEAR)[0]
    assert (first.sku, first.label) == ("B", "Anzeige")
    assert [one.label for one in ordered(text.replace("0.4", "0.8"), NEAR)] == ["", "", ""]  # C is too far off


def test_slots_pins_and_buried_together():
    text = """
    [[sponsored]]
    positions = [1, 2]
    skus = ["B", "C"]
    least_relevance = 0.0
    [[pin]]
    query = "*"
    sku = "A"
    position = 1
    [[bury]]
    skus = ["C", "A"]
    """
    found = [(one.sku, one.label) for one in ordered(text, NEAR)]
    assert found == [("A", "pinned"), ("B", "Sponsored"), ("C", "buried")]


def near(*weights):
    """A unit vector."""
    made = np.array(weights, np.float32)
    return made / np.linalg.norm(made)


def test_diversity_lets_a_copy_wait():
    rows = [Candidate("A", 0.80, vector=near(1, 0)), Candidate("B", 0.79, vector=near(1, 0.01)),
            Candidate("C", 0.78, vector=near(0, 1)), Candidate("D", 0.2, vector=near(-1, 0))]  # fmt: skip
    found = rerank(rows, rules("[diversity]\nrelevance_weight = 0.5"), now=0)
    assert [one.sku for one in found] == ["A", "C", "B", "D"]
    assert found[2].parts["diversity"] == pytest.approx(0.5, abs=1e-3)
    assert found[2].final == found[2].relevance * found[2].parts["diversity"]
    tight = rerank(rows, rules("max_relevance_loss = 0.01\n[diversity]\nrelevance_weight = 0.5"), now=0)
    assert [one.sku for one in tight] == ["A", "B", "C", "D"]  # C is more than 1 % below B


def test_at_most_so_many_of_one_brand_within_the_bound():
    rows = [(sku, score, {"brand": brand}) for sku, score, brand in
            (("A", 0.80, "x"), ("B", 0.79, "x"), ("C", 0.78, "y"), ("D", 0.77, "x"), ("E", 0.40, "z"))]  # fmt: skip
    found = ordered("[diversity.most]\nbrand = 1", rows)
    assert [one.sku for one in found] == ["A", "C", "B", "D", "E"]  # E is too far below to come before B


FILTERS = ["margin > 0.4", "in_stock", "not in_stock", "brand == 'x'", "brand != 'x'", 'tags in ["a"]',
           "exists(margin)", "brand in ['x', 'y'] and margin < 0.5 or stock = 0"]  # fmt: skip


@pytest.mark.parametrize("text", FILTERS)
def test_columns_mean_what_filters_mean(text):
    rng = np.random.default_rng(3)
    rows = []
    for n in range(50):
        whole = {"margin": float(rng.random()), "in_stock": bool(rng.random() < 0.5), "brand": "xyz"[n % 3],
                 "stock": int(rng.integers(3)), "tags": ("a", "b")[: int(rng.integers(3))]}  # fmt: skip
        rows.append({name: value for name, value in whole.items() if rng.random() < 0.7 and value != ()})
    made = candidates(*((f"S{n}", 0.5, row) for n, row in enumerate(rows)))
    assert columns(made, frozenset(KNOWN)).mask(parse(text)).tolist() == [matches(parse(text), row) for row in rows]


WRONG = [
    ("[[boost]\nby = 1", "rules.toml: .*line 1"),
    ("max_relevence_loss = 0.1", "no key 'max_relevence_loss' here. Did you mean 'max_relevance_loss'"),
    ("max_relevance_loss = 1.5", "max_relevance_loss: is a number from 0 to 0.99, not 1.5"),
    ("max_relevance_loss = nan", "max_relevance_loss: is a number"),
    ('zone = "Mars/Base"', "zone: is a time zone"),
    ("boost = 5", "'boost' is a list of rules; write each under a line \\[\\[boost\\]\\]"),
    ('[[boost]]\nname = "x"\nby = 0.1', "rules.toml, boost 1 \\('x'\\), when: is missing"),
    ('[[boost]]\nwhen = "price < 5"', "boost 1, by: is missing; it is a number from -0.99 to 100"),
    ('[[boost]]\nwhen = "price < "\nby = 1', "boost 1, when: expected a number, a quoted text"),
    ('[[boost]]\nwhen = "prize < 5"\nby = 1', "boost 1, when: no product has an attribute 'prize'. Did you mean"),
    ('[[boost]]\nwhen = "brand > 5"\nby = 1', "boost 1, when: 'brand' holds text values"),
    ('[[boost]]\nsignal = "crt"\nby = 1', "boost 1, signal: there is no signal 'crt'. Did you mean 'ctr'"),
    ('[[boost]]\nsignal = "brand"\nby = 1', "signal: 'brand' holds text values; a boost that grows"),
    ('[[boost]]\nsignal = "ctr"\nby = 1\nlow = 2\nhigh = 1', "high: is 1, which is not above low, 2"),
    ('[[boost]]\nwhen = "price < 5"\nby = 1\nlow = 2', "low: bounds a signal, and this boost names none"),
    ('[[boost]]\nsignal = "ctr"\nby = 1\n[[boost]]\nsignal = "ctr"\nby = 2', "boost 2, name: 'ctr' is also what"),
    ('[[promotion]]\nwhen = "price < 5"\nby = 1', "promotion 1, from: is missing"),
    ('[[promotion]]\nwhen = "price < 5"\nby = 1\nfrom = "soon"', "from: is a date without quotes"),
    ('[[promotion]]\nwhen = "price < 5"\nby = 1\nfrom = 2026-11-25\nto = 2026-11-24', "to: is not after from"),
    ("[[sponsored]]\nposition = 1", "sponsored 1: skus and when: give one of them"),
    ('[[sponsored]]\nposition = 0\nskus = ["A"]', "position: is a place on the page"),
    ('[[sponsored]]\nposition = 1\nskus = ["A"]\nlabel = ""', "label: is what shoppers read"),
    ('[[pin]]\nsku = "A"\nposition = 1', "pin 1, query: is missing; a pin says for which queries"),
    ('[[pin]]\nsku = ""\nposition = 1\nquery = "*"', "pin 1, sku: is a text in quotes"),
    ('[[pin]]\nsku = "A"\nposition = 1\nquery = [""]', "query: is the words of a query"),
    ('[[bury]]\nskus = "A"', "bury 1, skus: is a list of texts"),
    ("[diversity]\nrelevance_weight = 2", "\\[diversity\\], relevance_weight: is a number from 0 to 1"),
    ("[diversity.most]\nprice = 1", "\\[diversity.most\\], price: it counts products of one text"),
    ("[diversity.most]\nbrand = 0", "most: says how many"),
    ('[signals]\nmargin = "grossmargin"', "\\[signals\\], margin: no product has an attribute 'grossmargin'"),
    ("diversity = 3", "'diversity' is a section"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said[:40] for _, said in WRONG])
def test_mistakes_are_named_by_file_rule_and_key(text, said):
    with pytest.raises(BadSettings, match=said) as caught:
        rules(text)
    assert str(caught.value).startswith("rules.toml")


def test_no_file_and_no_text(tmp_path):
    with pytest.raises(NotHere, match="there is no rules file"):
        load(tmp_path / "none.toml", {})
    (tmp_path / "r.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSettings, match="is not UTF-8"):
        load(tmp_path / "r.toml", {})


RULES = """max_relevance_loss = 0.2
[[boost]]
name = "in stock"
when = "in_stock"
by = 0.05
[[pin]]
query = "*lamp*"
sku = "{sku}"
position = 1
"""


def test_on_the_command_line(home, run):
    run("index", "products.csv")
    hits = json.loads(run("search", "lamp", "--json", "--k", 3)[1])["hits"]
    Path("rules.toml").write_text(RULES.format(sku=hits[2]["sku"]))
    status, said, _ = run("rules", "check", "rules.toml")
    assert (status, "1 boosts and promotions, 1 pins" in said, "every signal" in said) == (0, True, True)
    status, said, _ = run("rules", "dry-run", "lamp", "--rules", "rules.toml", "--json")
    first = json.loads(said)[0]
    assert (first["sku"], first["label"], first["before"], first["moved"]) == (hits[2]["sku"], "pinned", 3, 2)
    status, said, _ = run("rules", "dry-run", "lamp", "--rules", "rules.toml", "--k", 2)
    assert "pinned" in said
    assert "no longer among the first 2" in said
    Path("rules.toml").write_text('[[boost]]\nwhen = "colour_of_moon > 1"\nby = 1')
    status, _, complained = run("rules", "check", "rules.toml")
    assert (status, "rules.toml, boost 1, when: no product has an attribute" in complained) == (2, True)
    status, _, complained = run("rules", "dry-run", "lamp")
    assert (status, "there is nothing to try" in complained) == (2, True)
    assert run("rules", "check", "none.toml")[0] == 3


def test_check_without_a_shelf(home, run):
    Path("rules.toml").write_text('[[boost]]\nwhen = "x > 1"\nby = 1')
    status, said, _ = run("rules", "check", "rules.toml")
    assert (status, "there is no shelf" in said) == (0, True)
