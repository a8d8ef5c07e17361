"""Section B3: the operations, their lists and pages."""

import pytest

from tests.unit.twin.conftest import keys, record, refused


def pages(s3v, name, **given):
    return list(s3v.get_paginator(name).paginate(**given))


def test_b3_a_bucket_with_indexes_is_not_deleted(s3v, bucket, index):
    place = index()
    assert refused(s3v.delete_vector_bucket, vectorBucketName=bucket)[:3] == (
        409,
        "ConflictException",
        "The specified vector bucket is not empty",
    )
    s3v.delete_index(**place)
    s3v.delete_vector_bucket(vectorBucketName=bucket)
    assert refused(s3v.get_vector_bucket, vectorBucketName=bucket)[0] == 404


def test_b3_lists_of_buckets_have_prefix_and_pages(s3v):
    names = [f"paged-{at}" for at in range(5)]
    for name in names:
        s3v.create_vector_bucket(vectorBucketName=name)
    found = pages(s3v, "list_vector_buckets", prefix="paged-", maxResults=2)
    assert [[one["vectorBucketName"] for one in page["vectorBuckets"]] for page in found] == [
        names[:2],
        names[2:4],
        names[4:],
    ]


def test_b3_lists_of_indexes_show_names_and_times_only(s3v, bucket, index):
    made = sorted(index()["indexName"] for _ in range(3))
    found = s3v.list_indexes(vectorBucketName=bucket)["indexes"]
    assert [one["indexName"] for one in found] == made
    assert set(found[0]) == {"vectorBucketName", "indexName", "indexArn", "creationTime"}
    assert len(pages(s3v, "list_indexes", vectorBucketName=bucket, maxResults=1)) == 3


def test_b3_a_token_belongs_to_its_request(s3v, bucket, index):
    for _ in range(3):
        index()
    token = s3v.list_indexes(vectorBucketName=bucket, maxResults=1)["nextToken"]
    for wrong in ({"prefix": "index"}, {"nextToken": token[:-4] + "AAAA"}, {"nextToken": "x"}):
        given = {"vectorBucketName": bucket, "nextToken": token} | wrong
        assert refused(s3v.list_indexes, **given)[1] == "ValidationException"


def test_b3_policies(s3v, bucket):
    assert refused(s3v.get_vector_bucket_policy, vectorBucketName=bucket)[:3] == (
        404,
        "NotFoundException",
        "The specified vector bucket policy could not be found",
    )
    policy = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3vectors:*", "Resource": "*"}]}'
    s3v.put_vector_bucket_policy(vectorBucketName=bucket, policy=policy)
    assert s3v.get_vector_bucket_policy(vectorBucketName=bucket)["policy"] == policy
    s3v.delete_vector_bucket_policy(vectorBucketName=bucket)
    assert refused(s3v.get_vector_bucket_policy, vectorBucketName=bucket)[0] == 404


def test_b3_get_index_shows_what_it_was_made_with(s3v, index):
    place = index(3, "euclidean", metadataConfiguration={"nonFilterableMetadataKeys": ["title"]})
    found = s3v.get_index(**place)["index"]
    assert (found["dataType"], found["dimension"], found["distanceMetric"]) == ("float32", 3, "euclidean")
    assert found["metadataConfiguration"] == {"nonFilterableMetadataKeys": ["title"]}
    assert found["encryptionConfiguration"] == {"sseType": "AES256"}
    assert found["indexMode"] == "ENHANCED"


def test_b3_put_replaces_a_record_as_a_whole(s3v, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record("a", (1, 0), color="red")])
    s3v.put_vectors(**place, vectors=[record("a", (0, 2))])
    found = s3v.get_vectors(**place, keys=["a"], returnData=True, returnMetadata=True)["vectors"]
    assert found == [{"key": "a", "data": {"float32": [0, 2]}}]


def test_b3_get_vectors_leaves_absent_keys_out(s3v, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record("b"), record("a")])
    assert sorted(keys(s3v.get_vectors(**place, keys=["a", "zz", "b", "a"]))) == ["a", "b"]


def test_b3_deleting_absent_keys_is_no_error(s3v, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record("a"), record("b")])
    s3v.delete_vectors(**place, keys=["a", "zz"])
    assert keys(s3v.list_vectors(**place)) == ["b"]
    assert refused(s3v.delete_index, **(place | {"indexName": "not-there"}))[:3] == (
        404,
        "NotFoundException",
        "The specified index could not be found",
    )


def test_b3_float32_is_given_back_exactly(s3v, index):
    place = index(4)
    values = [0.1, 1 / 3, 1e-30, 16777217.0]
    s3v.put_vectors(**place, vectors=[record("a", values)])
    import numpy as np

    found = s3v.get_vectors(**place, keys=["a"], returnData=True)["vectors"][0]["data"]["float32"]
    assert np.array_equal(np.float32(found), np.float32(values))


def test_b3_a_listing_misses_nothing_while_others_write(s3v, index):
    place = index()
    stay = [f"stay-{at}" for at in range(60)]
    s3v.put_vectors(**place, vectors=[record(key) for key in [*stay, *(f"go-{at}" for at in range(40))]])
    seen, given = [], {}
    for turn in range(100):
        page = s3v.list_vectors(**place, maxResults=10, **given)
        seen += keys(page)
        s3v.delete_vectors(**place, keys=[f"go-{turn}", f"go-{turn + 20}"])
        s3v.put_vectors(**place, vectors=[record(f"new-{turn}")])
        if "nextToken" not in page:
            break
        given = {"nextToken": page["nextToken"]}
    assert sorted(key for key in seen if key.startswith("stay")) == sorted(stay)


def test_b3_segments_are_disjoint_and_together_everything(s3v, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record(f"k{at}") for at in range(300)])
    parts = [
        [key for page in pages(s3v, "list_vectors", **place, segmentCount=4, segmentIndex=at) for key in keys(page)]
        for at in range(4)
    ]
    assert sorted(key for part in parts for key in part) == sorted(f"k{at}" for at in range(300))
    assert all(parts)


def test_b3_a_segment_needs_both_numbers(s3v, index):
    place = index()
    for given in ({"segmentCount": 4}, {"segmentIndex": 0}, {"segmentCount": 4, "segmentIndex": 4}):
        assert refused(s3v.list_vectors, **place, **given)[1] == "ValidationException"


def test_b3_a_page_of_a_listing_ends_at_a_megabyte(s3v, index):
    place = index(4096)
    s3v.put_vectors(**place, vectors=[record(f"k{at}", [0.123456] * 4096) for at in range(40)])
    found = pages(s3v, "list_vectors", **place, returnData=True)
    assert len(found) > 1
    assert sum(len(page["vectors"]) for page in found) == 40


def test_b3_five_hundred_vectors_make_a_page(s3v, index):
    place = index()
    for start in (0, 300):
        s3v.put_vectors(**place, vectors=[record(f"k{at}") for at in range(start, start + 300)])
    assert [len(page["vectors"]) for page in pages(s3v, "list_vectors", **place)] == [500, 100]


def test_b3_tags_of_a_bucket_and_of_an_index(s3v, bucket):
    arn = s3v.create_vector_bucket(vectorBucketName="tagged-shop", tags={"team": "search"})["vectorBucketArn"]
    s3v.tag_resource(resourceArn=arn, tags={"team": "shop", "env": "test"})
    assert s3v.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "shop", "env": "test"}
    s3v.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert s3v.list_tags_for_resource(resourceArn=arn)["tags"] == {"env": "test"}
    more = {f"t{at}": "" for at in range(50)}
    assert refused(s3v.tag_resource, resourceArn=arn, tags=more)[1] == "ValidationException"
    assert refused(s3v.list_tags_for_resource, resourceArn=arn + "x")[0] == 404


def test_b3_queries_give_no_vector_data_and_distances_only_when_asked(s3v, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record("a", (1, 0), n=1)])
    plain = s3v.query_vectors(**place, topK=1, queryVector={"float32": [1, 0]})
    assert plain["vectors"] == [{"key": "a"}]
    assert plain["distanceMetric"] == "cosine"
    full = s3v.query_vectors(
        **place, topK=1, queryVector={"float32": [1, 0]}, returnDistance=True, returnMetadata=True
    )["vectors"][0]
    assert set(full) == {"key", "distance", "metadata"}


def test_b3_results_come_a_hundred_to_a_page(s3v, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record(f"k{at:03}", (1, at / 100)) for at in range(300)])
    found = pages(s3v, "query_vectors", **place, topK=250, queryVector={"float32": [1, 0]})
    assert [len(page["vectors"]) for page in found] == [100, 100, 50]
    assert [key for page in found for key in keys(page)] == [f"k{at:03}" for at in range(250)]


def test_b3_the_token_of_a_query_belongs_to_it(s3v, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record(f"k{at}") for at in range(200)])
    given = {**place, "topK": 150, "queryVector": {"float32": [1, 0]}}
    token = s3v.query_vectors(**given)["nextToken"]
    assert len(s3v.query_vectors(**given, nextToken=token)["vectors"]) == 50
    for wrong in ({"topK": 151}, {"queryVector": {"float32": [0, 1]}}, {"filter": {"a": 1}}):
        assert refused(s3v.query_vectors, **(given | wrong), nextToken=token)[1] == "ValidationException"


def test_b3_pages_of_one_query_agree_while_others_write(s3v, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record(f"k{at:03}", (1, at / 100)) for at in range(150)])
    given = {**place, "topK": 150, "queryVector": {"float32": [1, 0]}}
    first = s3v.query_vectors(**given)
    s3v.put_vectors(**place, vectors=[record(f"new{at}") for at in range(100)])
    second = s3v.query_vectors(**given, nextToken=first["nextToken"])
    assert keys(first) + keys(second) == [f"k{at:03}" for at in range(150)]


@pytest.mark.parametrize("top", [10_000])
def test_b4_ten_thousand_results_are_the_most(s3v, index, top):
    place = index()
    assert s3v.query_vectors(**place, topK=top, queryVector={"float32": [1, 0]})["vectors"] == []
    assert (
        refused(s3v.query_vectors, **place, topK=top + 1, queryVector={"float32": [1, 0]})[1] == "ValidationException"
    )
