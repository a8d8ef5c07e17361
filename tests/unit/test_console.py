"""The console over HTTP: who gets in, what a forged form may do, what each page keeps and refuses."""

import json
import os
import re
import time
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from snapshelf.catalogue import consents, keys, queries
from snapshelf.catalogue.queries import AskedQuery
from snapshelf.config import RankingSettings, ServeSettings
from snapshelf.evaluate import read_qrels, read_queries
from snapshelf.http import sign
from snapshelf.http.server import secret_of
from snapshelf.http.who import COOKIE
from snapshelf.serve import create
from snapshelf.shelf import Shelf
from snapshelf.stack import open_stack
from snapshelf.web import console
from snapshelf.web.console import enter, rulesfile, runs
from tests.unit.test_ingest import TOY, write_catalogue

ROWS = [(f"{colour[0].upper()}{n}", colour, 10 * n, n) for colour in ("red", "green", "blue") for n in range(1, 6)]
PAGE = {"Accept": "text/html"}
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A shelf of fifteen shoes, one of them with a title that is no title."""
    home = tmp_path_factory.mktemp("console")
    (home / "rules.toml").write_text("max_relevance_loss = 0.1\n")
    file = write_catalogue(home, ROWS)
    file.write_text(file.read_text() + f"X1,{SCRIPT} red shoe,5,1,images/red.png,red\n")
    with Shelf(open_stack(home / "shelf", TOY)) as opened:
        opened.index(file)
    return home / "shelf"


@pytest.fixture(scope="module")
def app(folder):
    settings = replace(
        TOY, ranking=RankingSettings(rules=str(folder.parent / "rules.toml")), serve=ServeSettings(rate="")
    )
    return create(Shelf(open_stack(folder, settings)))


@pytest.fixture(scope="module")
def running(app):
    with TestClient(app, headers=PAGE, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def nobody(running):
    """A browser without a session; tries to sign in start anew."""
    running.cookies.clear()
    running.app.state.server.memory.pop("console entrance", None)
    return running


@pytest.fixture
def session(folder):
    return sign.sign(secret_of(folder), "session", "local", time.time() + 600)


@pytest.fixture
def client(nobody, session):
    """A browser that is signed in."""
    nobody.cookies.set(COOKIE, session)
    return nobody


@pytest.fixture
def send(client, folder, session):
    """Send a form with its token."""
    token = sign.form_token(secret_of(folder), session)

    def post(to, files=None, headers=None, **form):
        return client.post(to, data={"csrf": token, **form}, files=files, headers=headers)

    return post


def key_of(app, *scopes, ended=False):
    past = time.time() - 60
    with app.state.server.shelf.stack.catalogue.write() as connection:
        return keys.add(connection, "somebody", scopes, *([past + 30, past] if ended else []))


# --- the way in -------------------------------------------------------------------------------------------------------


def test_pages_are_found_in_order():
    assert [page.title for page in console.found()] == [
        "Overview", "Inspector", "Rules", "Judge", "Evaluation", "Jobs", "Consents", "Keys"
    ]  # fmt: skip


@pytest.mark.parametrize("page", console.found(), ids=lambda page: page.title)
def test_every_page_needs_a_session(nobody, client, session, page):
    nobody.cookies.clear()
    sent = nobody.get(page.path)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/console/enter?next={page.path.replace('/', '%2F')}")
    data = nobody.get(page.path, headers={"Accept": "application/json"})
    assert (data.status_code, data.json()["error"]["code"]) == (401, "no_key")
    client.cookies.set(COOKIE, session)
    seen = client.get(page.path)
    assert seen.status_code == 200, seen.text
    assert f'<a href="{page.path}" aria-current="page">{page.title}</a>' in seen.text
    assert seen.headers["cache-control"] == "no-store"


def test_an_admin_key_lets_in_until_one_leaves(nobody, app):
    _, secret = key_of(app, "admin")
    answer = nobody.post("/console/enter", data={"key": f" {secret} ", "next": "/console/rules?saved=true"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/rules?saved=true")
    cookie = answer.headers["set-cookie"].lower()
    assert all(said in cookie for said in ("httponly", "samesite=strict", "max-age=43200", "path=/"))
    assert "secure" not in cookie
    page = nobody.get("/console")
    assert page.status_code == 200
    token = re.search(r'name="csrf" value="(\w+)"', page.text)[1]
    assert nobody.post("/console/leave", data={"csrf": "0" * 64}).status_code == 403
    assert nobody.post("/console/leave", data={"csrf": token}).status_code == 303
    assert nobody.get("/console").status_code == 303


def test_over_https_the_cookie_is_secure(app, nobody):
    _, secret = key_of(app, "admin")
    answer = nobody.post("https://testserver/console/enter", data={"key": secret})
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("kind", ["unknown", "search", "expired", "revoked", "nonsense"])
def test_no_other_key_lets_in(nobody, app, kind):
    key, secret = key_of(app, "search" if kind == "search" else "admin", ended=kind == "expired")
    if kind == "revoked":
        with app.state.server.shelf.stack.catalogue.write() as connection:
            keys.revoke(connection, key.id)
    given = {"unknown": f"{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}", "nonsense": "é" * 90}.get(kind, secret)
    answer = nobody.post("/console/enter", data={"key": given})
    said = {"search": "lacks the scope admin", "expired": "is expired", "revoked": "is revoked"}
    assert answer.status_code == 401
    assert said.get(kind, "is unknown") in answer.text
    assert "set-cookie" not in answer.headers


def test_a_revoked_key_ends_its_sessions(nobody, app):
    key, secret = key_of(app, "admin")
    nobody.post("/console/enter", data={"key": secret})
    assert nobody.get("/console").status_code == 200
    with app.state.server.shelf.stack.catalogue.write() as connection:
        keys.revoke(connection, key.id)
    assert nobody.get("/console").status_code == 303


def test_tries_are_counted(nobody):
    answers = [nobody.post("/console/enter", data={"key": "ss_guess"}) for _ in range(12)]
    assert [one.status_code for one in answers] == [401] * 10 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "try again" in answers[-1].text


def test_a_ticket_lets_in_and_leaves_the_address(nobody, folder):
    good = sign.sign(secret_of(folder), "ticket", "local", time.time() + 60)
    answer = nobody.get("/console/enter", params={"ticket": good})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    assert nobody.get("/console").status_code == 200


@pytest.mark.parametrize("spoil", ["late", "session", "other secret", "other value", "nonsense"])
def test_no_other_ticket_does(nobody, folder, spoil):
    secret, until = secret_of(folder), time.time() + (-1 if spoil == "late" else 60)
    ticket = sign.sign(
        b"x" * 32 if spoil == "other secret" else secret,
        "session" if spoil == "session" else "ticket",
        "admin" if spoil == "other value" else "local",
        until,
    )
    answer = nobody.get("/console/enter", params={"ticket": "ü.ü.ü" if spoil == "nonsense" else ticket})
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert "run out" in answer.text


@pytest.mark.parametrize(
    "after", ["https://evil.example/", "//evil.example", "/console\\..", "/console/enter?ticket=x", "/console%0d", "/"]
)
def test_one_is_sent_to_the_console_alone(nobody, app, after):
    _, secret = key_of(app, "admin")
    answer = nobody.post("/console/enter", data={"key": secret, "next": after})
    assert answer.headers["location"] == "/console"


def test_another_site_cannot_sign_anybody_in(nobody, app):
    _, secret = key_of(app, "admin")
    answer = nobody.post("/console/enter", data={"key": secret}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


FORMS = [
    ("/console/leave", {}),
    ("/console/rules", {"text": "", "do": "save"}),
    ("/console/rules/check", {"text": ""}),
    ("/console/judge/grade", {"q": "red", "sku": "R1", "grade": "1"}),
    ("/console/judge/undo", {"q": "red", "sku": "R1"}),
    ("/console/evaluation", {"queries": "queries.jsonl", "qrels": "qrels.csv"}),
    ("/console/jobs", {"path": "/etc"}),
    ("/console/consents/withdraw", {"id": "x"}),
    ("/console/keys", {"name": "x", "scopes": "admin"}),
    ("/console/keys/revoke", {"id": "x"}),
    ("/console/inspect", {"q": "red"}),
]


@pytest.mark.parametrize(("path", "form"), FORMS, ids=[path for path, _ in FORMS])
@pytest.mark.parametrize("token", ["", "0" * 64], ids=["none", "wrong"])
def test_no_form_without_its_token(client, path, form, token):
    answer = client.post(path, data={**form, "csrf": token}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_form_token")
    sent = client.post(path, files={"photo": b""}, data={**form, "csrf": token}, headers={"Accept": "application/json"})
    assert (sent.status_code, sent.json()["error"]["code"]) == (403, "wrong_form_token")


def test_every_form_of_the_console_is_among_them():
    routes = [route for page in console.found() for route in page.router.routes] + list(enter.router.routes)
    posts = {route.path for route in routes if "POST" in route.methods}
    assert posts - {path for path, _ in FORMS} == {"/console/enter"}


def test_the_storefront_of_the_same_browser_goes_on(client):
    answer = client.post("/events", json=[], headers={"Accept": "application/json"})
    assert answer.status_code != 403


# --- overview and inspector -------------------------------------------------------------------------------------------


def test_an_empty_log_says_what_will_be_there(client):
    assert "As soon as somebody searches" in client.get("/console").text
    assert client.get("/console?span=year").status_code == 400


def test_the_overview_counts_and_leads_to_the_inspector(client, app):
    now = time.time()
    asked = [
        AskedQuery("o1", now - 60, "words", "blue shoe", 0.02, 5),
        AskedQuery("o2", now - 50, "words", f"{SCRIPT}", 0.03, 0, True),
        AskedQuery("o3", now - 40, "photo", "", 0.05, 5),
    ]
    with app.state.server.shelf.stack.catalogue.write() as connection:
        queries.record(connection, asked)
        queries.looked_at(connection, ["o1", "o3"], ["o3"])
    page = client.get("/console").text
    assert re.findall(r"<dd>([^<]+)</dd>", page)[:5] == ["3", "50.0 %", "33.3 %", "30 ms", "50 ms"]
    assert '<a href="/console/inspect?q=blue%20shoe">blue shoe</a>' in page
    assert SCRIPT not in page
    assert "<svg" in page
    with app.state.server.shelf.stack.catalogue.write() as connection:
        queries.purge(connection, now)


def test_two_ways_of_asking_side_by_side(client):
    asked = {"q": "red shoe", "a_rules": "on", "a_lanes": "vector", "b_rules": "off", "b_lanes": "lexical"}
    page = client.get("/console/inspect", params=asked).text
    left, right = page.split('id="b-found"')
    assert "vector;" in left
    assert "lexical;" in right
    assert "evidence, in all" in left
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page


def test_where_a_product_is_and_why(client):
    page = client.get("/console/inspect", params={"q": "red shoe", "sku": "G1"}).text
    assert "Where G1 is" in page
    missing = client.get("/console/inspect", params={"q": "red shoe", "sku": "NOPE"})
    assert missing.status_code == 400
    assert "there is no product &#39;NOPE&#39;" in missing.text


def test_a_photo_is_inspected(send, folder):
    photo = (folder.parent / "images" / "red.png").read_bytes()
    page = send("/console/inspect", files={"photo": ("red.png", photo, "image/png")})
    assert page.status_code == 200
    assert "Looks like your photo" in page.text
    assert send("/console/inspect", files={"photo": ("x.png", b"no picture", "image/png")}).status_code == 400


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"q": "red", "where": "prise < 3"}, "price"),
        ({"q": "red", "a_rules": "sometimes"}, "rules are on, off, other"),
        ({"q": "red", "a_rules": "on", "b_rules": "off", "a_text": "heavy"}, "a weight is a number"),
        ({"q": "red", "a_rules": "on", "b_rules": "off", "a_text": "nan"}, "a weight is a number"),
        ({"q": "red", "a_rules": "on", "b_rules": "off", "a_off": "weather"}, "weather"),
        ({"q": "red", "a_rules": "other", "b_rules": "off", "other": "[[boost]]\nby = 1"}, "rules.toml, boost 1"),
        ({"q": "r" * 1001}, "at most 1,000"),
    ],
)
def test_what_cannot_be_inspected_is_said(client, asked, said):
    answer = client.get("/console/inspect", params=asked)
    assert answer.status_code == 400
    assert said in answer.text


def test_other_rules_are_tried(client):
    rules = '[[pin]]\nquery = "red shoe"\nsku = "R3"\nposition = 1\n'
    asked = {"q": "red shoe", "a_rules": "off", "b_rules": "other", "other": rules}
    page = client.get("/console/inspect", params=asked).text.split('id="b-found"')[1]
    assert re.search(r'<div class="facts">(\w+)', page)[1] == "R3"
    assert "pinned" in page


# --- rules ------------------------------------------------------------------------------------------------------------


def mark_of(page):
    return re.search(r'name="mark" value="(\w*)"', page)[1]


def test_rules_are_saved_whole_with_their_earlier_versions(client, send, folder):
    file = folder.parent / "rules.toml"
    before = file.read_text()
    mark = mark_of(client.get("/console/rules").text)
    text = '# ü\n[[boost]]\nwhen = "stock > 2"\nby = 0.05\n'
    saved = send("/console/rules", text=text.replace("\n", "\r\n"), mark=mark, do="save")
    assert (saved.status_code, saved.headers["location"]) == (303, "/console/rules?saved=true")
    assert file.read_text("utf-8") == text
    (version,) = rulesfile.versions(file)
    assert before in client.get("/console/rules", params={"version": version}).text
    for n in range(12):
        text = f"zone = 'UTC'\n# {n}\n"
        assert send("/console/rules", text=text, mark=mark_of(client.get("/console/rules").text), do="save").is_redirect
    assert len(rulesfile.versions(file)) == rulesfile.KEPT
    assert file.read_text() == text
    assert [one.name for one in file.parent.glob("tmp*")] == []


@pytest.mark.parametrize("name", ["../rules.toml", "../../etc/passwd", "..%2Frules.toml", "x.toml"])
def test_no_other_file_is_shown_as_a_version(client, name):
    assert client.get("/console/rules", params={"version": name}).status_code == 404


def test_somebody_elses_change_is_not_lost(client, send, folder):
    file = folder.parent / "rules.toml"
    mark = mark_of(client.get("/console/rules").text)
    file.write_text("# of somebody else\n")
    answer = send("/console/rules", text="# mine\n", mark=mark, do="save")
    assert answer.status_code == 400
    assert "changed by somebody else" in answer.text
    assert "# mine" in answer.text
    assert file.read_text() == "# of somebody else\n"
    assert send("/console/rules", text="# mine\n", mark=mark, do="replace").is_redirect
    assert file.read_text() == "# mine\n"
    assert rulesfile.version(file, rulesfile.versions(file)[0]) == "# of somebody else\n"


BAD = [
    ("a = = 1\n", 1),
    ("\n[[boost]]\nwhen = 'in_stock'\nbye = 1\n", 2),
    ("[[boost]]\nwhen = 'in_stock'\nby = 0.1\n[[boost]]\n# here\nwhen = 'stok > 1'\nby = 0.1\n", 6),
    ("[[boost]]\nname = \"it's, odd\"\nwhen = 'in_stock'\nby = 1000\n", 4),
    ("zone = 'UTC'\nmax_relevance_loss = 2\n", 2),
    ("nonsense = 1\n", 1),
    ("[diversity]\nwindow = 3\nrelevance_weight = 7\n", 3),
    ("[signals]\nmargin = 'nowhere'\n", 2),
]


@pytest.mark.parametrize(("text", "line"), BAD)
def test_bad_rules_are_refused_by_their_line(send, folder, text, line):
    file = folder.parent / "rules.toml"
    before = file.read_text()
    found = send("/console/rules/check", text=text, headers={"Accept": "application/json"}).json()
    assert (found["line"], bool(found["said"])) == (line, True), found
    answer = send("/console/rules", text=text, mark="", do="save")
    assert answer.status_code == 400
    assert "not saved" in answer.text
    assert file.read_text() == before


def test_rules_are_tried_without_being_saved(send, folder):
    before = (folder.parent / "rules.toml").read_text()
    text = '[[pin]]\nquery = "red shoe"\nsku = "R2"\nposition = 1\n'
    page = send("/console/rules", text=text, q="red shoe", do="try").text
    first = page.split("<tbody>")[1].split("</tr>")[0]
    assert "R2" in first
    assert "pinned" in first
    assert (folder.parent / "rules.toml").read_text() == before


# --- judging and evaluation -------------------------------------------------------------------------------------------


def test_grades_are_on_the_disk_at_once(client, send, folder):
    page = client.get("/console/judge", params={"q": "red shoe"}).text
    skus = re.findall(r'data-sku="(\w+)"', page)
    assert len(skus) >= 6
    assert SCRIPT not in page
    assert re.findall(r'data-sku="(\w+)"', client.get("/console/judge?q=red+shoe").text) == skus, "a reload shuffles"
    kept = send("/console/judge/grade", q="red shoe", sku="R1", grade="3", headers={"Accept": "application/json"})
    assert kept.json()["pairs"] == 0
    judgements = folder / "judgements"
    (query,) = read_queries(judgements / "queries.jsonl")
    assert (query.text, read_qrels(judgements / "qrels.csv")) == ("red shoe", {query.id: {"R1": 3}})
    send("/console/judge/grade", q="red shoe", sku="G1", grade="0")
    send("/console/judge/grade", q="red shoe", sku="R1", grade="2")
    assert read_qrels(judgements / "qrels.csv") == {query.id: {"R1": 2, "G1": 0}}
    assert 'data-sku="R1" data-grade="2"' in client.get("/console/judge?q=red+shoe").text
    assert 'data-sku="R1" data-grade=""' in client.get("/console/judge?q=red+shoe&again=true").text
    send("/console/judge/undo", q="red shoe", sku="R1")
    assert read_qrels(judgements / "qrels.csv")[query.id]["R1"] == 3
    assert send("/console/judge/undo", q="red shoe", sku="B1").status_code == 400


@pytest.mark.parametrize("form", [{"grade": "4"}, {"grade": "x"}, {"sku": ""}, {"q": ""}])
def test_no_other_grade_is_kept(send, folder, form):
    before = sorted((file.name, file.read_bytes()) for file in (folder / "judgements").glob("*.*"))
    given = {"q": "red shoe", "sku": "R1", "grade": "1", **form}
    assert send("/console/judge/grade", **given).status_code == 400
    assert sorted((file.name, file.read_bytes()) for file in (folder / "judgements").glob("*.*")) == before


def ended(client, seconds=30):
    until = time.monotonic() + seconds
    while "data-running" in (page := client.get("/console/evaluation", headers={"X-Fragment": "runs"}).text):
        assert time.monotonic() < until, page
    return page


def evaluate(client, send, *ways):
    """Judge a little, and run an evaluation by each of some lanes."""
    for sku, grade in (("R1", 3), ("R2", 2), ("B1", 0)):
        send("/console/judge/grade", q="red shoe", sku=sku, grade=str(grade))
    send("/console/judge/grade", q="blue shoe", sku="B1", grade="3")
    for lanes in ways:
        assert send("/console/evaluation", queries="queries.jsonl", qrels="qrels.csv", lanes=lanes).is_redirect
        page = ended(client)
        assert ">done" in page or "done</td>" in page, page


def test_evaluations_are_run_kept_and_compared(client, send, folder):
    evaluate(client, send, "", "lexical")
    after, before = [run.id for run in runs.every(folder / "evaluations")][:2]
    held = json.loads((folder / "evaluations" / f"{after}.json").read_text())
    assert (held["state"], held["lanes"], held["settings"]["model"].startswith("toy")) == ("done", ["lexical"], True)
    page = client.get("/console/evaluation", params={"before": before, "after": after}).text
    assert "<code>lanes</code>: all → lexical" in page
    assert re.search(r'<th scope="row">ndcg@10</th><td class="num">\d\.\d{3}</td>', page)
    one = client.get(f"/console/evaluation/{after}").text
    assert '<a href="/console/inspect?q=red%20shoe">red shoe</a>' in one


@pytest.mark.parametrize("name", ["../catalogue", "..%2F..%2Frules", "%2e%2e%2fx", "20260101T000000-abcdef", "a" * 300])
def test_no_other_file_is_an_evaluation(client, name):
    assert client.get(f"/console/evaluation/{name}").status_code == 404
    assert client.get(f"/console/evaluation?before={name[:60]}&after={name[:60]}").status_code == 404


@pytest.mark.parametrize("name", ["../../rules.toml", "/etc/passwd", "history.csv", "nothing.jsonl"])
def test_only_judgements_of_the_folder_are_evaluated(send, name):
    assert send("/console/evaluation", queries=name, qrels="qrels.csv").status_code == 400
    assert send("/console/evaluation", queries="queries.jsonl", qrels=name).status_code == 400


def test_a_damaged_evaluation_does_not_hide_the_others(client, send, folder):
    evaluate(client, send, "lexical")
    (folder / "evaluations" / "20200101T000000-abcdef.json").write_text('{"id": ')
    page = client.get("/console/evaluation")
    assert (page.status_code, "20200101T000000" in page.text) == (200, False)
    assert client.get("/console/evaluation/20200101T000000-abcdef").status_code == 400


def test_a_run_that_went_silent_was_interrupted(client, send, folder):
    evaluate(client, send, "lexical")
    run = next(run for run in runs.every(folder / "evaluations") if run.state == "done")
    held = json.loads((folder / "evaluations" / f"{run.id}.json").read_text())
    held |= {"id": "20210101T000000-abcdef", "state": "running", "beat": time.time() - runs.SILENT - 1, "report": None}
    (folder / "evaluations" / "20210101T000000-abcdef.json").write_text(json.dumps(held))
    assert runs.one(folder / "evaluations", "20210101T000000-abcdef").state == "interrupted"


# --- jobs, consents, keys ---------------------------------------------------------------------------------------------


def finished(client, seconds=60):
    until = time.monotonic() + seconds
    while "data-running" in (page := client.get("/console/jobs", headers={"X-Fragment": "jobs"}).text):
        assert time.monotonic() < until, page
    return page


def test_a_catalogue_that_is_sent_is_indexed(client, send, app):
    rows = f"sku,title,price\nS1,{SCRIPT},3\nS2,,x\nS3,yellow lamp,4\n"
    answer = send("/console/jobs", files={"file": ("more lamps.csv", rows.encode(), "text/csv")}, keep_missing="1")
    assert answer.is_redirect, answer.text
    page = finished(client)
    assert "more lamps.csv" in page
    assert "1 refused" in page
    assert re.search(r'<td class="num">3</td><td>price</td><td>S2</td>', page), page
    assert app.state.server.shelf.show("S3").title == "yellow lamp"
    app.state.server.shelf.remove(["S1", "S3"])


@pytest.mark.parametrize("name", ["../x.csv", "..\\x.csv", ".csv", "x.toml", "x.csv\n.toml", "/etc/x.csv"])
def test_other_names_are_not_kept(send, folder, name):
    held = sorted(str(file) for file in folder.rglob("*"))
    answer = send("/console/jobs", files={"file": (name, b"sku,title\nA,b\n", "text/csv")})
    kept = [file for file in sorted(str(one) for one in folder.rglob("*")) if file not in held]
    assert all(os.path.dirname(file) == str(folder / "uploads") for file in kept), kept
    assert answer.status_code == 400 or answer.is_redirect


def test_what_cannot_be_indexed_is_said(client, send, folder):
    finished(client)
    assert "choose a file" in send("/console/jobs").text
    assert "there is no catalogue" in send("/console/jobs", path="/nowhere/x.csv").text
    assert send("/console/jobs", path=str(folder.parent / "rules.toml")).status_code == 400


def test_consents_are_found_and_withdrawn(client, send, app):
    catalogue = app.state.server.shelf.stack.catalogue
    with catalogue.write() as connection:
        first, second = (consents.give(connection, ["photo"], "1", 0, SCRIPT) for _ in range(2))
    page = client.get("/console/consents").text
    assert first.id in page
    assert SCRIPT not in page
    assert f'<th scope="row" class="date">{time.strftime("%Y-%m-%d", time.gmtime())}</th><td class="num">2</td>' in page
    one = client.get("/console/consents", params={"id": first.id}).text
    assert (f">{first.id}<br>" in one, second.id in one) == (True, False)
    assert send("/console/consents/withdraw", id=first.id).is_redirect
    with catalogue.read() as connection:
        assert consents.find(connection, first.id).withdrawn
        assert not consents.find(connection, second.id).withdrawn
    assert "There is no consent" in client.get("/console/consents?id=nobody").text


def test_a_secret_is_shown_once(client, send, app):
    page = send("/console/keys", name=f"the shop's {SCRIPT}", scopes=["search", "events"], days="30").text
    secret = re.search(r'value="(ss_[\w-]+)"', page)[1]
    assert secret not in client.get("/console/keys").text
    assert SCRIPT not in page
    with app.state.server.shelf.stack.catalogue.read() as connection:
        key = keys.find(connection, secret)
    assert (key.scopes, round((key.expires - key.made) / 86_400)) == (("search", "events"), 30)
    assert send("/console/keys/revoke", id=key.id).is_redirect
    with app.state.server.shelf.stack.catalogue.read() as connection:
        assert keys.state(keys.find(connection, secret), time.time()) == "revoked"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "", "scopes": "search"}, "needs a name"),
        ({"name": "x"}, "needs scopes"),
        ({"name": "x", "scopes": "root"}, "no scope"),
        ({"name": "x", "scopes": "search", "days": "-1"}, "later end"),
        ({"name": "x", "scopes": "search", "days": "soon"}, "days are a number"),
    ],
)
def test_no_other_key_is_made(send, form, said):
    answer = send("/console/keys", **form)
    assert answer.status_code == 400
    assert said in answer.text
