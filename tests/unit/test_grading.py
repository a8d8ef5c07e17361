"""Grades given one at a time: always files that `evaluate` reads, whatever is changed, taken back, or done at once."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snapshelf.errors import BadInput, BadRow
from snapshelf.evaluate import read_qrels, read_queries
from snapshelf.evaluate.grading import CORRECTED, Given, agreement, grade, history, kept, take_back


def test_what_is_graded_is_what_evaluate_reads(tmp_path):
    id = grade(tmp_path, "red shoe", "price < 80", 'A,"1"', 3, "ada", 1.0)
    assert grade(tmp_path, "red shoe", "price < 80", "B", 0, "ada", 2.0) == id
    other = grade(tmp_path, "red shoe", "", "B", 1, "ada", 3.0)
    assert other != id
    found = {query.id: (query.text, query.where) for query in read_queries(tmp_path / "queries.jsonl")}
    assert found == {id: ("red shoe", "price < 80"), other: ("red shoe", "")}
    assert read_qrels(tmp_path / "qrels.csv") == {id: {'A,"1"': 3, "B": 0}, other: {"B": 1}}


def test_a_query_that_is_there_keeps_its_id_and_its_line(tmp_path):
    line = '{"text": "red shoe",  "id": "mine"}'
    (tmp_path / "queries.jsonl").write_text(line)  # and no newline at its end
    assert grade(tmp_path, "red shoe", "", "A", 2, "ada", 1.0) == "mine"
    grade(tmp_path, "blue shoe", "", "A", 2, "ada", 1.0)
    lines = (tmp_path / "queries.jsonl").read_text().splitlines()
    assert (lines[0], len(lines), len(read_queries(tmp_path / "queries.jsonl"))) == (line, 2, 2)


def test_taking_back_brings_the_earlier_grade(tmp_path):
    for value in (1, 3):
        id = grade(tmp_path, "shoe", "", "A", value, "ada", float(value))
    assert take_back(tmp_path, id, "A", "ada", 4.0) == 1
    assert kept(tmp_path).qrels == {id: {"A": 1}}
    assert take_back(tmp_path, id, "A", "ada", 5.0) is None
    assert kept(tmp_path).qrels == {}
    with pytest.raises(BadInput, match="no grade"):
        take_back(tmp_path, id, "A", "ada", 6.0)
    assert [one.grade for one in history(tmp_path)] == [1, 3, None, None]


@pytest.mark.parametrize("content", ["sku,query,grade\nA,q,1\n", "q 0 A 1\n"])
def test_files_of_another_form_are_left_alone(tmp_path, content):
    (tmp_path / "qrels.csv").write_text(content)
    with pytest.raises(BadInput, match="was not written here"):
        grade(tmp_path, "shoe", "", "A", 1, "ada", 1.0)
    assert (tmp_path / "qrels.csv").read_text() == content
    assert history(tmp_path) == []


def test_a_damaged_file_is_said_and_not_written_to(tmp_path):
    grade(tmp_path, "shoe", "", "A", 1, "ada", 1.0)
    with (tmp_path / "qrels.csv").open("a") as file:
        file.write("q1,B,many\n")
    before = (tmp_path / "qrels.csv").read_bytes()
    with pytest.raises(BadRow, match="row 3"):
        grade(tmp_path, "shoe", "", "C", 1, "ada", 2.0)
    assert (tmp_path / "qrels.csv").read_bytes() == before


def test_many_people_grade_at_once(tmp_path):
    def work(n):
        for sku in range(8):
            grade(tmp_path, f"query {n % 2}", "", f"S{n}-{sku}", sku % 4, f"p{n}", 1.0)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = kept(tmp_path)
    assert len(found.queries) == 2
    assert sum(map(len, found.qrels.values())) == 32


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("XY"), st.integers(-1, 3)), max_size=12))
def test_the_file_says_what_the_last_grade_says(tmp_path_factory, steps):
    folder, stacks = tmp_path_factory.mktemp("grades"), {}
    for n, (text, sku, value) in enumerate(steps):
        held = stacks.setdefault((kept(folder).id_of(text), sku), [])
        if value >= 0:
            grade(folder, text, "", sku, value, "ada", float(n))
            held.append(value)
        elif held:
            take_back(folder, kept(folder).id_of(text), sku, "ada", float(n))
            held.pop()
    wanted = {key: held[-1] for key, held in stacks.items() if held}
    assert {(q, sku): value for q, some in kept(folder).qrels.items() for sku, value in some.items()} == wanted


def opinions(*pairs):
    """A history in which each product was graded by two people."""
    return [
        Given("q", f"S{n}", value, float(n), by)
        for n, pair in enumerate(pairs)
        for by, value in zip("ab", pair, strict=True)
    ]


def test_agreement_by_hand():
    found = agreement(opinions((3, 3), (2, 1), (0, 0), (1, 3)))
    assert (found.pairs, found.same) == (4, 2)
    # Observed: (0 + 1 + 0 + 4) / 4 = 1.25; expected by chance: the mean over all pairs of a first with a last opinion.
    expected = sum((a - b) ** 2 for a in (3, 2, 0, 1) for b in (3, 1, 0, 3)) / 16
    assert found.kappa == pytest.approx(1 - 1.25 / expected)


def test_agreement_without_anything_to_agree_on():
    assert agreement([]).kappa is None
    assert agreement(opinions((2, 2), (2, 2))).kappa is None
    assert agreement(opinions((0, 3), (3, 0))).kappa == pytest.approx(-1.0)


def test_a_correction_is_no_second_opinion():
    first, soon, late = (Given("q", "S", value, at, "ada") for value, at in ((1, 0.0), (3, CORRECTED), (0, 3_000.0)))
    assert agreement([first, soon]).pairs == 0
    found = agreement([first, soon, late])
    assert (found.pairs, found.same) == (1, 0)
    assert agreement([first, late, Given("q", "S", None, 3_001.0, "ada")]).pairs == 0
