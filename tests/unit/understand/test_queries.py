"""Labelled queries of our own writing: precision and recall per kind, tuned half and held-out half apart."""

import pytest

from snapshelf.filters import check
from tests.unit.understand.judge import found, lines, score, table
from tests.unit.understand.shop import vocabularies

# What was reached, less a little: (precision, recall).
FLOORS = {"tuned": (0.985, 0.99), "held out": (0.965, 0.985)}
KIND_FLOOR = 0.93  # of every kind, in both halves together
REST_FLOOR = 0.985


def test_there_are_enough_of_every_sort():
    everything = lines()
    assert len(everything) >= 300
    assert sum(not line.want for line in everything) >= 60
    assert len({(line.shop, line.query) for line in everything}) == len(everything)
    assert {line.shop for line in everything} == set(vocabularies())


@pytest.mark.parametrize("half", FLOORS)
def test_precision_and_recall(half):
    counts, misses, rests = score([line for line in lines() if line.half == half])
    print(f"\n{half}\n\n{table(counts)}\n\nresidual: {rests[0]} of {rests[1]}")
    right, made, want = (sum(column) for column in zip(*counts.values(), strict=True))
    assert (right / made, right / want) >= FLOORS[half], misses
    assert right / want >= FLOORS[half][1], misses
    assert rests[0] >= REST_FLOOR * rests[1], misses


def test_no_kind_is_left_behind():
    counts, misses, _ = score(lines())
    for kind, (right, made, want) in counts.items():
        assert right >= KIND_FLOOR * max(made, want), (kind, misses)


def test_every_filter_can_be_asked_of_its_shop():
    asked = 0
    for line in lines():
        _, answer = found(line)
        for one in answer.constraints:
            if one.where:
                check(one.where, vocabularies()[line.shop].known)
                asked += 1
    assert asked > 300


def test_a_miss_is_seen():
    wrong = [type(line)(line.number, line.shop, line.query, ("code! NO-SUCH-CODE",), None) for line in lines()[:3]]
    counts, misses, _ = score(wrong)
    assert counts["code"] == [0, 0, 3]
    assert len([miss for miss in misses if "not found" in miss]) == 3
