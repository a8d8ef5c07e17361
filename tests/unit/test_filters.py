"""The filter language: what parses, what it means, and that every way of asking it means the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshelf.errors import BadFilter, BadInput
from snapshelf.filters import Columns, check, matches, parse
from snapshelf.types import And, Compare, Exists, Not, Or, Truth

ROWS = [
    {"price": 79.5, "brand": "Acme", "in_stock": True, "tags": ("new", "sale")},
    {"price": 80.0, "brand": "Bolt", "in_stock": False, "tags": ()},
    {"brand": "Café", "in_stock": True},
    {"price": -1.0, "tags": ("sale",)},
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("price < 80", [0, 3]),
        ("price <= 80 and in_stock", [0]),
        ("price < 80 or brand == 'Bolt'", [0, 1, 3]),
        ('brand in ["Acme", "Café"]', [0, 2]),
        ('brand not in ["Acme", "Café"]', [1, 3]),
        ('brand != "Acme"', [1, 2, 3]),
        ("not in_stock", [1, 3]),
        ("exists(price) and not (price > 0)", [3]),
        ('tags == "sale"', [0, 3]),
        ('tags != "new"', [1, 2, 3]),
        ("price > -2 AND price < 0", [3]),
        ('brand >= "B"', [1, 2]),
        ("in_stock == false", [1]),
        ("not not in_stock", [0, 2]),
        ("`price`=80", [1]),
    ],
)
def test_meaning(text, expected):
    where = parse(text)
    columns = Columns()
    columns.append(ROWS)
    assert [i for i, row in enumerate(ROWS) if matches(where, row)] == expected
    assert list(np.flatnonzero(columns.mask(where))) == expected


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 0, "empty"),
        ("price <", 7, "expected a number"),
        ("price < abc", 8, 'needs quotes: "abc"'),
        ("price < 80 and", 14, "name of an attribute"),
        ("price < 80 brand", 11, "expected 'and'"),
        ("(price < 80", 11, r"expected '\)'"),
        ("brand == 'Acme", 9, "never closed"),
        ("brand in 'Acme'", 9, r"expected '\['"),
        ("brand in []", 10, "expected a number"),
        ("price < 80 & brand", 11, "'&' means nothing"),
        ("price < 80abc", 8, "means nothing"),
        ("(" * 70 + "in_stock", 64, "nested more than"),
    ],
)
def test_mistakes_are_placed(text, position, reason):
    with pytest.raises(BadFilter, match=reason) as caught:
        parse(text)
    assert caught.value.position == position
    if position <= 50:
        assert str(caught.value).splitlines()[-1] == "  " + " " * position + "^"


@pytest.mark.parametrize("before", [0, 1, 49, 51, 52, 5_000])
@pytest.mark.parametrize("after", [0, 1, 51, 5_000])
def test_of_a_long_filter_the_place_alone_is_shown(before, after):
    with pytest.raises(BadFilter) as caught:
        parse(" " * before + "&" + " " * (after - 1) + "x" * (after > 0))
    assert caught.value.position == before
    _, shown, caret = str(caught.value).split("\n")
    assert shown[caret.index("^")] == "&"
    assert len(shown) <= 106
    assert ("…" in shown) == (before > 51 or after > 50)


def test_a_filter_of_several_lines_keeps_its_caret():
    with pytest.raises(BadFilter) as caught:
        parse("price < 80\n and\t& x")
    _, shown, caret = str(caught.value).split("\n")
    assert shown[caret.index("^")] == "&"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" or ".join(["price > 1"] * 501), "more than 500 comparisons"),
        (f"price in [{', '.join(['1'] * 20_002)}]", "more than 20,000 values"),
        (7, "a filter is a text"),
    ],
)
def test_filters_no_database_could_answer(text, reason):
    with pytest.raises(BadFilter, match=reason):
        parse(text)
    assert parse(" or ".join(["price > 1"] * 500))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("prise < 80", "Did you mean 'price'"),
        ('price < "80"', "a number without quotes"),
        ("brand == 3", "a text in quotes"),
        ("brand", "compare it"),
        ("in_stock > true", "no order"),
        ("in_stock == 1", "true or false"),
        ("tags == 3", "a text in quotes"),
    ],
)
def test_check_against_the_catalogue(text, reason):
    known = {"price": "number", "brand": "text", "in_stock": "bool", "tags": "list"}
    with pytest.raises(BadFilter, match=reason):
        check(parse(text), known, text)


def test_columns_replace_take_and_reread():
    columns = Columns()
    columns.append(ROWS[:2])
    columns.append(ROWS[2:])
    columns.replace([1], [{"brand": "Acme", "tags": ("new",)}])
    assert list(columns.mask(parse('brand == "Acme"'))) == [True, True, False, False]
    assert list(columns.mask(parse("exists(price)"))) == [True, False, False, True]
    taken = columns.take(np.array([3, 1]))
    assert list(taken.mask(parse('tags == "new"'))) == [False, True]
    again = Columns.from_arrays(taken.arrays())
    again.append([{"tags": ("sale", "new"), "size": "XL"}])
    assert list(again.mask(parse('tags == "sale"'))) == [True, False, True]
    assert list(again.mask(parse('size == "XL"'))) == [False, False, True]


def test_one_type_per_column():
    columns = Columns()
    columns.append(ROWS)
    with pytest.raises(BadInput, match="'price' holds number values, but here stands 'abc'"):
        columns.append([{"brand": "Acme"}, {"price": "abc"}])
    assert columns.rows == len(ROWS)


names = st.sampled_from(["n", "t", "b", "l"])
words = st.sampled_from(["a", "b", "c", ""])
numbers = st.sampled_from([-1.0, 0.0, 2.5])
rows = st.lists(
    st.fixed_dictionaries(
        {},
        optional={"n": numbers, "t": words, "b": st.booleans(), "l": st.lists(words, max_size=3).map(tuple)},
    ),
    max_size=6,
)
values = st.one_of(numbers, words, st.booleans())
leaves = st.one_of(
    st.builds(Compare, names, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), values),
    st.builds(Compare, names, st.sampled_from(["in", "not in"]), st.lists(values, min_size=1, max_size=3).map(tuple)),
    st.builds(Truth, names),
    st.builds(Exists, names),
)
filters = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(filters, rows, rows)
def test_columns_agree_with_plain_matching(where, first, second):
    columns = Columns()
    columns.append(first)
    columns.append(second)
    expected = [matches(where, row) for row in [*first, *second]]
    assert list(columns.mask(where)) == expected
    assert list(Columns.from_arrays(columns.arrays()).mask(where)) == expected
