"""Section B11: what calls cost."""

import json
import urllib.request

import pytest

from snapshelf.twin.s3vectors import price
from tests.unit.twin.conftest import record

PLACE = {"vectorBucketName": "shop", "indexName": "products"}


def dollars(charges):
    return dict(charges)["dollars"]


def test_b11_a_put_counts_128_kb_at_least():
    assert dollars(price.of_put(1, 5_000)) == pytest.approx(131_072 / 2**30 * 0.20)
    assert dollars(price.of_put(500, 2**30)) == pytest.approx(0.20)


def test_b11_a_million_queries_of_an_index_of_ten_million():
    """The published example: 10M vectors as 40 indexes of 250,000, 5.17 KB each, 1M queries: 5.87 dollars."""
    one = price.of_query(250_000, 5.17 * 1024, [])
    assert 1e6 * dollars(one) == pytest.approx(5.87, abs=0.01)


def test_b11_tiers():
    def tiers(vectors):
        return dollars(price.of_query(vectors, 2**40 / 1e6, [])) - 2.5e-6  # a millionth of a TiB for each vector

    assert tiers(100_000) == pytest.approx(0.1 * 0.004)
    assert tiers(10_000_000) == pytest.approx(0.1 * 0.004 + 9.9 * 0.002)
    assert tiers(20_000_000) == pytest.approx(0.1 * 0.004 + 9.9 * 0.002 + 10 * 0.0004)


def test_b11_returned_bytes_beyond_512_kb():
    free = dollars(price.of_query(0, 0, [100] * 2048))  # 256 bytes each at least: just what is free
    more = dollars(price.of_query(0, 0, [100] * 2048 + [2**30]))
    assert free == pytest.approx(2.5e-6)
    assert more - free == pytest.approx(0.01)


def test_b11_the_meter_counts_calls_vectors_bytes_and_dollars(twin):
    client = twin.client()
    client.create_vector_bucket(vectorBucketName="shop")
    client.create_index(**PLACE, dataType="float32", dimension=2, distanceMetric="cosine")
    client.put_vectors(**PLACE, vectors=[record("a"), record("bb", (1, 1), n=1)])
    client.query_vectors(**PLACE, topK=2, queryVector={"float32": [1, 0]})
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_index(**PLACE | {"indexName": "absent"})
    found = twin.meter()
    put = found["operations"]["s3vectors:PutVectors"]
    assert (put["calls"], put["vectors"], put["bytes"]) == (1, 2, 8 + 1 + 8 + 2 + len('{"n":1}'))
    assert put["dollars"] == pytest.approx(131_072 / 2**30 * 0.20)
    assert found["operations"]["s3vectors:GetIndex"]["refused"] == 1
    assert found["refusals"] == {"NotFoundException": 1}
    assert found["standing"]["s3vectors"]["vectors"] == 2
    assert found["total"]["calls"] == 5
    assert found["total"]["dollars"] == pytest.approx(
        sum(one.get("dollars", 0) for one in found["operations"].values())
    )


def test_b11_the_meter_over_http(twin):
    def ask(method):
        request = urllib.request.Request(f"{twin.endpoint}/_twin/meter", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    twin.client().list_vector_buckets()
    assert ask("GET")["operations"]["s3vectors:ListVectorBuckets"]["calls"] == 1
    assert ask("DELETE") == {}
    assert ask("GET")["operations"] == {}
