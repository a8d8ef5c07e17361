"""Several indexes by a field: only those are asked that a filter leaves, and a vector is in one of them at a time."""

import numpy as np
import pytest

from snapshelf.errors import BadSettings
from snapshelf.filters import matches, parse
from snapshelf.stores.s3vectors import names
from snapshelf.testing.stores import DIM, some


@pytest.fixture
def store(wired, tmp_path):
    opened = wired.connect(tmp_path / "store", DIM, {"shard_by": "brand"})
    yield opened
    opened.close()


def expected(ids, vectors, attributes, query, k, where=None):
    passing = [n for n in range(len(ids)) if where is None or matches(where, attributes[n])]
    scores = vectors.astype(np.float64) @ query.astype(np.float64)
    return [ids[n] for n in sorted(passing, key=lambda n: (-scores[n], ids[n]))[:k]]


def indexes(service, wired):
    return [
        one["indexName"] for one in service.client().list_indexes(vectorBucketName=wired.options["bucket"])["indexes"]
    ]


def held(service, wired):
    """Key → indexes it lies in."""
    client, found = service.client(), {}
    for index in indexes(service, wired):
        for one in client.list_vectors(vectorBucketName=wired.options["bucket"], indexName=index)["vectors"]:
            found.setdefault(one["key"], []).append(index)
    return found


def filled(store, n=300):
    ids, vectors, attributes = some(n)
    attributes = [
        {key: value for key, value in one.items() if i % 10 or key != "brand"} for i, one in enumerate(attributes)
    ]
    store.add(ids, vectors, attributes)
    store.flush()
    return ids, vectors, attributes


def test_one_index_per_value_and_one_for_none(service, wired, store):
    ids, _, attributes = filled(store)
    where = held(service, wired)
    for id, one in zip(ids, attributes, strict=True):
        assert where[id] == [names.shard("snapshelf-16-g1", one.get("brand"))]
    assert len(indexes(service, wired)) == 4
    assert store.count() == 300
    assert sorted(store.sizes().values()) == [30, 90, 90, 90]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ('brand == "Acme" and price < 50', 1),
        ('brand in ["Acme", "Bolt"]', 2),
        ("price < 50", 4),
        ('brand != "Acme"', 4),
        ('brand == "Nobody"', 1),
        ('brand == "Acme" and brand == "Bolt"', 0),
        ("not exists(brand)", 4),
    ],
)
def test_only_those_are_asked_that_can_hold_it(store, text, asked):
    ids, vectors, attributes = filled(store)
    where, query = parse(text), some(1, seed=4)[1]
    found = store.search(query, 20, where)
    assert found.ids[0] == expected(ids, vectors, attributes, query[0], 20, where)
    assert f"{asked} of 4 shards" in found.path


def test_several_queries_at_once(store):
    ids, vectors, attributes = filled(store)
    queries = some(5, seed=6)[1]
    found = store.search(queries, 7)
    assert found.ids == [expected(ids, vectors, attributes, query, 7) for query in queries]


def test_a_vector_moves_with_its_value(service, wired, store):
    ids, vectors, attributes = filled(store)
    changed = [one | {"brand": "Moved"} for one in attributes[:40]]
    store.update(ids[:20], changed[:20])
    store.add(ids[20:40], vectors[20:40], changed[20:])
    store.add(ids[39:40], vectors[39:40], [attributes[39]])  # and one back, before it ever arrived
    store.flush()
    assert all(len(places) == 1 for places in held(service, wired).values())
    assert store.count() == 300
    found = store.search(vectors[:1], 100, parse('brand == "Moved"')).ids[0]
    assert set(found) == set(ids[:39])
    store.delete(ids[:10])
    assert store.count() == 290


def test_another_machine_writes_in_between(service, wired, store, tmp_path):
    ids, vectors, _ = filled(store)
    other = wired.connect(tmp_path / "other", DIM, {"shard_by": "brand"})
    other.add(ids[:50], vectors[:50], [{"brand": "There"}] * 50)
    other.flush()
    store.add(ids[:50], vectors[:50], [{"brand": "Here"}] * 50)
    store.flush()
    assert all(len(places) == 1 for places in held(service, wired).values())
    assert len(store.search(vectors[:1], 100, parse('brand == "Here"')).ids[0]) == 50
    assert store.search(vectors[:1], 100, parse('brand == "There"')).ids[0] == []
    other.close()


def test_a_crash_between_put_and_delete_is_mended(service, wired, store, tmp_path, monkeypatch):
    """The copy left behind goes when the same change is applied once more, as it is after a crash."""
    ids, vectors, _ = filled(store)
    service.faults({"operation": "DeleteVectors", "status": 503, "rate": 1.0, "times": 100})
    monkeypatch.setattr("snapshelf.pace.Patience.wait", lambda *_: 0.0)
    store.update(ids[1:2], [{"brand": "Moved"}])
    with pytest.raises(Exception, match="."):
        store.flush()
    service.faults()
    again = wired.connect(tmp_path / "store", DIM, {"shard_by": "brand"})
    assert len(held(service, wired)[ids[1]]) == 2
    assert again.search(vectors[1:2], 3).ids[0].count(ids[1]) == 1
    again.add(ids[1:2], vectors[1:2], [{"brand": "Moved"}])
    again.flush()
    assert len(held(service, wired)[ids[1]]) == 1
    again.close()


def test_a_renewal_of_shards(service, wired, store):
    ids, vectors, attributes = filled(store)
    store.renew()
    store.add(ids[:30], vectors[:30], attributes[:30])
    store.flush()
    assert store.count() == 30
    assert all(name.startswith("snapshelf-16-g2") for name in indexes(service, wired))


def test_sharding_is_a_setting_that_makes_it_stale(wired, store, tmp_path):
    filled(store)
    assert not wired.connect(tmp_path / "store", DIM, {"shard_by": "brand"}).stale
    assert wired.connect(tmp_path / "store", DIM, {}).stale
    assert not wired.connect(tmp_path / "new", DIM, {"shard_by": "brand"}).stale


def test_a_list_cannot_shard(wired, tmp_path):
    store = wired.connect(tmp_path, DIM, {"shard_by": "tags"})
    with pytest.raises(BadSettings, match=r"shard_by is 'tags', which holds lists \(P1#text\)"):
        store.add(*some(5))
    store.close()
