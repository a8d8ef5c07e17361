"""A twin for each module, its client compared with the model, and an index for each test."""

import itertools

import pytest
from botocore.exceptions import ClientError

from snapshelf.testing.twin import running, twin  # noqa: F401 - a fixture
from tests.unit.twin.model import watched

NAMES = itertools.count(1)


@pytest.fixture(scope="module")
def shop():
    """A twin of this module's tests; each test makes buckets of its own."""
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def s3v(shop):
    return watched(shop.client())


@pytest.fixture
def bucket(s3v):
    name = f"bucket-{next(NAMES)}"
    s3v.create_vector_bucket(vectorBucketName=name)
    return name


@pytest.fixture
def index(s3v, bucket):
    """Make an index: `index(dimension=2)` gives what names it in a call."""

    def make(dimension=2, metric="cosine", **more):
        name = f"index-{next(NAMES)}"
        s3v.create_index(
            vectorBucketName=bucket,
            indexName=name,
            dataType="float32",
            dimension=dimension,
            distanceMetric=metric,
            **more,
        )
        return {"vectorBucketName": bucket, "indexName": name}

    return make


def record(key, vector=(1, 0), **metadata):
    made = {"key": key, "data": {"float32": list(vector)}}
    return made | ({"metadata": metadata} if metadata else {})


def refused(call, **given):
    """The error of a call that has to fail: (status, code, message, fieldList)."""
    with pytest.raises(ClientError) as error:
        call(**given)
    answer = error.value.response
    fields = [(one["path"], one["message"]) for one in answer.get("fieldList", ())]
    return (
        answer["ResponseMetadata"]["HTTPStatusCode"],
        answer["Error"]["Code"],
        answer["Error"]["Message"],
        fields,
    )


def keys(answer):
    return [one["key"] for one in answer["vectors"]]


@pytest.fixture(scope="module")
def nova(shop):
    return watched(shop.client("bedrock-runtime"))


@pytest.fixture(scope="module")
def s3(shop):
    return shop.client("s3")


@pytest.fixture
def store(s3):
    """A bucket of S3."""
    name = f"store-{next(NAMES)}"
    s3.create_bucket(Bucket=name)
    return name
