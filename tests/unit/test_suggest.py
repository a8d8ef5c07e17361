"""Suggestions while typing: what is known, how typos are forgiven, what is emboldened, and that they lead somewhere."""

import random
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import snapshelf
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.errors import BadQuery
from snapshelf.search import suggest as module
from snapshelf.search.completions import Completions, Entry, Typed
from snapshelf.search.sequences import frequent
from snapshelf.search.spelled import Letters, allowed, typos
from snapshelf.search.suggest import Suggested, suggest
from snapshelf.types import Product
from snapshelf.understand.typos import distance

TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
GOODS = [
    Product("RUN-1", "Red running shoes", brand="Größe & Söhne", category="Shoes > Running", gtin="4006381333931"),
    Product("RUN-2", "Blue running shoes", brand="Acme", category="Shoes > Running", mpn="CF-283A"),
    Product("RUN-3", "Red running shoes for women", brand="Acme", category="Shoes > Running", family="F"),
    Product("RUN-4", "Red running shoes for men", brand="Acme", category="Shoes > Running", family="F"),
    Product("TEE-1", "Navy t-shirt, size M", brand="Acme", category="Tops", stock=0),
    Product("TEE-2", "Olive t-shirt, size L", brand="Acme", category="Tops", stock=3),
    Product("BOWL", "Müsli bowl <b>large</b>", brand="Acme", category="Kitchen"),
    Product("PAN", "Crème brûlée pan", brand="Bolt", category="Kitchen"),
]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    with snapshelf.open(tmp_path_factory.mktemp("suggest") / "shelf", TOY) as opened:
        opened.index(GOODS)
        yield opened


def texts(shelf, typed, k=8):
    return [one.text for one in suggest(shelf.stack, typed, k)]


def kinds(shelf, typed, k=8):
    return {one.text: one.kind for one in suggest(shelf.stack, typed, k)}


def bold(one):
    return [one.text[start:end] for start, end in one.spans]


# --- what is suggested ------------------------------------------------------------------------------------------------


def test_brands_categories_sequences_and_products(shelf):
    found = kinds(shelf, "r")
    assert found["Running"] == "category"
    assert found["red running shoes"] == "phrase"
    assert "product" in found.values()
    assert kinds(shelf, "acm")["Acme"] == "brand"
    (shoes,) = [one for one in suggest(shelf.stack, "shoes") if one.kind == "category"]
    assert (shoes.text, shoes.products) == ("Shoes", 4)


def test_the_last_word_goes_on_and_earlier_ones_are_finished(shelf):
    assert "red running shoes" in texts(shelf, "red ru")
    assert "red running shoes" in texts(shelf, "ru red") or "red running shoes" in texts(shelf, "running re")
    assert texts(shelf, "re running") == []
    assert texts(shelf, "runn ") == [], "a blank finishes the word"
    assert "Running" in texts(shelf, "running ")
    assert "Shoes" in texts(shelf, "shoe "), "a finished word stands for its plural, too"


@pytest.mark.parametrize("typed", ["musli", "MÜSLI", "mu\u0308sli", "Müs"])
def test_case_and_accents_make_no_difference(shelf, typed):
    (found,) = suggest(shelf.stack, typed)
    assert found.sku == "BOWL"
    assert bold(found) == ["Müs" if typed == "Müs" else "Müsli"]


@pytest.mark.parametrize(
    ("typed", "text", "letters"),
    [
        ("runing", "Running", ["Running"]),  # left out
        ("runnning", "Running", ["Running"]),  # added
        ("hsoes", "Shoes", ["Shoes"]),  # swapped, the first letter among them
        ("bhoes", "Shoes", ["Shoes"]),  # the first letter changed
        ("grosse", "Größe & Söhne", ["Größe"]),  # ß is ss
        ("kitcehn", "Kitchen", ["Kitchen"]),
    ],
)
def test_typos(shelf, typed, text, letters):
    found = {one.text: one for one in suggest(shelf.stack, typed)}
    assert bold(found[text]) == letters


def test_short_words_and_words_that_fit_are_not_corrected(shelf):
    assert texts(shelf, "rde") == []
    assert "Shoes" in texts(shelf, "sho")
    assert texts(shelf, "xxshoes") == [], "two typos in a short word"


def test_a_hyphen_may_be_left_out(shelf):
    for typed in ("tshirt", "t-shirt", "t shirt", "shirt"):
        assert "t-shirt" in texts(shelf, typed), typed
    assert texts(shelf, "size") == ["Olive t-shirt, size L", "Navy t-shirt, size M"], "sold out comes last"


def test_codes(shelf):
    for typed, kind_of in (("run-1", "RUN-1"), ("RUN1", "RUN-1"), ("4006381", "4006381333931"), ("cf28", "CF-283A")):
        first = suggest(shelf.stack, typed)[0]
        assert (first.kind, first.text) == ("code", kind_of)
    assert suggest(shelf.stack, "40063", 1)[0] == Suggested("4006381333931", "code", 1, ((0, 5),), "RUN-1")
    without_digit = [one.kind for one in suggest(shelf.stack, "run-", 20)]
    assert without_digit == sorted(without_digit, key=lambda kind: kind == "code"), "letters alone are words first"
    assert suggest(shelf.stack, "bow")[0].kind == "product"


def test_one_of_a_family_and_each_text_once(shelf):
    found = suggest(shelf.stack, "red running shoes", 20)
    assert len({one.text.lower() for one in found}) == len(found)
    assert len([one for one in found if one.sku in ("RUN-3", "RUN-4")]) == 1


def test_html_is_left_as_it_is(shelf):
    (found,) = suggest(shelf.stack, "large")
    assert found.text == "Müsli bowl <b>large</b>"
    assert bold(found) == ["large"]


@pytest.mark.parametrize("typed", ["", "  ", "?!", "<>", "zzzz", "x" * 5_000, "re " * 400, "\x00", "😀", "q\nz"])
def test_nothing_to_suggest(shelf, typed):
    assert suggest(shelf.stack, typed) == ()


@pytest.mark.parametrize(("typed", "k"), [(None, 8), (7, 8), ("re", 0), ("re", 51), ("re", "8"), ("re", True)])
def test_what_is_no_question(shelf, typed, k):
    with pytest.raises(BadQuery, match="is a text|from 1 to 50"):
        suggest(shelf.stack, typed, k)


def test_an_empty_shelf(tmp_path):
    with snapshelf.open(tmp_path / "new", TOY) as opened:
        assert suggest(opened.stack, "red") == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.integers(1, 12))
def test_any_text_is_answered_and_the_same_way_twice(shelf, typed, k):
    found = suggest(shelf.stack, typed, k)
    assert len(found) <= k
    assert found == suggest(shelf.stack, typed, k)
    for one in found:
        assert all(0 <= a < b <= len(one.text) for a, b in one.spans)
        assert all(b < c for (_, b), (c, _) in zip(one.spans, one.spans[1:], strict=False))


# --- they lead somewhere, and follow the catalogue and the shoppers ---------------------------------------------------


def test_every_suggestion_finds_something(tmp_path):
    with snapshelf.open(tmp_path / "shelf", Settings(store=StoreSettings(name="exact"))) as opened:
        opened.index(GOODS)
        found = {one.text for letter in string.ascii_lowercase for one in suggest(opened.stack, letter, 50)}
        assert len(found) > 15
        for text in sorted(found):
            assert len(opened.search(text, lanes="exact,lexical")) > 0, text


def test_what_is_removed_is_not_suggested_even_while_the_rest_is_read_in(tmp_path, monkeypatch):
    with snapshelf.open(tmp_path / "shelf", TOY) as opened:
        opened.index(GOODS)
        assert texts(opened, "bolt") == ["Bolt"]
        monkeypatch.setattr(module, "QUICK", 0.0)  # as if it took long, so that an earlier state answers
        opened.remove("PAN")
        opened.index([Product("BOWL", "Porridge bowl", brand="Acme", category="Kitchen")])
        assert texts(opened, "bolt") == []
        assert texts(opened, "brulee") == []
        assert texts(opened, "musli") == [], "its title has changed"
        monkeypatch.undo()
        assert texts(opened, "porri") == ["Porridge bowl"]


def click(query, sku, client, number):
    told = {"object": {"object_id": sku}}
    row = {"action_name": "click", "timestamp": "2026-01-02T00:00:00Z", "query_id": f"{query}{client}{number}"}
    return {**row, "user_query": query, "client_id": client, "event_attributes": told}


def test_queries_that_shoppers_clicked_after(tmp_path):
    with snapshelf.open(tmp_path / "shelf", TOY) as opened:
        opened.index(GOODS)
        rows = [click("trainers", "RUN-1", client, 0) for client in "abc"]
        rows += [click("trainers that nobody else asks for", "RUN-1", "a", n) for n in range(5)]
        rows += [click("training mat", "GONE", client, 0) for client in "abc"]
        opened.record(rows)
        (found,) = suggest(opened.stack, "train")
        assert (found.text, found.kind, found.products, bold(found)) == ("trainers", "query", 1, ["train"])
        opened.remove("RUN-1")
        assert suggest(opened.stack, "train") == ()


def test_clicks_lift_a_text(tmp_path):
    with snapshelf.open(tmp_path / "shelf", TOY) as opened:
        opened.index([Product(f"{n}", f"{'desk lamp' if n < 6 else 'deck chair'} {n}") for n in range(9)])
        assert texts(opened, "de")[:2] == ["desk lamp", "deck chair"]
        opened.record([click("Deck Chair", "7", client, 0) for client in "ab"])
        opened.stack.memory.pop("suggest")  # events are read in again after a while
        assert texts(opened, "de")[:2] == ["deck chair", "desk lamp"]
        assert texts(opened, "deck ", 2)[1] == "deck chair 7", "of products the one that was clicked"


# --- the parts --------------------------------------------------------------------------------------------------------

words = st.text("abcd", min_size=4, max_size=9)


@settings(max_examples=150, deadline=None)
@given(words, st.lists(words, min_size=1, max_size=8))
def test_typos_are_those_of_the_plain_definition(typed, known):
    codes = Letters.of(known).codes
    table = typos(np.array([ord(letter) for letter in typed], np.uint32), codes)
    for row, word in zip(table, known, strict=True):
        assert row[len(word)] == distance(typed, word, 99)
        assert row[: len(word) + 1].min() == min(distance(typed, word[:end], 99) for end in range(len(word) + 1))


@settings(max_examples=150, deadline=None)
@given(words, st.lists(words, min_size=1, max_size=20, unique=True), st.booleans())
def test_no_word_within_the_typos_is_passed_over(typed, known, whole):
    numbers, far = Letters.of(known).near(typed, whole)
    ends = [[len(word)] if whole else range(len(word) + 1) for word in known]
    best = [min(distance(typed, word[:end], 99) for end in some) for word, some in zip(known, ends, strict=True)]
    expected = {n: d for n, d in enumerate(best) if d <= allowed(typed)}
    assert dict(zip(numbers.tolist(), far.tolist(), strict=True)) == expected


def test_sequences_are_counted_by_titles_and_need_two_families():
    titles = ["red wool sock", "red wool sock", "blue wool sock, red", "green hat", "green hat", "hat of wool"]
    found = {one.text: one.count for one in frequent(titles, np.array([0, 0, 1, 2, 2, 3]))}
    assert found == {"wool sock": 3, "red": 3, "hat": 3, "wool": 4}
    assert frequent([], np.empty(0, np.int64)) == []


def test_the_order_of_entries_makes_no_difference():
    entries = [Entry(f"{word} {n}", "phrase", float(n % 3), n) for n in range(30) for word in ("lamp", "lamb", "camp")]
    shuffled = random.Random(1).sample(entries, len(entries))
    for typed in (Typed((), "lam"), Typed(("lamp",), "1"), Typed((), "lapm")):
        one, other = (Completions.of(some).find(typed, True) for some in (entries, shuffled))
        assert [fit.entry for fit in one] == [fit.entry for fit in other] != []
