"""Evaluation: what the files mean, which lines are refused, and that every mean is the one it says."""

import csv
import json
from collections import Counter
from math import log2

import duckdb
import numpy as np
import pytest
import pytrec_eval

from snapshelf.errors import BadInput, BadMedia, BadRow, NotHere, UnknownAdapter
from snapshelf.evaluate import METRICS, JudgedQuery, Report, compare, evaluate, read_qrels, read_queries
from snapshelf.fusion import ranked

QUERIES = [
    JudgedQuery("words", text="red shoe"),
    JudgedQuery("photo", image=("red.jpg",)),
    JudgedQuery("both", text="in blue", image=("red.jpg",), weights={"text": 0.7}),
    JudgedQuery("nothing judged", text="boat"),
    JudgedQuery("nothing relevant", text="cow"),
]
QRELS = {
    "words": {"a": 2, "b": 1},
    "photo": {"a": 1},
    "both": {"c": 1, "a": 0},
    "nothing relevant": {"a": 0, "b": -1},
    "never asked": {"a": 1},
}
ANSWERS = {"words": ["b", "x", "a"], "photo": ["a"], "both": []}


def answers(query, k):
    return ANSWERS[query.id][:k]


# --- queries ----------------------------------------------------------------------------------------------------------


def lines(tmp_path, *rows):
    path = tmp_path / "queries.jsonl"
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def test_queries_are_read_in_order_with_paths_beside_the_file(tmp_path):
    for name in ("red.jpg", "blue.jpg", "says.wav", "turns.mp4"):
        (tmp_path / name).touch()
    path = lines(
        tmp_path,
        {"id": "b", "text": " red shoe ", "where": "price < 80"},
        "",
        {"id": 7, "image": "red.jpg", "text": "", "weights": {"image": -1}},
        {"id": "m", "text": "in blue", "image": ["red.jpg", "https://example.org/x.jpg"], "weights": {"image2": 0.5}},
        {"id": "s", "audio": "says.wav", "video": None},
        {"id": "v", "video": ["turns.mp4"]},
    )
    red = str(tmp_path / "red.jpg")
    assert read_queries(path) == [
        JudgedQuery("b", text="red shoe", where="price < 80"),
        JudgedQuery("7", image=(red,), weights={"image": -1.0}),
        JudgedQuery("m", text="in blue", image=(red, "https://example.org/x.jpg"), weights={"image2": 0.5}),
        JudgedQuery("s", audio=(str(tmp_path / "says.wav"),)),
        JudgedQuery("v", video=(str(tmp_path / "turns.mp4"),)),
    ]
    assert [query.group for query in read_queries(path)] == ["text", "image", "mixed", "audio", "video"]
    assert read_queries(path)[2].parts == ("text", "image", "image2")


def test_two_pictures_are_one_modality():
    assert JudgedQuery("q", image=("a.jpg", "b.jpg")).group == "image"
    assert JudgedQuery("q", image=("a.jpg",), audio=("b.wav",)).group == "mixed"


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("{'id': 1}", "", "this is no JSON"),
        ("[" * 100_000, "", "this is no JSON"),
        ('["id"]', "", "an object in braces"),
        ('{"id": "q", "txt": "shoe"}', "txt", "Did you mean 'text'"),
        ('{"text": "shoe"}', "id", "every query needs an id"),
        ('{"id": true, "text": "shoe"}', "id", "true is not a text in quotes"),
        ('{"id": "q", "text": 5}', "text", "5 is not a text in quotes"),
        ('{"id": "q", "where": "price < 5"}', "", "nothing to search for"),
        ('{"id": "q", "text": "  "}', "", "nothing to search for"),
        ('{"id": "q", "image": "gone.jpg"}', "image", "there is no file gone.jpg; paths are relative"),
        ('{"id": "q", "image": ["a\\u0000b"]}', "image", "there is no file"),
        ('{"id": "q", "image": [1]}', "image", "neither a path nor a list"),
        ('{"id": "q", "audio": ""}', "audio", "neither a path nor a list"),
        ('{"id": "q", "text": "a", "weights": 2}', "weights", "weights go by part"),
        ('{"id": "q", "text": "a", "weights": {"text": NaN}}', "weights", "needs a number from"),
        ('{"id": "q", "text": "a", "weights": {"text": true}}', "weights", "needs a number from"),
        ('{"id": "q", "text": "a", "weights": {"text": 1' + "0" * 400 + "}}", "weights", "needs a number from"),
        ('{"id": "q", "text": "a", "weights": {"image": 1}}', "weights", "no part 'image'"),
        ('{"id": "first", "text": "b"}', "id", "already a query 'first'"),
    ],
)
def test_a_line_that_is_no_query(tmp_path, line, column, reason):
    path = lines(tmp_path, {"id": "first", "text": "a"}, "", line)
    with pytest.raises(BadRow, match=reason) as caught:
        read_queries(path)
    assert (caught.value.file, caught.value.row, caught.value.column) == (str(path), 3, column)


def test_files_that_hold_no_query(tmp_path):
    with pytest.raises(BadInput, match="holds no query"):
        read_queries(lines(tmp_path, "", ""))
    with pytest.raises(NotHere, match="there is no file"):
        read_queries(tmp_path / "gone.jsonl")
    with pytest.raises(BadInput, match="cannot be read as UTF-8"):
        read_queries(tmp_path)
    (tmp_path / "latin").write_bytes(b'{"id": "caf\xe9"}')
    with pytest.raises(BadInput, match="cannot be read as UTF-8"):
        read_queries(tmp_path / "latin")


# --- judgements -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "query,sku,grade\nq1,A 1,2\nq1,b,0\nq2,b,-1\n",
        "\ufeffquery,sku,grade\r\nq1,A 1,2\r\n\r\nq1,b,0\r\nq2,b,-1",
        'Grade ; note;"SKU";query\n2;"x;\ny";A 1;q1\n0.0;;b;q1\n-1;;b;q2\n',
        "query\tsku\tgrade\nq1\t A 1 \t+2.\nq1\tb\t0\nq2\tb\t-1\nq2\tb\t-1\n",
    ],
)
def test_judgements_from_csv(tmp_path, content):
    path = tmp_path / "qrels.csv"
    path.write_bytes(content.encode())
    assert read_qrels(path) == {"q1": {"A 1": 2, "b": 0}, "q2": {"b": -1}}


def test_judgements_from_trec(tmp_path):
    path = tmp_path / "qrels.txt"
    path.write_text("\nq1 0 A,1 2\nq1\tQ0  b 0\n\nq2 0 b -1\n")
    assert read_qrels(path) == {"q1": {"A,1": 2, "b": 0}, "q2": {"b": -1}}


@pytest.mark.parametrize(
    ("content", "row", "column", "reason"),
    [
        ("query,sku,grade\nq,a,1\n\nq,b\n", 4, "", "lacks one of"),
        ("query,sku,grade\n,a,1\n", 2, "query", "empty"),
        ("query,sku,grade\nq,,1\n", 2, "sku", "empty"),
        ("query,sku,grade\nq,a,\n", 2, "grade", "'' is not a whole number"),
        ("query,sku,grade\nq,a,1.5\n", 2, "grade", "'1.5' is not a whole number"),
        ("query,sku,grade\nq,a,1_0\n", 2, "grade", "not a whole number"),
        ("query,sku,grade\nq,a,101\n", 2, "grade", "from -100 to 100"),
        ("query,sku,grade\nq,a,high\n", 2, "grade", "'high' is not a whole number"),
        ("query,sku,grade\nq,a,1\nq,a,2\n", 3, "grade", "2 for query 'q', but 1 in an earlier line"),
        ('query,sku,grade\nq,"a,1\n', 2, "", "this is no CSV"),
        ("q 0 a 1\nq 0 b\n", 2, "", "four fields"),
        ("q 0 a 1\nq 0 a 0\n", 2, "grade", "0 for query 'q', but 1"),
        ("q 0 a x\n", 1, "grade", "'x' is not a whole number"),
    ],
)
def test_a_line_that_is_no_judgement(tmp_path, content, row, column, reason):
    path = tmp_path / "qrels"
    path.write_text(content)
    with pytest.raises(BadRow, match=reason) as caught:
        read_qrels(path)
    assert (caught.value.row, caught.value.column) == (row, column)


@pytest.mark.parametrize("content", ["", "query,doc,grade\nq,a,1\n", "some words that are five\n"])
def test_files_that_hold_no_judgement(tmp_path, content):
    path = tmp_path / "qrels"
    path.write_text(content)
    with pytest.raises(BadInput, match="names the columns query,sku,grade"):
        read_qrels(path)


def test_no_file_of_judgements(tmp_path):
    with pytest.raises(NotHere, match="there is no file"):
        read_qrels(tmp_path / "gone")


# --- the run ----------------------------------------------------------------------------------------------------------


def test_every_score_by_hand():
    report = evaluate(answers, QUERIES, QRELS)
    assert report.per_query == {
        "words": {
            "precision@1": 1.0,
            "recall@5": 2 / 2,
            "mrr@10": 1.0,
            "ndcg@10": pytest.approx((1 / log2(2) + 2 / log2(4)) / (2 / log2(2) + 1 / log2(3))),
        },
        "photo": dict.fromkeys(METRICS, 1.0),
        "both": dict.fromkeys(METRICS, 0.0),
    }
    assert report.score("recall@5").interval.mean == pytest.approx((1 + 1 + 0) / 3)
    assert report.score("precision@1", "mixed").interval.mean == 0.0
    assert report.excluded == ("nothing judged", "nothing relevant")
    assert report.unknown == ("never asked",)
    assert report.empty == ("both",)
    assert report.groups == {"words": "text", "photo": "image", "both": "mixed"}


def test_table_and_groups():
    table = evaluate(answers, QUERIES, QRELS, ["mrr@10", "ndcg_exp@3"]).rows()
    assert [row[0] for row in table] == ["queries", *["all"] * 2, *["text"] * 2, *["image"] * 2, *["mixed"] * 2]
    assert table[1] == ["all", "3", "mrr@10", "0.667", "0.000 to 1.000"]
    assert table[3] == ["text", "1", "mrr@10", "1.000", "one query only"]


def test_only_queries_that_count_are_asked_and_for_the_largest_k():
    asked, steps = [], []
    evaluate(
        lambda query, k: asked.append((query.id, k)) or answers(query, k),
        QUERIES,
        QRELS,
        ["mrr@3", "recall@50"],
        progress=lambda done, total: steps.append((done, total)),
    )
    assert asked == [("words", 50), ("photo", 50), ("both", 50)]
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_condensed_takes_out_what_nobody_judged():
    asked = []
    report = evaluate(
        lambda query, k: asked.append(k) or answers(query, k), QUERIES, QRELS, ["ndcg@10"], condensed=True
    )
    assert report.per_query["words"]["ndcg@10"] == pytest.approx((1 / log2(2) + 2 / log2(3)) / (2 + 1 / log2(3)))
    assert asked == [100] * 3
    assert (report.condensed, report.depth) == (True, 100)


def test_more_answers_than_asked_for_are_cut():
    answer = [f"x{n}" for n in range(5)] + ["a"]
    report = evaluate(lambda query, k: answer, QUERIES[:1], QRELS, ["recall@2"], condensed=True, depth=5)
    assert report.per_query["words"]["recall@2"] == 0.0


def test_the_same_answers_give_the_same_report():
    first, second = (evaluate(answers, QUERIES, QRELS) for _ in range(2))
    assert first == second
    assert first.to_json() == second.to_json()


def test_json_holds_everything_and_reads_back():
    report = evaluate(answers, QUERIES, QRELS)
    content = json.loads(report.to_json())
    assert content["scores"][3] == {
        "metric": "ndcg@10",
        "group": "all",
        "mean": pytest.approx(report.score("ndcg@10").interval.mean),
        "low": report.score("ndcg@10").interval.low,
        "high": report.score("ndcg@10").interval.high,
        "n": 3,
    }
    assert Report.from_json(report.to_json()) == report


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"queries": [{"id": "q"}]}', '{"queries": [1]}', "[" * 100_000])
def test_json_that_is_no_report(text):
    with pytest.raises(BadInput, match="this is no report"):
        Report.from_json(text)


@pytest.mark.parametrize(
    ("metrics", "error", "reason"),
    [
        (["ncdg@10"], UnknownAdapter, "Did you mean 'ndcg'"),
        (["ndcg"], BadInput, "such as ndcg@10; 'ndcg' does not"),
        (["ndcg@0"], BadInput, "'ndcg@0' does not"),
        (["ndcg@x"], BadInput, "'ndcg@x' does not"),
        (["@5"], BadInput, "'@5' does not"),
        ([], BadInput, "name at least one metric"),
    ],
)
def test_metrics_that_mean_nothing(metrics, error, reason):
    with pytest.raises(error, match=reason):
        evaluate(answers, QUERIES, QRELS, metrics)


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(BadInput, match=r"none of 5 queries .* do the ids"):
        evaluate(answers, QUERIES, {"Words": {"a": 1}})
    with pytest.raises(BadInput, match="two queries have the same id"):
        evaluate(answers, [*QUERIES, QUERIES[0]], QRELS)
    with pytest.raises(BadInput, match="to score the first 10 products, ask for at least as many, not 9"):
        evaluate(answers, QUERIES, QRELS, depth=9)
    with pytest.raises(BadInput, match="query 'words': the ranking holds 'x' twice"):
        evaluate(lambda query, k: ["x", "x"], QUERIES, QRELS, condensed=True)


def test_an_error_of_the_search_names_the_query():
    def search(query, k):
        raise BadMedia("red.jpg is not a picture")

    with pytest.raises(BadMedia, match=r"red\.jpg is not a picture") as caught:
        evaluate(search, QUERIES, QRELS)
    assert caught.value.__notes__ == ["while answering query 'words'"]


def test_a_report_has_only_what_was_asked():
    report = evaluate(answers, QUERIES, QRELS)
    with pytest.raises(BadInput, match=r"no metric 'ndcg@5'.* Did you mean 'ndcg@10'"):
        report.score("ndcg@5")
    with pytest.raises(BadInput, match="no query of the report is 'audio'"):
        report.score("ndcg@10", "audio")


# --- two reports ------------------------------------------------------------------------------------------------------


def many(score):
    return Report({f"q{n}": {"mrr@10": score(n)} for n in range(40)}, {f"q{n}": "text" for n in range(40)}, (), (), ())


def test_compare_tells_better_from_the_same():
    before, after = many(lambda n: n / 80), many(lambda n: n / 80 + 0.1 + (n % 3) / 10)
    change = compare(before, after)[0]
    assert (change.metric, change.group) == ("mrr@10", "all")
    assert change.before == pytest.approx(sum(n / 80 for n in range(40)) / 40)
    assert change.after - change.before == pytest.approx(change.difference.interval.mean)
    assert change.difference.p < 0.001
    assert compare(before, before)[0].difference.p == 1.0
    assert [change.group for change in compare(before, after)] == ["all", "text"]


def test_compare_refuses_other_queries_other_metrics_and_other_ways():
    report = evaluate(answers, QUERIES, QRELS, ["mrr@10"])
    with pytest.raises(BadInput, match="'both' is in one only"):
        compare(report, evaluate(answers, QUERIES[:2], QRELS, ["mrr@10"]))
    with pytest.raises(BadInput, match="no metric in common: mrr@10; mrr@5"):
        compare(report, evaluate(answers, QUERIES, QRELS, ["mrr@5"]))
    with pytest.raises(BadInput, match="one is condensed"):
        compare(report, evaluate(answers, QUERIES, QRELS, ["mrr@10"], condensed=True))


# --- real judgements --------------------------------------------------------------------------------------------------


def test_graded_electronics_agree_with_trec_eval(shared, tmp_path):
    """Human grades 0-3 of an electronics catalogue; products ranked by shared words, so scores are often tied."""
    with (shared / "icecat" / "ratings.csv").open(encoding="utf-8", newline="") as file:
        rated = [(row["query"], row["doc_id"], row["rating"]) for row in csv.DictReader(file)]
    with (tmp_path / "qrels.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("query", "sku", "grade"), *rated])
    qrels = read_qrels(tmp_path / "qrels.csv")
    texts = sorted(qrels)
    queries = read_queries(lines(tmp_path, *({"id": text, "text": text} for text in texts)))
    parquet = str(shared / "icecat" / "products.parquet")
    titles = dict(duckdb.execute("SELECT id, lower(title) FROM read_parquet(?)", [parquet]).fetchall())
    words = {sku: Counter((title or "").split()) for sku, title in titles.items()}

    def scores(text):
        return {sku: float(sum(words[sku][word] for word in text.lower().split())) for sku in qrels[text]}

    report = evaluate(lambda query, k: [sku for sku, _ in ranked(scores(query.text))][:k], queries, qrels)
    assert len(report.per_query) + len(report.excluded) == len(texts) == 108
    assert len(report.excluded) == 15

    mirror = {sku: f"{n:06}" for n, sku in enumerate(sorted(titles, reverse=True))}  # trec_eval: ties by id descending
    run = {text: {mirror[sku]: score for sku, score in scores(text).items()} for text in report.per_query}
    judged = {text: {mirror[sku]: grade for sku, grade in qrels[text].items()} for text in report.per_query}
    theirs = pytrec_eval.RelevanceEvaluator(judged, {"P.1", "recall.5", "ndcg_cut.10"}).evaluate(run)
    for ours, name in [("precision@1", "P_1"), ("recall@5", "recall_5"), ("ndcg@10", "ndcg_cut_10")]:
        mean = np.mean([theirs[text][name] for text in report.per_query])
        assert report.score(ours).interval.mean == pytest.approx(mean, abs=1e-6)
        assert 0.2 < mean < 1
