"""Section B9: the errors with their texts, and faults on request."""

import http.client
import json
import time
import urllib.request

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from snapshelf.errors import BadSettings
from snapshelf.testing.twin import running
from snapshelf.twin.run import Options
from snapshelf.twin.throttle import Throttle
from snapshelf.twin.trouble import read_faults
from snapshelf.twin.wire import Load
from tests.unit.twin.conftest import keys, record, refused
from tests.unit.twin.model import watched

ABSENT = {"vectorBucketName": "absent-shop", "indexName": "absent"}


@pytest.mark.parametrize(
    ("name", "given", "status", "code", "message"),
    [
        ("get_vector_bucket", {}, 404, "NotFoundException", "The specified vector bucket could not be found"),
        ("list_indexes", {}, 404, "NotFoundException", "The specified vector bucket could not be found"),
        ("get_index", {"indexName": "abc"}, 404, "NotFoundException", "The specified vector bucket could not be found"),
    ],
)
def test_b9_what_is_not_there(s3v, name, given, status, code, message):
    assert refused(getattr(s3v, name), vectorBucketName="absent-shop", **given)[:3] == (status, code, message)


def test_b9_names_that_are_taken(s3v, bucket, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record("a")])
    assert refused(s3v.create_vector_bucket, vectorBucketName=bucket)[:3] == (
        409,
        "ConflictException",
        "A vector bucket with the specified name already exists",
    )
    again = {**place, "dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}
    assert refused(s3v.create_index, **again)[:3] == (
        409,
        "ConflictException",
        "An index with the specified name already exists",
    )
    assert keys(s3v.list_vectors(**place)) == ["a"]


def test_b9_a_bad_batch_commits_nothing(s3v, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record("a", (1, 0), n=1)])
    bad = [record("a", (0, 1)), record("b"), record("c", (1, 2, 3))]
    assert "'c'" in refused(s3v.put_vectors, **place, vectors=bad)[2]
    found = s3v.list_vectors(**place, returnData=True, returnMetadata=True)["vectors"]
    assert found == [{"key": "a", "data": {"float32": [1, 0]}, "metadata": {"n": 1}}]


def test_b9_a_key_twice_in_one_batch_is_refused(s3v, index):
    said = refused(s3v.put_vectors, **index(), vectors=[record("a"), record("a")])[2]
    assert said == "Invalid record for key 'a': the key occurs more than once in the request"


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(twin):
    client = watched(twin.client())
    client.create_vector_bucket(vectorBucketName="shop")
    place = {"vectorBucketName": "shop", "indexName": "products"}
    client.create_index(**place, dataType="float32", dimension=2, distanceMetric="cosine")
    return twin, client, place


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (408, "RequestTimeoutException"),
        (429, "TooManyRequestsException"),
        (500, "InternalServerException"),
        (503, "ServiceUnavailableException"),
    ],
)
def test_b9_faults_have_the_names_of_the_model(filled, status, code):
    twin, client, place = filled
    twin.faults({"operation": "PutVectors", "status": status, "times": 1})
    assert refused(client.put_vectors, **place, vectors=[record("a")])[:2] == (status, code)
    assert keys(client.list_vectors(**place)) == []  # refused before the work
    client.put_vectors(**place, vectors=[record("a")])


def test_b9_a_fault_after_the_work_leaves_it_done(filled):
    twin, client, place = filled
    twin.faults({"operation": "s3vectors:PutVectors", "status": 503, "after": True, "times": 1})
    assert refused(client.put_vectors, **place, vectors=[record("a")])[0] == 503
    assert keys(client.list_vectors(**place)) == ["a"]


@pytest.mark.parametrize("after", [False, True])
def test_b9_dropped_connections(filled, after):
    twin, client, place = filled
    twin.faults({"operation": "PutVectors", "drop": True, "after": after, "times": 1})
    with pytest.raises(ConnectionClosedError):
        client.put_vectors(**place, vectors=[record("a")])
    assert keys(client.list_vectors(**place)) == (["a"] if after else [])


def test_b9_boto3_retries_what_it_should(filled):
    twin, _, place = filled
    patient = twin.client(attempts=4)
    twin.faults({"operation": "ListVectors", "status": 503, "times": 2})
    assert patient.list_vectors(**place)["ResponseMetadata"]["RetryAttempts"] == 2


def test_b9_a_seed_draws_the_same_faults_again(filled):
    twin, client, place = filled

    def outcomes(seed):
        twin.faults({"operation": "List*", "status": 500, "rate": 0.5}, seed=seed)
        told = []
        for _ in range(40):
            try:
                told.append(client.list_vectors(**place)["ResponseMetadata"]["HTTPStatusCode"])
            except ClientError as error:
                told.append(error.response["ResponseMetadata"]["HTTPStatusCode"])
        return told

    first = outcomes(1)
    assert first == outcomes(1) != outcomes(2)
    assert 8 < first.count(500) < 32


def test_b9_delays(filled):
    twin, client, place = filled
    twin.faults({"operation": "ListVectors", "latency_ms": 120})
    begun = time.perf_counter()
    client.list_vectors(**place)
    assert time.perf_counter() - begun >= 0.12


def test_b9_faults_are_set_over_http_too(twin):
    def ask(method, told=None):
        body = None if told is None else json.dumps(told).encode()
        request = urllib.request.Request(f"{twin.endpoint}/_twin/faults", body, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    ask("POST", {"seed": 3, "rules": [{"operation": "ListVectorBuckets", "status": 429}]})
    assert refused(twin.client().list_vector_buckets)[0] == 429
    assert ask("GET")["rules"][0]["status"] == 429
    ask("DELETE")
    assert twin.client().list_vector_buckets()["vectorBuckets"] == []
    with pytest.raises(urllib.error.HTTPError) as error:
        ask("POST", {"rules": [{"status": 418}]})
    assert "faults, rule 1: status is one of" in error.value.read().decode()
    error.value.close()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("rules = 1", "give"),
        ("[[rules]]\nstatus = 'x'", "rule 1: status cannot be 'x'"),
        ("[[rules]]\nstatus = 503\nrate = 2.0", "rule 1: rate is between"),
        ("[[rules]]\noperation = 'x'", "rule 1: it does nothing"),
        ("[[rules]]\nspeed = 1", "rule 1: a rule has"),
        ("[[rules", "cannot be read"),
    ],
)
def test_b9_bad_files_of_faults(tmp_path, text, reason):
    (tmp_path / "faults.toml").write_text(text)
    with pytest.raises(BadSettings, match=reason):
        read_faults(tmp_path / "faults.toml")


# --- rates ------------------------------------------------------------------------------------------------------------


def test_b4_rates_of_writes(tmp_path):
    now = [0.0]
    throttle = Throttle(clock=lambda: now[0])
    put = Load("an index", {"writes": 1, "vectors": 500})
    assert [throttle.admits(put) for _ in range(6)] == [True] * 5 + [False]
    assert throttle.admits(Load("another index", {"writes": 1, "vectors": 500}))
    now[0] = 0.2  # 500 vectors later
    assert [throttle.admits(put) for _ in range(2)] == [True, False]
    now[0] = 10
    one = Load("an index", {"writes": 1, "vectors": 1})
    assert sum(throttle.admits(one) for _ in range(1100)) == 1000


def test_b4_what_exceeds_the_rates_is_refused():
    with running(Options(throttle=True)) as twin:
        client, place = twin.client(), {"vectorBucketName": "shop", "indexName": "products"}
        client.create_vector_bucket(vectorBucketName="shop")
        client.create_index(**place, dataType="float32", dimension=1, distanceMetric="cosine")
        twin.twin.gate.throttle.rates.update(writes=3, vectors=1000)
        batch = [record(f"k{at}", [1]) for at in range(2)]
        statuses = []
        for _ in range(5):
            try:
                client.put_vectors(**place, vectors=batch)
                statuses.append(200)
            except ClientError as error:
                statuses.append(error.response["Error"]["Code"])
        assert statuses[:3] == [200] * 3
        assert "TooManyRequestsException" in statuses


def test_b9_a_slow_client_holds_up_no_other(twin):
    slow = http.client.HTTPConnection("127.0.0.1", twin.twin.port, timeout=10)
    slow.putrequest("POST", "/ListVectorBuckets")
    slow.putheader("Content-Length", "100")
    slow.endheaders(b"{")
    assert twin.client().list_vector_buckets()["vectorBuckets"] == []
    slow.close()
