"""Honest answers: lanes by evidence, what is cut, what is denied, facets, families, meaning, receipts, explanations."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import snapshelf
from snapshelf.config import EmbedderSettings, SearchSettings, Settings, StoreSettings
from snapshelf.errors import BadQuery, NotHere
from snapshelf.search import confidence, relevance
from snapshelf.search.explain import written
from snapshelf.search.relevance import SLOPES, evidence, likelihood
from snapshelf.types import And, Compare, Exists, Not, Or, Product, Truth

COLOURS = ("red", "blue", "green", "black", "white", "yellow")
KINDS = {"mug": 8.0, "running shoe": 70.0, "backpack": 45.0, "desk lamp": 30.0, "t-shirt": 15.0, "headphones": 90.0}
COMPACT = Settings(store=StoreSettings(name="exact"))


def goods():
    for at, ((kind, price), colour) in enumerate(itertools.product(KINDS.items(), COLOURS)):
        for size in (1, 2):
            yield Product(
                f"{kind[:3].upper()}-{at}-{size}",
                f"{colour} {kind}",
                f"a {colour} {kind} for every day",
                brand="Acme" if at % 2 else "Bolt",
                category=kind,
                price=price + size,
                currency="EUR",
                stock=0 if size == 1 else 5,
                family=f"{kind[:3].upper()}-{at}",
                attributes={"color": colour, "weight_kg": 0.5 * size},
            )


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A shop too small to be measured by itself, measured all the same."""
    with snapshelf.open(tmp_path_factory.mktemp("answers") / "shelf", COMPACT) as opened:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(confidence, "LEAST", 1)
            opened.index(list(goods()))
        yield opened


def skus(found):
    return [hit.sku for hit in found]


# --- evidence ---------------------------------------------------------------------------------------------------------

numbers = st.floats(-8, 8, allow_nan=False)


@given(st.sampled_from(sorted(SLOPES)), numbers, numbers, st.floats(0, 1), st.floats(0.01, 2))
def test_more_of_anything_never_counts_less(kind, words, sight, share, step):
    def total(a, b, c):
        return evidence(SLOPES[kind], np.array([a]), np.array([b]), np.array([c])).total[0]

    here = total(words, sight, share)
    assert total(words + step, sight, share) >= here
    assert total(words, sight + step, share) >= here
    assert total(words, sight, min(1.0, share + step)) >= here


@given(st.sampled_from(sorted(SLOPES)), numbers)
def test_what_is_known_in_one_way_only_is_not_lost(kind, z):
    nan, some, none = np.array([np.nan]), np.array([z]), np.array([0.0])
    for words, sight in ((some, nan), (nan, some)):
        assert math.isfinite(evidence(SLOPES[kind], words, sight, none).total[0])
    assert evidence(SLOPES[kind], nan, nan, none).total[0] == SLOPES[kind].constant


def test_likelihood():
    assert likelihood(np.array([0.0]))[0] == 0.5
    assert list(likelihood(np.array([-1e9, 1e9]))) == [pytest.approx(0), pytest.approx(1)]


def test_receipts_add_up(shelf):
    found = shelf.search("red mug", k=20, cutoff=False)
    for hit in found:
        receipt = hit.receipt
        added = sum(one.effect for one in receipt.lanes) + SLOPES["text"].constant
        wishes = sum((2.5 if said.startswith("category") else 0.7) * met for said, met in receipt.wishes.items())
        assert receipt.evidence == pytest.approx(added + wishes, abs=1e-3)
        assert hit.relevance == pytest.approx(likelihood(np.array([receipt.evidence]))[0], abs=1e-4)
        assert receipt.views["text"] == ("text", hit.score)
        assert receipt.path == found.path
    assert [hit.relevance for hit in found] == sorted((hit.relevance for hit in found), reverse=True)
    assert found[0].receipt.lanes[1].rank == 1


def test_one_lane_alone_is_its_own_order(shelf):
    found = shelf.search("red mug", k=50, lanes="vector", understand=False)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    words = shelf.search("red mug", k=50, lanes="lexical", understand=False)
    scores = [hit.receipt.lanes[0].score for hit in words]
    assert scores == sorted(scores, reverse=True)


def test_a_lane_that_cannot_answer_is_left_out_and_said(shelf, monkeypatch):
    from snapshelf.errors import Outside

    def fail(*_):
        raise Outside("the text index is locked")

    monkeypatch.setattr(type(shelf.stack.lexical), "search", fail)
    found = shelf.search("red mug")
    assert len(found) > 0
    assert any("the text index is locked" in note for note in found.notes)
    with pytest.raises(Outside, match="locked"):
        shelf.search("red mug", lanes="vector,lexical")


# --- the end of the answer --------------------------------------------------------------------------------------------


def test_what_is_far_less_relevant_is_cut(shelf):
    found = shelf.search("red mug", k=72)
    assert 2 <= len(found) < 72
    assert found.total == len(found)
    assert not found.estimated
    assert {hit.product.title for hit in found[:2]} == {"red mug"}
    whole = shelf.search("red mug", k=100, cutoff=False)
    assert len(whole) == 72
    assert skus(whole)[: len(found)] == skus(found)


def test_pages_and_totals_are_stable(shelf):
    whole = shelf.search("shoe", k=40, facets=["color"])
    pages = [shelf.search("shoe", k=5, offset=at, facets=["color"]) for at in range(0, 40, 5)]
    assert [sku for page in pages for sku in skus(page)] == skus(whole)
    assert {page.total for page in pages} == {whole.total}
    assert all(page.facets == whole.facets for page in pages)


def test_facets_count_the_whole_answer(shelf):
    found = shelf.search("mug", k=2, facets=["color", "in_stock", "price", "brand"])
    whole = shelf.search("mug", k=100)
    for name in ("color", "brand"):
        values = [hit.product.filterable()[name] for hit in whole]
        assert found.facets[name] == {value: values.count(value) for value in found.facets[name]}
        assert sum(found.facets[name].values()) == found.total == len(whole)
        assert list(found.facets[name].values()) == sorted(found.facets[name].values(), reverse=True)
    assert set(found.facets["in_stock"]) == {"true", "false"}
    assert "9" in found.facets["price"]


def test_families_show_the_variant_in_stock(shelf):
    found = shelf.search("red mug", collapse="family", k=10)
    assert found[0].product.title == "red mug"
    assert found[0].product.stock == 5
    assert found[0].siblings == 1
    assert found.total == len(shelf.search("red mug", collapse="family", k=50))
    assert len({hit.product.family for hit in found}) == len(found)


@pytest.mark.parametrize("foreign", ["lawn mower", "mortgage advice", "salmon fillet", "acoustic guitar"])
def test_what_is_not_sold_is_said(shelf, foreign):
    found = shelf.search(foreign, facets=["color"])
    assert len(found) == 0
    assert foreign in found.nothing
    assert found.confidence < 0.5
    assert found.nearest
    assert all(hit.product.stock != 0 for hit in found.nearest)
    assert found.total == 0
    assert found.facets == {"color": {}}


@pytest.mark.parametrize("own", ["red mug", "backpack", "green t-shirt", "lamp for the desk"])
def test_what_is_sold_is_not_denied(shelf, own):
    found = shelf.search(own)
    assert found.nothing == ""
    assert found.confidence > 0.5
    assert found.nearest == ()


def test_a_code_that_nobody_has(shelf):
    found = shelf.search("ZX-99817-Q")
    assert "no product has the code ZX-99817-Q" in found.nothing
    assert found.nearest


def test_the_measurement_is_kept_and_follows_the_catalogue(shelf, tmp_path):
    with shelf.stack.catalogue.read() as connection:
        held = confidence.calibration(shelf.stack, connection)
    assert held.products == 72
    assert held.auc > 0.95
    assert held.least(0.0) <= held.least(0.02) <= held.least(0.5)
    assert held.confidence(1.2) > 0.9 > 0.1 > held.confidence(0.0)
    assert not confidence.is_due(shelf.stack)
    with snapshelf.open(tmp_path / "small", COMPACT) as small:
        small.index([Product("A", "red mug")])
        assert not confidence.is_due(small.stack)
        found = small.search("lawn mower")
        assert skus(found) == ["A"], "too few products to deny anything"
        assert found.confidence is None


def test_false_alarms_are_as_many_as_asked(shelf):
    strict = replace(COMPACT, search=SearchSettings(false_alarms=0.5))
    asked = [f"{colour} {kind}" for colour in COLOURS for kind in KINDS]
    with snapshelf.open(shelf.stack.folder, strict) as other:
        denied = sum(bool(other.search(text).nothing) for text in asked)
    assert denied >= sum(bool(shelf.search(text).nothing) for text in asked)
    assert sum(bool(shelf.search(text).nothing) for text in asked) <= 2


# --- meaning ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["mug under 10 EUR", "shoe up to 71 euro", "headphones below 92 EUR", "lamp < 32 €"])
def test_no_result_breaks_a_limit(shelf, text):
    found = shelf.search(text, k=50)
    limit = float("".join(c if c.isdigit() else " " for c in text).split()[-1])
    assert found
    assert all(hit.product.price <= limit for hit in found)
    assert found.matching < 72
    (constraint,) = [one for one in found.understood["text"].constraints if one.kind == "price"]
    assert constraint.hard
    assert constraint.said in found[0].receipt.filtered


def test_meaning_can_be_switched_off(shelf):
    assert shelf.search("mug under 10 EUR", understand=False).matching == 72
    assert shelf.search("mug under 10 EUR", off=["price"]).matching == 72
    assert shelf.search("mug under 10 EUR").matching < 72
    with pytest.raises(BadQuery, match="there is no kind 'prize' to switch off. Did you mean 'price'"):
        shelf.search("mug", off=["prize"])
    with pytest.raises(BadQuery, match="a list of kinds"):
        shelf.search("mug", off="price")
    plain = Settings(store=StoreSettings(name="exact"), search=SearchSettings(understand=False))
    with snapshelf.open(shelf.stack.folder, plain) as other:
        assert other.search("mug under 10 EUR").matching == 72


def test_a_limit_that_nothing_passes_is_said_and_relaxed_for_the_nearest(shelf):
    found = shelf.search("red mug under 2 EUR")
    assert len(found) == 0
    assert found.matching == 0
    assert "no product passes" in found.nothing
    assert "2" in found.nothing
    assert found.nearest[0].product.title == "red mug"
    assert found.nearest[0].receipt.relaxed
    assert found.nearest[0].product.stock != 0


def test_a_filter_that_nothing_passes_is_no_reason_to_break_it(shelf):
    found = shelf.search("red mug", where="price > 1000")
    assert len(found) == 0
    assert found.nothing == "no product passes the filter"
    assert found.nearest == ()


def test_the_callers_filter_and_the_words_both_hold(shelf):
    found = shelf.search("mug under 10 EUR", where='brand == "Acme"', k=50)
    assert found
    assert all(hit.product.brand == "Acme" and hit.product.price <= 10 for hit in found)
    none = shelf.search("mug under 2 EUR", where='brand == "Acme"')
    assert all(hit.product.brand == "Acme" for hit in none.nearest), "only what was read out of the words is given up"


def test_a_wish_lifts_and_does_not_exclude(shelf):
    found = shelf.search("red running shoe", k=50)
    assert found[0].product.attributes["color"] == "red"
    assert any(found[0].receipt.wishes.values())
    assert any(hit.product.attributes["color"] != "red" for hit in found)


def test_a_typo_is_corrected_and_said(shelf):
    found = shelf.search("red bakpack")
    assert found[0].product.title == "red backpack"
    assert any("bakpack" in note and "backpack" in note for note in found.notes)


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_any_text_is_answered_or_refused_in_words(shelf, text):
    if text.strip():
        assert len(shelf.search(text, k=3)) <= 3
    else:
        with pytest.raises(BadQuery, match="nothing to search for"):
            shelf.search(text)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"facets": "brand"}, "a list of names"),
        ({"facets": ["colour"]}, "no product has a 'colour' to count. Did you mean 'color'"),
        ({"facets": [3]}, "a list of names"),
        ({"lanes": "exakt"}, "lanes are"),
    ],
)
def test_what_cannot_be_asked(shelf, asked, reason):
    with pytest.raises(BadQuery, match=reason):
        shelf.search("mug", **asked)


# --- explanations -----------------------------------------------------------------------------------------------------


def test_explained_where_it_is(shelf):
    found = shelf.search("red mug")
    told = shelf.explain(found[1].sku, "red mug")
    assert told.rank == 2
    assert f"{found[1].sku} is number 2 of {found.total}" in told.said[0]
    assert told.hit == found[1]
    assert any(line.startswith("vector: rank") for line in told.said)


def test_explained_why_not(shelf):
    sku = next(product.sku for product in goods() if product.title == "blue headphones")
    told = shelf.explain(sku, "red mug")
    assert told.rank is None
    assert "cut off" in told.said[0]
    assert told.hit.sku == sku
    dear = shelf.explain(sku, "headphones under 20 EUR")
    assert dear.rank is None
    assert "kept out by: price" in dear.said[0]
    assert "its price is 91.0" in dear.said[0]
    filtered = shelf.explain(sku, "headphones", where='color == "red" and weight_kg > 7')
    assert len(filtered.said) == 2
    assert "its color is 'blue'" in filtered.said[0]
    assert "nothing in this shop fits" in shelf.explain(sku, "lawn mower").said[0]
    with pytest.raises(NotHere, match="there is no product 'X'"):
        shelf.explain("X", "red mug")


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Compare("price", "<", 3.0), "price < 3.0"),
        (Compare("brand", "in", ("A", "B")), "brand in ['A', 'B']"),
        (Not(Truth("in_stock")), "not in_stock"),
        (And((Exists("a"), Or((Truth("b"), Truth("c"))))), "exists(a) and (b or c)"),
        (Not(Or((Truth("b"), Truth("c")))), "not (b or c)"),
    ],
)
def test_filters_are_written_as_they_are_read(where, text):
    from snapshelf.filters import parse

    assert written(where) == text
    assert parse(written(where)) == where


def test_kinds_of_queries(shelf):
    from snapshelf.types import Part

    words, photo = Part("text", "text", "red"), Part("image", "image", None)
    assert relevance.kind_of_query([words]) == "text"
    assert relevance.kind_of_query([photo]) == "image"
    assert relevance.kind_of_query([words, photo]) == "mixed"
    assert relevance.kind_of_query([photo, replace(words, weight=-1.0)]) == "image"
    assert EmbedderSettings().name == ""
