"""Section B10: policies of vector buckets, beside those of keys."""

import json

import pytest

from snapshelf.testing.twin import running
from snapshelf.twin.run import Options
from tests.unit.twin.conftest import record, refused
from tests.unit.twin.model import watched

SHOP = "arn:aws:s3vectors:us-east-1:123456789012:bucket/shop"
INDEX = f"{SHOP}/index/products"
PLACE = {"vectorBucketName": "shop", "indexName": "products"}
QUERY = {**PLACE, "topK": 1, "queryVector": {"float32": [1, 0]}}
READER = "arn:aws:iam::123456789012:user/READER"
KEYS = {
    "OWNER": {"secret": "s"},
    "READER": {"secret": "s", "policy": {"Statement": []}},
    "WRITER": {"secret": "s", "policy": {"Statement": [{"Effect": "Allow", "Action": "s3vectors:*", "Resource": "*"}]}},
}


def statement(effect, actions, principal="*", resource=f"{SHOP}*", **more):
    return {"Effect": effect, "Action": actions, "Resource": resource, "Principal": principal, **more}


@pytest.fixture(scope="module")
def clients(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    path.write_text(json.dumps(KEYS))
    with running(Options(keys=path, s3=False)) as twin:
        found = {name: watched(twin.client(key=name, secret="s")) for name in KEYS}
        found["OWNER"].create_vector_bucket(vectorBucketName="shop")
        found["OWNER"].create_index(**PLACE, dataType="float32", dimension=2, distanceMetric="cosine")
        found["OWNER"].put_vectors(**PLACE, vectors=[record("a", (1, 0), n=1)])
        yield found


@pytest.fixture
def policy(clients):
    """Give the bucket a policy of these statements; it is gone after the test."""

    def put(*statements):
        text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        clients["OWNER"].put_vector_bucket_policy(vectorBucketName="shop", policy=text)

    yield put
    clients["OWNER"].delete_vector_bucket_policy(vectorBucketName="shop")


@pytest.mark.parametrize("principal", ["*", {"AWS": READER}, {"AWS": ["111122223333", READER]}])
def test_b10_a_policy_of_the_bucket_allows_what_that_of_the_key_does_not(clients, policy, principal):
    assert refused(clients["READER"].query_vectors, **QUERY)[1] == "AccessDeniedException"
    policy(statement("Allow", "s3vectors:QueryVectors", principal, INDEX))
    assert len(clients["READER"].query_vectors(**QUERY)["vectors"]) == 1
    message = refused(clients["READER"].query_vectors, **QUERY, returnMetadata=True)[2]
    assert "s3vectors:GetVectors" in message


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "111122223333"},
        {"AWS": "arn:aws:iam::123456789012:user/WRITER"},
        {"Service": "indexing.s3vectors.amazonaws.com"},
        {"AWS": "123456789012"},  # leaves it to the account's own policies
    ],
)
def test_b10_a_statement_about_others_allows_nothing(clients, policy, principal):
    policy(statement("Allow", "s3vectors:*", principal))
    assert refused(clients["READER"].query_vectors, **QUERY)[1] == "AccessDeniedException"


@pytest.mark.parametrize("who", ["OWNER", "WRITER"])
@pytest.mark.parametrize("principal", ["*", {"AWS": "arn:aws:iam::123456789012:root"}])
def test_b10_a_deny_of_the_bucket_wins(clients, policy, who, principal):
    policy(statement("Deny", ["s3vectors:PutVectors"], principal), statement("Allow", "s3vectors:*"))
    status, code, message, _ = refused(clients[who].put_vectors, **PLACE, vectors=[record("b")])
    assert (status, code) == (403, "AccessDeniedException")
    assert message == (
        f"User: arn:aws:iam::123456789012:user/{who} is not authorized to perform: s3vectors:PutVectors on resource: "
        f"{INDEX} with an explicit deny in a resource-based policy"
    )
    assert len(clients[who].query_vectors(**QUERY)["vectors"]) == 1


def test_b10_a_policy_is_of_one_bucket_alone(clients, policy):
    policy(statement("Deny", "s3vectors:*", {"AWS": "arn:aws:iam::123456789012:user/WRITER"}, "*"))
    clients["WRITER"].create_vector_bucket(vectorBucketName="other-shop")
    assert refused(clients["WRITER"].get_vector_bucket, vectorBucketName="shop")[1] == "AccessDeniedException"
    clients["WRITER"].delete_vector_bucket(vectorBucketName="other-shop")


def test_b10_a_deny_holds_without_keys_too(s3v, bucket):
    denied = {"Effect": "Deny", "Principal": "*", "Action": "s3vectors:CreateIndex", "Resource": "*"}
    s3v.put_vector_bucket_policy(vectorBucketName=bucket, policy=json.dumps({"Statement": denied}))
    given = {"vectorBucketName": bucket, "dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}
    assert refused(s3v.create_index, **given, indexName="products")[1] == "AccessDeniedException"
    s3v.delete_vector_bucket_policy(vectorBucketName=bucket)
    s3v.create_index(**given, indexName="products")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Policy is not valid JSON"),
        ('{"Statement": []}', "Policy has no statement"),
        ('{"Statement": [{"Effect": "Deny"}]}', "Policy, statement 1, Action"),
        ('{"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}', "Policy, statement 1, Principal"),
        (
            '{"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": {"AWS": "me"}}]}',
            "'me' is no account, user or role",
        ),
        (
            '{"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": "*"}]}',
            "does not know ['NotPrincipal']",
        ),
        (
            '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*", '
            '"Condition": {"IpAddress": {"aws:SourceIp": "1.2.3.4"}}}]}',
            "StringEquals alone",
        ),
    ],
)
def test_b10_a_policy_that_would_be_passed_over_is_refused(s3v, bucket, text, said):
    status, code, message, fields = refused(s3v.put_vector_bucket_policy, vectorBucketName=bucket, policy=text)
    assert (status, code, fields) == (400, "ValidationException", [("policy", message)])
    assert said in message
    assert refused(s3v.get_vector_bucket_policy, vectorBucketName=bucket)[0] == 404
