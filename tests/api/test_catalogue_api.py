"""Products and their pictures over HTTP."""

import csv
import io

import pytest
from PIL import Image

from tests.api.conftest import bearer
from tests.api.test_search_api import error_of


def test_pages_through_the_whole_catalogue(served, shop):
    with (shop / "products.csv").open(newline="", encoding="utf-8") as file:
        own = {row["sku"] for row in csv.DictReader(file)}
    skus, after = [], ""
    while after is not None:
        _, _, body = served.get("/products", fields={"k": "25", "after": after})
        skus += [one["sku"] for one in body["products"]]
        after = body["next"]
    assert len(skus) == len(set(skus))
    assert own <= set(skus), "other tests of this server may have put more"
    assert len(own) == 60
    assert skus == sorted(skus)
    one = served.get(f"/products/{skus[0]}")[2]
    assert (one["sku"], one["images"][0]) == (skus[0], f"/media/{skus[0]}/1")
    error_of(served.get("/products/NONE"), 404, "not_here")


def test_put_is_found_and_removed(served, secrets):
    key = bearer(secrets["catalogue"])
    rows = [
        {"sku": "API/1 ü", "title": "Zebra striped kaleidoscope", "price": "12,50 EUR", "stock": 3},
        {"sku": "", "title": "No number"},
        {"sku": "API-3", "title": "Bad price", "price": "much"},
    ]
    status, _, body = served.post("/products", json=rows, headers=key)
    assert status == 200
    assert body["added"] == 1
    assert [(one["row"], one["field"]) for one in body["refused"]] == [(2, "sku"), (3, "price")]
    hit = served.get("/search", fields={"q": "striped kaleidoscope"})[2]["hits"][0]
    assert (hit["sku"], hit["price"], hit["currency"]) == ("API/1 ü", 12.5, "EUR")
    assert served.get("/products/API%2F1%20%C3%BC")[2]["title"] == "Zebra striped kaleidoscope"
    assert served("DELETE", "/products/API%2F1%20%C3%BC", headers=key)[0] == 200
    error_of(served("DELETE", "/products/API%2F1%20%C3%BC", headers=key), 404, "not_here")


@pytest.mark.parametrize("place", ["/etc/passwd", "../../secret.jpg", "file:///etc/passwd", "C:\\secret.jpg"])
@pytest.mark.parametrize("name", ["image", "Images", "videos"])
def test_a_caller_names_no_files(served, secrets, place, name):
    row = {"sku": "EVIL", "title": "Evil", name: place}
    error_of(served.post("/products", json=[row], headers=bearer(secrets["catalogue"])), 400, "bad_row", name)
    assert served.get("/products/EVIL")[0] == 404


@pytest.mark.parametrize("body", [b"[", b"{}", b"[]", b"[1]", b'"x"'])
def test_what_is_no_list_of_products(served, secrets, body):
    headers = bearer(secrets["catalogue"]) | {"Content-Type": "application/json"}
    assert served.post("/products", body=body, headers=headers)[0] == 400


def test_thumbnails(served, shelf):
    sku = served.get("/products", fields={"k": "1"})[2]["products"][0]["sku"]
    sizes = {}
    for asked, wide in ((0, 360), (100, 160), (160, 160), (161, 320), (9000, 360)):  # the pictures have 360 pixels
        status, headers, data = served.get(f"/media/{sku}/1?w={asked}")
        assert status == 200
        assert headers["content-type"] == "image/webp"
        sizes[asked] = max(Image.open(io.BytesIO(data)).size)
        assert sizes[asked] == wide
    mark = headers["etag"]
    assert served.get(f"/media/{sku}/1?w=9000", headers={"If-None-Match": mark})[0] == 304
    assert served.get(f"/media/{sku}/1?w=9000", headers={"If-None-Match": f'"other", W/{mark}'})[0] == 304
    assert served.get(f"/media/{sku}/1?w=160", headers={"If-None-Match": mark})[0] == 200
    assert list((shelf / "thumbs").rglob("*-160.webp"))


@pytest.mark.parametrize(
    "path",
    [
        "/media/../../etc/passwd/1",
        "/media/..%2f..%2fetc%2fpasswd/1",
        "/media/{sku}/2",
        "/media/{sku}/0",
        "/media/{sku}/-1",
        "/media/{sku}/..%2f..%2fcatalogue.sqlite",
        "/media/{sku}/99999999999999999999",
        "/media/{sku}/video1",
        "/media/{sku}/audio١",
        "/assets/x/../../pages.py",
        "/assets/x/..%2f..%2fpages.py",
    ],
)
def test_only_what_the_catalogue_names(served, path):
    sku = served.get("/products", fields={"k": "1"})[2]["products"][0]["sku"]
    assert served.get(path.format(sku=sku))[0] == 404


def test_events_count_once(served, judged):
    words = next(q["text"] for q in judged if "text" in q and "image" not in q)
    found = served.get("/search", fields={"q": words})[2]
    sku = found["hits"][0]["sku"]
    event = {
        "action_name": "click", "query_id": found["query_id"], "user_query": words, "timestamp": "2026-11-20T10:00:00Z",
        "event_attributes": {"object": {"object_id": sku}, "position": {"ordinal": 1}},
    }  # fmt: skip
    body = served.post("/events", json=[event, {"action_name": "click"}, {"nonsense": True}])[2]
    assert body["counted"] == 1
    assert [one["row"] for one in body["refused"]] == [2, 3]
    assert served.post("/events", json=[event])[2]["again"] == 1
    error_of(served.post("/events", json={"events": []}), 400, "bad_parameter")
    assert served.post("/events", json=[event] * 1001)[0] == 400
