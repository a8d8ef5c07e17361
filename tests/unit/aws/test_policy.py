"""Policies name what is used and nothing else."""

import json
from dataclasses import replace

import pytest

from snapshelf.aws.policy import ROLES, Used, policy
from snapshelf.errors import BadSettings

USED = Used("eu-west-1", "123456789012", "my-shop", "catalogue")
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0b7e5a1c"


def actions(document):
    return {action for statement in document["Statement"] for action in statement["Action"]}


def resources(document):
    return {resource for statement in document["Statement"] for resource in statement["Resource"]}


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_allowed_everywhere(role):
    document = policy(role, replace(USED, media="shop-media/tmp", kms_key=KEY))
    assert json.loads(json.dumps(document)) == document
    assert not any(action.endswith("*") for action in actions(document))
    assert "*" not in resources(document)
    assert all(statement["Effect"] == "Allow" for statement in document["Statement"])


def test_search_reads_and_ingest_writes():
    search, ingest, admin = (actions(policy(role, USED)) for role in ("search", "ingest", "admin"))
    assert not any(verb in action for action in search for verb in ("Put", "Create", "Delete", "TagResource", "Update"))
    assert {"s3vectors:PutVectors", "s3vectors:DeleteVectors"} <= ingest
    assert "s3vectors:CreateVectorBucket" in admin - ingest


def test_only_the_shops_own_bucket_index_and_model():
    found = resources(policy("search", USED))
    assert found == {
        "arn:aws:s3vectors:eu-west-1:123456789012:bucket/my-shop",
        "arn:aws:s3vectors:eu-west-1:123456789012:bucket/my-shop/index/catalogue*",
        "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-2-multimodal-embeddings-v1:0",
    }


def test_large_media_open_one_folder_of_one_bucket():
    without, ingest = (policy("ingest", replace(USED, media=media)) for media in ("", "shop-media/tmp/"))
    assert not any(action.startswith("s3:") for action in actions(without))
    assert "arn:aws:s3:::shop-media/tmp/*" in resources(ingest)
    assert "bedrock:StartAsyncInvoke" in actions(ingest)


def test_with_a_key_nothing_unencrypted_can_be_made():
    created = next(s for s in policy("admin", replace(USED, kms_key=KEY))["Statement"] if s["Sid"] == "Create")
    assert created["Condition"] == {"StringEquals": {"s3vectors:sseType": "aws:kms", "s3vectors:kmsKeyArn": KEY}}


@pytest.mark.parametrize("account", ["", "1234", "12345678901x", "1234567890123"])
def test_an_account_is_twelve_digits(account):
    with pytest.raises(BadSettings, match="12 digits"):
        policy("ingest", replace(USED, account=account))


def test_an_unknown_role_is_refused():
    with pytest.raises(BadSettings, match="ingest, search, admin"):
        policy("owner", USED)
