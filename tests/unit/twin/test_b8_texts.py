"""Section B8: full-text search of metadata, and both searches fused."""

import pytest

from snapshelf.testing.twin import running
from snapshelf.twin.run import Options
from tests.unit.twin.conftest import keys, record, refused

TITLES = {
    "shoe": "Red running shoes for women",
    "boot": "Leather boots, red laces",
    "mug": "Blue mug",
    "vase": "Vase Ångström, weiß",
}
PLAIN = {
    "nonFilterableMetadataKeys": ["title"],
    "textSearchConfigurations": [{"metadataKey": "title", "language": "en"}],
}


@pytest.fixture
def place(s3v, index):
    found = index(metadataConfiguration=PLAIN)
    rows = [record(key, (1, at), title=title, n=at) for at, (key, title) in enumerate(TITLES.items())]
    s3v.put_vectors(**found, vectors=rows)
    return found


def ask(s3v, place, text, key="title", **more):
    return s3v.query_vectors(**place, **{"topK": 10, "queryTexts": [{"text": text, "metadataKey": key}]} | more)


def test_b8_get_index_shows_the_configuration(s3v, place):
    found = s3v.get_index(**place)["index"]["metadataConfiguration"]
    assert found["textSearchConfigurations"] == [{"metadataKey": "title", "language": "en", "status": "ACTIVE"}]


def test_b8_words_are_found_in_other_forms_and_cases(s3v, place):
    assert keys(ask(s3v, place, "RUN shoe")) == ["shoe"]
    assert sorted(keys(ask(s3v, place, "red"))) == ["boot", "shoe"]
    assert keys(ask(s3v, place, "angstrom")) == ["vase"]
    assert ask(s3v, place, "nothing of this")["vectors"] == []
    assert ask(s3v, place, "?!")["vectors"] == []


def test_b8_scores_are_given_when_asked_for(s3v, place):
    found = ask(s3v, place, "red shoes", returnScores=True)
    assert found["distanceMetric"] == "cosine"
    first, second = found["vectors"]
    assert (first["key"], second["key"]) == ("shoe", "boot")
    assert set(first["scores"]) == {"bm25Scores"}
    (score,) = first["scores"]["bm25Scores"]
    assert score["metadataKey"] == "title"
    assert score["score"] > second["scores"]["bm25Scores"][0]["score"] > 0


def test_b8_scores_are_not_added_to_a_query_by_vector(s3v, place):
    found = s3v.query_vectors(**place, topK=1, queryVector={"float32": [1, 0]}, returnScores=True)
    assert found["vectors"] == [{"key": "shoe"}]


def test_b8_both_are_fused_by_reciprocal_rank(s3v, place):
    found = ask(s3v, place, "mug", queryVector={"float32": [1, 0]}, returnScores=True, returnDistance=True)["vectors"]
    by_key = {one["key"]: one for one in found}
    assert keys({"vectors": found})[0] == "mug"  # first by words, third by vector
    assert by_key["mug"]["scores"]["fused"] == pytest.approx(1 / 61 + 1 / 63)
    assert by_key["shoe"]["scores"]["fused"] == pytest.approx(1 / 61)
    assert "bm25Scores" not in by_key["shoe"]["scores"]
    assert by_key["shoe"]["scores"]["vectorDistance"] == pytest.approx(by_key["shoe"]["distance"])


def test_b8_a_filter_goes_before_both(s3v, place):
    found = ask(s3v, place, "red mug", queryVector={"float32": [1, 0]}, filter={"n": {"$gte": 1, "$lte": 2}})
    assert sorted(keys(found)) == ["boot", "mug"]
    assert keys(ask(s3v, place, "red", filter={"n": 1})) == ["boot"]


def test_b8_texts_follow_puts_and_deletes(s3v, place):
    s3v.put_vectors(**place, vectors=[record("mug", (1, 2), title="Green cup")])
    assert keys(ask(s3v, place, "mug")) == []
    assert keys(ask(s3v, place, "cup")) == ["mug"]
    s3v.delete_vectors(**place, keys=["mug"])
    assert keys(ask(s3v, place, "cup")) == []
    s3v.put_vectors(**place, vectors=[record("shoe", (1, 0))])
    assert keys(ask(s3v, place, "running")) == []


def test_b8_several_keys_are_scored_each_by_itself(s3v, index):
    keyed = [{"metadataKey": "title"}, {"metadataKey": "tags"}]
    place = index(metadataConfiguration={"textSearchConfigurations": keyed})
    rows = [
        record("both", title="red", tags=["red", "new"]),
        record("title", title="red", tags="old"),
        record("number", title=7, tags="red"),
    ]
    s3v.put_vectors(**place, vectors=rows)
    texts = [{"text": "red", "metadataKey": one["metadataKey"]} for one in keyed]
    found = s3v.query_vectors(**place, topK=3, queryTexts=texts, returnScores=True)["vectors"]
    scored = {one["key"]: [score["metadataKey"] for score in one["scores"]["bm25Scores"]] for one in found}
    assert next(iter(scored)) == "both"
    assert scored == {"both": ["title", "tags"], "title": ["title"], "number": ["tags"]}


@pytest.mark.parametrize(("language", "title", "text"), [("ja", "赤い靴です", "靴"), ("de", "Rote Häuser", "Haus")])
def test_b8_languages(s3v, index, language, title, text):
    chosen = {"textSearchConfigurations": [{"metadataKey": "title", "language": language}]}
    place = index(metadataConfiguration=chosen)
    s3v.put_vectors(**place, vectors=[record("a", title=title), record("b", title="x")])
    assert keys(ask(s3v, place, text)) == ["a"]


def test_b8_a_search_may_be_added_and_dropped_later(s3v, index):
    place = index()
    s3v.put_vectors(**place, vectors=[record("a", title="red shoes")])
    assert refused(ask, s3v=s3v, place=place, text="red")[1] == "ValidationException"
    added = {"textSearchConfigurations": [{"metadataKey": "title"}]}
    arn = s3v.get_index(**place)["index"]["indexArn"]
    assert s3v.update_metadata_configuration(**place, add=added)["indexArn"] == arn
    assert keys(ask(s3v, place, "shoes")) == ["a"]
    assert refused(s3v.update_metadata_configuration, **place, add=added)[:2] == (409, "ConflictException")
    s3v.update_metadata_configuration(**place, delete={"textSearchConfigurations": [{"metadataKey": "title"}]})
    assert refused(ask, s3v=s3v, place=place, text="red")[1] == "ValidationException"
    assert "metadataConfiguration" not in s3v.get_index(**place)["index"]


def test_b8_one_change_at_a_time(s3v, index):
    place, keyed = index(), [{"metadataKey": "title"}]
    both = {"add": {"textSearchConfigurations": keyed}, "delete": {"textSearchConfigurations": keyed}}
    for given in (both, {}):
        assert refused(s3v.update_metadata_configuration, **place, **given)[1] == "ValidationException"


def test_b8_limits_of_configurations_and_texts(s3v, place):
    more = [{"metadataKey": f"k{at}"} for at in range(10)]
    given = {**place, "add": {"textSearchConfigurations": more}}
    assert refused(s3v.update_metadata_configuration, **given)[1] == "ValidationException"
    assert "between 1 and 1024" in refused(ask, s3v=s3v, place=place, text="x" * 1025)[2]
    twice = [{"text": "red", "metadataKey": "title"}] * 2
    assert refused(s3v.query_vectors, **place, topK=1, queryTexts=twice)[1] == "ValidationException"
    assert refused(s3v.query_vectors, **place, topK=1)[1] == "ValidationException"


def test_b8_building_does_not_serve():
    with running(Options(building=3600)) as found:
        s3v, place = found.client(), {"vectorBucketName": "shop", "indexName": "products"}
        s3v.create_vector_bucket(vectorBucketName="shop")
        s3v.create_index(**place, dataType="float32", dimension=2, distanceMetric="cosine")
        s3v.update_metadata_configuration(**place, add={"textSearchConfigurations": [{"metadataKey": "title"}]})
        (shown,) = s3v.get_index(**place)["index"]["metadataConfiguration"]["textSearchConfigurations"]
        assert shown["status"] == "BUILDING"
        assert refused(ask, s3v=s3v, place=place, text="red")[1] == "ValidationException"
