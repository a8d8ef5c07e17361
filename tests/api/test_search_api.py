"""Searching over HTTP: words, photos, refusals, and that an answer says what the package says."""

import time

import pytest

import snapshelf
from snapshelf.catalogue import queries
from snapshelf.config import Settings
from tests.served import photo_of, serving


@pytest.fixture(scope="module")
def agreed(served):
    status, _, body = served.post("/consents", json={"purposes": ["photo", "sound", "video"]})
    assert status == 201
    return body["id"]


def error_of(answer, status, code, field=None):
    got, headers, body = answer
    assert (got, body["error"]["code"], body["error"]["field"]) == (status, code, field), body
    assert body["error"]["message"]
    assert body["error"]["request_id"] == headers["x-request-id"]
    return body["error"]["message"]


def test_words_find_what_the_package_finds(served, shelf, judged):
    words = next(q["text"] for q in judged if "text" in q and "image" not in q)
    with snapshelf.open(shelf, Settings()) as opened:
        wanted = opened.search(words, k=10, facets=["brand"])
    status, headers, body = served.get("/search", fields={"q": words, "k": "10", "facets": "brand"})
    assert status == 200
    assert headers["cache-control"] == "no-store"
    assert [hit["sku"] for hit in body["hits"]] == [hit.sku for hit in wanted]
    assert [hit["score"] for hit in body["hits"]] == [round(hit.score, 4) for hit in wanted]
    assert body["total"] == wanted.total
    assert {one["value"]: one["count"] for one in body["facets"]["brand"]} == dict(wanted.facets["brand"])
    assert all(hit["why"] and hit["images"] for hit in body["hits"])


def test_limits_in_the_words_are_kept(served):
    _, _, body = served.get("/search", fields={"q": "something under 40 EUR", "k": "100", "all": "true"})
    assert body["hits"]
    assert all(hit["price"] < 40 for hit in body["hits"])
    assert [one["kind"] for one in body["understood"]] == ["price"]
    _, _, free = served.get("/search", fields={"q": "something under 40 EUR", "k": "100", "all": "1", "off": "price"})
    assert any(hit["price"] >= 40 for hit in free["hits"])


def test_pages_are_cut_from_one_list(served):
    asked = {"q": "shoe", "k": "3", "all": "true"}
    pages = [served.get("/search", fields={**asked, "page": str(page)})[2] for page in (1, 2, 3)]
    skus = [hit["sku"] for page in pages for hit in page["hits"]]
    assert len(set(skus)) == 9
    assert [hit["rank"] for page in pages for hit in page["hits"]] == list(range(1, 10))
    assert pages[0]["more"]
    whole = served.get("/search", fields={**asked, "k": "9"})[2]
    assert skus == [hit["sku"] for hit in whole["hits"]]


def test_hits_are_sorted_by_price(served):
    for sort, way in (("price", 1), ("-price", -1)):
        _, _, body = served.get("/search", fields={"q": "shoes", "sort": sort, "k": "50"})
        prices = [hit["price"] for hit in body["hits"]]
        assert len(prices) > 1
        assert prices == sorted(prices, key=lambda price: way * price)


def test_family_shows_variants(served):
    _, _, body = served.get("/search", fields={"q": "shirt", "family": "true", "all": "true", "k": "50"})
    families = [hit["family"] for hit in body["hits"]]
    assert len(families) == len(set(families))
    several = [hit for hit in body["hits"] if hit["siblings"]]
    assert several
    for hit in several:
        assert hit["sku"] in [variant["sku"] for variant in hit["variants"]]
        assert len(hit["variants"]) > hit["siblings"]


def test_a_photo_finds_its_product(served, photo, agreed):
    status, _, body = served.post("/search", fields={"image": photo_of(photo), "consent": agreed, "k": "10"})
    assert status == 200
    assert photo.stem in [hit["sku"] for hit in body["hits"]]
    assert "image" in body["hits"][0]["scores"]
    assert body["hits"][0]["matched"]["view"].startswith("image")


def test_a_photo_and_words_report_both(served, photo, agreed):
    fields = {"image": photo_of(photo), "q": "in blue", "weights": "text=0.7,image=1", "consent": agreed}
    _, _, body = served.post("/search", fields=fields)
    assert set(body["hits"][0]["scores"]) == {"text", "image"}


def test_a_crop_is_meant(served, photo, agreed):
    from PIL import Image

    with Image.open(photo) as opened:
        width, height = opened.size
    fields = {"image": photo_of(photo), "crop": f"0,0,{width // 2},{height // 2}", "consent": agreed}
    whole = served.post("/search", fields={"image": photo_of(photo), "consent": agreed})[2]
    part = served.post("/search", fields=fields)[2]
    assert whole["hits"][0]["score"] != part["hits"][0]["score"]
    message = error_of(served.post("/search", fields={**fields, "crop": "0,0,9999,9999"}), 400, "bad_query", "crop")
    assert "outside" in message


def test_nothing_leaves_a_page_without_consent(served, photo, secrets):
    error_of(served.post("/search", fields={"image": photo_of(photo)}), 403, "no_consent", "consent")
    error_of(
        served.post("/search", fields={"image": photo_of(photo), "consent": "invented"}), 403, "no_consent", "consent"
    )
    key = {"Authorization": f"Bearer {secrets['search']}"}  # the shop's own program answers for its shoppers
    assert served.post("/search", fields={"image": photo_of(photo)}, headers=key)[0] == 200


def test_consent_for_photos_is_none_for_sound_and_can_be_taken_back(served, photo):
    _, _, given = served.post("/consents", json={"purposes": ["photo"]})
    fields = {"image": photo_of(photo), "consent": given["id"]}
    assert given["kept_seconds"] == 0
    assert served.post("/search", fields=fields)[0] == 200
    sound = {"audio": ("a.wav", b"RIFF", "audio/wav"), "consent": given["id"]}
    error_of(served.post("/search", fields=sound), 403, "no_consent", "consent")
    assert served("DELETE", f"/consents/{given['id']}")[0] == 200
    assert served("DELETE", f"/consents/{given['id']}")[0] == 404
    error_of(served.post("/search", fields=fields), 403, "no_consent", "consent")


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({}, "empty_query", "q"),
        ({"q": "   "}, "empty_query", "q"),
        ({"q": "x" * 10_000}, "bad_parameter", "q"),
        ({"q": "lamp", "page": "0"}, "bad_parameter", "page"),
        ({"q": "lamp", "page": "-3"}, "bad_parameter", "page"),
        ({"q": "lamp", "page": "nine"}, "bad_parameter", "page"),
        ({"q": "lamp", "page": "999999999999999999999"}, "bad_parameter", "page"),
        ({"q": "lamp", "k": "100000"}, "bad_parameter", "k"),
        ({"q": "lamp", "where": "prize < 3"}, "bad_filter", "where"),
        ({"q": "lamp", "where": "price <"}, "bad_filter", "where"),
        ({"q": "lamp", "weights": "text=much"}, "bad_query", "weights"),
        ({"q": "lamp", "weights": "image=1"}, "bad_query", "weights"),
        ({"q": "lamp", "lanes": "psychic"}, "bad_query", "lanes"),
        ({"q": "lamp", "facets": "nonsense"}, "bad_query", "facets"),
        ({"q": "lamp", "sort": "colour"}, "bad_query", "sort"),
        ({"q": "lamp", "quality": "high"}, "bad_parameter", "quality"),
    ],
)
def test_refused(served, fields, code, field):
    error_of(served.get("/search", fields=fields), 400, code, field)


@pytest.mark.parametrize(
    ("name", "data", "kind", "status", "code"),
    [
        ("a.jpg", b"", "image/jpeg", 400, "empty_file"),
        ("a.jpg", b"this is no picture", "image/jpeg", 400, "bad_media"),
        ("a.html", b"<script>alert(1)</script>", "text/html", 415, "wrong_type"),
        ("a.pdf", b"%PDF-1.7", "application/pdf", 415, "wrong_type"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 400, "bad_media"),
    ],
)
def test_files_that_are_no_photos(served, agreed, name, data, kind, status, code):
    error_of(served.post("/search", fields={"image": (name, data, kind), "consent": agreed}), status, code, "image")


def test_a_bomb_is_refused_before_it_is_decoded(served, agreed):
    """A PNG of a few hundred bytes that says it has 100,000 × 100,000 pixels."""
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    fields = {"image": ("bomb.png", bomb, "image/png"), "consent": agreed}
    assert "pixels" in error_of(served.post("/search", fields=fields), 400, "bad_media", "image")


def test_explain_suggest_similar(served, judged):
    words = next(q["text"] for q in judged if "text" in q and "image" not in q)
    top = served.get("/search", fields={"q": words})[2]["hits"][0]
    _, _, said = served.get("/explain", fields={"q": words, "sku": top["sku"]})
    assert said["rank"] == 1
    assert said["said"]
    assert said["hit"]["receipt"]["lanes"]
    error_of(served.get("/explain", fields={"q": words, "sku": "NONE"}), 404, "not_here")
    _, _, completed = served.get("/suggest", fields={"q": top["brand"][:3].lower()})
    assert top["brand"].lower() in [one["text"].lower() for one in completed["suggestions"]]
    _, _, like = served.get(f"/similar/{top['sku']}", fields={"k": "5"})
    assert len(like["hits"]) == 5
    assert top["family"] not in [hit["family"] for hit in like["hits"]]
    error_of(served.get("/similar/NONE"), 404, "not_here")


def test_queries_are_logged_without_their_photos(served, shelf, photo, agreed):
    words = "green lamp for the log"
    asked = {
        served.get("/search", fields={"q": words, "client": "c1"})[2]["query_id"]: "words",
        served.post("/search", fields={"image": photo_of(photo), "consent": agreed})[2]["query_id"]: "photo",
        served.post("/search", fields={"image": photo_of(photo), "q": "red", "consent": agreed})[2][
            "query_id"
        ]: "mixed",
    }
    with snapshelf.open(shelf, Settings()) as opened:
        until = time.monotonic() + 10
        while True:
            with opened.stack.catalogue.read() as connection:
                logged = {one.id: one for one in queries.every(connection, 100)}
            if asked.keys() <= logged.keys() or time.monotonic() > until:
                break
            time.sleep(0.1)
    assert {id: logged[id].kind for id in asked} == asked
    one = logged[next(iter(asked))]
    assert (one.text, one.client) == (words, "c1")
    assert 0 < one.seconds < 30
    marker = photo.read_bytes()[100:160]
    assert all(marker not in file.read_bytes() for file in shelf.rglob("*") if file.is_file())


@pytest.mark.parametrize("name", ["audio", "video"])
def test_a_clip_that_cannot_be_used_is_named(served, agreed, name):
    sent = {name: ("a.bin", b"this is neither", f"{name}/mp4"), "consent": agreed}
    error_of(served.post("/search", fields=sent), 400, "bad_media", name)


def test_a_sound_that_is_too_long_is_refused_by_its_header(shelf):
    from tests.clips import tone, wav

    with serving(shelf, consent="false", clip_seconds=2) as server:
        began = time.perf_counter()
        long = wav(tone(90.0))
        message = error_of(
            server.post("/search", fields={"audio": ("a.wav", long, "audio/wav")}), 400, "bad_media", "audio"
        )
        assert "longer than 2 seconds" in message
        assert time.perf_counter() - began < 5


def test_more_like_this_is_logged_as_a_query(served, shelf):
    sku = served.get("/products", fields={"k": "1"})[2]["products"][0]["sku"]
    id = served.get(f"/similar/{sku}")[2]["query_id"]
    until = time.monotonic() + 10
    found = None
    while found is None and time.monotonic() < until:
        with snapshelf.open(shelf, Settings()) as opened, opened.stack.catalogue.read() as connection:
            found = next((one for one in queries.every(connection, 100) if one.id == id), None)
    assert found.kind == "similar"
