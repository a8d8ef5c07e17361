"""A log of what shoppers clicked becomes examples for the fusion of a photo and words."""

import json

import numpy as np
import pytest
from PIL import Image

import snapshelf
from snapshelf import learn
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.errors import BadInput, BadRow, NotHere
from snapshelf.fusion.learnt import fit_network
from snapshelf.learn import Triplet, of_events
from snapshelf.types import Product

TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
WHEN = "2026-01-05T10:00:00Z"


def asked(id, text="in red", image="a.png", hits=("p1", "p2", "p3")):
    row = {"user_query": text, "query_id": id, "timestamp": WHEN, "query_response_hit_ids": list(hits)}
    return row | ({"query_attributes": {"image": image}} if image else {})


def did(action, id, sku):
    return {
        "action_name": action,
        "query_id": id,
        "timestamp": WHEN,
        "event_attributes": {"object": {"object_id": sku}},
    }


@pytest.fixture
def log(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")

    def write(*rows):
        (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        return tmp_path / "log.jsonl"

    return write


def test_what_was_taken_stands_against_what_was_passed_over(log, tmp_path):
    photo = str(tmp_path / "a.png")
    file = log(asked("q1"), did("click", "q1", "p3"), did("purchase", "q1", "p3"))
    assert of_events(file) == [Triplet(photo, "in red", "p3", ("p1", "p2"))]
    file = log(asked("q1"), did("click", "q1", "p1"), did("add_to_cart", "q1", "p3"))
    assert of_events(file) == [Triplet(photo, "in red", "p1"), Triplet(photo, "in red", "p3", ("p2",))]


def test_rows_may_come_in_any_order_and_twice(log):
    rows = [asked("q1"), did("click", "q1", "p2"), asked("q2", "in blue"), did("click", "q2", "p1")]
    assert set(of_events(log(*rows))) == set(of_events(log(*rows[::-1], *rows)))


def test_queries_without_both_parts_teach_nothing(log):
    rows = [
        asked("q1", image=""),
        did("click", "q1", "p1"),
        asked("q2", text=""),
        did("click", "q2", "p1"),
        asked("q3"),
    ]
    with pytest.raises(BadInput, match="no click after a query of a photo and words"):
        of_events(log(*rows))
    assert of_events(log(*rows, did("click", "q3", "p9"), did("view", "q3", "p1")))[0].passed_over == ()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (asked("q1", image="b.png"), "row 1, column 'query_attributes.image': there is no file b.png"),
        (asked("q1", image="") | {"query_attributes": {"image": 7}}, "a photo is a path or a URL, not 7"),
        ({"action_name": "click", "query_id": "q1"}, "row 1: timestamp is missing"),
        ([1], "row 1: an event is a table"),
    ],
)
def test_bad_rows_are_named(log, row, reason):
    with pytest.raises(BadRow, match=reason):
        of_events(log(row, asked("q1"), did("click", "q1", "p1")))


def test_a_log_that_is_not_there(tmp_path):
    with pytest.raises(NotHere, match="no file of events"):
        of_events(tmp_path / "none.jsonl")


def test_what_was_passed_over_is_moved_away_from():
    """Rows ask for X + Y and want X; where Z was passed over, the answer has less of it."""
    x, y, z = np.eye(8, dtype=np.float32)[:3]
    photos, words = np.tile((x + z) / np.sqrt(2), (32, 1)).astype(np.float32), np.tile(y, (32, 1))
    targets = np.tile(x, (32, 1))
    plain = fit_network(photos, words, targets, "m")
    taught = fit_network(photos, words, targets, "m", against=np.tile(z, (32, 1)))
    assert plain.fuse(photos[0], words[0]) @ z > 0.3
    assert taught.fuse(photos[0], words[0]) @ z < plain.fuse(photos[0], words[0]) @ z - 0.2


def test_the_command_learns_from_a_log_and_keeps_its_gate(log, run, tmp_path, monkeypatch):
    (tmp_path / "snapshelf.toml").write_text('[embedder]\nname = "toy"\n[store]\nname = "exact"\n')
    monkeypatch.chdir(tmp_path)
    with snapshelf.open(tmp_path / "shelf", TOY) as shelf:
        colours = ((220, 30, 30), (30, 160, 60))
        for n in range(44):
            Image.new("RGB", (8, 8), colours[n % 2]).save(tmp_path / f"{n}.png")
        shelf.index([Product(f"p{n}", f"thing {n}", images=(str(tmp_path / f"{n}.png"),)) for n in range(44)])
        rows = [
            r
            for n in range(44)
            for r in (asked(f"q{n}", "thing", f"{n}.png", ("p1", f"p{n}")), did("click", f"q{n}", f"p{n}"))
        ]
    file = log(*rows)
    status, said, _ = run("train", "fusion", "--events", file, "--shelf", "shelf", "--json")
    assert status == 0
    told = json.loads(said)
    assert told["taught"] + told["tried"] == 44
    assert told["deployed"] == (tmp_path / "shelf" / "fusion.npz").exists()
    status, _, complaint = run("train", "fusion", "--shelf", "shelf")
    assert status == 2
    assert "nothing to learn from" in complaint
    assert learn.of_clicks([("a", "b", "c")]) == [Triplet("a", "b", "c")]
