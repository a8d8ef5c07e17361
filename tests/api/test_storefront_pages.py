"""The storefront over HTTP: whole pages and fragments, refusals for people and for programs, what is escaped."""

import json
import re

import pytest

from tests.served import photo_of

HTML = {"Accept": "text/html,application/xhtml+xml"}
FRAGMENT = {"Accept": "text/html", "X-Fragment": "results"}


def page(served, path, status=200, **headers):
    got, held, body = served("GET", path, headers={**HTML, **headers})
    assert (got, held["content-type"]) == (status, "text/html; charset=utf-8"), body
    return body.decode()


def test_a_page_and_its_fragment_show_the_same(served):
    whole = page(served, "/?q=shoes")
    status, headers, part = served("GET", "/?q=shoes", headers=FRAGMENT)
    assert (status, headers["cache-control"]) == (200, "no-store")
    skus = re.findall(r'<li class="card" data-sku="([^"]+)"', part.decode())
    assert skus == re.findall(r'<li class="card" data-sku="([^"]+)"', whole)
    assert len(skus) > 1
    assert "<html" in whole
    assert "<html" not in part.decode()


def test_the_page_shows_what_the_api_finds(served):
    _, _, body = served.get("/search", fields={"q": "sneakers", "k": "24", "family": "true"})
    shown = re.findall(r'<li class="card" data-sku="([^"]+)"', page(served, "/?q=sneakers"))
    assert shown == [hit["sku"] for hit in body["hits"]]


def test_counts_say_what_a_choice_leaves(served):
    """Within the same words and one brand after the other, the cards are at least as many as were promised."""
    whole = page(served, "/?q=shoes&stock=1")
    counts = re.findall(r'name="f.brand" value="([^"]+)"[^>]*>\s*<span>[^<]*</span> <span class="number">(\d+)', whole)
    assert counts
    for brand, count in counts[:3]:
        narrowed = page(served, f"/?q=shoes&stock=1&f.brand={brand}")
        assert narrowed.count('<li class="card"') >= int(count) > 0


def test_what_is_asked_is_escaped(served):
    attack = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
    for path in (
        f"/?q={attack}",
        f"/?q=shoes&f.brand={attack}",
        f"/?q=shoes&where={attack}",
        f"/p/{attack}",
        f"/{attack}",
    ):
        status, _, body = served("GET", path, headers=HTML)
        assert status in (200, 400, 404)
        assert b"<script>alert" not in body, path


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [("/nowhere", 404, "There is no such page"), ("/p/nobody", 404, "There is no such page"),
     ("/?q=x&page=0", 400, "Page is a number from 1 to 1,000"), ("/?q=x&off=nothing", 400, "There is no kind"),
     ("/?q=x&f.colour=red", 400, "Did you mean"), ("/?q=" + "x" * 1001, 400, "That could not be searched for")],
)  # fmt: skip
def test_people_get_refusals_as_pages(served, path, status, said):
    assert said in page(served, path, status).replace("&#39;", "'")


def test_programs_and_scripts_get_refusals_as_json(served):
    for path, headers in (
        ("/?q=x&page=0", FRAGMENT),
        ("/nowhere", {}),
        ("/search?q=", HTML),
        ("/products/nobody", HTML),
    ):
        status, held, body = served("GET", path, headers=headers)
        assert status in (400, 404)
        assert held["content-type"] == "application/json"
        assert body["error"]["message"]


def test_a_photo_needs_consent_and_finds(served, photo):
    sent = {"image": photo_of(photo), "photo": "abc", "stock": "1"}
    status, _, body = served("POST", "/", headers=FRAGMENT, fields=sent)
    assert (status, body["error"]["code"]) == (403, "no_consent")
    _, _, given = served.post("/consents", json={"purposes": ["photo"]})
    status, _, body = served("POST", "/", headers=FRAGMENT, fields={**sent, "consent": given["id"]})
    assert status == 200
    assert "Looks like your photo" in body.decode()
    assert "photo=abc" in body.decode()  # its links lead back to the photo


def test_a_photo_is_asked_for_where_it_is_not(served):
    status, _, body = served("GET", "/?photo=abc&q=red", headers=FRAGMENT)
    assert status == 200
    assert "This photo is on another device" in body.decode()
    assert "search for “red” alone" in body.decode()


def test_what_browsers_ask_for(served):
    status, headers, body = served("GET", "/manifest.webmanifest")
    assert (status, headers["content-type"]) == (200, "application/manifest+json")
    told = body if isinstance(body, dict) else json.loads(body)
    status, headers, _ = served("GET", told["icons"][0]["src"])
    assert (status, headers["content-type"]) == (200, "image/svg+xml")
    assert served("GET", "/favicon.ico", redirect=False)[0] == 302
    assert b"{searchTerms}" in served("GET", "/opensearch.xml")[2]
    assert served("GET", "/shop.css")[2] == b""
    for name in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page(served, "/")):
        status, headers, _ = served("GET", name)
        assert (status, "immutable" in headers["cache-control"]) == (200, True), name


def test_no_page_carries_script_or_style_of_its_own(served, shop):
    sku = re.search(r'data-sku="([^"]+)"', page(served, "/?q=shoes"))[1]
    for path in ("/", "/?q=shoes", f"/p/{sku}", f"/like/{sku}", "/nowhere"):
        _, headers, body = served("GET", path, headers=HTML)
        text = body.decode()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=\"/assets/)", text), path
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text), path
        assert "script-src 'self'" in headers["content-security-policy"]
