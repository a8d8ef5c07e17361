"""What the text tower learns from and is judged by: made-up texts, the judged pool, BM25 by hand."""

import math
from pathlib import Path

import numpy as np
import pytest

from snapshelf.sample.goods.make import goods


@pytest.fixture
def training(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).resolve().parents[2])
    from training import asked, judged, places

    return asked, judged, places


def test_the_shop_that_ships_is_not_trained_on(training):
    asked = training[0]
    made = set(asked.shop())
    assert asked.goods(5, asked.SEEDS[0])[0].title.split(", size")[0] in made
    whole = [f"{good.title.split(', size')[0]}|{good.description}" for good in goods(300, 7)]
    assert not [both for both in whole if set(both.split("|")) <= made]


def test_near_misses_come_in_pairs(training):
    found = training[0].near_misses(["leather shoulder bag", "usb cable", "shirt dress"], 200)
    turned = {" ".join(reversed(text.split())) for text in found if len(text.split()) == 2}
    assert {"shirt dress", "dress shirt", "usb cable", "cable usb"} <= set(found)
    assert {"shirt dress", "usb cable"} <= turned
    without = [text for text in found if " without " in text]
    assert without
    assert {text.replace("without", "with") for text in without} <= set(found)


def test_queries_are_words_of_titles(training):
    titles = ["HP 80 Original Cyan", "Walnut table, round"]
    found = training[0].queries(titles, 50)
    assert {word for text in found for word in text.split()} <= set("hp 80 original cyan walnut table round".split())
    assert max(len(text.split()) for text in found) <= 4
    assert found == training[0].queries(titles, 50)


def test_bm25_by_hand(training):
    judged = training[1]
    told = judged.Judged(
        {"red cups": {"a": 0, "b": 3}, "lamp": {"a": 1, "b": 0}}, {"a": "red red lamp", "b": "red cup"}
    )
    scores = judged.by_words(told)
    # "cup" is rarer than "red", so b comes first: nDCG 1; only a has a lamp.
    assert scores == pytest.approx([1.0, 1.0])
    worse = judged.Judged({"red": {"a": 0, "b": 3}}, told.texts)
    # Twice red in three words weighs more than once in two: a leads, b falls to the second place.
    assert judged.by_words(worse) == pytest.approx([1 / math.log2(3)])


def test_the_judged_pool_is_ranked_by_cosine(training, shared):
    """Rows that lean towards the query as much as they were graded are perfect; those that lean away are not."""
    _, judged, places = training
    told = judged.read(places.Places(shared, shared, 1, 1, 1))
    assert len(told.grades) == 93
    assert set(told.texts) == {id for grades in told.grades.values() for id in grades}
    query = sorted(query for query, grades in told.grades.items() if 0 in grades.values() and len(grades) > 12)[0]
    one = judged.Judged({query: told.grades[query]}, told.texts)
    leaning = np.asarray([told.grades[query].get(id, 0) / 4 for id in told.texts])
    rows = np.zeros((len(leaning), 256), np.float32)
    rows[:, 0], rows[:, 1] = leaning, np.sqrt(1 - leaning**2)
    asked = np.eye(1, 256, dtype=np.float32)
    for sign, right in ((1, True), (-1, False)):
        found = judged.by_vectors(one, lambda texts, sign=sign: sign * asked if len(texts) == 1 else rows)
        assert set(found) == set(places.DIMS)
        assert all((scores[0] > 0.999) == right for scores in found.values())
