"""What an address of the storefront asks, the filter that its choices become, its pages, its facets and cards."""

from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshelf import filters
from snapshelf.errors import BadFilter
from snapshelf.http.problem import Problem
from snapshelf.types import Product
from snapshelf.web.pages import money
from snapshelf.web.pages import text as pages_text
from snapshelf.web.store import asked, facets, narrow
from snapshelf.web.store.asked import Asked
from snapshelf.web.store.cards import Card, plain, stock, swatches
from snapshelf.web.store.pager import pages

KINDS = {"brand": "text", "color": "list", "price": "number", "stock": "number", "in_stock": "bool", "the size": "text",
         "watts": "number", "not": "text"}  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)
NAMES = TEXTS.map(str.strip).filter(bool)


def read(query):
    return asked.read(parse_qsl(query, keep_blank_values=True))


# --- addresses ------------------------------------------------------------------------------------------------------


def test_an_address_is_read():
    found = read(
        "q=red++shoes&f.brand=Acme&f.brand=Bolt&f.brand=Acme&min=5&max=79,90&stock=1&off=price,brand&sort=-price&page=3"
    )
    assert found == Asked(
        "red shoes", "", {"brand": ("Acme", "Bolt")}, 5.0, 79.9, True, "-price", 3, ("price", "brand")
    )


def test_what_is_not_ours_is_passed_over():
    assert read("utm_source=mail&f.brand=&f.=&q=x") == Asked("x")


@pytest.mark.parametrize(
    ("query", "field"),
    [("page=0", "page"), ("page=1001", "page"), ("page=x", "page"), ("page=²", "page"), ("min=abc", "min"),
     ("max=-1", "max"), ("max=nan", "max"), ("max=inf", "max"), ("max=1e400", "max"), ("sort=brand", "sort")],
)  # fmt: skip
def test_mistakes_are_refused_with_their_field(query, field):
    with pytest.raises(Problem) as refused:
        read(query)
    assert (refused.value.status, refused.value.field) == (400, field)


@settings(deadline=None)
@given(
    q=TEXTS.map(lambda text: " ".join(text.split())),
    chosen=st.dictionaries(NAMES, st.lists(NAMES, min_size=1, unique=True).map(tuple), max_size=3),
    most=st.none() | st.integers(0, 10_000).map(float),
    page=st.integers(1, 1000),
    in_stock=st.booleans(),
)  # fmt: skip
def test_an_address_says_what_was_asked(q, chosen, most, page, in_stock):
    wanted = Asked(q, chosen=chosen, most=most, page=page, in_stock=in_stock)
    assert read(asked.address(wanted).partition("?")[2]) == wanted


def test_without_words_the_choices_are_searched_for():
    assert read("f.category=Clothing+>+Tops&f.color=red").words == "Tops red"
    assert read("f.category=Clothing+>+Tops").browses
    assert not read("q=x&f.category=Clothing+>+Tops").browses


# --- filters --------------------------------------------------------------------------------------------------------


def where(query, without=""):
    return narrow.where(read(query), KINDS, without)


def test_choices_become_a_filter():
    said = where("q=x&f.brand=Acme&f.brand=Bolt&f.watts=60&min=5&max=80&stock=1&where=stock+>+3+or+price+<+9")
    assert said == (
        '(stock > 3 or price < 9) and brand in ["Acme", "Bolt"] and watts in [60.0] and price >= 5 and price <= 80'
        " and in_stock"
    )
    filters.check(filters.parse(said), KINDS)
    assert where("f.brand=Acme&f.color=red", without="brand") == 'color in ["red"]'


def test_names_that_are_no_words_are_quoted():
    filters.check(filters.parse(where("f.the+size=M&f.not=really")), KINDS)


@settings(deadline=None)
@given(NAMES, st.sampled_from(["brand", "the size", "not"]))
def test_no_value_leaves_its_quotes(value, name):
    """Whatever a value holds, the filter asks for exactly that value and nothing else."""
    made = filters.parse(narrow.where(Asked(chosen={name: (value,)}), KINDS))
    assert (made.name, made.op, made.value) == (name, "in", (value,))


@pytest.mark.parametrize(
    "query",
    ["f.colour=red", "f.watts=many", "f.in_stock=perhaps", "f.watts=nan", "where=price+<", "where=)+or+(price+>+0"],
)
def test_what_is_no_filter_is_refused(query):
    with pytest.raises(BadFilter):
        where(query)


# --- pages ----------------------------------------------------------------------------------------------------------


def shown(total, here=1, more=False):
    made = pages(Asked("x", page=here), total, more, 24)
    return made and ([number for number, _ in made.numbers], bool(made.before), bool(made.after))


def test_pages_as_links():
    assert shown(24) is None
    assert shown(0) is None
    assert shown(25) == ([1, 2], False, True)
    assert shown(25, 2) == ([1, 2], True, False)
    assert shown(1000, 20) == ([1, 0, 18, 19, 20, 21, 22, 0, 42], True, True)
    assert shown(24, more=True) == ([1, 2], False, True)
    assert shown(24, 9) == ([1, 0, 7, 8, 9], True, False)  # beyond the end: the way back is there
    assert pages(Asked("x", page=2), 60, False, 24).before == "/?q=x"


# --- facets ---------------------------------------------------------------------------------------------------------


def test_facets_keep_what_is_chosen():
    counted = {"brand": {f"B{n}": 20 - n for n in range(12)}, "size": {"M": 3}, "color": {}}
    found = facets.facets(["brand", "size", "color"], counted, Asked("x", chosen={"brand": ("B9", "gone")}))
    assert [one.name for one in found] == ["brand"]  # one size alone is no choice
    (brand,) = found
    assert [(one.value, one.count, one.chosen) for one in brand.first[:3]] == [
        ("gone", 0, True),
        ("B9", 11, True),
        ("B0", 20, False),
    ]
    assert len(brand.first) == facets.SHOWN
    assert len(brand.first) + len(brand.rest) == 13


def test_chips_are_taken_away_one_by_one():
    held = Asked("x", chosen={"brand": ("A&B", "C")}, most=50.0, in_stock=True, page=4)
    chips = {chip.said: read(chip.without.partition("?")[2]) for chip in facets.chosen(held, "EUR")}
    assert chips["A&B"].chosen == {"brand": ("C",)}
    assert chips["up to 50 EUR"].most is None
    assert not chips["in stock"].in_stock
    assert {one.page for one in chips.values()} == {1}


# --- cards ----------------------------------------------------------------------------------------------------------


def test_stock_in_words():
    said = {left: stock(Product("A", "a", stock=left)).said for left in (None, 0, 1, 4, 5)}
    assert said == {None: "", 0: "sold out", 1: "only 1 left", 4: "only 4 left", 5: "in stock"}


def test_variants_are_told_apart_by_what_differs():
    family = [
        Product(
            f"A{n}", "a", family="A", images=("a.jpg",), attributes={"color": color, "size": size, "material": "wool"}
        )
        for n, (color, size) in enumerate([("red", "M"), ("red", "L"), ("blue", "M")])
    ]
    found = swatches(family[0], family)
    assert [(one.label, one.picture, one.here) for one in found] == [
        ("red, M", True, True), ("red, L", True, False), ("blue, M", True, False)]  # fmt: skip
    sizes = swatches(family[1], family[:2])
    assert [(one.label, one.picture) for one in sizes] == [("M", False), ("L", False)]
    assert swatches(family[0], family[:1]) == ()


def test_values_and_prices_as_people_read_them():
    assert [plain(one) for one in (True, 1200.0, 2.5, ("a", "b"), "x")] == ["yes", "1,200", "2.5", "a, b", "x"]
    assert [money(1299.0, "EUR"), money(5.0, "CHF"), money(0.5), money(None)] == ["€1,299.00", "5.00 CHF", "0.50", ""]


# --- templates ------------------------------------------------------------------------------------------------------


def test_what_a_catalogue_says_is_escaped():
    """Titles and attributes come from suppliers; none of it is markup."""
    evil = "<script>alert(1)</script>"
    product = Product(evil, evil, evil, evil, evil, 1.0, evil, 3, attributes={evil: evil})
    served = SimpleNamespace(name=evil, style="")
    card = Card(product, 1, stock(product), evil, (), 0, (evil,), ((evil, evil),))
    text = pages_text(
        "store/product.html",
        {
            "request": SimpleNamespace(base_url="http://shop.example/"),
            "server": SimpleNamespace(settings=served),
            "caller": SimpleNamespace(form=evil),
            "shop": None,
            "asked": Asked(evil),
            "product": product,
            "stock": stock(product),
            "variants": (),
            "attributes": [(evil, evil)],
            "clips": (),
            "near": [card],
            "photo": False,
            "query_id": evil,
        },
    )
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert") > 10
