"""The console in a real browser: every page on desktop and phone, by keyboard, without anything that axe objects to."""

import re
import shutil
import time

import pytest

from snapshelf.catalogue import consents, keys, queries
from snapshelf.catalogue.queries import AskedQuery
from snapshelf.evaluate import read_qrels, read_queries
from snapshelf.http import sign
from snapshelf.http.server import secret_of
from snapshelf.shelf import open_shelf
from snapshelf.web import console

SCREENS = {"desktop": (1280, 900, "light"), "phone": (390, 844, "dark")}


@pytest.fixture(scope="module")
def folder(shop, tmp_path_factory):
    """A copy of the shelf, with a log, a consent, a key and rules."""
    home = tmp_path_factory.mktemp("console")
    shutil.copytree(shop / "shelf", home / "shelf")
    (home / "rules.toml").write_text("max_relevance_loss = 0.1\n")
    now = time.time()
    asked = [AskedQuery(f"q{n}", now - 3_000 * n, "words", "red shoe", 0.02 + n / 1_000, 5) for n in range(40)]
    with open_shelf(home / "shelf") as opened, opened.stack.catalogue.write() as connection:
        queries.record(connection, [*asked, AskedQuery("none", now, "words", "green lamp", 0.01, 0, True)])
        queries.looked_at(connection, [f"q{n}" for n in range(20)], ["q1", "q2"])
        consents.give(connection, ["photo"], "1", 0)
        keys.add(connection, "the shop", ["search"])
    return home / "shelf"


@pytest.fixture(scope="module")
def server(folder, serve):
    return serve(folder, f'[serve]\nrate = ""\n[ranking]\nrules = "{folder.parent / "rules.toml"}"\n')


@pytest.fixture
def enter(tab, server, folder):
    """A tab that is signed in, ``enter(screen)``."""

    def make(screen="desktop"):
        width, height, colours = SCREENS[screen]
        page = tab(width, height, color_scheme=colours)
        ticket = sign.sign(secret_of(folder), "ticket", "local", time.time() + 60)
        page.goto(f"{server.url}/console/enter?ticket={ticket}")
        assert page.url == f"{server.url}/console"
        return page

    return make


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


def test_the_address_that_serve_prints_leads_in(tab, server):
    until = time.monotonic() + 20
    while not (found := re.search(r"console\s+(http\S+)", "".join(server.said))):
        assert time.monotonic() < until, server.said
    page = tab()
    page.goto(found[1])
    assert page.url == f"{server.url}/console"
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Admin key").wait_for()


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_is_accessible_and_fits(enter, accessible, server, screen):
    page = enter(screen)
    paths = [one.path for one in console.found()]
    more = ["/console/inspect?q=red+shoe&sku=NOPE", "/console/inspect?q=red+shoe", "/console/judge?q=red+shoe"]
    for path in (*paths, *more, "/console/evaluation/nothing"):
        page.goto(server.url + path)
        accessible(page)
        fits(page)
    page.goto(f"{server.url}/console/inspect?q=red+shoe")
    page.locator(".hits summary").first.click()
    accessible(page)
    fits(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Admin key").wait_for()
    accessible(page)
    fits(page)


def test_the_inspector_asks_anew_as_it_is_set(enter, server, shop):
    page = enter()
    page.goto(f"{server.url}/console/inspect")
    page.get_by_label("Words", exact=True).fill("red shoe")
    page.keyboard.press("Enter")
    left = page.locator("section", has=page.locator("#a-found"))
    left.locator(".hits > li").first.wait_for()
    assert "q=red+shoe" in page.url
    assert "csrf" not in page.url
    page.locator("[name=b_lanes][value=vector]").uncheck()
    page.locator("[name=b_lanes][value=exact]").uncheck()
    page.get_by_text("lexical; no rules, no model").wait_for()
    page.reload()
    page.get_by_text("lexical; no rules, no model").wait_for()
    photo = sorted((shop / "shop" / "customer").glob("*.jpg"))[0]
    page.get_by_label("Photo, if the query has one").set_input_files(photo)
    page.get_by_text("Looks like your photo").first.wait_for(state="attached")
    page.locator("fieldset", has_text="Left").locator("summary").click()
    page.get_by_label("Weight of the words").first.fill("-1")
    assert page.locator("output").first.inner_text() == "-1.0"


def test_rules_say_what_is_wrong_while_one_writes(enter, server, folder):
    page = enter()
    page.goto(f"{server.url}/console/rules")
    text = page.get_by_label("Rules in TOML")
    text.fill('zone = "UTC"\n[[boost]]\nwhen = "stok > 1"\nby = 0.1\n')
    page.get_by_text("Line 3").wait_for()
    assert page.locator(".lines .wrong").inner_text().strip() == "3"
    assert text.get_attribute("aria-invalid") == "true"
    text.fill('[[pin]]\nquery = "red shoe"\nsku = "NOPE"\nposition = 1\n')
    page.get_by_text("These rules can be used.").wait_for()
    page.get_by_label("Words", exact=True).fill("red shoe")
    page.get_by_role("button", name="What would move?").click()
    page.get_by_role("heading", name="The first").wait_for()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. Searches use it from now on.").wait_for()
    assert "NOPE" in (folder.parent / "rules.toml").read_text()
    page.get_by_role("heading", name="Earlier versions").wait_for()


def test_judging_by_keyboard_then_evaluating(enter, accessible, server, folder):
    page = enter()
    page.goto(f"{server.url}/console/judge")
    page.get_by_role("link", name="red shoe").click()
    cards = page.locator(".card")
    skus = [card.get_attribute("data-sku") for card in cards.all()]
    now = page.locator(".card.now")
    assert now.get_attribute("data-sku") == skus[0]
    for key in "30u2":
        before = page.locator("#said").inner_text()
        page.keyboard.press(key)
        until = time.monotonic() + 10
        while page.locator("#said").inner_text() in (before, ""):
            assert time.monotonic() < until
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    (query,) = read_queries(folder / "judgements" / "queries.jsonl")
    assert read_qrels(folder / "judgements" / "qrels.csv") == {query.id: {skus[0]: 3, skus[1]: 2}}
    accessible(page)
    page.reload()
    assert page.locator("#count").inner_text() == f"2 of {len(skus)} graded"
    page.keyboard.press("n")
    page.get_by_role("heading", name="green lamp").wait_for()
    page.goto(f"{server.url}/console/evaluation")
    page.get_by_role("button", name="Evaluate").click()
    page.locator("#runs").get_by_text("ndcg@10").wait_for()
    accessible(page)
    page.locator("#runs th a").first.click()
    page.get_by_role("heading", name="Query by query").wait_for()
    accessible(page)
    page.get_by_role("link", name="red shoe").click()
    assert "/console/inspect?q=red%20shoe" in page.url


def test_a_catalogue_is_indexed_while_one_watches(enter, accessible, server, tmp_path):
    file = tmp_path / "lamps.csv"
    file.write_text("sku,title,price\n" + "".join(f"L{n},lamp {n},{n}\n" for n in range(1, 30)) + "L99,,x\n")
    page = enter("phone")
    page.goto(f"{server.url}/console/jobs")
    page.get_by_label("Send a file").set_input_files(file)
    page.get_by_role("button", name="Index").click()
    page.get_by_text("29 indexed").wait_for()
    page.locator(".jobs .tag", has_text="done").first.wait_for()
    page.locator(".jobs summary").first.click()
    assert page.get_by_role("cell", name="L99").is_visible()
    accessible(page)
    fits(page)


def test_a_key_is_made_and_revoked(enter, accessible, server):
    page = enter("phone")
    page.goto(f"{server.url}/console/keys")
    page.get_by_label("Who uses it").fill("a till")
    page.get_by_role("button", name="Add").click()
    secret = page.get_by_label("Secret").input_value()
    assert secret.startswith("ss_")
    accessible(page)
    fits(page)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke a till").click()
    page.get_by_role("row", name="a till").get_by_text("revoked").wait_for()
    assert secret not in page.content()
