"""What S3 Vectors takes at most, byte by byte, and what is said of what is beyond."""

import json

import numpy as np
import pytest

from snapshelf.errors import BadSettings
from snapshelf.stores.s3vectors import encode, limits, names
from snapshelf.stores.s3vectors.limits import fault, metadata_of
from snapshelf.stores.s3vectors.options import wanted


def of_size(size, name="t"):
    """Metadata whose compact JSON has so many bytes."""
    frame = len(limits.compact({name: ""}))
    return {name: "x" * (size - frame)}


@pytest.mark.parametrize(("size", "said"), [(2_043, ""), (2_044, "can be filtered by have 2,044 bytes")])
def test_filterable_metadata_to_the_byte(size, said):
    assert len(limits.compact(of_size(size))) == size
    assert said in fault("P1#text", of_size(size), set())
    assert bool(said) == bool(fault("P1#text", of_size(size), set()))


@pytest.mark.parametrize(("size", "said"), [(40_955, ""), (40_956, "have 40,956 bytes")])
def test_all_metadata_to_the_byte(size, said):
    found = fault("P1#text", of_size(size), {"t"})
    assert said in found
    assert bool(said) == bool(found)


def test_bytes_are_counted_and_not_letters():
    metadata = {"t": "ü" * 1_018}  # 2,036 bytes of text, 8 around them
    assert len(limits.compact(metadata)) == 2_044
    found = fault("A#1#text", metadata, set())
    assert found.startswith("SKU A#1, field 't' (2,042 bytes)")
    assert "list the field in store.options.non_filterable" in found
    assert not fault("A#1#text", {"t": "ü" * 1_017}, set())


def test_the_largest_field_is_named_and_declared_ones_do_not_count():
    metadata = of_size(1_500, "notes") | of_size(1_000, "care")
    assert "field 'notes'" in fault("P1#text", metadata, set())
    assert not fault("P1#text", metadata, {"notes"})


def test_keys_of_a_record():
    full = {f"k{n}": 1 for n in range(50)}
    assert not fault("P1#text", full, set())
    assert "it has 51 attributes" in fault("P1#text", full | {"one": 1}, set())


@pytest.mark.parametrize(
    ("id", "taken"),
    [("x" * 1_019 + "#text", True), ("x" * 1_020 + "#text", False), ("é" * 512, True), ("é" * 512 + "x", False)],
)
def test_bytes_of_an_id(id, taken):
    found = fault(id, {}, set())
    assert bool(found) is not taken
    assert limits.is_key(id) is taken
    assert taken or "shorten the SKU" in found


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "no number"),
        (float("inf"), "no number"),
        (10**400, "no number"),
        (["a", 1.0], "only texts or only numbers"),
        ([True], "only texts or only numbers"),
        ({"a": 1}, "a dict cannot be stored"),
        (None, "a NoneType cannot be stored"),
        ("half \ud800", "half a character"),
        (["ok", "\udfff"], "half a character"),
    ],
)
def test_values_that_cannot_be_stored(value, said):
    found = fault("P1#text", {"t": value}, set())
    assert said in found
    assert "SKU" in found
    found.encode()


def test_a_lone_surrogate_in_a_name_or_an_id():
    assert "half a character" in fault("P\ud800#text", {}, set())
    assert "half a character" in fault("P1#text", {"\ud800": 1}, set())
    assert not limits.is_key("P\ud800")


@pytest.mark.parametrize("value", ["", 0, 1.5, True, "ok", ["a", "a"], [1.0, 2.0], -(2**53)])
def test_values_that_can(value):
    assert not fault("P1#text", {"t": value, "": 1, "a.b": 2, "$c": 3}, set())


def test_an_empty_list_is_left_out_and_a_text_that_is_empty_stays():
    assert metadata_of({"a": (), "b": ("x", "x"), "c": "", "d": False}) == {"b": ["x", "x"], "c": "", "d": False}
    assert limits.attributes_of({"b": ["x"], "c": 1}) == {"b": ("x",), "c": 1}


# --- bytes on the wire ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dim", [1, 7, 1024])
def test_a_vector_reads_back_bit_for_bit(dim):
    row = np.random.default_rng(dim).normal(size=dim).astype(np.float32)
    row[0] = [1e-45, -1.1754944e-38, 3.4028235e38, 0.0, -0.0, 1.0, 123456.79][dim % 7]
    back = np.array(json.loads(encode.vector(row)), np.float32)
    assert back.tobytes() == row.tobytes()


def test_every_float32_notation_fits():
    bits = np.random.default_rng(0).integers(0, 2**32, 200_000, np.uint32)
    rows = bits.view(np.float32)
    rows = rows[np.isfinite(rows)]
    assert np.array(json.loads(encode.vector(rows)), np.float32).tobytes() == rows.tobytes()


def test_a_record_is_json_and_holds_what_was_given():
    one = encode.record('P"1#text', np.array([0.5, -0.25], np.float32), {"t": "grün", "l": ["a"], "n": 1})
    assert json.loads(one.body) == {
        "key": 'P"1#text',
        "data": {"float32": [0.5, -0.25]},
        "metadata": {"t": "grün", "l": ["a"], "n": 1},
    }
    body = encode.put_body("bucket", "index", [one, one])
    assert json.loads(body) == {
        "vectorBucketName": "bucket",
        "indexName": "index",
        "vectors": [json.loads(one.body)] * 2,
    }
    query = encode.query_body("bucket", "index", {"topK": 3, "filter": {"t": "ü"}}, np.array([1.0], np.float32))
    assert json.loads(query) == {
        "vectorBucketName": "bucket",
        "indexName": "index",
        "queryVector": {"float32": [1.0]},
        "topK": 3,
        "filter": {"t": "ü"},
    }


def test_calls_are_split_by_bytes_at_3072_dimensions():
    rows = np.random.default_rng(0).normal(size=(40, 3_072)).astype(np.float32)
    bodies = [encode.record("P#text", row, of_size(1_200)).body for row in rows]
    records = [encode.Packed(f"P{n}", bodies[n % 40]) for n in range(1_200)]
    parts = list(encode.batches("bucket", "index", records))
    sizes = [len(encode.put_body("bucket", "index", part)) for part in parts]
    assert [one for part in parts for one in part] == records
    assert max(sizes) <= 20_971_520
    assert max(map(len, parts)) <= 500
    fit = 20_971_520 // (len(records[0].body) + 1)
    assert len(parts) == -(-1_200 // min(fit, 500))  # no more calls than the bytes force


def test_a_call_may_have_the_last_byte_and_not_one_more():
    frame = len(encode.put_body("b", "i", []))
    room = 20_971_520 - frame
    two = [encode.Packed("a", b"x" * (room // 2)), encode.Packed("b", b"x" * (room - room // 2 - 1))]
    assert len(encode.put_body("b", "i", two)) == 20_971_520
    assert len(list(encode.batches("b", "i", two))) == 1
    assert len(list(encode.batches("b", "i", [two[0], encode.Packed("b", two[1].body + b"x")]))) == 2


# --- names ------------------------------------------------------------------------------------------------------------


def test_names_of_generations_and_shards():
    head = names.head("products", 1024, 3)
    assert head == "products-1024-g3"
    assert names.shard(head, None) == head
    made = [names.shard(head, value) for value in ("Möbel & Küche", "mobel kuche", "靴", "", True, 1.0, "1", "x" * 99)]
    assert len(set(made)) == len(made)
    assert made[0].startswith("products-1024-g3-mobel-kuche-")
    assert names.shard(head, 5) == names.shard(head, 5.0)
    for name in made:
        assert limits.is_index(name)
        assert names.generation("products", 1024, name) == 3


@pytest.mark.parametrize(
    "name", ["products-1024-g", "products-102-g1", "products-1024-gx", "other-1024-g1", "products-1024-g1-x"]
)
def test_what_is_not_ours(name):
    assert names.generation("products", 1024, name) is None


# --- options ----------------------------------------------------------------------------------------------------------


def test_options_are_read():
    made = wanted(
        {
            "bucket": "shop-vectors",
            "non_filterable": "title, url",
            "text": "title",
            "tags": "team=shop, stage = live",
            "vectors_per_second": 100,
        }
    )
    assert made.non_filterable == ("title", "url")
    assert made.tags == {"team": "shop", "stage": "live"}
    assert made.vectors_per_second == 100.0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, 'set bucket = "…"'),
        ({"bucket": "Shop"}, "3 to 63 small letters"),
        ({"bucket": "ab"}, "3 to 63"),
        ({"bucket": "b-b", "colour": "red"}, "no setting 'colour'"),
        ({"bucket": "b-b", "index": "x" * 25}, "up to 24"),
        ({"bucket": "b-b", "index": "a_b"}, "up to 24"),
        ({"bucket": "b-b", "encryption": "kms"}, "AES256 or aws:kms"),
        ({"bucket": "b-b", "kms_key": "arn:aws:kms:eu-west-1:1:key/a"}, 'goes with encryption = "aws:kms"'),
        ({"bucket": "b-b", "encryption": "aws:kms", "kms_key": "alias/shop"}, "whole ARN"),
        ({"bucket": "b-b", "tags": "shop"}, "'shop' is no tag"),
        ({"bucket": "b-b", "non_filterable": ",".join(f"a{n}" for n in range(11))}, "takes 10"),
        ({"bucket": "b-b", "text": "x" * 64}, "64 characters"),
        ({"bucket": "b-b", "shard_by": "t", "text": "t"}, "cannot be filtered by"),
        ({"bucket": "b-b", "language": "en"}, "goes with text"),
        ({"bucket": "b-b", "concurrency": 0}, "from 1 to 64"),
        ({"bucket": "b-b", "concurrency": True}, "from 1 to 64"),
        ({"bucket": "b-b", "requests_per_second": 0}, "a number above 0"),
        ({"bucket": "b-b", "vectors_per_second": "many"}, "a number above 0"),
        ({"bucket": 5}, "a text in quotes"),
    ],
)
def test_options_that_cannot_be(options, said):
    with pytest.raises(BadSettings, match=said):
        wanted(options)
