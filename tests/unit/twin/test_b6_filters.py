"""Section B6: the filter grammar, and filters against an evaluator that shares no code with the twin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshelf.twin.s3vectors.filter import parsed, passing
from snapshelf.twin.s3vectors.table import Table
from snapshelf.twin.wire import Refusal, encoded
from tests.unit.twin.conftest import keys, record, refused

ROWS = {
    "red": {"color": "red", "n": 1, "ok": True, "loc.page": 2},
    "blue": {"color": "blue", "n": 2.5, "ok": False, "tags": ["new", "sale"]},
    "none": {"tags": ["old"], "sizes": [40, 42]},
}


@pytest.fixture
def place(s3v, index):
    found = index(metadataConfiguration={"nonFilterableMetadataKeys": ["title"]})
    s3v.put_vectors(**found, vectors=[record(key, (1, 0), **row) for key, row in ROWS.items()])
    return found


def ask(s3v, place, where, **more):
    return sorted(keys(s3v.query_vectors(**place, topK=10, queryVector={"float32": [1, 0]}, filter=where, **more)))


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"color": "red"}, ["red"]),
        ({"color": {"$eq": "red"}}, ["red"]),
        ({"n": {"$gte": 1, "$lte": 2}}, ["red"]),
        ({"n": {"$gt": 1}}, ["blue"]),
        ({"n": 1.0}, ["red"]),
        ({"ok": True}, ["red"]),
        ({"ok": "true"}, []),
        ({"n": "1"}, []),
        ({"ok": 1}, []),
        ({"n": True}, []),
        ({"missing": 1}, []),
        ({"tags": "sale"}, ["blue"]),
        ({"sizes": {"$gt": 41}}, ["none"]),
        ({"color": {"$in": ["red", 7, True]}}, ["red"]),
        ({"color": {"$nin": ["red"]}}, ["blue"]),
        ({"color": {"$ne": "red"}}, ["blue"]),
        ({"color": {"$exists": False}}, ["none"]),
        ({"tags": {"$exists": True}}, ["blue", "none"]),
        ({"color": {"$startsWith": "r"}}, ["red"]),
        ({"loc.page": 2}, ["red"]),
        ({"$and": [{"color": "blue"}, {"$or": [{"n": 7}, {"tags": "new"}]}]}, ["blue"]),
        ({"$or": [{"color": "red"}, {"tags": "old"}]}, ["none", "red"]),
    ],
)
def test_b6_filters_find(s3v, place, where, found):
    assert ask(s3v, place, where) == found


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"a": 1, "b": 2},
        {"$and": [{"a": 1}], "$or": [{"a": 1}]},
        {"a": {}},
        {"a": {"$eg": 1}},
        {"a": {"x": 1}},
        {"a": {"$and": [{"a": 1}]}},
        {"$not": {"a": 1}},
        {"$and": []},
        {"$and": {"a": 1}},
        {"$or": [1]},
        {"$and": [{"a": 1, "b": 2}]},
        {"a": None},
        {"a": ["x"]},
        {"a": {"$eq": ["x"]}},
        {"a": {"$eq": None}},
        {"a": {"$gt": "x"}},
        {"a": {"$gt": True}},
        {"a": {"$in": []}},
        {"a": {"$in": "x"}},
        {"a": {"$in": [None]}},
        {"a": {"$in": [["x"]]}},
        {"a": {"$exists": 1}},
        {"a": {"$startsWith": 1}},
        {"metadata.type": {"equals": "image"}},
    ],
)
def test_b6_what_is_not_in_the_grammar(s3v, place, where):
    assert refused(ask, s3v=s3v, place=place, where=where) == (
        400,
        "ValidationException",
        "Invalid filter",
        [("filter", "Invalid filter")],
    )


def test_b6_a_non_filterable_key(s3v, place):
    said = "Invalid use of non-filterable metadata in filter"
    assert refused(ask, s3v=s3v, place=place, where={"$or": [{"n": 1}, {"title": "x"}]})[2] == said


def test_b6_a_hundred_constraints(s3v, place):
    ask(s3v, place, {"n": {"$in": list(range(100))}})
    for where in (
        {"n": {"$in": list(range(101))}},
        {"$and": [{"n": {"$in": list(range(50))}}, {"n": {"$nin": list(range(50))}}, {"n": 1}]},
    ):
        assert refused(ask, s3v=s3v, place=place, where=where)[1] == "ValidationException"


def test_b6_numbers_and_booleans_keep_their_kind(s3v, place):
    s3v.put_vectors(**place, vectors=[record("big", n=2**53 + 1), record("flag", n=True)])
    assert ask(s3v, place, {"n": 2**53}) == ["big"]  # as float64 they are the same
    assert ask(s3v, place, {"n": True}) == ["flag"]


# --- against plain code -----------------------------------------------------------------------------------------------

SCALARS = st.sampled_from(["", "a", "ab", "b", 0, 1, 1.5, -2, True, False])
NUMBERS = st.sampled_from([0, 1, 1.5, -2, 2.0])
VALUES = SCALARS | st.lists(st.sampled_from(["a", "ab", ""]), min_size=1, max_size=3) | st.lists(NUMBERS, min_size=1)
FIELDS = st.sampled_from(["x", "y", "z.w"])
METADATA = st.dictionaries(FIELDS, VALUES, max_size=3)
OPERATORS = st.one_of(
    st.tuples(st.sampled_from(["$eq", "$ne"]), SCALARS),
    st.tuples(st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), NUMBERS),
    st.tuples(st.sampled_from(["$in", "$nin"]), st.lists(SCALARS, min_size=1, max_size=4)),
    st.tuples(st.just("$exists"), st.booleans()),
    st.tuples(st.just("$startsWith"), st.sampled_from(["", "a", "b"])),
)
LEAVES = st.builds(lambda field, tests: {field: dict(tests)}, FIELDS, st.lists(OPERATORS, min_size=1, max_size=2))
FILTERS = st.recursive(
    LEAVES | st.builds(lambda field, value: {field: value}, FIELDS, SCALARS),
    lambda inner: st.builds(
        lambda name, parts: {name: parts}, st.sampled_from(["$and", "$or"]), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)


def holds(where, metadata):
    """What docs/twin.md says of filters, written down a second time."""
    ((name, value),) = where.items()
    if name == "$and":
        return all(holds(part, metadata) for part in value)
    if name == "$or":
        return any(holds(part, metadata) for part in value)
    tests = value if isinstance(value, dict) else {"$eq": value}
    return all(fits(metadata.get(name), operator, operand) for operator, operand in tests.items())


def fits(found, operator, operand):
    if operator == "$exists":
        return (found is not None) == operand
    if found is None:
        return False
    each = found if isinstance(found, list) else [found]
    if operator == "$eq":
        return any(same(one, operand) for one in each)
    if operator == "$in":
        return any(same(one, wanted) for one in each for wanted in operand)
    if operator in ("$ne", "$nin"):
        unwanted = operand if operator == "$nin" else [operand]
        kinds = {kind(one) for one in unwanted}
        return all(kind(one) in kinds and not any(same(one, bad) for bad in unwanted) for one in each)
    if operator == "$startsWith":
        return any(kind(one) == "text" and one.startswith(operand) for one in each)
    compare = {"$gt": "__gt__", "$gte": "__ge__", "$lt": "__lt__", "$lte": "__le__"}[operator]
    return any(kind(one) == "number" and getattr(float(one), compare)(float(operand)) for one in each)


def kind(value):
    return "flag" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"


def same(one, other):
    return kind(one) == kind(other) and one == other


@settings(max_examples=150, deadline=None)
@given(st.lists(METADATA, min_size=1, max_size=12), st.lists(FILTERS, min_size=1, max_size=4), st.data())
def test_b6_filters_agree_with_plain_code(rows, filters, data):
    """Before and after rows are replaced and deleted, with the columns kept up in between."""
    table = Table(1)
    put(table, {str(at): row for at, row in enumerate(rows)})
    agree(table, filters)
    put(table, {data.draw(st.sampled_from([*table.keys, "new"])): data.draw(METADATA)})
    agree(table, filters)
    table.delete([data.draw(st.sampled_from(table.keys))])
    agree(table, filters)


def put(table, rows):
    table.put(list(rows), np.ones((len(rows), 1), np.float32), [encoded(row) for row in rows.values()])


def agree(table, filters):
    import json

    for where in filters:
        mask = passing(parsed(where, (), True), table.columns, len(table))
        assert mask.tolist() == [holds(where, json.loads(one)) for one in table.metadata], where


def test_b6_a_deep_filter_is_refused_and_not_a_crash():
    where = {"a": 1}
    for _ in range(500):
        where = {"$and": [where]}
    with pytest.raises(Refusal):
        parsed(where, (), True)
