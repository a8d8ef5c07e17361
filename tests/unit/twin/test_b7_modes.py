"""Section B7: index modes, consistency, and results that drop out on request."""

import threading

import numpy as np
import pytest

from snapshelf.testing.twin import running
from snapshelf.twin.run import Options
from snapshelf.twin.s3vectors.recall import Loss
from tests.unit.twin.conftest import keys, record, refused

SHAPE = {"dataType": "float32", "dimension": 8, "distanceMetric": "cosine"}
PLACE = {"vectorBucketName": "mode-shop", "indexName": "products"}


def filled(s3v, count=2000, dimension=8):
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((count, dimension)).round(4)
    s3v.create_vector_bucket(vectorBucketName=PLACE["vectorBucketName"])
    s3v.create_index(**PLACE, **SHAPE | {"dimension": dimension})
    for start in range(0, count, 500):
        part = range(start, min(count, start + 500))
        s3v.put_vectors(**PLACE, vectors=[record(str(at), rows[at].tolist(), n=at) for at in part])
    return rows


def test_b7_buckets_are_enhanced_and_stay_so(s3v, bucket, index):
    assert s3v.get_vector_bucket(vectorBucketName=bucket)["vectorBucket"]["defaultIndexMode"] == "ENHANCED"
    place = index()
    s3v.put_vector_bucket_default_index_mode(vectorBucketName=bucket, defaultIndexMode="ENHANCED")
    s3v.update_index_mode(**place, indexMode="ENHANCED")
    said = "defaultIndexMode cannot be set to CLASSIC because this vector bucket does not support CLASSIC mode"
    given = {"vectorBucketName": bucket, "defaultIndexMode": "CLASSIC"}
    assert refused(s3v.put_vector_bucket_default_index_mode, **given)[:3] == (400, "ValidationException", said)
    assert refused(s3v.update_index_mode, **place, indexMode="CLASSIC")[1] == "ValidationException"


def test_b7_an_enhanced_index_is_not_queried_as_classic(s3v, index):
    given = {**index(), "topK": 1, "queryVector": {"float32": [1, 0]}}
    s3v.query_vectors(**given, queryMode="ENHANCED")
    said = "queryMode cannot be CLASSIC when indexMode is ENHANCED"
    assert refused(s3v.query_vectors, **given, queryMode="CLASSIC")[2] == said


def test_b7_an_older_bucket_is_classic_until_it_is_changed():
    with running(Options(classic=True)) as found:
        s3v = found.client()
        filled(s3v)
        assert s3v.get_index(**PLACE)["index"]["indexMode"] == "CLASSIC"
        given = {**PLACE, "topK": 10, "queryVector": {"float32": [1.0] * 8}, "filter": {"n": {"$lt": 20}}}
        few = keys(s3v.query_vectors(**given))
        assert len(few) < 10  # 20 pass, but not among the 100 that it looks at
        assert len(keys(s3v.query_vectors(**given, queryMode="ENHANCED"))) == 10
        starts = {"filter": {"n": {"$startsWith": "1"}}}
        assert refused(s3v.query_vectors, **given | starts)[2] == "Invalid filter"
        s3v.update_index_mode(**PLACE, indexMode="ENHANCED")
        assert len(keys(s3v.query_vectors(**given))) == 10


def test_b7_a_query_sees_every_write_that_was_answered(s3v, index):
    place, wrong = index(), []

    def write(number):
        for at in range(20):
            key = f"{number}-{at}"
            s3v.put_vectors(**place, vectors=[record(key, (1, at), me=key)])
            found = keys(s3v.query_vectors(**place, topK=5, queryVector={"float32": [1, at]}, filter={"me": key}))
            s3v.delete_vectors(**place, keys=[key])
            gone = keys(s3v.query_vectors(**place, topK=5, queryVector={"float32": [1, at]}, filter={"me": key}))
            if found != [key] or gone:
                wrong.append((key, found, gone))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_b7_of_two_who_create_an_index_one_wins(s3v, bucket):
    given = {"vectorBucketName": bucket, "indexName": "contested", "dataType": "float32", "dimension": 2}
    codes = []

    def create(metric):
        try:
            s3v.create_index(**given, distanceMetric=metric)
            codes.append(200)
        except s3v.exceptions.ConflictException:
            codes.append(409)

    threads = [threading.Thread(target=create, args=(metric,)) for metric in ["cosine", "euclidean"] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] + [409] * 7


# Measured: share that matches, of 50,000, and recall at 5, 10, 20 and 50.
MEASURED = {
    50_000: (0.984, 0.994, 0.996, 0.992),
    25_000: (0.988, 0.984, 0.988, 0.991),
    5_000: (0.996, 0.992, 0.997, 0.996),
    500: (0.992, 0.974, 0.949, 0.911),
    135: (0.952, 0.932, 0.883, 0.724),
    50: (0.948, 0.898, 0.811, 0.610),
    5: (1.0, 1.0, 1.0, 1.0),
}


@pytest.mark.parametrize("matching", MEASURED)
def test_b7_the_loss_is_that_of_the_measurement(matching):
    given = [1 - Loss().miss(matching, k) for k in (5, 10, 20, 50)]
    assert given == pytest.approx(MEASURED[matching], abs=0.025)


def test_b7_results_drop_out_as_measured_and_the_same_ones_again():
    with running(Options(loss=7)) as found:
        s3v = found.client()
        rows = filled(s3v)
        matching, recalls = {"n": {"$lt": 50}}, []
        for at in range(60):
            given = {**PLACE, "topK": 50, "queryVector": {"float32": rows[-at - 1].tolist()}, "filter": matching}
            got = keys(s3v.query_vectors(**given))
            assert got == keys(s3v.query_vectors(**given))
            assert all(int(key) < 50 for key in got)
            recalls.append(len(got) / 50)
        assert np.mean(recalls) == pytest.approx(0.61, abs=0.04)
        given = {**PLACE, "topK": 10, "queryVector": {"float32": rows[0].tolist()}}
        assert len(keys(s3v.query_vectors(**given))) == 10  # what is lost is made up for by the next
        few = {**given, "filter": {"n": {"$lt": 5}}}
        assert len(keys(s3v.query_vectors(**few))) == 5


def test_b7_without_the_option_nothing_drops_out(s3v):
    rows = filled(s3v)
    given = {**PLACE, "topK": 50, "queryVector": {"float32": rows[0].tolist()}, "filter": {"n": {"$lt": 50}}}
    assert len(keys(s3v.query_vectors(**given))) == 50
