"""The command line as a shopkeeper meets it: what it prints, what it leaves, and how it ends."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from snapshelf import config
from snapshelf.errors import BadSettings, Busy, Interrupted, NotHere
from snapshelf.evaluate import Report
from snapshelf.shelf import open_shelf
from tests.unit.conftest import TOY
from tests.unit.test_ingest import ROWS, write_catalogue


def test_init_never_overwrites(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("init")[0] == 0
    assert config.load() == config.Settings(), "the template shows the defaults and changes none"
    Path("snapshelf.toml").write_text("# mine\n")
    status, _, complaint = run("init")
    assert status == 2
    assert "left as it is" in complaint
    assert Path("snapshelf.toml").read_text() == "# mine\n"


def test_every_line_of_the_template_is_a_setting(tmp_path):
    lines = [
        line.removeprefix("# ") for line in config.template().splitlines() if " = " in line or line.startswith("[")
    ]
    file = tmp_path / "all.toml"
    file.write_text("\n".join(line.partition("  # ")[0] for line in lines))
    assert config.load(file, {}) == config.Settings()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[store]\nnane = 'exact'", "no setting store.'nane'. Did you mean 'name'"),
        ("[store]\nname = 3", "store.name is a text in quotes, not 3"),
        ("store = 3", "'store' is a section"),
        ("[media]\nmax_pixels = true", "whole number"),
        ("shelf = ", "Invalid value"),
    ],
)
def test_bad_settings(tmp_path, text, reason):
    file = tmp_path / "snapshelf.toml"
    file.write_text(text)
    with pytest.raises(BadSettings, match=reason) as caught:
        config.load(file, {})
    assert str(file) in str(caught.value)


def test_settings_from_the_environment(tmp_path):
    found = config.load(None, {"SNAPSHELF_STORE_NAME": "exact", "SNAPSHELF_SEARCH_K": "3", "SNAPSHELF_SHELF": "s"})
    assert (found.store.name, found.search.k, found.shelf) == ("exact", 3, "s")
    with pytest.raises(BadSettings, match="SNAPSHELF_SEARCH_K is 'many'"):
        config.load(None, {"SNAPSHELF_SEARCH_K": "many"})
    with pytest.raises(NotHere, match="no settings file"):
        config.load(tmp_path / "none.toml", {})


def test_the_main_job(run, home):
    status, said, _ = run("index", "products.csv")
    assert status == 0
    assert "3 added" in said
    assert "title → title" in said
    status, said, _ = run("search", "red shoe", "--where", "price < 80 and in_stock")
    assert status == 0
    assert next(line for line in said.splitlines() if line.strip().startswith("1 ")).split()[2:4] == ["A", "red"]
    assert "recall 1.000" in said
    status, said, _ = run(
        "search", "in blue", "--image", "images/red.png", "--weights", "text=0.2,image=1", "--json", "-k", "2"
    )
    found = json.loads(said)
    assert found["hits"][0]["sku"] == "A"
    assert set(found["hits"][0]["scores"]) == {"text", "image"}
    assert found["hits"][0]["product"]["price"] == 10
    status, said, _ = run("show", "B", "--json")
    assert json.loads(said)["title"] == "green shoe B"
    assert "sold out" in run("show", "B")[1]
    assert json.loads(run("info", "--json")[1])["products"] == 3
    assert run("remove", "A", "nobody")[0] == NotHere.exit_code
    assert json.loads(run("info", "--json")[1])["products"] == 2


def test_refused_rows_end_with_their_own_status(run, home):
    write_catalogue(home, [*ROWS, ("D", "red", "abc", 1)])
    status, said, complaint = run("index", "products.csv")
    assert status == 10
    assert "3 added, 1 refused" in said
    assert "row 5, column 'price' (SKU D)" in said.replace("\n", " ")
    assert "refused.csv" in complaint
    assert "abc" in (home / "shelf" / "refused.csv").read_text()


@pytest.mark.parametrize(
    ("line", "status", "complaint"),
    [
        (["search", "red"], 3, "there is no shelf"),
        (["index", "nothing.csv"], 3, "no catalogue nothing.csv"),
        (["index", "snapshelf.toml"], 2, "no catalogue that can be read"),
        (["search", "red", "--settings", "none.toml"], 3, "no settings file"),
    ],
)
def test_what_goes_wrong_is_one_sentence(run, home, line, status, complaint):
    found, _, said = run(*line)
    assert found == status
    assert complaint in said
    assert "Traceback" not in said
    assert not (home / "shelf").exists() or line[0] == "index"


def test_a_filter_with_a_caret(run, home):
    run("index", "products.csv")
    status, _, said = run("search", "red", "--where", "price << 80")
    assert status == 2
    text, caret = said.splitlines()[-2:]
    assert text[caret.index("^")] == "<"
    assert text == "  price << 80"
    assert run("search", "red", "--weights", "text:3")[0] == 2


def test_lists(run, home):
    assert "toy" in run("embedders")[1]
    names = [store["name"] for store in json.loads(run("stores", "--json")[1])]
    assert {"exact", "funnel"} <= set(names)


def test_evaluate(run, home):
    run("index", "products.csv")
    (home / "q.jsonl").write_text(
        '{"id": "1", "text": "red shoe"}\n{"id": "2", "image": "images/blue.png"}\n'
        '{"id": "3", "text": "green", "image": "images/green.png"}\n'
    )
    (home / "qrels.csv").write_text("query,sku,grade\n1,A,2\n2,C,1\n3,B,1\n")
    status, said, _ = run("evaluate", "--queries", "q.jsonl", "--qrels", "qrels.csv", "--json")
    assert status == 0
    scores = {(s["metric"], s["group"]): s["mean"] for s in json.loads(said)["scores"]}
    assert scores["precision@1", "all"] == 1.0
    assert {group for _, group in scores} == {"all", "text", "image", "mixed"}
    status, said, _ = run("evaluate", "--queries", "q.jsonl", "--qrels", "qrels.csv", "--metrics", "mrr@3")
    assert "mrr@3" in said
    assert run("evaluate", "--queries", "q.jsonl", "--qrels", "qrels.csv", "--metrics", "mrx@3")[0] == 2


ASK = ["evaluate", "--queries", "q.jsonl", "--qrels", "qrels.csv", "--metrics", "mrr@3"]


@pytest.fixture
def judged(home, run):
    """A shelf with a question for each of its products."""
    run("index", "products.csv")
    asked = [("1", "red shoe", "A"), ("2", "green shoe", "B"), ("3", "blue shoe", "C")]
    (home / "q.jsonl").write_text("".join(json.dumps({"id": id, "text": text}) + "\n" for id, text, _ in asked))
    (home / "qrels.csv").write_text("query,sku,grade\n" + "".join(f"{id},{sku},1\n" for id, _, sku in asked))
    return home


def test_evaluate_against_a_saved_report(run, judged):
    assert run(*ASK, "--out", "before.json")[0] == 0
    before = Report.from_json(Path("before.json").read_text())
    worse = {id: {"mrr@3": score["mrr@3"] - 0.5 * (id != "1")} for id, score in before.per_query.items()}
    Path("worse.json").write_text(replace(before, per_query=worse).to_json())
    status, said, _ = run(*ASK, "--baseline", "worse.json")
    assert status == 0
    line = next(line.split() for line in said.splitlines() if "+" in line)
    assert line[:3] == ["all", "3", "mrr@3"]
    assert line[5] == "+0.333"
    found = json.loads(run(*ASK, "--baseline", "worse.json", "--json", "--out", "after.json")[1])
    change = found["changes"][0]
    assert change["after"] - change["before"] == pytest.approx(1 / 3)
    assert change["difference"]["interval"]["mean"] == pytest.approx(1 / 3)
    assert change["difference"]["p"] == 0.5, "of eight patterns of signs, four are as large: the first query has none"
    assert json.loads(Path("after.json").read_text()) == found
    assert Report.from_json(Path("after.json").read_text()).per_query == before.per_query


def test_evaluate_against_other_lanes(run, judged):
    found = json.loads(run(*ASK, "--lanes", "lexical", "--baseline-lanes", "vector", "--json")[1])
    vector = json.loads(run(*ASK, "--lanes", "vector", "--json")[1])
    lexical = json.loads(run(*ASK, "--lanes", "lexical", "--json")[1])
    assert found["changes"][0]["before"] == vector["scores"][0]["mean"]
    assert found["changes"][0]["after"] == lexical["scores"][0]["mean"]


def test_evaluate_says_who_was_left_out(run, judged):
    with Path("q.jsonl").open("a") as file:
        file.write('{"id": "4", "text": "x"}\n{"id": "5", "text": "x"}\n')
    with Path("qrels.csv").open("a") as file:
        file.write("5,A,0\n6,A,1\n1,GONE1,1\n1,GONE2,1\n")
    said = run(*ASK)[1].splitlines()
    assert "1 queries without any judgement, in no mean: 4" in said
    assert "1 queries without a grade above 0, in no mean: 5" in said
    assert "1 queries judged but not asked: 6" in said
    assert "2 judged products are not in this shelf and cannot be found: GONE1, GONE2" in said
    assert json.loads(run(*ASK, "--json")[1])["missing"] == ["GONE1", "GONE2"]


@pytest.mark.parametrize(
    ("line", "file", "status", "complaint"),
    [
        (["--baseline", "none.json"], "", 3, "there is no report none.json"),
        (["--baseline", "q.jsonl"], "", 2, "q.jsonl is no report of an evaluation"),
        (["--baseline", "other.json"], "", 2, "is in one only"),
        (["--baseline", "other.json", "--baseline-lanes", "vector"], "", 2, "not with both"),
        ([], "query,sku,grade\n1,NOBODY,1\n", 2, "none of the 1 products judged in qrels.csv is in the shelf"),
        ([], "query,sku,grade\nx,A,1\n", 2, "do the ids of the queries and of the judgements match"),
        (["--out", "no/such/folder.json"], "", 3, "there is no folder no/such"),
    ],
)
def test_evaluations_that_cannot_be(run, judged, line, file, status, complaint):
    Path("other.json").write_text(Report({"9": {"mrr@3": 1.0}}, {"9": "text"}, depth=3).to_json())
    if file:
        Path("qrels.csv").write_text(file)
    found, _, said = run(*ASK, *line)
    assert found == status
    assert complaint in said
    assert said.count("\n") == 1


def kept(folder):
    """How many embeddings a shelf holds."""
    with open_shelf(folder / "shelf", folder / "snapshelf.toml") as shelf:
        return shelf.info().embeddings


@pytest.fixture
def long_job(tmp_path):
    """(folder, command line) of an index run that takes a second or two: 4,000 products, one picture for all."""
    (tmp_path / "snapshelf.toml").write_text(TOY)
    write_catalogue(tmp_path, [(f"P{n}", "red", n, 1) for n in range(4000)])
    return tmp_path, [Path(sys.executable).with_name("snapshelf"), "index", "products.csv"]


def started(folder, line):
    process = subprocess.Popen(line, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (folder / "shelf" / "writer").exists():
        time.sleep(0.01)
    return process


@pytest.mark.parametrize("after", [0.0, 0.1, 0.4])
def test_ctrl_c(long_job, after):
    """A real interrupt of a real process: its own status, one sentence, and the next run embeds only what is left."""
    folder, line = long_job
    with started(folder, line) as process:
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == Interrupted.exit_code, complaint
    assert complaint == "snapshelf: stopped; what was finished is kept, and the same command goes on from there\n"
    assert not (folder / "shelf" / "writer").exists()
    before = kept(folder)
    ended = subprocess.run([*line, "--json"], cwd=folder, capture_output=True, text=True, check=True)
    summary = json.loads(ended.stdout)
    assert before + summary["embedded"] == 4001
    assert summary["added"] + summary["unchanged"] == 4000


def test_a_second_writer(long_job):
    folder, line = long_job
    with started(folder, line) as first:
        second = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
        first.communicate(timeout=60)
    assert second.returncode == Busy.exit_code
    assert second.stderr == f"snapshelf: shelf is being written to by process {first.pid}; wait for it to finish\n"
    assert first.returncode == 0
    assert kept(folder) == 4001


def test_help_names_every_command(run):
    said = run("--help")[1]
    for command in ("init", "index", "search", "show", "remove", "info", "embedders", "stores", "evaluate", "demo"):
        assert command in said
    assert run("--version")[1].startswith("snapshelf ")


def test_suggest_and_similar(run, home):
    run("index", "products.csv")
    status, said, _ = run("suggest", "shoe")
    assert status == 0
    assert "phrase" in said
    assert "shoe" in said
    assert run("suggest", "zzzz")[1].strip() == "nothing to suggest"
    (first, *_) = json.loads(run("suggest", "red", "--json")[1])
    assert first["spans"] == [[0, 3]]
    status, said, _ = run("similar", "A", "--why")
    assert status == 0
    assert "A  " not in said
    dear = json.loads(run("similar", "A", "--where", "price > 25", "--json")[1])["hits"]
    assert [hit["sku"] for hit in dear] == ["C"]
    status, _, complaint = run("similar", "NONE")
    assert status == 3
    assert "no product 'NONE'" in complaint
    assert run("similar", "A", "-k", "0")[0] == 2
