"""What a catalogue says about itself, read with SQL as counted one by one; and the indexes made of it."""

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshelf.catalogue import open_catalogue, products, vocabulary
from snapshelf.catalogue.products import Entry
from snapshelf.facts import facts_of
from snapshelf.gtin import is_gtin
from snapshelf.types import Product
from snapshelf.understand import Vocabulary, understand
from snapshelf.understand.codes import CodeSet
from snapshelf.understand.english import ENGLISH
from snapshelf.understand.readings import named_like
from snapshelf.understand.typos import LONG, RARE, Spelling, distance
from snapshelf.understand.units import UNITS, unit_in

WORDS = st.sampled_from(["Red", "red", "Blue", "Oak", "M", ""])
GOODS = st.lists(
    st.builds(
        Product,
        sku=st.uuids().map(str),
        title=st.text(max_size=12),
        brand=WORDS,
        category=st.sampled_from(["", "A", "A > B"]),
        price=st.none() | st.floats(0, 1e6),
        currency=st.sampled_from(["", "EUR", "USD"]),
        stock=st.none() | st.integers(0, 3),
        mpn=WORDS,
        attributes=st.fixed_dictionaries(
            {},
            optional={
                "color": WORDS.filter(bool),
                "tags": st.lists(WORDS.filter(bool), min_size=1, max_size=3).map(tuple),
                "width_cm": st.floats(-5, 5),
                "wireless": st.booleans(),
            },
        ),
    ),
    max_size=12,
)


@pytest.fixture
def catalogue(tmp_path):
    opened = open_catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    yield opened
    opened.close()


def read(catalogue, goods):
    with catalogue.write() as connection:
        products.put(connection, [Entry(one, "", "text", (), "mark") for one in goods])
        found = vocabulary.facts(connection, units={"width_cm": "in"})
        products.remove(connection, [one.sku for one in goods])
    return found


def plain(facts):
    """Facts without their order and their number."""
    fields = {name: getattr(facts, name) for name in facts.__dataclass_fields__ if name not in ("change", "kinds")}
    return {**fields, "titles": sorted(facts.titles), "codes": sorted(facts.codes)}


def test_sql_and_counting_one_by_one_say_the_same(catalogue):
    @settings(max_examples=25, deadline=None)
    @given(GOODS)
    def agree(goods):
        asked, counted = read(catalogue, goods), facts_of(goods, units={"width_cm": "in"})
        assert plain(asked) == plain(counted)
        assert asked.kinds.items() >= counted.kinds.items()  # a catalogue remembers the types of what is gone

    agree()


def test_facts_name_the_transaction_that_they_hold(catalogue):
    assert read(catalogue, []).change == 0
    assert read(catalogue, [Product("A", "red shoe")]).change == 1
    with catalogue.read() as connection:
        assert vocabulary.facts(connection).change == 2


def test_a_vocabulary_read_from_a_catalogue_understands(catalogue):
    facts = read(catalogue, [Product("SH-100", "Shoe", price=9.0, currency="EUR", attributes={"color": "Red"})])
    answer = understand("red sh-100 under 5 €", Vocabulary.of(facts))
    assert [one.kind for one in answer.constraints] == ["colour", "code", "price"]


def test_free_text_is_no_value_to_choose_from():
    goods = [Product(str(n), "thing", attributes={"note": f"remark {n}", "color": "red"}) for n in range(2_500)]
    assert list(facts_of(goods).texts) == ["color"]


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "unit"),
    [("screen_size_in", "in"), ("weight_kg", "kg"), ("battery_mah", "mah"), ("net_weight_oz", "oz"),
     ("display_diagonal", "in"),
     ("volume_fl_oz", "floz"), ("in", None), ("rating", None), ("color", None)],
)  # fmt: skip
def test_units_in_names(name, unit):
    assert unit_in(name) == (UNITS[unit] if unit else None)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("color", "colour"), ("product_colour", "colour"), ("size", "size"), ("eu_size", "size"), ("shoe_size", "size"),
     ("screen_size", "attribute"), ("material", "attribute"), ("colourful", "attribute")],
)  # fmt: skip
def test_what_an_attribute_is_by_its_name(name, kind):
    assert named_like(name, ENGLISH) == kind


# --- typos ------------------------------------------------------------------------------------------------------------


def plainly_nearest(word, counts):
    """The same answer by comparing with every word."""
    most = 2 if len(word) >= LONG else 1
    found = []
    for known, count in counts.items():
        far = distance(word, known, most)
        begins = known[0] == word[0] or known[:2] == word[1::-1]
        if len(word) >= 4 and len(known) > 2 and far <= most and begins and (len(word) >= 6 or count >= RARE):
            found.append((far, -count, known))
    return min(found)[2] if found else None


def mistyped(chance, word):
    for _ in range(chance.choice((0, 1, 1, 2))):
        at = chance.randrange(len(word))
        letter = chance.choice(string.ascii_lowercase)
        word = chance.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
            ]
        )
        if not word:
            return "x"
    return word


def test_the_index_finds_what_comparing_with_every_word_finds():
    chance = random.Random(3)
    letters = "aeiourstln"
    words = {"".join(chance.choices(letters, k=chance.randint(3, 13))) for _ in range(400)}
    counts = {word: chance.randint(1, 9) for word in sorted(words)}
    spelling, hits = Spelling.of(counts), 0
    for _ in range(300):
        word = mistyped(chance, chance.choice(sorted(words)))
        expected = plainly_nearest(word, counts)
        assert spelling.nearest(word) == expected, word
        hits += expected is not None
    assert hits > 100


@pytest.mark.parametrize(
    ("a", "b", "far"),
    [("kettle", "kettle", 0), ("kettel", "kettle", 1), ("ketle", "kettle", 1), ("kettles", "kettle", 1),
     ("kattle", "kettle", 1), ("", "ab", 2), ("abc", "cba", 2), ("ca", "abc", 3), ("abcdef", "uvwxyz", 3)],
)  # fmt: skip
def test_distance_counts_a_swap_as_one(a, b, far):
    """Optimal string alignment: "ca" to "abc" takes three, since a swapped pair is not edited again."""
    assert distance(a, b, 2) == far == distance(b, a, 2)


# --- codes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", ["96385074", "036000291452", "4006381333931", "10614141000415"])
def test_the_last_digit_of_a_gtin_checks_the_others(digits):
    assert is_gtin(digits)
    for at in range(len(digits)):
        assert not is_gtin(digits[:at] + str((int(digits[at]) + 1) % 10) + digits[at + 1 :])
    assert not is_gtin(digits[:-1])


def test_a_code_set_ignores_case_punctuation_and_leading_zeros():
    held = CodeSet.of(["AB-12/3", "00123456", "x"])
    assert all(held(code) for code in ("ab123", "AB 12-3", "123456", "0123456", "X"))
    assert not any(held(code) for code in ("AB-124", "1234567", "", "AB"))
    assert not CodeSet.of([])("A")
