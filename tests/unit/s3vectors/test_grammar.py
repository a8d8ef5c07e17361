"""Filters in the grammar of S3 Vectors: what they mean here, whatever the service leaves open."""

import itertools
import json
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from snapshelf.errors import Unsupported
from snapshelf.filters import matches, parse
from snapshelf.stores.s3vectors.grammar import constraints, translate
from snapshelf.stores.s3vectors.limits import metadata_of
from snapshelf.types import And, Compare, Exists, Not, Or, Truth

KINDS = {"n": "number", "m": "number", "t": "text", "u": "text", "b": "bool", "c": "bool", "l": "list"}
OPEN = list(itertools.product([False, True], repeat=3))  # what nobody knows of $ne and $nin: absent, list, other type


# --- an evaluator of the service's grammar, written from its description alone ----------------------------------------


def valid(body):
    """Whether the service takes a filter: one key at each level, known operators, operands of their types."""
    if not isinstance(body, dict) or len(body) != 1:
        return False
    ((name, held),) = body.items()
    if name in ("$and", "$or"):
        return isinstance(held, list) and len(held) > 0 and all(map(valid, held))
    if name.startswith("$"):
        return False
    if not isinstance(held, dict):
        return scalar(held)
    return len(held) > 0 and all(operand(sign, value) for sign, value in held.items())


def operand(sign, value):
    if sign in ("$eq", "$ne"):
        return scalar(value)
    if sign in ("$gt", "$gte", "$lt", "$lte"):
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if sign in ("$in", "$nin"):
        return isinstance(value, list) and len(value) > 0 and all(map(scalar, value))
    return sign == "$exists" and isinstance(value, bool)


def scalar(value):
    return isinstance(value, str | bool) or (isinstance(value, int | float) and math.isfinite(value))


def passes(body, metadata, opened):
    """Whether a record passes; ``opened`` decides what the description leaves open."""
    ((name, held),) = body.items()
    if name == "$and":
        return all(passes(part, metadata, opened) for part in held)
    if name == "$or":
        return any(passes(part, metadata, opened) for part in held)
    conditions = held if isinstance(held, dict) else {"$eq": held}
    return all(holds(sign, value, metadata.get(name), opened) for sign, value in conditions.items())


def holds(sign, value, found, opened):
    absent, lists, types = opened
    if sign == "$exists":
        return (found is not None) is value
    elements = found if isinstance(found, list) else [] if found is None else [found]
    if sign in ("$eq", "$in"):
        return any(alike(one, v) for one in elements for v in (value if sign == "$in" else [value]))
    if sign in ("$ne", "$nin"):
        if found is None:
            return absent
        wanted = value if sign == "$nin" else [value]
        if not any(isinstance(one, str) == isinstance(v, str) for one in elements for v in wanted):
            return types
        if isinstance(found, list):
            return any(not alike(one, v) for one in elements for v in wanted) if lists else False
        return not any(alike(found, v) for v in wanted)
    if not isinstance(found, int | float) or isinstance(found, bool):
        return False
    return {"$gt": found > value, "$gte": found >= value, "$lt": found < value, "$lte": found <= value}[sign]


def alike(a, b):
    return type_of(a) == type_of(b) and a == b


def type_of(value):
    return "b" if isinstance(value, bool) else "s" if isinstance(value, str) else "n"


# --- random products and filters --------------------------------------------------------------------------------------

NUMBERS = st.sampled_from([-1.5, 0.0, 1.0, 2.0, 40.0, 1e9])
TEXTS = st.sampled_from(["", "a", "b", "blue", "ü", "true", "1"])
VALUES = {"number": NUMBERS, "text": TEXTS, "bool": st.booleans()}
HELD = VALUES | {"list": st.lists(TEXTS, max_size=3).map(tuple)}
PRODUCTS = st.fixed_dictionaries({}, optional={name: HELD[kind] for name, kind in KINDS.items()})


@st.composite
def leaves(draw):
    name = draw(st.sampled_from(sorted(KINDS)))
    kind = draw(st.sampled_from([KINDS[name]] * 4 + ["number", "bool"])).replace("list", "text")
    shape = draw(st.sampled_from(["exists", "truth", "==", "!=", "in", "not in", "order"]))
    if shape == "exists":
        return Exists(name)
    if shape == "truth":
        return Truth(name)
    if shape == "order":
        return Compare(name, draw(st.sampled_from(["<", "<=", ">", ">="])), draw(NUMBERS))
    if shape in ("in", "not in"):
        return Compare(name, shape, tuple(draw(st.lists(VALUES[kind], min_size=1, max_size=4))))
    return Compare(name, shape, draw(VALUES[kind]))


FILTERS = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(where=FILTERS, products=st.lists(PRODUCTS, min_size=1, max_size=8), known=st.booleans())
@example(where=Not(Compare("n", "<", 1.0)), products=[{}, {"n": 0.0}, {"n": 1.0}], known=True)
@example(where=Compare("t", "!=", "a"), products=[{}, {"t": "a"}, {"t": "b"}], known=True)
@example(where=Compare("l", "!=", "a"), products=[{}, {"l": ("a", "b")}, {"l": ("b",)}, {"l": ()}], known=True)
@example(where=Compare("b", "not in", (True, False)), products=[{}, {"b": True}], known=True)
@example(where=Compare("c", "in", (True, 1.0)), products=[{}, {"c": True}], known=False)
def test_it_means_the_same_whatever_the_service_leaves_open(where, products, known):
    asked = translate(where, KINDS if known else {})
    if asked.body is not None:
        assert valid(asked.body)
        assert json.loads(json.dumps(asked.body)) == asked.body
    for product in products:
        wanted = matches(where, product)
        for opened in OPEN:
            got = not asked.nothing and (asked.body is None or passes(asked.body, metadata_of(product), opened))
            assert got == wanted if asked.exact else got >= wanted, (product, asked, opened)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("n < 80", {"n": {"$lt": 80.0}}),
        ("b", {"b": {"$eq": True}}),
        ("not b", {"$or": [{"b": {"$exists": False}}, {"b": {"$eq": False}}]}),
        ('t != "a"', {"$or": [{"t": {"$exists": False}}, {"t": {"$ne": "a"}}]}),
        ('t in ["a", "b"] and n >= 1', {"$and": [{"t": {"$in": ["a", "b"]}}, {"n": {"$gte": 1.0}}]}),
        (
            "not (n < 1 and exists(t))",
            {"$or": [{"n": {"$exists": False}}, {"n": {"$gte": 1.0}}, {"t": {"$exists": False}}]},
        ),
        ("(n < 1 or m < 1) or b", {"$or": [{"n": {"$lt": 1.0}}, {"m": {"$lt": 1.0}}, {"b": {"$eq": True}}]}),
        ("not not b", {"b": {"$eq": True}}),
    ],
)
def test_the_form(text, body):
    asked = translate(parse(text), KINDS)
    assert (asked.body, asked.exact, asked.nothing) == (body, True, False)


def test_a_negated_list_is_left_out_and_said_to_be():
    asked = translate(parse('l != "a" and n < 3'), KINDS)
    assert asked.body == {"n": {"$lt": 3.0}}
    assert not asked.exact
    assert translate(parse('l == "a"'), KINDS).exact


def test_what_nothing_passes_is_not_asked():
    assert translate(parse("n == 1 and t == 5"), KINDS).nothing
    assert translate(parse("t != 5"), KINDS).body is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('t < "m"', "orders numbers only, so it cannot compare t < 'm'"),
        ("`$and` == 1", "takes '\\$and' for an operator"),
        ("n < 1e999", "finite numbers only"),
        ("n in [1e999]", "finite numbers only"),
        ("hidden == 1", "non_filterable"),
        (f"n in {list(range(101))}", "at most 100 values in one filter, this one has 101"),
        (" or ".join(f't != "{n}"' for n in range(51)), "this one has 102"),
    ],
)
def test_what_cannot_be_expressed_is_said_at_once(text, said):
    with pytest.raises(Unsupported, match=said):
        translate(parse(text), KINDS, {"hidden"})


def test_constraints_are_counted_by_value():
    assert constraints(translate(parse(f"n in {list(range(100))}"), KINDS).body) == 100
    assert constraints(translate(parse('t != "a" and exists(n)'), KINDS).body) == 3
