"""Section B9: keys of KMS that cannot be used, and B10: that callers may not use."""

import json
import urllib.request
from urllib.error import HTTPError

import pytest

from snapshelf.errors import BadSettings
from snapshelf.testing.twin import running
from snapshelf.twin.kms import read_states
from snapshelf.twin.run import Options
from tests.unit.twin.conftest import record, refused
from tests.unit.twin.model import watched

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ENCRYPTED = {"encryptionConfiguration": {"sseType": "aws:kms", "kmsKeyArn": KEY}}
PLACE = {"vectorBucketName": "shop", "indexName": "products"}
SHAPE = {"dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}
DATA = {
    "put_vectors": {"vectors": [record("b")]},
    "get_vectors": {"keys": ["a"]},
    "delete_vectors": {"keys": ["b"]},
    "query_vectors": {"topK": 1, "queryVector": {"float32": [1, 0]}},
}


@pytest.fixture
def keys(shop):
    """Say which keys cannot be used; all can be after the test."""
    yield shop.kms
    shop.kms({})


@pytest.mark.parametrize("operation", DATA)
@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("disabled", "KmsDisabledException"),
        ("pending deletion", "KmsInvalidStateException"),
        ("absent", "KmsNotFoundException"),
        ("signing", "KmsInvalidKeyUsageException"),
    ],
)
def test_b9_a_key_that_cannot_be_used(s3v, index, keys, operation, state, code):
    place = index(**ENCRYPTED)
    s3v.put_vectors(**place, vectors=[record("a")])
    keys({KEY: state})
    status, met, message, _ = refused(getattr(s3v, operation), **place, **DATA[operation])
    assert (status, met) == (400, code)
    assert KEY in message
    keys({})
    getattr(s3v, operation)(**place, **DATA[operation])


def test_b9_what_needs_no_key_goes_on(s3v, index, keys):
    place, other = index(**ENCRYPTED), index()
    keys({KEY: "disabled"})
    assert s3v.get_index(**place)["index"]["encryptionConfiguration"]["kmsKeyArn"] == KEY
    s3v.put_vectors(**other, vectors=[record("a")])
    s3v.delete_index(**place)


def test_b9_the_key_of_the_bucket_is_that_of_its_indexes(s3v, keys):
    s3v.create_vector_bucket(vectorBucketName="locked", **ENCRYPTED)
    place = {"vectorBucketName": "locked", "indexName": "products"}
    s3v.create_index(**place, **SHAPE)
    keys({KEY: "disabled"})
    assert refused(s3v.put_vectors, **place, vectors=[record("a")])[1] == "KmsDisabledException"


def test_b9_keys_are_told_over_the_wire(shop, s3v, index):
    place = index(**ENCRYPTED)

    def ask(method, told=None):
        data = None if told is None else json.dumps(told).encode()
        with urllib.request.urlopen(
            urllib.request.Request(f"{shop.endpoint}/_twin/kms", data, method=method)
        ) as answer:
            return json.loads(answer.read())

    assert ask("POST", {KEY: "disabled"}) == ask("GET") == {KEY: "disabled"}
    assert refused(s3v.get_vectors, **place, keys=["a"])[1] == "KmsDisabledException"
    with pytest.raises(HTTPError) as wrong:
        ask("POST", {KEY: "broken"})
    assert "one of disabled, pending deletion, absent, signing, not 'broken'" in wrong.value.read().decode()
    assert ask("DELETE") == {}
    assert s3v.get_vectors(**place, keys=["a"])["vectors"] == []


def test_b9_keys_come_from_a_file(tmp_path):
    path = tmp_path / "kms.json"
    path.write_text(json.dumps({KEY: "disabled"}))
    with running(Options(kms=path, s3=False)) as twin:
        client = watched(twin.client())
        client.create_vector_bucket(vectorBucketName="shop", **ENCRYPTED)
        client.create_index(**PLACE, **SHAPE)
        assert refused(client.put_vectors, **PLACE, vectors=[record("a")])[1] == "KmsDisabledException"
    for text, said in (("{", "is no JSON"), ("[]", "give"), ('{"k": "off"}', "k: the state of a key is one of")):
        path.write_text(text)
        with pytest.raises(BadSettings, match=said):
            read_states(path)


def test_b10_a_caller_needs_the_key_too(tmp_path):
    def may(*actions):
        allowed = [{"Effect": "Allow", "Action": "s3vectors:*", "Resource": "*"}]
        allowed += [{"Effect": "Allow", "Action": list(actions), "Resource": KEY}] if actions else []
        return {"secret": "s", "policy": {"Statement": allowed}}

    path = tmp_path / "keys.json"
    both = ("kms:Decrypt", "kms:GenerateDataKey")
    path.write_text(json.dumps({"NONE": may(), "READ": may("kms:Decrypt"), "WRITE": may(*both)}))
    with running(Options(keys=path, s3=False)) as twin:
        none, read, write = (watched(twin.client(key=name, secret="s")) for name in ("NONE", "READ", "WRITE"))
        none.create_vector_bucket(vectorBucketName="shop", **ENCRYPTED)
        none.create_index(**PLACE, **SHAPE)
        write.put_vectors(**PLACE, vectors=[record("a")])
        assert len(read.get_vectors(**PLACE, keys=["a"])["vectors"]) == 1
        for operation, given in DATA.items():
            status, code, message, _ = refused(getattr(none, operation), **PLACE, **given)
            assert (status, code) == (403, "AccessDeniedException")
            assert f"kms:{'GenerateDataKey' if operation == 'put_vectors' else 'Decrypt'} on resource: {KEY}" in message
        assert "kms:GenerateDataKey" in refused(read.put_vectors, **PLACE, vectors=[record("b")])[2]
        assert refused(none.put_vectors, **PLACE | {"indexName": "absent"}, vectors=[record("b")])[0] == 404
