"""What AWS refuses, as sentences: permissions, keys, quotas; and how little a shop's search role needs."""

import json

import numpy as np
import pytest

from snapshelf.errors import BadSettings, Outside
from snapshelf.filters import parse
from snapshelf.testing.stores import DIM, some
from snapshelf.testing.twin import running
from snapshelf.twin.run import Options
from snapshelf.twin.wire import Refusal
from tests.wire import Wired, give_keys

BUCKET = "arn:aws:s3vectors:us-east-1:*:bucket/bucket-*"
SEARCH = ["QueryVectors", "GetVectors", "GetIndex"]
WRITE = [*SEARCH, "PutVectors", "DeleteVectors", "ListVectors", "ListIndexes", "ListTagsForResource", "TagResource"]
MAKE = [*WRITE, "CreateIndex", "DeleteIndex", "CreateVectorBucket", "GetVectorBucket"]


def policy(actions):
    names = [f"s3vectors:{action}" for action in actions]
    return {"Statement": [{"Effect": "Allow", "Action": names, "Resource": [BUCKET, f"{BUCKET}/index/*"]}]}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A twin that knows four keys, each with less to do."""
    allowed = {"MAKER": MAKE, "WRITER": WRITE, "SEARCHER": SEARCH, "STRANGER": ["ListVectorBuckets"]}
    keys = {name: {"secret": "s", "policy": policy(actions)} for name, actions in allowed.items()}
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    file.write_text(json.dumps(keys))
    with running(Options(keys=file)) as twin:
        yield twin


@pytest.fixture
def become(guarded, monkeypatch):
    """Go on with another access key."""
    give_keys(monkeypatch)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    return lambda name: monkeypatch.setenv("AWS_ACCESS_KEY_ID", name)


@pytest.fixture
def filled(guarded, become, tmp_path):
    """A store made by the maker; its module."""
    become("MAKER")
    module = Wired(guarded.endpoint)
    store = module.connect(tmp_path / "store", DIM, {})
    store.add(*some(50))
    store.flush()
    store.close()
    return module


def test_a_search_role_needs_three_permissions_and_the_record(filled, become, tmp_path):
    become("SEARCHER")
    store = filled.connect(tmp_path / "store", DIM, {})
    assert len(store.search(some(1)[1], 5, parse("price < 20")).ids[0]) == 5
    store.add(*some(3))
    with pytest.raises(BadSettings, match=r"denies PutVectors.*s3vectors:PutVectors"):
        store.flush()
    with pytest.raises(BadSettings, match="ListIndexes"):
        filled.connect(tmp_path / "elsewhere", DIM, {})


def test_a_writer_needs_not_make_anything(filled, become, tmp_path):
    become("WRITER")
    store = filled.connect(tmp_path / "store", DIM, {})
    ids, vectors, attributes = some(80)
    store.add(ids, vectors, attributes)
    store.update(ids[:5], [{"price": 5.0}] * 5)
    store.delete(ids[70:])
    store.flush()
    assert store.count() == 70
    with pytest.raises(BadSettings, match=r"denies CreateIndex.*s3vectors:CreateIndex"):
        store.renew()
    assert store.count() == 70
    store.close()


def test_a_bucket_of_somebody_else(filled, become, tmp_path):
    become("STRANGER")
    with pytest.raises(BadSettings, match=r"denies GetIndex.*STRANGER.*s3vectors:GetIndex"):
        filled.connect(tmp_path / "store", DIM, {})


def test_a_wrong_key(filled, become, tmp_path):
    become("NOBODY")
    with pytest.raises(BadSettings, match="AWS does not know the access key"):
        filled.connect(tmp_path / "store", DIM, {})


def test_no_credentials(filled, become, tmp_path, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(BadSettings, match="there are no AWS credentials"):
        filled.connect(tmp_path / "store", DIM, {})


def test_no_region(filled, become, tmp_path):
    with pytest.raises(BadSettings, match="no AWS region is set"):
        filled.connect(tmp_path / "store", DIM, {"region": ""})


KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def test_a_key_that_is_disabled_is_told_and_what_was_added_goes_in_once_it_is_not(service, wired, tmp_path):
    store = wired.connect(tmp_path / "store", DIM, {"encryption": "aws:kms", "kms_key": KEY})
    ids, vectors, attributes = some(20)
    store.add(ids[:10], vectors[:10], attributes[:10])
    store.flush()
    service.kms({KEY: "disabled"})
    store.add(ids[10:], vectors[10:], attributes[10:])
    for what in (store.flush, lambda: store.search(vectors[:1], 3)):
        with pytest.raises(BadSettings, match=rf"the KMS key cannot be used .*KmsDisabledException: {KEY} is disabled"):
            what()
    service.kms({})
    store.flush()
    assert store.count() == 20
    store.close()


def test_a_key_that_the_role_may_not_use_is_told(tmp_path, monkeypatch):
    give_keys(monkeypatch)
    allowed = {"Effect": "Allow", "Action": "s3vectors:*", "Resource": "*"}
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"AKIAEXAMPLE": {"secret": "secret", "policy": {"Statement": [allowed]}}}))
    with running(Options(keys=file, s3=False)) as twin:
        store = Wired(twin.endpoint).connect(tmp_path / "store", DIM, {"encryption": "aws:kms", "kms_key": KEY})
        store.add(*some(3))
        for what in (store.flush, store.close):
            with pytest.raises(BadSettings, match=r"the KMS key cannot be used .*kms:GenerateDataKey on resource"):
                what()


def test_a_policy_of_the_bucket_that_denies_is_told_as_such(service, wired, tmp_path):
    store = wired.connect(tmp_path / "store", DIM, {})
    store.add(*some(3))
    denied = {"Effect": "Deny", "Principal": "*", "Action": "s3vectors:PutVectors", "Resource": "*"}
    owner = service.client()
    bucket = wired.options["bucket"]
    owner.put_vector_bucket_policy(vectorBucketName=bucket, policy=json.dumps({"Statement": [denied]}))
    with pytest.raises(BadSettings, match="a policy of the bucket itself denies PutVectors.*change that policy"):
        store.flush()
    owner.delete_vector_bucket_policy(vectorBucketName=bucket)
    store.flush()
    assert store.count() == 3
    store.close()


@pytest.mark.parametrize(
    ("status", "code", "kind", "said"),
    [
        (400, "KmsInvalidStateException", BadSettings, "the KMS key cannot be used"),
        (402, "ServiceQuotaExceededException", Outside, "a quota of this AWS account is used up"),
    ],
)
def test_what_a_put_may_meet(filled, become, guarded, tmp_path, monkeypatch, status, code, kind, said):
    (service,) = [one for one in guarded.twin.services if one.name == "s3vectors"]
    whole = service.answer

    def answer(operation, call):
        if operation == "PutVectors":
            raise Refusal(status, code, "arn:aws:kms:us-east-1:123456789012:key/x is disabled")
        return whole(operation, call)

    store = filled.connect(tmp_path / "store", DIM, {})
    monkeypatch.setattr(service, "answer", answer)
    store.add(*some(3))
    with pytest.raises(kind, match=said):
        store.flush()
    monkeypatch.setattr(service, "answer", whole)
    store.close()
    assert np.isfinite(filled.connect(tmp_path / "store", DIM, {}).count())
