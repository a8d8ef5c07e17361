"""Section A5: calls and tokens a minute, which are the account's own and stand in Service Quotas."""

import pytest
from botocore.exceptions import ClientError

from snapshelf.aws.quotas import quotas
from snapshelf.testing.twin import running
from snapshelf.twin.quotas import Quotas
from snapshelf.twin.run import Options
from snapshelf.twin.throttle import Throttle
from snapshelf.twin.wire import Load
from tests.unit.twin.model import watched
from tests.unit.twin.nova import embed, refused, words


@pytest.fixture(scope="module")
def twin():
    """A bucket for calls that holds two, and one for tokens that holds one text of the largest size."""
    with running(Options(s3=False, quotas=Quotas(requests=120, tokens=6_000))) as found:
        yield found


def frozen(twin):
    """The twin's buckets full, and no time that passes."""
    throttle = twin.twin.gate.throttle
    throttle._clock = lambda: 0.0
    throttle._buckets.clear()
    return throttle


def test_a5_calls_beyond_the_quota_are_throttled(twin):
    throttle, nova = frozen(twin), watched(twin.client("bedrock-runtime"))
    embed(nova, text=words("one"))
    embed(nova, text=words("two"))
    with refused("ThrottlingException", "Too many requests", 429):
        embed(nova, text=words("three"))
    throttle._clock = lambda: 0.5  # two a second flow in
    embed(nova, text=words("three"))


def test_a5_so_are_tokens(twin):
    throttle, nova = frozen(twin), watched(twin.client("bedrock-runtime"))
    embed(nova, text=words("word " * 8_172))  # as many as the model reads, which a bucket always holds
    with refused("ThrottlingException", "Too many", 429):
        embed(nova, text=words("word " * 101))
    throttle._clock = lambda: 1.0  # a hundred a second flow in
    embed(nova, text=words("word " * 100))


def test_a5_regions_have_quotas_of_their_own():
    throttle = Throttle({"requests": 1 / 60})
    assert throttle.admits(Load("us-east-1 nova", {"requests": 1}))
    assert not throttle.admits(Load("us-east-1 nova", {"requests": 1}))
    assert throttle.admits(Load("us-gov-west-1 nova", {"requests": 1}))


def test_a5_without_quotas_nothing_is_throttled(nova):
    for _ in range(20):
        embed(nova, text=words("one"))


def test_a5_service_quotas_tells_them(twin):
    client = twin.client("service-quotas")
    assert quotas(client) == {"requests_per_minute": 120.0, "tokens_per_minute": 6_000.0}
    first = client.list_service_quotas(ServiceCode="bedrock", MaxResults=1)
    second = client.list_service_quotas(ServiceCode="bedrock", MaxResults=1, NextToken=first["NextToken"])
    assert "NextToken" not in second
    names = [page["Quotas"][0]["QuotaName"] for page in (first, second)]
    assert names == [
        "On-demand model inference requests per minute for Amazon Nova Multimodal Embeddings",
        "On-demand model inference tokens per minute for Amazon Nova Multimodal Embeddings",
    ]
    code = first["Quotas"][0]["QuotaCode"]
    assert client.get_service_quota(ServiceCode="bedrock", QuotaCode=code)["Quota"] == first["Quotas"][0]


def test_a5_a_twin_without_quotas_tells_none(shop):
    assert quotas(shop.client("service-quotas")) == {}


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("list_service_quotas", {"ServiceCode": "absent"}, "NoSuchResourceException"),
        ("get_service_quota", {"ServiceCode": "bedrock", "QuotaCode": "L-NONE"}, "NoSuchResourceException"),
        ("list_service_quotas", {"ServiceCode": "bedrock", "NextToken": "x"}, "InvalidPaginationTokenException"),
        ("list_services", {}, "UnknownOperationException"),
    ],
)
def test_a5_what_service_quotas_refuses(twin, name, given, code):
    with pytest.raises(ClientError) as caught:
        getattr(twin.client("service-quotas"), name)(**given)
    assert caught.value.response["Error"]["Code"] == code


def test_a5_faults_of_every_service_leave_service_quotas_to_its_own(twin):
    twin.faults({"status": 503}, {"status": 408})
    assert quotas(twin.client("service-quotas"))
    twin.faults()
