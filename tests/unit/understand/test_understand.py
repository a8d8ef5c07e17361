"""What is understood, one behaviour at a time, and what is said of queries that cannot be."""

import re

import pytest

from snapshelf.errors import BadInput
from snapshelf.facts import Facts, facts_of
from snapshelf.filters import matches, parse
from snapshelf.types import Compare, Not, Product, Truth
from snapshelf.understand import Vocabulary, understand
from tests.unit.understand.shop import GTIN, general, vocabularies


@pytest.fixture(scope="module")
def shop():
    return vocabularies()["general"]


def filters(text, vocabulary, off=frozenset()):
    return [one.where for one in understand(text, vocabulary, off).constraints]


def test_the_example_of_the_manual(shop):
    answer = understand("55in OLED under $1500", shop)
    assert [(one.kind, one.hard, one.words) for one in answer.constraints] == [
        ("measure", False, "55in"),
        ("attribute", False, "OLED"),
        ("price", True, "under $1500"),
    ]
    assert answer.constraints[2].said == "price below 1,500 USD"
    assert answer.where == Compare("price", "<", 1500.0)
    assert answer.residual == "55in OLED"
    assert [tuple(span) for span in answer.highlight] == [(0, 4, "measure"), (5, 9, "attribute"), (10, 21, "price")]


def test_hard_constraints_become_one_filter_and_soft_ones_wishes(shop):
    answer = understand("red dress size 42 not leather under $100", shop)
    assert {part.name for part in answer.where.parts} == {"size", "material", "price"}
    assert [one.name for one in answer.wishes] == ["color", "category"]
    assert answer.negatives == ("leather",)


# --- faults: said plainly, nothing applied by halves ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tv over $500 under $100", "'over \\$500' and 'under \\$100' contradict each other, so neither is applied"),
        ("tv above 60 inch below 40 inch", "contradict each other"),
        ("dress size 40 size 42", "contradict each other"),
        ("red dress not red", "'red' and 'not red' contradict each other"),
        ("tv under 500 €", "is in EUR, and prices here are in USD; none is converted"),
        ("tv between 100 € and 200 £", "names two currencies"),
        ("tv under $0", "none is below 0; give a higher limit"),
        ("laptop under 0 kg", "leaves nothing, since no amount is below 0"),
        ("weight 55 in", "gives weight in in, and here it is measured in g or kg"),
    ],
)
def test_a_fault_is_one_sentence_and_applies_nothing(shop, text, said):
    answer = understand(text, shop)
    assert len(answer.faults) == 1
    assert re.search(said, answer.faults[0])
    assert "\n" not in answer.faults[0]
    assert answer.where is None


def test_limits_that_touch_leave_something_unless_one_is_strict(shop):
    assert not understand("tv at least $100 up to $100", shop).faults
    assert understand("tv over $100 up to $100", shop).faults


def test_a_shop_without_prices_says_so():
    bare = Vocabulary.of(facts_of([Product("A", "red tv", attributes={"color": "red"})]))
    assert understand("tv under $50", bare).faults == (
        "'under $50' asks for a price, and no product here has one; search without it",
    )
    assert understand("cheap tv", bare).constraints == ()


def test_an_unknown_switch_names_the_nearest(shop):
    with pytest.raises(BadInput, match="no kind 'prices' of constraint to switch off. Did you mean 'price'"):
        understand("tv", shop, {"prices"})


# --- switches ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("price", "tv under $500"),
        ("measure", "tv 55 inch or larger"),
        ("size", "dress size 42"),
        ("colour", "red phone holder"),
        ("brand", "Klang speaker"),
        ("category", "jeans"),
        ("attribute", "wireless speaker"),
        ("code", "CF283A"),
        ("negation", "speaker without wires"),
        ("correction", "sneekers"),
    ],
)
def test_every_kind_can_be_switched_off_and_leaves_its_words(shop, kind, text):
    on, off = understand(text, shop), understand(text, shop, {kind})
    assert kind in {one.kind for one in on.constraints} | {"correction" for _ in on.corrections}
    assert kind not in {one.kind for one in off.highlight}
    assert off.residual == text


# --- money ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        ("$1,500.00", 1500), ("1500 USD", 1500), ("US$1500", 1500), ("1 500 $", 1500), ("$1.5k", 1500), ("1.5k", 1500),
        ("$1'500", 1500), ("$ 1500", 1500), ("usd 1500", 1500), ("1500 bucks", 1500), ("150 cents", 1.5),
        ("$.50", None),
        ("$1.500", 1500), ("$12.5", 12.5), ("$12,50", 12.5), ("$1.2.3", None), ("$" + "9" * 400, None),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(shop, written, limit):
    where = understand(f"thing under {written}", shop).where
    assert where == (None if limit is None else Compare("price", "<", float(limit)))


def test_a_dollar_is_the_dollar_of_the_shop():
    canada = Vocabulary.of(facts_of([Product("A", "tv", price=100.0, currency="CAD")]))
    assert understand("tv under $50", canada).constraints[0].said == "price below 50 CAD"
    assert understand("tv under US$50", canada).faults


def test_with_several_currencies_the_one_named_is_asked_for():
    both = Vocabulary.of(
        facts_of([Product("A", "tv", price=9.0, currency="EUR"), Product("B", "tv", price=9.0, currency="SEK")])
    )
    assert understand("tv under 50 kr", both).where.parts[1] == Compare("currency", "==", "SEK")
    assert understand("tv under 50", both).where == Compare("price", "<", 50.0)


def test_cheap_is_measured_by_the_category():
    goods = [Product(f"A{n}", "pen", category="Pens", price=float(n), currency="USD") for n in range(1, 12)]
    goods += [Product(f"B{n}", "tv", category="TVs", price=100.0 * n, currency="USD") for n in range(1, 12)]
    vocabulary = Vocabulary.of(facts_of(goods))
    assert filters("cheap pens", vocabulary)[0] == Compare("price", "<=", 4.0)  # 30th percentile of 1 to 11
    assert filters("luxury tv", vocabulary)[0] == Compare("price", ">=", 800.0)  # 70th of 100 to 1,100
    assert filters("cheap pens", vocabulary, {"category"})[0] == Compare("price", "<=", 7.0)


# --- measures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "held", "text", "passes", "fails"),
    [
        ("screen_size_in", (40.0, 90.0), "55in", (54.5, 55.4), (54.4, 55.5)),
        ("screen_size_cm", (80.0, 230.0), "55in", (139.7, 137.0, 142.0), (136.0, 143.0)),
        ("volume_l", (0.1, 5.0), "500 ml", (0.5, 0.491), (0.48, 0.52)),
        ("net_weight_g", (10.0, 2000.0), "1 lb", (453.6, 450.0), (440.0, 470.0)),
        ("volume_ml", (10.0, 2000.0), "12 oz", (355.0,), (340.0,)),  # no weights here: fluid ounces
        ("storage_gb", (8.0, 4000.0), "1TB", (1000.0, 1024.0), (960.0, 1050.0)),
        ("power_w", (5.0, 3000.0), "1.2 kW", (1200.0,), (1250.0,)),
        ("refresh_hz", (30.0, 360.0), "144hz", (144.0,), (143.0, 145.0)),
        ("battery_ah", (0.5, 10.0), "5000mAh", (5.0,), (4.8, 5.2)),
    ],
)
def test_amounts_are_converted_to_the_units_of_the_catalogue(name, held, text, passes, fails):
    vocabulary = Vocabulary.of(facts_of(Product(str(v), "thing", attributes={name: v}) for v in held))
    (where,) = filters(text, vocabulary)
    assert [v for v in (*passes, *fails) if matches(where, {name: v})] == list(passes)


def test_texts_that_are_amounts_are_compared_as_amounts():
    written = ("32 inch", "43 inch", "55 inch", "65 inch")
    vocabulary = Vocabulary.of(facts_of(Product(v, "tv", attributes={"screen": v}) for v in written))
    assert filters("tv 55in", vocabulary) == [Compare("screen", "in", ("55 inch",))]
    assert understand("tv 43 inch or larger", vocabulary).where == Compare("screen", "in", written[1:])


def test_a_unit_may_be_stated_where_the_name_says_none():
    goods = [Product(str(v), "cable", attributes={"cable_length": v}) for v in (1.0, 3.0)]
    assert filters("3m cable", Vocabulary.of(facts_of(goods))) == []
    stated = Vocabulary.of(facts_of(goods, units={"cable_length": "m"}))
    assert len(filters("3m cable", stated)) == 1


def test_what_the_catalogue_does_not_measure_stays_with_the_words(shop):
    answer = understand("heater 10 bar 5 lumen", shop)
    assert answer.constraints == ()
    assert answer.residual == "heater 10 bar 5 lumen"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("sofa, max. $800", "price <= 800"),
        ("shoes from 9 to 5", None),
        ("tv under $50 or less", "price < 50"),
        ("tv $50..$100", "price >= 50 and price <= 100"),
        ("USD 500-800", "price >= 500 and price <= 800"),
        ("-5 degrees", None),
        ("size S-M", 'size in ["M", "S"]'),
        ("boots in size 44?", 'size == "44"'),
        ("RS232 cable 4-4 M/M", None),
        ("Euro 2-pin plug", None),
        ("air max 90", None),
        ("notebook only service", None),
        ("6'2\" man", None),
    ],
)
def test_hard_limits_and_what_only_looks_like_one(shop, text, where):
    assert understand(text, shop).where == (None if where is None else parse(where))


# --- words ------------------------------------------------------------------------------------------------------------


def test_a_flag_may_be_wanted_or_denied(shop):
    assert filters("cover with hood", shop) == [Truth("hood")]
    assert filters("cover without hood", shop) == [Not(Truth("hood"))]


def test_the_longest_value_wins(shop):
    (one,) = understand("stainless steel", shop).constraints
    assert one.words == "stainless steel"


def test_what_search_could_use_comes_back_when_nothing_else_is_left(shop):
    assert understand("size 42", shop).residual == "size 42"
    assert understand("under $50", shop).residual == ""
    assert understand("not leather", shop).residual == ""


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "()", "not", "under", "$", "5", "size", "only", "-", "\u0301", "💡" * 9]
)
def test_next_to_nothing_is_understood_as_nothing(shop, text):
    answer = understand(text, shop)
    assert (answer.constraints, answer.faults, answer.corrections) == ((), (), ())


def test_an_empty_shop_understands_what_needs_no_shop():
    answer = understand("shoes not red 5901234123457", Vocabulary.of(Facts()))
    assert answer.codes == ("5901234123457",)
    assert answer.negatives == ("red",)
    assert answer.where is None


def test_other_scripts_and_accents(shop):
    assert [one.kind for one in understand("RED DRESS", shop).constraints] == ["colour", "category"]
    assert [one.kind for one in understand("l\u2019aro\u0302me", shop).constraints] == ["brand"]
    assert understand("赤いドレス 黒", shop).residual == "赤いドレス 黒"


# --- codes and typos --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["CF283A", "cf283a", "CF-283A", GTIN, f"0{GTIN}", "TV-1001", "tv 1001"])
def test_codes_of_the_catalogue_are_known_in_every_spelling(shop, code):
    (one,) = understand(code, shop).constraints
    assert (one.kind, one.hard, one.code) == ("code", True, code)


@pytest.mark.parametrize(
    "text", ["CF283B", "4006381333932", "SPF50", "256GB", "1080p", "iphone13", "A4", "3-in-1", "24/7"]
)
def test_what_is_no_code_of_the_catalogue_is_not_a_sure_one(shop, text):
    assert not [one for one in understand(text, shop).constraints if one.kind == "code" and one.hard]


def test_nothing_is_corrected_in_or_beside_a_code(shop):
    for text in ("sneekers42", "jaket-2000X", "blakc9"):
        assert understand(text, shop).corrections == ()


def test_a_corrected_word_makes_only_soft_constraints(shop):
    answer = understand("only leahter jacket", shop)
    assert [(one.wrong, one.right, one.span) for one in answer.corrections] == [("leahter", "leather", (5, 12))]
    assert answer.where is None


def test_the_text_is_read_up_to_a_bound(shop):
    text = "thing " * 400 + "under $5"
    answer = understand(text, shop)
    assert answer.constraints == ()
    assert answer.residual == text


def test_facts_are_counted_once_per_product():
    assert general().categories["Furniture > Sofas"] == 2
    assert general().flags["organic"] == 6
