"""Events: once each, in any order, counted with their own time, and said plainly when they are none."""

import itertools
import json
import random
import threading
import time

import pytest

import snapshelf
from snapshelf.catalogue import counters, events
from snapshelf.errors import BadInput
from snapshelf.rank import ubi
from snapshelf.rank.record import record
from snapshelf.rank.signals import Smoothing, behaviour
from snapshelf.types import Product

NOW = 1_764_000_000.0  # 2025-11-24T16:00:00Z


def stamp(ago=0.0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW - ago))


def event(action, sku, query="q1", ago=0.0, position=None, **more):
    told = {"object": {"object_id": sku}}
    if position:
        told["position"] = {"ordinal": position}
    return {"action_name": action, "timestamp": stamp(ago), "query_id": query, "event_attributes": told, **more}


def asked(text, query="q1", hits=(), ago=0.0):
    row = {"user_query": text, "query_id": query, "query_response_hit_ids": list(hits)}
    return {**row, "timestamp": stamp(ago)}


@pytest.fixture
def shelf(tmp_path):
    (tmp_path / "s.toml").write_text('[embedder]\nname = "toy"\n[store]\nname = "exact"\n')
    with snapshelf.open(tmp_path / "shelf", settings=tmp_path / "s.toml") as opened:
        opened.index([Product("A", "red shoe"), Product("B", "blue shoe"), Product("C", "green mug")])
        yield opened


def counts(shelf, text="", now=NOW, skus=("A", "B", "C", "Z")):
    with shelf.stack.catalogue.read() as connection:
        life = events.half_life_of(connection, 30.0)
        return counters.of_products(connection, list(skus), text, now, life)


def put(shelf, rows, now=NOW):
    return record(shelf.stack, rows, now=now)


DAY = [
    asked("Red  SHOE", "q1", ["A", "B"], ago=3600),
    event("click", "B", "q1", ago=3500, position=2),
    event("add_to_cart", "B", "q1", ago=3400),
    event("purchase", "B", "q1", ago=3300),
    asked("red shoe", "q2", ["B", "A"], ago=40 * 86400),
    event("click_through", "A", "q2", ago=40 * 86400 - 5, position=2),
]


def test_counts_decay_with_the_events_own_time(shelf):
    done = put(shelf, DAY)
    assert (done.counted, done.again, done.refusals) == (8, 0, 0)
    overall, within, shop = counts(shelf, "red shoe")
    old = 2 ** (-40 / 30)
    assert overall["A"].impression == pytest.approx(1 + old, rel=1e-2)
    assert overall["A"].click == pytest.approx(old, rel=1e-3)
    assert within["B"] == overall["B"]
    assert shop.impression == pytest.approx(2 * (1 + old), rel=1e-2)
    later = counts(shelf, now=NOW + 30 * 86400)[0]
    assert later["A"].impression == pytest.approx(overall["A"].impression / 2)


def flat(rows):
    """Every event of the day on its own, the query's words apart from its impressions."""
    return [json.loads(json.dumps(row)) for row in rows]


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_any_cut_gives_the_same_counts(shelf, seed):
    rows = flat(DAY) * 2
    random.Random(seed).shuffle(rows)
    cut = random.Random(seed + 100).randrange(len(rows))
    parts = [put(shelf, rows[:cut]), put(shelf, rows[cut:])]
    assert sum(part.counted for part in parts) == 8
    assert sum(part.again for part in parts) == 8
    for text in ("", "red shoe"):
        overall, within, _ = counts(shelf, text)
        assert [round(v, 9) for v in vars_of(overall["B"])] == REFERENCE["B"]
        assert not text or [round(v, 9) for v in vars_of(within["A"])] == REFERENCE["A"]


def vars_of(made):
    return [made.impression, made.click, made.cart, made.purchase]


def _decayed(ago):
    return 2 ** (-ago / (30 * 86400))


REFERENCE = {
    "B": [
        round(_decayed(3600) + _decayed(40 * 86400), 9),
        round(_decayed(3500), 9),
        round(_decayed(3400), 9),
        round(_decayed(3300), 9),
    ],
    "A": [round(_decayed(3600) + _decayed(40 * 86400), 9), round(_decayed(40 * 86400 - 5), 9), 0.0, 0.0],
}


def test_every_order_of_a_click_its_impression_and_its_words(shelf, tmp_path):
    rows = [asked("mug", "q9"), event("impression", "C", "q9", position=1), event("click", "C", "q9", ago=-1)]
    for number, order in enumerate(itertools.permutations(rows)):
        renamed = [{**row, "query_id": f"q{number}-x"} for row in order]
        for row in renamed:
            put(shelf, [row])
        within = counts(shelf, "mug")[1]["C"]
        assert (round(within.impression), round(within.click)) == (number + 1, number + 1)


def test_an_event_with_a_name_of_its_own_is_known_by_it(shelf):
    first = event("click", "A", ago=5, event_id="e1")
    assert put(shelf, [first, {**first, "timestamp": stamp(4)}]).again == 1
    assert put(shelf, [event("click", "A", ago=5, event_id="e2")]).counted == 1


def test_an_impression_counts_once_per_query(shelf):
    put(shelf, [asked("shoe", "q1", ["A"])])
    assert put(shelf, [event("impression", "A", "q1", ago=9, position=1, event_id="other")]).again == 1


def test_unknown_products_are_kept_aside_and_counted_when_they_come(shelf):
    done = put(shelf, [event("click", "Z"), event("impression", "Z"), event("click", "A"), asked("zebra", "q1")])
    assert (done.counted, dict(done.aside)) == (1, {"Z": 2})
    assert "Z" not in counts(shelf)[0]
    shelf.index([Product("Z", "zebra mat")])
    assert put(shelf, []).counted == 0
    put(shelf, [event("click", "A", "q2")])
    overall, within, shop = counts(shelf, "zebra")
    assert (overall["Z"].click, within["Z"].click) == (pytest.approx(1), pytest.approx(1))
    assert shop.click == pytest.approx(3)
    with shelf.stack.catalogue.read() as connection:
        assert events.waiting(connection) == {}


REFUSED = [
    (["click"], "is a table of names and values, not \\['click'\\]"),
    ({"action_name": "click"}, "timestamp is missing"),
    ({**event("click", "A"), "timestamp": "yesterday"}, "timestamp is 'yesterday'; write it as 2026"),
    ({**event("click", "A"), "timestamp": 12}, "timestamp is 12"),
    (event("click", "A", ago=-301), "5 minutes in the future; set the clock"),
    ({**event("click", "A"), "event_attributes": {}}, "object_id is missing"),
    ({**event("click", "A"), "event_attributes": 5}, "event_attributes is a table"),
    (event("click", "A", position=-1), "ordinal counts from 1, so it is not -1"),
    (event("click", "A", position=2.5), "ordinal counts from 1"),
    (event("click", "x" * 300), "object_id has 300 characters"),
    (event("click", "A", query="\ud800"), "query_id holds a character that is none"),
    ({"timestamp": stamp()}, "action_name is missing"),
    ({"user_query": "x", "query_response_hit_ids": ["A"]}, "query_id is missing"),
    ({**asked("x"), "query_response_hit_ids": "A"}, "is a list of SKUs"),
    (event("click", "A", client_id=7), "client_id is a text, not 7"),
]


@pytest.mark.parametrize(("row", "reason"), REFUSED, ids=[reason[:30] for _, reason in REFUSED])
def test_a_row_that_is_no_event_is_refused_alone(shelf, row, reason):
    done = put(shelf, [event("click", "B"), row, event("click", "C")])
    assert (done.counted, done.refusals) == (2, 1)
    with pytest.raises(BadInput, match=f"^row 2: .*{reason}"):
        raise done.refused[0]


def test_clocks_a_little_ahead_are_taken(shelf):
    assert put(shelf, [event("click", "A", ago=-299)]).counted == 1
    assert counts(shelf)[0]["A"].click == 1.0


def test_other_actions_are_named_not_counted(shelf):
    done = put(shelf, [{"action_name": "login", "timestamp": stamp()}] * 2 + [event("click", "A")])
    assert (done.counted, dict(done.ignored), done.refusals) == (1, {"login": 2}, 0)


def test_no_user_id_and_no_unasked_fields_are_kept(shelf):
    put(shelf, [event("click", "A", user_id="ann@example.org", message="from Ann", client_id="c1")])
    with shelf.stack.catalogue.read() as connection:
        kept = list(events.every(connection))
    assert kept[0].client == "c1"
    assert "ann" not in repr(kept).lower()


@pytest.mark.parametrize("given", ["text", {"a": 1}, 7, None])
def test_what_is_no_list_of_events(shelf, given):
    with pytest.raises(BadInput, match="give a list of events"):
        shelf.record(given)


def test_another_half_life_counts_anew(shelf, tmp_path):
    put(shelf, DAY)
    (tmp_path / "t.toml").write_text((tmp_path / "s.toml").read_text() + "[ranking]\nhalf_life_days = 1\n")
    with snapshelf.open(tmp_path / "shelf", settings=tmp_path / "t.toml") as other:
        record(other.stack, [event("click", "C")], now=NOW)
        overall, within, _ = counts(other, "red shoe")
    assert overall["A"].impression == pytest.approx(2 ** (-1 / 24), rel=1e-6)
    assert within["A"].impression == pytest.approx(2 ** (-1 / 24), rel=1e-6)


def test_rates_are_smoothed_towards_the_shop_and_the_product(shelf):
    put(shelf, [asked("shoe", f"a{n}", ["A", "B"]) for n in range(60)])
    put(shelf, [event("click", "A", f"a{n}") for n in range(30)])
    with shelf.stack.catalogue.read() as connection:
        found = behaviour(connection, ["A", "B", "C"], "shoe", NOW, Smoothing(30, 20))
    assert found["A"]["ctr"] == pytest.approx((30 + 20 * 0.25) / 80)
    assert found["B"]["ctr"] == pytest.approx(20 * 0.25 / 80)
    assert found["C"]["ctr"] == pytest.approx(0.25)
    assert found["A"]["query_ctr"] == pytest.approx((30 + 20 * found["A"]["ctr"]) / 80)
    assert found["C"]["query_ctr"] == pytest.approx(found["C"]["ctr"])


def test_clicks_without_impressions_never_pass_one(shelf):
    put(shelf, [event("click", "A", f"q{n}") for n in range(50)])
    with shelf.stack.catalogue.read() as connection:
        assert behaviour(connection, ["A"], "", NOW, Smoothing())["A"]["ctr"] == 1.0


def test_a_shop_without_events_has_no_rates(shelf):
    with shelf.stack.catalogue.read() as connection:
        assert "ctr" not in behaviour(connection, ["A"], "", NOW, Smoothing())["A"]


def test_events_and_indexing_at_the_same_time(shelf, tmp_path):
    """Two writers, neither of which holds the other up for long or fails."""
    failed = []

    def clicks():
        try:
            for n in range(40):
                put(shelf, [event("click", "A", f"t{n}")])
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=clicks)
    thread.start()
    for n in range(5):
        shelf.index([Product(f"P{n}-{m}", f"lamp {m}") for m in range(20)])
    thread.join()
    assert not failed
    assert counts(shelf)[0]["A"].click == pytest.approx(40)


def test_names_of_the_specification():
    read = ubi.read({**event("add_to_cart", "A", position=3), "user_query": "Shoe", "session_id": "s"}, NOW)
    [one] = read.events
    assert (one.action, one.sku, one.position, one.session, read.text) == ("cart", "A", 3, "s", "Shoe")
    numbered = ubi.read({**event("click", "A"), "event_attributes": {"object": {"object_id": 12}}}, NOW)
    assert numbered.events[0].sku == "12"
    naive = ubi.read({**event("click", "A"), "timestamp": "2025-11-24T16:00:00"}, NOW).events[0]
    assert naive.at == NOW


def test_on_the_command_line(home, run):
    run("index", "products.csv")
    sku = json.loads(run("search", "lamp", "--json", "--k", 1)[1])["hits"][0]["sku"]
    lines = [json.dumps(event("click", sku)), "", json.dumps(event("click", "nobody")), "{broken", '{"action_name": 1}']
    (home / "events.jsonl").write_text("\n".join(lines))
    status, said, complained = run("events", "events.jsonl")
    assert "1 events counted" in said
    assert "nobody" in said
    assert status == 10
    assert "2 rows of events.jsonl were refused" in complained
    assert "row 4: this line is no JSON" in complained
    status, said, _ = run("events", "events.jsonl", "--json")
    assert (json.loads(said)["again"], json.loads(said)["counted"]) == (2, 0)
    assert run("events", "none.jsonl")[0] == 3
