"""Section B4: every limit, to the byte."""

import http.client
import json

import pytest
from botocore.exceptions import ParamValidationError

from tests.unit.twin.conftest import keys, record, refused

LARGEST = 20_971_520


def put(s3v, place, *records):
    return s3v.put_vectors(**place, vectors=list(records))


def metadata_of(size, key="m"):
    """Metadata whose compact JSON has so many bytes."""
    return {key: "x" * (size - len(json.dumps({key: ""}, separators=(",", ":"))))}


def test_b4_names_have_3_to_63_letters(s3v):
    _, _, message, fields = refused(s3v.create_vector_bucket, vectorBucketName="a" * 64)
    assert message == (
        "1 validation error detected. Value with length 64 at '/vectorBucketName' failed to satisfy constraint: "
        "Member must have length between 3 and 63, inclusive"
    )
    assert fields[0][0] == "/vectorBucketName"


@pytest.mark.parametrize("name", ["Shop", "shop_1", "-shop", "shop-", "my.shop"])
def test_b4_bucket_names_are_lower_case_digits_and_hyphens(s3v, name):
    assert refused(s3v.create_vector_bucket, vectorBucketName=name)[1:3] == (
        "ValidationException",
        "Invalid vector bucket name",
    )


def test_b4_index_names_may_have_dots(s3v, bucket):
    given = {"vectorBucketName": bucket, "dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}
    s3v.create_index(**given, indexName="v1.0-a")
    for name in ("Index", ".index", "index."):
        assert refused(s3v.create_index, **given, indexName=name)[1] == "ValidationException"


@pytest.mark.parametrize("dimension", [1, 4096])
def test_b4_dimensions_within(s3v, index, dimension):
    place = index(dimension)
    put(s3v, place, record("a", [0.5] * dimension))
    assert s3v.get_index(**place)["index"]["dimension"] == dimension


def test_b4_dimensions_beyond(s3v, index):
    message = refused(lambda: index(4097))[2]
    assert message == (
        "1 validation error detected. Value at '/dimension' failed to satisfy constraint: "
        "Member must be between 1 and 4096, inclusive"
    )


def test_b4_key_bytes_are_counted_in_utf8(s3v, index):
    place = index()
    put(s3v, place, record("é" * 512), record("k" * 1024))
    status, code, message, _ = refused(s3v.put_vectors, **place, vectors=[record("é" * 513)])
    assert (status, code, message) == (400, "ValidationException", "Record key length exceeds the maximum allowed")
    assert "between 1 and 1024" in refused(s3v.put_vectors, **place, vectors=[record("k" * 1025)])[2]


def test_b4_keys_are_case_sensitive(s3v, index):
    place = index()
    put(s3v, place, record("a"), record("A"))
    assert sorted(keys(s3v.list_vectors(**place))) == ["A", "a"]


def test_b4_the_body_may_have_20_mib_and_not_a_byte_more(shop, index):
    place = index()
    told = json.dumps({**place, "vectors": [record("a")]}).encode()

    def sent(size):
        connection = http.client.HTTPConnection("127.0.0.1", shop.twin.port, timeout=20)
        connection.request("POST", "/PutVectors", told + b" " * (size - len(told)))
        answer = connection.getresponse()
        found = answer.status, json.loads(answer.read())
        connection.close()
        return found

    assert sent(LARGEST) == (200, {})
    assert sent(LARGEST + 1) == (400, {"message": "Request body exceeds max allowed size"})


def test_b4_filterable_metadata_has_2043_bytes_of_json(s3v, index):
    place = index()
    put(s3v, place, record("a", **metadata_of(2043)))
    _, _, message, fields = refused(s3v.put_vectors, **place, vectors=[record("a", **metadata_of(2044))])
    assert message == "Invalid record for key 'a': Filterable metadata must have at most 2048 bytes"
    assert fields[0][0] == "vectors[0].metadata"


def test_b4_metadata_in_all_has_40955_bytes_of_json(s3v, index):
    place = index(metadataConfiguration={"nonFilterableMetadataKeys": ["m"]})
    put(s3v, place, record("a", **metadata_of(40_955)))
    message = refused(s3v.put_vectors, **place, vectors=[record("a", **metadata_of(40_956))])[2]
    assert message == "Invalid record for key 'a': Metadata object must have at most 40960 bytes"


def test_b4_metadata_is_counted_as_utf8_however_it_was_sent(s3v, index):
    place = index()
    fits = "é" * ((2043 - len('{"m":""}')) // 2)
    put(s3v, place, record("a", m=fits))
    assert "2048" in refused(s3v.put_vectors, **place, vectors=[record("a", m=fits + "é")])[2]
    assert s3v.get_vectors(**place, keys=["a"], returnMetadata=True)["vectors"][0]["metadata"] == {"m": fits}


def test_b4_fifty_metadata_keys(s3v, index):
    place = index()
    put(s3v, place, record("a", **{f"k{at}": 1 for at in range(50)}))
    many = record("a", **{f"k{at}": 1 for at in range(51)})
    assert "Metadata object must have at most 50 keys" in refused(s3v.put_vectors, **place, vectors=[many])[2]


def test_b4_ten_non_filterable_keys(index):
    index(metadataConfiguration={"nonFilterableMetadataKeys": [f"k{at}" for at in range(10)]})
    more = {"nonFilterableMetadataKeys": [f"k{at}" for at in range(11)]}
    assert "between 0 and 10" in refused(lambda: index(metadataConfiguration=more))[2]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"a": 1}, "Metadata values must be strings, numbers, booleans, or arrays"),
        (None, "Metadata values must be strings, numbers, booleans, or arrays"),
        ([], "Empty arrays are not allowed in metadata"),
        ([True], "Metadata array values must be strings or numbers"),
        (["a", 1], "Metadata array values must be strings or numbers"),
        ([None], "Metadata array values must be strings or numbers"),
        ([["a"]], "Metadata array values must be strings or numbers"),
    ],
)
@pytest.mark.parametrize("key", ["shown", "fixed"])
def test_b4_values_that_metadata_cannot_have(s3v, index, key, value, reason):
    place = index(metadataConfiguration={"nonFilterableMetadataKeys": ["fixed"]})
    status, _, message, fields = refused(s3v.put_vectors, **place, vectors=[record("a", **{key: value})])
    assert (status, message) == (400, f"Invalid record for key 'a': {reason}")
    assert fields[0][0] == "vectors[0].metadata"


def test_b4_values_that_metadata_can_have(s3v, index):
    place = index()
    kept = {"": "empty key", "s": "", "n": -1.5, "b": False, "a.b": ["x", "x"], "$c": [1, 2.5], "many": [1, 1]}
    put(s3v, place, record("a", **kept))
    assert s3v.get_vectors(**place, keys=["a"], returnMetadata=True)["vectors"][0]["metadata"] == kept


def test_b4_a_batch_has_1_to_500_vectors(s3v, index):
    place = index()
    put(s3v, place, *(record(f"k{at}") for at in range(500)))
    with pytest.raises(ParamValidationError):
        s3v.put_vectors(**place, vectors=[])
    assert "between 1 and 500" in refused(s3v.put_vectors, **place, vectors=[record(f"k{a}") for a in range(501)])[2]
    assert "between 1 and 100" in refused(s3v.get_vectors, **place, keys=[f"k{at}" for at in range(101)])[2]
    assert "between 1 and 500" in refused(s3v.delete_vectors, **place, keys=[f"k{at}" for at in range(501)])[2]
    assert "between 1 and 1000" in refused(s3v.list_vectors, **place, maxResults=1001)[2]


def test_b4_several_faults_are_counted(s3v, bucket):
    given = {"vectorBucketName": bucket, "indexName": "abc", "dataType": "int8", "dimension": 9999}
    message = refused(s3v.create_index, **given, distanceMetric="dot")[2]
    assert message.startswith("3 validation errors detected. Value at '/dataType' failed to satisfy constraint: ")
    assert "Member must satisfy enum value set: [euclidean, cosine]" in message
