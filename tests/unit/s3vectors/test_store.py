"""The store over the wire: limits, pages, updates, deletes, other processes, and what it says when it cannot."""

import json
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from snapshelf.errors import BadInput, BadSettings, Mismatch, NotHere, Outside, SomeRefused, Unsupported
from snapshelf.filters import matches, parse
from snapshelf.stores import s3vectors
from snapshelf.testing.stores import DIM, some
from snapshelf.testing.twin import running
from snapshelf.twin.run import Options
from snapshelf.types import Compare
from snapshelf.vectors import unit
from tests.wire import Wired, give_keys


@pytest.fixture
def store(wired, tmp_path):
    opened = wired.connect(tmp_path / "store", DIM, {})
    yield opened
    opened.close()


def expected(ids, vectors, attributes, query, k, where=None):
    """The true answer over float32 vectors, worked out plainly: ids."""
    passing = [n for n in range(len(ids)) if where is None or matches(where, attributes[n])]
    scores = vectors.astype(np.float64) @ query.astype(np.float64)
    return [ids[n] for n in sorted(passing, key=lambda n: (-scores[n], ids[n]))[:k]]


def calls_of(service, operation):
    return service.meter()["operations"].get(f"s3vectors:{operation}", {}).get("calls", 0)


# --- making the index -------------------------------------------------------------------------------------------------


def test_nothing_is_made_before_the_first_write(service, wired, store):
    assert store.stale
    assert store.count() == 0
    store.delete(["nobody"])
    store.flush()
    names = [one["vectorBucketName"] for one in service.client().list_vector_buckets()["vectorBuckets"]]
    assert wired.options["bucket"] not in names


def test_bucket_and_index_as_the_settings_ask(service, wired, tmp_path):
    key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    options = {"encryption": "aws:kms", "kms_key": key, "tags": "team=shop", "index": "goods"}
    options |= {"non_filterable": "url", "text": "title", "language": "en"}
    store = wired.connect(tmp_path, DIM, options)
    store.add(["a#text"], some(1)[1], [{"url": "x" * 5_000, "title": "a mug", "price": 3.0}])
    store.flush()
    client, bucket = service.client(), wired.options["bucket"]
    made = client.get_vector_bucket(vectorBucketName=bucket)["vectorBucket"]
    index = client.get_index(vectorBucketName=bucket, indexName="goods-16-g1")["index"]
    assert (
        made["encryptionConfiguration"] == index["encryptionConfiguration"] == {"sseType": "aws:kms", "kmsKeyArn": key}
    )
    assert (index["dimension"], index["distanceMetric"], index["dataType"]) == (16, "cosine", "float32")
    assert set(index["metadataConfiguration"]["nonFilterableMetadataKeys"]) == {"url", "title"}
    assert index["metadataConfiguration"]["textSearchConfigurations"][0]["metadataKey"] == "title"
    tags = client.list_tags_for_resource(resourceArn=index["indexArn"])["tags"]
    assert tags == {"team": "shop", "snapshelf-state": "live"}
    assert client.list_tags_for_resource(resourceArn=made["vectorBucketArn"])["tags"] == {"team": "shop"}
    store.close()


def test_metadata_is_what_a_filter_may_ask_about(service, wired, store):
    store.add(["a#text"], some(1)[1], [{"price": 3.5, "in_stock": True, "tags": ("x", "y"), "none": (), "brand": "Ü"}])
    store.flush()
    got = service.client().get_vectors(
        vectorBucketName=wired.options["bucket"], indexName="snapshelf-16-g1", keys=["a#text"], returnMetadata=True
    )
    assert got["vectors"][0]["metadata"] == {"price": 3.5, "in_stock": True, "tags": ["x", "y"], "brand": "Ü"}


# --- limits -----------------------------------------------------------------------------------------------------------


def test_one_of_a_thousand_is_too_large(store):
    ids, vectors, attributes = some(1_000)
    attributes[400] = {"notes": "x" * 3_000}
    store.add(ids, vectors, attributes)
    with pytest.raises(
        SomeRefused, match=r"does not take 1 of the vectors[\s\S]*SKU P400, field 'notes'.*3,010"
    ) as said:
        store.flush()
    assert [sku for sku, _ in said.value.items] == ["P400"]
    assert store.count() == 999
    store.flush()  # it is said once
    store.add(ids[400:401], vectors[400:401], [{"notes": "short"}])
    store.flush()
    assert store.count() == 1_000


def test_what_a_refused_record_would_replace_does_not_stay(store):
    ids, vectors, attributes = some(3)
    store.add(ids, vectors, attributes)
    store.flush()
    store.add(ids[:1], vectors[1:2], [{"notes": "x" * 3_000}])
    with pytest.raises(SomeRefused, match="P0"):
        store.flush()
    assert sorted(store.search(vectors[:1], 5).ids[0]) == ids[1:]


@pytest.mark.parametrize(
    ("id", "attributes", "said"),
    [
        ("x" * 1_100 + "#text", {}, "shorten the SKU"),
        ("P1\ud800#text", {}, "half a character"),
        ("P1#text", {"t": "\udfff"}, "half a character"),
        ("P1#text", {f"k{n}": 1.0 for n in range(51)}, "51 attributes"),
        ("P1#text", {"n": float("nan")}, "field 'n'"),
    ],
)
def test_what_the_service_would_refuse_is_refused_here(service, store, id, attributes, said):
    store.add(["good#text", id], some(2)[1], [{}, attributes])
    with pytest.raises(SomeRefused, match=said):
        store.flush()
    assert store.count() == 1


def test_what_only_the_service_knows_to_refuse(store, monkeypatch):
    """A rule that is not known here: the service names the rows, and the others go in."""
    monkeypatch.setattr("snapshelf.stores.s3vectors.limits.FILTERABLE_BYTES", 10_000)
    ids, vectors, attributes = some(30)
    for n in (7, 9):
        attributes[n] = {"notes": "x" * 3_000}
    store.add(ids, vectors, attributes)
    with pytest.raises(SomeRefused, match="S3 Vectors says"):
        store.flush()
    assert store.count() == 28


def test_requests_at_3072_dimensions_fit(service, wired, tmp_path):
    store = wired.connect(tmp_path, 3_072, {})
    before = calls_of(service, "PutVectors")
    rows = unit(np.random.default_rng(0).normal(size=(600, 3_072)))
    store.add([f"P{n}" for n in range(600)], rows, [{"notes": "x" * 1_900}] * 600)
    store.flush()
    assert store.count() == 600
    assert calls_of(service, "PutVectors") - before == 2
    store.close()


# --- reading ----------------------------------------------------------------------------------------------------------


def test_pages_up_to_ten_thousand(store):
    ids, vectors, attributes = some(10_300)
    store.add(ids, vectors, attributes)
    query = some(1, seed=5)[1]
    wanted = expected(ids, vectors, attributes, query[0], 10_000)
    for k, pages in ((100, 1), (101, 2), (250, 3)):
        found = store.search(query, k)
        assert found.ids[0] == wanted[:k]
        assert f"{pages} page" in found.path
    found = store.search(query, 12_000)
    assert len(set(found.ids[0])) == 10_000
    assert "at most 10,000" in found.path
    assert set(found.ids[0]) == set(wanted)
    assert found.recall is None


def test_ties_beyond_a_page_are_in_order_of_id(store):
    row = some(1)[1]
    ids = [f"P{n:03}" for n in range(60)]
    store.add(ids[::-1], np.repeat(row, 60, axis=0), [{}] * 60)
    assert store.search(row, 7).ids[0] == ids[:7]


def test_counting_lists_in_segments(service, store):
    ids, vectors, attributes = some(5_000)
    store.add(ids, vectors, attributes)
    before = calls_of(service, "ListVectors")
    assert store.count() == 5_000
    assert calls_of(service, "ListVectors") - before > 16


def test_a_filter_on_a_negated_list_is_finished_here(store):
    ids, vectors, attributes = some(900)
    store.add(ids, vectors, attributes)
    where, query = parse('tags != "new"'), some(1, seed=3)[1]
    found = store.search(query, 200, where)
    assert found.ids[0] == expected(ids, vectors, attributes, query[0], 200, where)
    assert len(store.search(query, 900, where).ids[0]) == 300


def test_another_machine_learns_the_types(wired, store, tmp_path, service):
    ids, vectors, attributes = some(300)
    store.add(ids, vectors, attributes)
    store.flush()
    other = wired.connect(tmp_path / "elsewhere", DIM, {})
    assert not other.stale
    where, query = parse('brand != "Acme"'), some(1, seed=3)[1]
    wanted = expected(ids, vectors, attributes, query[0], 50, where)
    before = calls_of(service, "QueryVectors")
    assert other.search(query, 50, where).ids[0] == wanted
    first = calls_of(service, "QueryVectors") - before
    assert other.search(query, 50, where).ids[0] == wanted
    assert calls_of(service, "QueryVectors") - before - first == 1
    other.close()


@pytest.mark.parametrize("text", ['brand < "M"', f"price in {list(range(101))}", "price < 1e999", "`$x` == 1"])
def test_filters_that_cannot_be_expressed(store, text):
    store.add(*some(3))
    with pytest.raises(Unsupported, match="S3 Vectors"):
        store.search(some(1)[1], 3, parse(text))


def test_a_filter_that_nothing_can_pass_asks_nothing(service, store):
    store.add(*some(3))
    before = calls_of(service, "QueryVectors")
    assert store.search(some(1)[1], 3, Compare("price", "==", "cheap")).ids == [[]]
    assert calls_of(service, "QueryVectors") == before


def test_an_old_index_is_asked_to_filter_first(tmp_path, monkeypatch):
    """One in CLASSIC mode would check the filter while it searches, and find too few."""
    give_keys(monkeypatch)
    with running(Options(classic=True)) as twin:
        store = Wired(twin.endpoint).connect(tmp_path, DIM, {})
        ids, vectors, attributes = some(900)
        store.add(ids, vectors, attributes)
        store.flush()
        where, query = parse("price == 7"), some(1, seed=3)[1]
        assert store.search(query, 9, where).ids[0] == expected(ids, vectors, attributes, query[0], 9, where)
        store.close()


# --- changing ---------------------------------------------------------------------------------------------------------


def test_an_update_keeps_the_vectors_bit_for_bit(service, wired, store):
    ids, vectors, attributes = some(250)
    store.add(ids, vectors, attributes)
    store.update(ids, [{"price": 1.0, "brand": "New"}] * 250)
    store.flush()
    client = service.client()
    where = {"vectorBucketName": wired.options["bucket"], "indexName": "snapshelf-16-g1"}
    listed = client.list_vectors(**where, returnData=True, returnMetadata=True)["vectors"]
    assert {one["key"]: np.array(one["data"]["float32"], np.float32).tobytes() for one in listed} == {
        id: row.tobytes() for id, row in zip(ids, vectors, strict=True)
    }
    assert all(one["metadata"] == {"price": 1.0, "brand": "New"} for one in listed)


def test_an_update_with_too_much_keeps_the_old_attributes(store):
    ids, vectors, attributes = some(3)
    store.add(ids, vectors, attributes)
    store.update(ids[:2], [{"notes": "x" * 3_000}, {"price": 500.0}])
    with pytest.raises(SomeRefused, match="P0"):
        store.flush()
    assert store.search(vectors[:1], 3, parse("price == 0")).ids[0] == ids[:1]
    assert store.search(vectors[:1], 3, parse("price == 500")).ids[0] == ids[1:2]


def test_deletes_of_more_than_one_call(store):
    ids, vectors, attributes = some(1_300)
    store.add(ids, vectors, attributes)
    store.delete([*ids[:1_200], *(f"nobody{n}" for n in range(30))])
    assert store.count() == 100


# --- other processes --------------------------------------------------------------------------------------------------

ADDS = """
import json, sys
from pathlib import Path
from snapshelf.stores import s3vectors
from snapshelf.testing.stores import DIM, some
location, options, start, end = Path(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
store = s3vectors.connect(location, DIM, options)
ids, vectors, attributes = some(end)
store.add(ids[start:], vectors[start:], attributes[start:])
store.flush()
print(store.count())
store.close()
"""


def test_two_processes(wired, store, tmp_path):
    ids, vectors, attributes = some(700)
    store.add(ids[:100], vectors[:100], attributes[:100])
    store.flush()
    line = [sys.executable, "-c", ADDS, str(tmp_path / "store"), json.dumps(wired.options), "100", "700"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "700", done.stderr
    assert store.count() == 700
    assert store.search(vectors[650:651], 1).ids[0] == [ids[650]]


def test_a_reader_follows_a_renewal(wired, store, tmp_path):
    ids, vectors, attributes = some(60)
    store.add(ids, vectors, attributes)
    store.flush()
    near = wired.connect(tmp_path / "store", DIM, {})  # the same record
    far = wired.connect(tmp_path / "far", DIM, {})  # another machine
    store.renew()
    store.add(ids[:20], vectors[:20], attributes[:20])
    assert near.count() == far.count() == 60
    store.flush()
    assert near.count() == far.count() == store.count() == 20
    assert far.search(vectors[5:6], 1).ids[0] == [ids[5]]
    near.close()
    far.close()


def test_a_crash_in_a_renewal_leaves_the_old_one(service, wired, tmp_path):
    ids, vectors, attributes = some(900)
    first = wired.connect(tmp_path / "store", DIM, {})
    first.add(ids, vectors, attributes)
    first.flush()
    first.renew()
    first.add(ids[:600], vectors[:600], attributes[:600])  # a full call goes off; then the process is gone
    second = wired.connect(tmp_path / "store", DIM, {})
    assert second.count() == 900
    assert not second.stale
    second.renew()
    second.add(ids[:30], vectors[:30], attributes[:30])
    second.flush()
    assert second.count() == 30
    listed = service.client().list_indexes(vectorBucketName=wired.options["bucket"])["indexes"]
    assert [one["indexName"] for one in listed] == ["snapshelf-16-g3"]
    second.close()


def test_other_settings_make_it_stale(wired, store, tmp_path):
    store.add(*some(5))
    store.flush()
    again = wired.connect(tmp_path / "store", DIM, {"non_filterable": "url"})
    assert again.stale
    assert again.count() == 5
    again.renew()
    again.add(*some(4))
    again.flush()
    assert not again.stale
    again.close()
    assert not wired.connect(tmp_path / "store", DIM, {"non_filterable": "url"}).stale


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        {"status": 429, "rate": 0.3},
        {"status": 503, "rate": 0.3},
        {"status": 500, "rate": 0.3},
        {"status": 408, "rate": 0.3},
        {"drop": True, "rate": 0.2},
        {"drop": True, "after": True, "rate": 0.2},
    ],
)
def test_nothing_is_lost_and_nothing_double(service, store, rule):
    service.faults(rule, seed=3)
    ids, vectors, attributes = some(3_000)
    for start in range(0, 3_000, 300):
        part = slice(start, start + 300)
        store.add(ids[part], vectors[part], attributes[part])
    store.update(ids[:150], [{"price": 777.0}] * 150)
    store.delete(ids[2_900:])
    store.flush()
    query = some(1, seed=8)[1]
    found = store.search(query, 40, parse("price < 700")).ids[0]
    service.faults()
    assert Counter(found).most_common(1)[0][1] == 1
    assert found == expected(ids[150:2_900], vectors[150:2_900], attributes[150:2_900], query[0], 40)
    assert store.count() == 2_900
    assert len(store.search(query, 500, parse("price == 777")).ids[0]) == 150


def test_what_never_works_is_said_and_kept(service, store, monkeypatch):
    monkeypatch.setattr("snapshelf.pace.Patience.wait", lambda *_: 0.0)
    store.add(*some(10))
    store.flush()
    service.faults({"operation": "PutVectors", "status": 503, "rate": 1.0})
    ids, vectors, attributes = some(20)
    store.add(ids, vectors, attributes)
    with pytest.raises(Outside, match="S3 Vectors|PutVectors"):
        store.flush()
    service.faults()
    store.flush()
    assert store.count() == 20


# --- what is wrong elsewhere ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dim", "metric"), [(8, "cosine"), (16, "euclidean")])
def test_an_index_of_another_shape(service, wired, tmp_path, dim, metric):
    client, bucket = service.client(), wired.options["bucket"]
    client.create_vector_bucket(vectorBucketName=bucket)
    client.create_index(
        vectorBucketName=bucket,
        indexName="snapshelf-16-g1",
        dataType="float32",
        dimension=dim,
        distanceMetric=metric,
        tags={"snapshelf-state": "live"},
    )
    with pytest.raises(Mismatch, match=f"has {dim} dimensions and {metric} distances.*store.options.index"):
        wired.connect(tmp_path, 16, {})


def test_more_dimensions_than_there_can_be(wired, tmp_path):
    with pytest.raises(Unsupported, match="up to 4,096 dimensions, not 5,000"):
        wired.connect(tmp_path, 5_000, {})


def test_nobody_listens(tmp_path, monkeypatch, wired):
    with pytest.raises(Outside, match="127.0.0.1:9"):
        s3vectors.connect(tmp_path, 16, {"bucket": "b-b", "region": "us-east-1", "endpoint_url": "http://127.0.0.1:9"})


def test_a_damaged_record_is_found_again_in_the_bucket(store, wired, tmp_path):
    store.add(*some(5))
    store.flush()
    (tmp_path / "store" / "record.json").write_text("{")
    with pytest.raises(Mismatch, match="cannot be read"):
        wired.connect(tmp_path / "store", DIM, {})
    (tmp_path / "store" / "record.json").unlink()
    again = wired.connect(tmp_path / "store", DIM, {})
    assert again.count() == 5
    again.close()


def test_no_bucket_named(tmp_path):
    with pytest.raises(BadSettings, match="bucket"):
        s3vectors.connect(tmp_path, 16, {})


def test_types_are_kept_by_other_processes(store, wired, tmp_path):
    store.add(*some(5))
    store.flush()
    again = wired.connect(tmp_path / "store", DIM, {})
    with pytest.raises(BadInput, match="'price' holds number values"):
        again.add(["new"], some(1)[1], [{"price": "cheap"}])
    with pytest.raises(NotHere, match="'nobody'"):
        again.update(["nobody"], [{}])
    again.close()


def test_own_options_of_each_test_lead_to_own_buckets():
    assert Wired("http://x").options["bucket"] != Wired("http://x").options["bucket"]
