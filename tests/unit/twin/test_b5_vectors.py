"""Section B5: what a vector may be, and the distances between them."""

import http.client
import json
import math

import numpy as np
import pytest

from snapshelf.twin.s3vectors import codes, nearest
from snapshelf.twin.s3vectors.table import Table
from tests.unit.twin.conftest import keys, record, refused

NO_QUERY = "Query vector contains invalid values or is invalid for this index"


def distances(s3v, place, query, **more):
    found = s3v.query_vectors(**place, topK=100, queryVector={"float32": list(query)}, returnDistance=True, **more)
    return {one["key"]: one["distance"] for one in found["vectors"]}


def test_b5_cosine_distance_ignores_length(s3v, index):
    place = index()
    rows = {"same": (3, 4), "scaled": (30, 40), "across": (-4, 3), "against": (-3, -4)}
    s3v.put_vectors(**place, vectors=[record(key, one) for key, one in rows.items()])
    found = distances(s3v, place, (3, 4))
    assert found == pytest.approx({"same": 0, "scaled": 0, "across": 1, "against": 2}, abs=1e-6)
    assert list(found)[-1] == "against"


def test_b5_euclidean_distance_is_the_length_of_the_difference(s3v, index):
    place = index(3, "euclidean")
    s3v.put_vectors(**place, vectors=[record("one", (1, 1, 1)), record("far", (100, 0, 0))])
    found = distances(s3v, place, (2, 2, 2))
    assert found["one"] == pytest.approx(1.73205, abs=1e-5)
    assert found["far"] == pytest.approx(math.dist((100, 0, 0), (2, 2, 2)), rel=1e-6)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("size", [50, 3000])
def test_b5_the_nearest_are_the_nearest(s3v, index, metric, size):
    rng = np.random.default_rng(size)
    rows = rng.standard_normal((size, 24)).astype(np.float32) + 3
    place = index(24, metric)
    for start in range(0, size, 500):
        part = range(start, min(size, start + 500))
        s3v.put_vectors(**place, vectors=[record(str(at), rows[at].tolist(), part=at % 4) for at in part])
    query = rng.standard_normal(24).astype(np.float32)
    if metric == "cosine":
        true = 1 - rows.astype(float) @ query / np.linalg.norm(rows.astype(float), axis=1) / np.linalg.norm(query)
    else:
        true = np.linalg.norm(rows.astype(float) - query, axis=1)
    for where, passing in ((None, range(size)), ({"part": {"$lte": 2}}, [at for at in range(size) if at % 4 < 3])):
        best = sorted(passing, key=lambda at: true[at])[:20]
        more = {"filter": where} if where else {}
        found = s3v.query_vectors(
            **place, topK=20, queryVector={"float32": query.tolist()}, returnDistance=True, **more
        )["vectors"]
        assert [int(one["key"]) for one in found] == best
        assert [one["distance"] for one in found] == pytest.approx(true[best].tolist(), rel=1e-5)


def test_b5_near_vectors_far_from_the_origin_keep_their_order(s3v, index):
    """Differences of a millionth of the length: subtracting in float32 would lose them."""
    place = index(2, "euclidean")
    s3v.put_vectors(**place, vectors=[record(str(at), (10_000 + at / 64, 10_000)) for at in range(200)])
    assert list(distances(s3v, place, (10_000, 10_000))) == [str(at) for at in range(100)]


def test_b5_vectors_too_short_or_long_for_float32_squares_are_found(s3v, index):
    place = index()
    rows = {"tiny": (1e-38, 0), "huge": (3e38, 3e37), "plain": (0, 1)}
    s3v.put_vectors(**place, vectors=[record(key, one) for key, one in rows.items()])
    found = distances(s3v, place, (1, 0))
    assert list(found) == ["tiny", "huge", "plain"]
    assert found["tiny"] == pytest.approx(0, abs=1e-6)


def test_b5_a_zero_vector_has_no_direction(s3v, index):
    place = index()
    message = "Invalid record for key 'b': cosine distance does not support vectors with zero norm"
    status, code, said, fields = refused(s3v.put_vectors, **place, vectors=[record("a"), record("b", (0, 0))])
    assert (status, code, said, fields[0][0]) == (400, "ValidationException", message, "vectors[1]")
    assert keys(s3v.list_vectors(**place)) == []  # a failed put commits nothing
    given = {**place, "topK": 1, "queryVector": {"float32": [0.0, 0.0]}}
    assert refused(s3v.query_vectors, **given) == (400, "ValidationException", NO_QUERY, [("vector", NO_QUERY)])


def test_b5_what_underflows_float32_is_zero(s3v, index):
    place = index()
    assert "zero norm" in refused(s3v.put_vectors, **place, vectors=[record("a", (1e-60, -1e-60))])[2]


def test_b5_a_zero_vector_is_a_place_for_euclidean(s3v, index):
    place = index(2, "euclidean")
    s3v.put_vectors(**place, vectors=[record("zero", (0, 0))])
    assert distances(s3v, place, (0, 0)) == {"zero": 0}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 1e39, -1e308, 10**400])
def test_b5_what_is_not_finite_as_float32(s3v, index, value):
    place = index()
    if isinstance(value, int):  # too large for a float of Python, though JSON has it
        return
    said = refused(s3v.put_vectors, **place, vectors=[record("a", (value, 1))])[2]
    assert said == "Invalid record for key 'a': vector contains NaNs or Infs"
    assert refused(s3v.query_vectors, **place, topK=1, queryVector={"float32": [value, 1]})[2] == NO_QUERY


def test_b5_a_wrong_dimension(s3v, index):
    place = index(3)
    said = refused(s3v.put_vectors, **place, vectors=[record("a", (1, 2))])[2]
    assert said == "Invalid record for key 'a': vector must have length 3, but has length 2"
    assert refused(s3v.query_vectors, **place, topK=1, queryVector={"float32": [1, 2]})[2] == NO_QUERY


@pytest.mark.parametrize(
    "told",
    [
        {"vectors": [{"key": "\ud800", "data": {"float32": [1, 0]}}]},
        {"vectors": [{"key": "a", "data": {"float32": [1, 0]}, "metadata": {"x": ["\udc00"]}}]},
        {"vectors": [{"key": "a", "data": {"float32": [1, 0]}, "metadata": {"\ud800x": 1}}]},
    ],
)
def test_b5_a_lone_surrogate_anywhere_refuses_the_request(shop, index, told):
    connection = http.client.HTTPConnection("127.0.0.1", shop.twin.port, timeout=10)
    connection.request("POST", "/PutVectors", json.dumps({**index(), **told}).encode())
    answer = connection.getresponse()
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "SerializationException")
    connection.close()


def test_b5_a_pair_of_surrogates_is_a_letter(s3v, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record("👟", (1, 0), mark="👟")])  # sent as \ud83d\udc5f
    assert keys(s3v.query_vectors(**place, topK=1, queryVector={"float32": [1, 0]}, filter={"mark": "👟"})) == ["👟"]


def test_b5_equal_distances_come_in_the_order_of_keys(s3v, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record(key) for key in ("c", "a", "b")])
    assert list(distances(s3v, place, (1, 0))) == ["a", "b", "c"]


def test_b5_a_shortlist_finds_what_a_full_pass_finds(monkeypatch):
    """Vectors around centres, with rows replaced, added and deleted; and evenly drawn ones, where few are sure."""
    monkeypatch.setattr(codes, "LEAST", 1500)
    rng = np.random.default_rng(8)
    centres = rng.standard_normal((60, 256))

    def around(count):
        return (centres[rng.integers(0, 60, count)] + 0.7 * rng.standard_normal((count, 256))).astype(np.float32)

    table = Table(256)
    table.put([f"k{at}" for at in range(2500)], around(2500), [b"{}"] * 2500)
    for turn in range(6):
        agree(table, around(8), rng)
        assert table.codes._unsure == 0, "every one was sure"
        table.delete([f"k{at}" for at in rng.integers(0, 2500, 20)])
        changed = [f"k{at}" for at in rng.integers(0, 3000, 30).tolist()]
        table.put(list(dict.fromkeys(changed)), around(len(set(changed))), [b"{}"] * len(set(changed)))
        table.put([f"new{turn}-{at}" for at in range(200)], around(200), [b"{}"] * 200)
    even = Table(256)
    even.put([f"k{at}" for at in range(3000)], rng.standard_normal((3000, 256)).astype(np.float32), [b"{}"] * 3000)
    agree(even, rng.standard_normal((20, 256)).astype(np.float32), rng)
    assert even.codes._unsure >= codes.PATIENCE


def agree(table, queries, rng):
    """All queries at once, every other one with a filter that half of the rows pass, against plain numpy."""
    units = table.matrix / np.linalg.norm(table.matrix.astype(float), axis=1, keepdims=True)
    masks = [None if at % 2 else rng.random(len(table)) < 0.5 for at in range(len(queries))]
    found = {}
    asks = [
        nearest.Ask(query, 10, lambda mask=mask: mask, lambda hits, _, at=at: found.__setitem__(at, hits))
        for at, (query, mask) in enumerate(zip(queries, masks, strict=True))
    ]
    nearest._serve(asks, table, "cosine")
    for at, (query, mask) in enumerate(zip(queries, masks, strict=True)):
        scores = units @ query
        if mask is not None:
            scores[~mask] = -np.inf
        assert [row for _, row in found[at]] == np.argsort(-scores)[:10].tolist()
