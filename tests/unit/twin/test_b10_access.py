"""Section B10: encryption, signatures, permissions."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from snapshelf.errors import BadSettings
from snapshelf.testing.twin import running
from snapshelf.twin import sign
from snapshelf.twin.permit import read_keys
from snapshelf.twin.run import Options
from snapshelf.twin.wire import Call, Refusal
from tests.unit.twin.conftest import record, refused

KMS = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PLACE = {"vectorBucketName": "shop", "indexName": "products"}
INDEX = "arn:aws:s3vectors:us-east-1:123456789012:bucket/shop/index/products"
QUERY = {**PLACE, "topK": 1, "queryVector": {"float32": [1, 0]}}


def allow(*actions, resource="*", effect="Allow", **more):
    return {"Effect": effect, "Action": list(actions), "Resource": resource, **more}


KEYS = {
    "AKIAADMIN": {"secret": "s1"},
    "AKIASEARCH": {"secret": "s2", "policy": {"Statement": [allow("s3vectors:QueryVectors", resource=INDEX)]}},
    "AKIAREADER": {
        "secret": "s3",
        "policy": {
            "Statement": allow("s3vectors:Query*", "s3vectors:get*", "s3vectors:ListVectors", resource=f"{INDEX[:-4]}*")
        },
    },
    "AKIALISTER": {"secret": "s4", "policy": {"Statement": [allow("s3vectors:ListVectors")]}},
    "AKIADENIED": {
        "secret": "s5",
        "policy": {"Statement": [allow("*"), allow("s3vectors:Delete*", effect="Deny")]},
    },
    "AKIAKMS": {
        "secret": "s6",
        "policy": {
            "Statement": [
                allow(
                    "s3vectors:CreateVectorBucket",
                    Condition={"StringEquals": {"s3vectors:sseType": "aws:kms"}},
                )
            ]
        },
    },
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    path.write_text(json.dumps(KEYS))
    with running(Options(keys=path)) as found:
        admin = found.client(key="AKIAADMIN", secret="s1")
        admin.create_vector_bucket(vectorBucketName="shop")
        admin.create_index(**PLACE, dataType="float32", dimension=2, distanceMetric="cosine")
        admin.put_vectors(**PLACE, vectors=[record("a", (1, 0), n=1)])
        clients = {name: found.client(key=name, secret=told["secret"]) for name, told in KEYS.items()}
        clients["twin"] = found
        yield clients


def test_b10_encryption(s3v, bucket, index):
    key = {"sseType": "aws:kms", "kmsKeyArn": KMS}
    s3v.create_vector_bucket(vectorBucketName="locked-shop", encryptionConfiguration=key)
    assert s3v.get_vector_bucket(vectorBucketName="locked-shop")["vectorBucket"]["encryptionConfiguration"] == key
    place = {"vectorBucketName": "locked-shop", "indexName": "products"}
    s3v.create_index(**place, dataType="float32", dimension=2, distanceMetric="cosine")
    assert s3v.get_index(**place)["index"]["encryptionConfiguration"] == key
    own = s3v.get_index(**index(encryptionConfiguration=key))["index"]
    assert own["encryptionConfiguration"] == key


@pytest.mark.parametrize(
    "wrong",
    [
        {"sseType": "AES256", "kmsKeyArn": KMS},
        {"sseType": "aws:kms"},
        {"kmsKeyArn": KMS},
        {"sseType": "aws:kms", "kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:alias/mine"},
        {"sseType": "DES"},
    ],
)
def test_b10_encryption_that_does_not_fit_together(s3v, wrong):
    given = {"vectorBucketName": "never-made", "encryptionConfiguration": wrong}
    assert refused(s3v.create_vector_bucket, **given)[1] == "ValidationException"


# --- permissions ------------------------------------------------------------------------------------------------------


def test_b10_a_query_alone_needs_query_vectors(guarded):
    assert len(guarded["AKIASEARCH"].query_vectors(**QUERY)["vectors"]) == 1


@pytest.mark.parametrize(
    "more",
    [{"filter": {"n": 1}}, {"returnMetadata": True}, {"queryTexts": [{"text": "x", "metadataKey": "t"}]}],
)
def test_b10_what_reads_metadata_needs_get_vectors_too(guarded, more):
    status, code, message, _ = refused(guarded["AKIASEARCH"].query_vectors, **QUERY, **more)
    assert (status, code) == (403, "AccessDeniedException")
    assert f"not authorized to perform: s3vectors:GetVectors on resource: {INDEX}" in message
    if "queryTexts" not in more:
        guarded["AKIAREADER"].query_vectors(**QUERY, **more)


@pytest.mark.parametrize("more", [{"returnData": True}, {"returnMetadata": True}])
def test_b10_a_listing_with_data_needs_get_vectors_too(guarded, more):
    assert len(guarded["AKIALISTER"].list_vectors(**PLACE)["vectors"]) == 1
    assert "s3vectors:GetVectors" in refused(guarded["AKIALISTER"].list_vectors, **PLACE, **more)[2]
    guarded["AKIAREADER"].list_vectors(**PLACE, **more)


def test_b10_what_nothing_allows_is_denied(guarded):
    status, code, message, _ = refused(guarded["AKIASEARCH"].put_vectors, **PLACE, vectors=[record("b")])
    assert (status, code) == (403, "AccessDeniedException")
    assert message == (
        "User: arn:aws:iam::123456789012:user/AKIASEARCH is not authorized to perform: s3vectors:PutVectors on "
        f"resource: {INDEX} because no identity-based policy allows the s3vectors:PutVectors action"
    )
    absent = {**QUERY, "indexName": "other"}
    assert refused(guarded["AKIASEARCH"].query_vectors, **absent)[0] == 403  # before it is looked for
    assert refused(guarded["AKIALISTER"].list_vector_buckets)[0] == 403


def test_b10_a_deny_wins(guarded):
    guarded["AKIADENIED"].get_index(**PLACE)
    assert "explicit deny" in refused(guarded["AKIADENIED"].delete_index, **PLACE)[2]


def test_b10_a_condition_on_encryption(guarded):
    create = guarded["AKIAKMS"].create_vector_bucket
    kms = {"sseType": "aws:kms", "kmsKeyArn": KMS}
    assert refused(create, vectorBucketName="plain-shop")[0] == 403
    assert refused(create, vectorBucketName="plain-shop", encryptionConfiguration={"sseType": "AES256"})[0] == 403
    create(vectorBucketName="kms-shop", encryptionConfiguration=kms)
    tagged = {"vectorBucketName": "kms-tagged", "encryptionConfiguration": kms, "tags": {"a": "b"}}
    assert "s3vectors:TagResource" in refused(create, **tagged)[2]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("[]", "names no key"),
        ("{", "is no JSON"),
        ('{"A": {}}', "key 'A': \"secret\" is missing"),
        ('{"A": {"secret": "x", "policy": {}}}', "a policy is"),
        ('{"A": {"secret": "x", "policy": {"Statement": [{"Effect": "Maybe"}]}}}', 'statement 1: "Effect"'),
        (
            '{"A": {"secret": "x", "policy": {"Statement": [{"Effect": "Allow", "NotAction": "*", "Resource": "*"}]}}}',
            "does not know .'NotAction'.",
        ),
        (
            '{"A": {"secret": "x", "policy": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*",'
            ' "Condition": {"Bool": {"aws:x": "true"}}}]}}}',
            "StringEquals alone",
        ),
    ],
)
def test_b10_bad_files_of_keys(tmp_path, told, reason):
    (tmp_path / "keys.json").write_text(told)
    with pytest.raises(BadSettings, match=reason):
        read_keys(tmp_path / "keys.json")


# --- signatures -------------------------------------------------------------------------------------------------------


def test_b10_an_unknown_key(guarded):
    client = guarded["twin"].client(key="AKIANOBODY", secret="x")
    assert refused(client.list_vector_buckets)[:3] == (
        403,
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )


def test_b10_a_wrong_secret(guarded):
    client = guarded["twin"].client(key="AKIAADMIN", secret="wrong")
    assert refused(client.list_vector_buckets)[:2] == (403, "InvalidSignatureException")


def test_b10_tags_in_path_and_query_are_signed_as_boto3_signs_them(guarded):
    admin = guarded["AKIAADMIN"]
    admin.tag_resource(resourceArn=INDEX, tags={"a b": "c/d", "ü": "é"})
    admin.untag_resource(resourceArn=INDEX, tagKeys=["ü", "zz top"])
    assert admin.list_tags_for_resource(resourceArn=INDEX)["tags"] == {"a b": "c/d"}


def call(target="/ListVectorBuckets", body=b"{}", at=None, secret="s", service="s3vectors", method="POST"):
    """A call as botocore's own signer makes it."""
    request = AWSRequest(method, f"http://127.0.0.1:1{target}", data=body, headers={"X-Extra": " a   b "})
    SigV4Auth(Credentials("AKIA", secret), service, "us-east-1").add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()} | {"host": "127.0.0.1:1"}
    return Call(method, target.partition("?")[0], {}, headers, body, target)


@pytest.mark.parametrize("target", ["/PutVectors", "/tags/arn%3Aaws%3As3?tagKeys=b%20c&tagKeys=a%2F", "/a//b?x="])
def test_b10_signatures_are_those_of_botocore(target):
    assert sign.check(call(target), "s3vectors", {"AKIA": "s"}) == "AKIA"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"body": b"{ }"}, "InvalidSignatureException"),
        ({"target": "/DeleteIndex"}, "InvalidSignatureException"),
        ({"headers": {}}, "MissingAuthenticationTokenException"),
        ({"headers": {"authorization": "Bearer x"}}, "IncompleteSignatureException"),
    ],
)
def test_b10_what_was_changed_on_the_way(change, code):
    good = call()
    parts = {name: getattr(good, name) for name in ("method", "path", "query", "headers", "body", "target")}
    with pytest.raises(Refusal) as refusal:
        sign.check(Call(**parts | change), "s3vectors", {"AKIA": "s"})
    assert (refusal.value.status, refusal.value.code) == (403, code)


def test_b10_another_service():
    with pytest.raises(Refusal, match="correct service: 's3vectors'"):
        sign.check(call(service="bedrock"), "s3vectors", {"AKIA": "s"})


@pytest.mark.parametrize(("minutes", "ok"), [(-4, True), (4, True), (-6, False), (6, False)])
def test_b10_clocks_may_differ_by_five_minutes(minutes, ok):
    def now():
        return datetime.now(UTC) + timedelta(minutes=minutes)

    if ok:
        sign.check(call(), "s3vectors", {"AKIA": "s"}, now)
        return
    with pytest.raises(Refusal, match="Signature") as refusal:
        sign.check(call(), "s3vectors", {"AKIA": "s"}, now)
    assert refusal.value.code == "InvalidSignatureException"


def test_b10_without_keys_anything_goes(twin):
    assert twin.client(key="x", secret="y").list_vector_buckets()["vectorBuckets"] == []
