"""Section B2: addressing, ARNs, timestamps, tags in the path."""

import http.client
import json
import time

import pytest

from snapshelf.twin.validate import model
from tests.unit.twin.conftest import record, refused

BOTH_INDEX = "Must specify either indexArn or both vectorBucketName and indexName"
BOTH_BUCKET = "Must specify either vectorBucketName or vectorBucketArn but not both"


def raw(shop, method, path, body=b"", **headers):
    """(status, headers, body) without boto3."""
    connection = http.client.HTTPConnection("127.0.0.1", shop.twin.port, timeout=10)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


def test_b2_arns_are_those_of_the_region_that_signed(shop, s3v, bucket, index):
    made = s3v.create_vector_bucket(vectorBucketName="arn-shop")["vectorBucketArn"]
    assert made == "arn:aws:s3vectors:us-east-1:123456789012:bucket/arn-shop"
    place = index()
    arn = s3v.get_index(**place)["index"]["indexArn"]
    assert arn == f"arn:aws:s3vectors:us-east-1:123456789012:bucket/{bucket}/index/{place['indexName']}"


def test_b2_an_index_by_arn_is_the_index_by_its_names(s3v, index):
    place = index()
    arn = s3v.get_index(**place)["index"]["indexArn"]
    s3v.put_vectors(indexArn=arn, vectors=[record("a")])
    assert s3v.get_vectors(**place, keys=["a"])["vectors"] == [{"key": "a"}]


def test_b2_a_bucket_by_arn_is_the_bucket_by_its_name(s3v, bucket):
    arn = s3v.get_vector_bucket(vectorBucketName=bucket)["vectorBucket"]["vectorBucketArn"]
    assert s3v.get_vector_bucket(vectorBucketArn=arn)["vectorBucket"]["vectorBucketName"] == bucket
    assert s3v.list_indexes(vectorBucketArn=arn)["indexes"] == []


def test_b2_mixed_addresses_of_an_index_are_refused(s3v, index):
    place = index()
    arn = s3v.get_index(**place)["index"]["indexArn"]
    for given in ({**place, "indexArn": arn}, {"indexName": place["indexName"]}, {}):
        assert refused(s3v.get_index, **given)[1:3] == ("ValidationException", BOTH_INDEX)


def test_b2_mixed_addresses_of_a_bucket_are_refused(s3v, bucket):
    arn = s3v.get_vector_bucket(vectorBucketName=bucket)["vectorBucket"]["vectorBucketArn"]
    for given in ({"vectorBucketName": bucket, "vectorBucketArn": arn}, {}):
        assert refused(s3v.get_vector_bucket, **given)[1:3] == ("ValidationException", BOTH_BUCKET)


def test_b2_an_arn_of_another_account_is_nobodys(s3v, bucket):
    arn = f"arn:aws:s3vectors:us-east-1:999999999999:bucket/{bucket}"
    assert refused(s3v.get_vector_bucket, vectorBucketArn=arn)[:2] == (404, "NotFoundException")


def test_b2_what_has_no_output_answers_an_empty_object(shop, s3v, index):
    place = index()
    told = json.dumps({**place, "vectors": [record("a")]}).encode()
    status, headers, body = raw(shop, "POST", "/PutVectors", told)
    assert (status, body) == (200, b"{}")
    assert {"x-amzn-requestid", "Content-Type", "Date"} <= set(headers)


def test_b2_times_are_numbers_of_seconds(shop, bucket):
    told = json.dumps({"vectorBucketName": bucket}).encode()
    created = json.loads(raw(shop, "POST", "/GetVectorBucket", told)[2])["vectorBucket"]["creationTime"]
    assert abs(created - time.time()) < 600


@pytest.mark.parametrize("encode", [True, False])
def test_b2_tags_have_their_arn_in_the_path(shop, s3v, bucket, encode):
    arn = s3v.get_vector_bucket(vectorBucketName=bucket)["vectorBucket"]["vectorBucketArn"]
    path = "/tags/" + (arn.replace(":", "%3A").replace("/", "%2F") if encode else arn)
    assert raw(shop, "POST", path, json.dumps({"tags": {"a b": "c", "d": ""}}).encode())[0] == 200
    assert s3v.list_tags_for_resource(resourceArn=arn)["tags"] == {"a b": "c", "d": ""}
    assert raw(shop, "DELETE", f"{path}?tagKeys=a%20b&tagKeys=zz")[0] == 200
    assert s3v.list_tags_for_resource(resourceArn=arn)["tags"] == {"d": ""}


@pytest.mark.parametrize(("method", "path"), [("POST", "/NoSuchThing"), ("GET", "/PutVectors"), ("GET", "/")])
def test_b2_what_is_no_operation_is_unknown(shop, method, path):
    status, headers, _ = raw(shop, method, path)
    assert (status, headers["x-amzn-errortype"]) == (404, "UnknownOperationException")


def test_b2_a_body_that_is_no_json_is_a_serialization_exception(shop):
    for body in (b"{", b"[]", b'"x"', b'{"topK": NaN}', b"\xff\xfe"):
        status, headers, _ = raw(shop, "POST", "/ListVectorBuckets", body)
        assert (status, headers["x-amzn-errortype"]) == (400, "SerializationException"), body


def test_b2_a_member_of_another_type_is_a_serialization_exception(shop, index):
    for wrong in ({"topK": "3"}, {"topK": True}, {"queryVector": [1, 0]}, {"returnDistance": "yes"}):
        told = {**index(), "topK": 1, "queryVector": {"float32": [1, 0]}} | wrong
        status, headers, _ = raw(shop, "POST", "/QueryVectors", json.dumps(told).encode())
        assert (status, headers["x-amzn-errortype"]) == (400, "SerializationException"), wrong


def test_b2_unknown_members_are_passed_over(shop, index):
    told = {**index(), "topK": 1, "queryVector": {"float32": [1, 0]}, "newMember": 1, "filter": None}
    assert raw(shop, "POST", "/QueryVectors", json.dumps(told).encode())[0] == 200


def test_b3_every_operation_of_the_model_is_answered(shop):
    known = model("s3vectors")
    assert len(known.operations) >= 22
    for name, found in known.operations.items():
        path = found["http"]["requestUri"].replace("{resourceArn}", "arn%3Aaws")
        headers = raw(shop, found["http"]["method"], path, b"{}")[1]
        assert headers.get("x-amzn-errortype", "") not in ("UnknownOperationException", "InternalServerException"), name
