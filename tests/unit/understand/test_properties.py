"""What holds for any text whatever."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshelf.filters import check
from snapshelf.understand import KINDS, understand
from tests.unit.understand.judge import lines
from tests.unit.understand.shop import vocabularies

PIECES = sorted({word for line in lines() for word in line.query.split()})
SIGNS = [
    "$",
    "€",
    '"',
    "'",
    "-",
    "–",
    ".",
    ",",
    "/",
    "(",
    "%",
    "💡",
    "赤",
    "é",
    "\u0301",
    "\u200f",
    "\n",
    "k",
    "in",
    "5",
]
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*PIECES, *SIGNS]), max_size=12).map(" ".join),
    st.lists(st.sampled_from([*PIECES, *SIGNS]), max_size=12).map("".join),
)
shops = st.sampled_from(sorted(vocabularies()))
kinds = st.sets(st.sampled_from(KINDS))


@settings(max_examples=600, deadline=None)
@given(texts, shops, kinds)
def test_any_text_has_a_sound_answer(text, shop, off):
    vocabulary = vocabularies()[shop]
    answer = understand(text, vocabulary, frozenset(off))
    last = 0
    for start, end, kind in answer.highlight:
        assert last <= start < end <= len(text)
        assert kind not in off
        last = end
    for one in answer.constraints:
        assert one.words == text[slice(*one.span)]
        assert one.said
        assert (one.where is not None) or one.code or one.kind == "negation"
        if one.where is not None:
            check(one.where, vocabulary.known)
    if "correction" in off:
        assert not answer.corrections
    for correction in answer.corrections:
        assert text[slice(*correction.span)] == correction.wrong


@settings(max_examples=200, deadline=None)
@given(texts, shops)
def test_the_same_text_has_the_same_answer(text, shop):
    assert understand(text, vocabularies()[shop]) == understand(text, vocabularies()[shop])


@settings(max_examples=200, deadline=None)
@given(texts, shops)
def test_with_everything_off_nothing_is_understood(text, shop):
    answer = understand(text, vocabularies()[shop], KINDS)
    assert (answer.constraints, answer.corrections, answer.faults, answer.negatives) == ((), (), (), ())
    assert answer.residual == " ".join(text.split())


@pytest.mark.parametrize(
    "piece", ["dress ", "under $50 ", "not red or ", "1", "-", '"', "blakc ", "5 cm to ", "赤い", "a-1 "]
)
def test_long_texts_take_no_longer_than_short_ones_in_proportion(piece):
    """Ten times the text may take ten times as long, not a hundred times."""
    vocabulary = vocabularies()["general"]

    def seconds(length):
        text = (piece * length)[:length]
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            understand(text, vocabulary)
            best = min(best, time.process_time() - began)
        return best

    seconds(100)
    assert seconds(20_000) < 12 * seconds(2_000) + 0.05
    assert seconds(10_000) < 0.25
