"""A shelf whose model costs money: what is kept, what the ledger says, where budgets stop, what is bought twice."""

import json
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PIL import Image

import snapshelf
from snapshelf.catalogue import charges, embeddings, journal
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.errors import BadSettings, Mismatch, OverBudget
from snapshelf.twin.wire import Refusal
from snapshelf.types import Product

TOKEN = 0.000135 / 1000


def settings(wire, dim=256, keep=0, **options):
    model = EmbedderSettings(name="nova", dim=dim, keep=keep, options=wire.options(**options))
    return Settings(embedder=model, store=StoreSettings(name="exact"))


def goods(n, word="thing"):
    return [Product(f"P{i:03}", f"{word} number {i}") for i in range(n)]


def ledger(shelf, run=None):
    with shelf.stack.catalogue.read() as connection:
        return {one.what: one for one in charges.totals(connection, run=run)}


def texts(wire):
    return Counter(body["singleEmbeddingParams"]["text"]["value"] for body in wire.bedrock.bodies)


def test_everything_is_bought_once_and_written_down(wire, tmp_path):
    picture = tmp_path / "red.png"
    Image.new("RGB", (60, 40), "red").save(picture)
    products = [*goods(5), Product("X", "red cup", images=(str(picture),))]
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        summary = shelf.index(products)
        assert (summary.added, summary.embedded) == (6, 7)
        held = ledger(shelf)
        assert held["tokens"].amount == wire.met("tokens")
        assert held["images"].amount == wire.met("images") == 1
        assert sum(one.dollars for one in held.values()) == pytest.approx(wire.met("dollars"), rel=1e-9)
        assert sum(one.calls for one in held.values()) == wire.met() == 7
        again = shelf.index(products)
        assert (again.unchanged, again.embedded, wire.met()) == (6, 0, 7)


def test_queries_are_written_down_too_when_the_shelf_closes(wire, tmp_path):
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        shelf.index(goods(3))
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        assert shelf.search("thing number 2")[0].sku == "P002"
        shelf.search("thing number 2", k=1)
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        held = ledger(shelf, run="")
        assert (held["tokens"].calls, held["queries remembered"].amount) == (1, 1)
        assert sum(one.calls for one in ledger(shelf).values()) == wire.met() == 4


def test_many_queries_are_written_down_while_the_shelf_is_open(wire, tmp_path):
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        shelf.index(goods(2))
        for n in range(70):
            shelf.search(f"word {n}")
        shelf.stack.ledger._settling.join(10)
        assert ledger(shelf, run="")["tokens"].calls >= 64


def test_the_purpose_of_a_query_follows_the_catalogue(wire, tmp_path):
    def asked():
        return wire.bedrock.bodies[-1]["singleEmbeddingParams"]["embeddingPurpose"]

    picture = tmp_path / "red.png"
    Image.new("RGB", (60, 40), "red").save(picture)
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        shelf.index(goods(3))
        shelf.search("one")
        assert asked() == "TEXT_RETRIEVAL"
        shelf.search(image=picture)
        assert asked() == "TEXT_RETRIEVAL"  # what is searched counts, not what is asked with
        shelf.index([Product("X", "red cup", images=(str(picture),))])
        shelf.search("two")
        assert asked() == "GENERIC_RETRIEVAL"
        shelf.remove("X")
        shelf.search("three")
        assert asked() == "TEXT_RETRIEVAL"


def test_a_budget_ends_a_run_before_it_is_exceeded_and_everything_is_kept(wire, tmp_path):
    """A text is 5 tokens here, so so many are bought that not one more surely fits."""
    budget = 0.00004
    with snapshelf.open(tmp_path / "shelf", settings(wire, budget_dollars=budget, concurrency=4)) as shelf:
        with pytest.raises(OverBudget, match=r"budget is used up: this run has spent .* raise budget_dollars"):
            shelf.index(goods(200))
        spent = wire.met("dollars")
        most = (len("thing number 100") + 8) * TOKEN  # what the next call might have cost
        assert budget - most <= spent <= budget
        assert sum(one.dollars for one in ledger(shelf).values()) == pytest.approx(spent)
        with shelf.stack.catalogue.read() as connection:
            assert embeddings.count(connection) == wire.met()
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        summary = shelf.index(goods(200))
        assert summary.added + summary.unchanged == 200
        assert set(texts(wire).values()) == {1}


def test_the_budget_of_a_month_counts_earlier_runs_and_queries(wire, tmp_path):
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        shelf.index(goods(30))
    spent = wire.met("dollars")
    with snapshelf.open(tmp_path / "shelf", settings(wire, budget_month=spent + 1e-9)) as shelf:
        with pytest.raises(OverBudget, match="this month has spent"):
            shelf.search("anything")
        with pytest.raises(OverBudget, match="budget_month"):
            shelf.index(goods(31))
    assert wire.met("dollars") == spent


def test_queries_are_no_part_of_a_runs_budget(wire, tmp_path):
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        shelf.index(goods(3))
    with snapshelf.open(tmp_path / "shelf", settings(wire, budget_dollars=1e-9)) as shelf:
        assert shelf.search("thing number 1")[0].sku == "P001"
        with pytest.raises(OverBudget, match="budget_dollars"):
            shelf.index(goods(4))


def test_what_is_handed_over_twice_is_kept_once(wire, tmp_path, monkeypatch):
    """Ctrl-C may come just after a transaction, before anybody has noted that it was."""
    from snapshelf.catalogue.ledger import Ledger

    writing = Ledger.writing

    @contextmanager
    def interrupted(self, run=""):
        with writing(self, run) as connection:
            yield connection
        if wire.met() > 20 and not wire.opened:
            wire.opened.append(SimpleNamespace(close=lambda: None))
            raise KeyboardInterrupt

    monkeypatch.setattr(Ledger, "writing", interrupted)
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        with pytest.raises(KeyboardInterrupt):
            shelf.index(goods(60))
        assert shelf.info().embeddings == wire.met() < 60
        assert sum(one.calls for one in ledger(shelf).values()) == wire.met()


def test_credentials_that_expire_in_the_middle_lose_nothing(wire, tmp_path):
    wire.bedrock.refuse["number 37"] = Refusal(403, "ExpiredTokenException", "The security token is expired")
    with snapshelf.open(tmp_path / "shelf", settings(wire, concurrency=2)) as shelf:
        with pytest.raises(BadSettings, match="expired.*same command"):
            shelf.index(goods(60))
        with shelf.stack.catalogue.read() as connection:
            assert embeddings.count(connection) == wire.met() - 1
            assert journal.lost(connection) == 0  # nothing is under way that nobody knows of
        wire.bedrock.refuse.clear()
        assert shelf.index(goods(60)).added == 60
        assert max((texts(wire) - Counter({"thing number 37": 1})).values()) == 1


def test_a_refused_item_costs_only_itself(wire, tmp_path):
    wire.bedrock.refuse['number 3"'] = "Malformed input request: #: no"
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        summary = shelf.index(goods(8))
        assert [row.sku for row in summary.refused] == ["P003"]
        assert "AWS refuses it" in str(summary.refused[0])
        assert (summary.added, wire.met()) == (7, 8)
        assert ledger(shelf)["calls refused"].calls == 1


def test_what_the_model_refuses_for_its_content_is_set_aside_with_its_reason(wire, tmp_path, monkeypatch):
    monkeypatch.setattr(
        wire.bedrock.bedrock, "_settings", replace(wire.bedrock.bedrock._settings, blocked=("Number 3",))
    )
    with snapshelf.open(tmp_path / "shelf", settings(wire)) as shelf:
        summary = shelf.index(goods(8))
        assert [row.sku for row in summary.refused] == ["P003"]
        assert "the model refuses it for its content" in str(summary.refused[0])
        assert "RAI_VIOLATION_INPUT_TEXT_DEFLECTION" in str(summary.refused[0])
        assert (summary.added, wire.met("refused")) == (7, 1)
        assert ledger(shelf)["calls refused"].dollars == 0


def test_each_dimension_is_bought_where_prefixes_are_not_known_to_be_the_same(wire, tmp_path):
    with snapshelf.open(tmp_path / "shelf", settings(wire, dim=0)) as shelf:
        shelf.index(goods(4))
        assert (shelf.info().kept_dim, shelf.info().dim) == (1024, 1024)
    with snapshelf.open(tmp_path / "shelf", settings(wire, dim=256)) as shelf:
        summary = shelf.index(goods(4))
        assert (summary.embedded, wire.met()) == (4, 8)
        assert [body["singleEmbeddingParams"]["embeddingDimension"] for body in wire.bedrock.bodies[4:]] == [256] * 4
        assert shelf.index(goods(4)).embedded == 0
        assert shelf.search("thing number 2")[0].sku == "P002"
    with snapshelf.open(tmp_path / "shelf", settings(wire, dim=1024)) as shelf:  # what was bought first is still there
        assert shelf.search("thing number 1")[0].sku == "P001"
        assert shelf.index(goods(4)).embedded == 0


def test_one_purchase_serves_every_smaller_size_where_they_are(wire, tmp_path):
    with snapshelf.open(tmp_path / "shelf", settings(wire, dim=256, keep=3072, same_prefix=True)) as shelf:
        shelf.index(goods(4))
        assert (shelf.info().kept_dim, shelf.info().dim) == (3072, 256)
        assert shelf.search("thing number 2")[0].sku == "P002"
    for dim in (1024, 384, 3072):
        with snapshelf.open(tmp_path / "shelf", settings(wire, dim=dim, same_prefix=True)) as shelf:
            assert shelf.search("thing number 2")[0].sku == "P002"
            assert shelf.index(goods(4)).embedded == 0
    sizes = Counter(body["singleEmbeddingParams"]["embeddingDimension"] for body in wire.bedrock.bodies)
    assert sizes == {3072: 5, 256: 1, 1024: 1, 384: 1}  # four products and a query; a query each


def test_keeping_more_than_can_be_cut_is_refused(wire, tmp_path):
    with (
        snapshelf.open(tmp_path / "shelf", settings(wire, dim=256, keep=1024)) as shelf,
        pytest.raises(Mismatch, match="embedder.keep is 1024.*leave keep out"),
    ):
        shelf.index(goods(1))


SCRIPT = """
    import json, os, signal, sys
    import snapshelf
    from snapshelf.catalogue import charges
    from snapshelf.config import EmbedderSettings, Settings, StoreSettings
    from snapshelf.types import Product

    folder, options, products, last = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    model = EmbedderSettings(name="nova", dim=256, options=options)
    record = charges.record

    def counted(connection, run, spent, at=None):
        global last
        last -= len(spent)
        record(connection, run, spent, at)
        if last < 0:
            os.kill(os.getpid(), signal.SIGKILL)  # bought, and nothing of this transaction is kept

    charges.record = counted
    with snapshelf.open(folder, Settings(embedder=model, store=StoreSettings(name="exact"))) as shelf:
        shelf.index([Product(f"P{i:03}", f"thing number {i}") for i in range(products)])
"""


def test_the_ledger_is_the_meter_under_faults_and_a_kill(wire, tmp_path):
    """Every fault at 2 %, and a SIGKILL in between: what the ledger lacks is what was under way when it came."""
    many, at_once = 300, 4
    kinds = [{"status": status} for status in (429, 503, 500, 408, 424)] + [
        {"drop": True},
        {"drop": True, "after": True},
    ]
    wire.faults(*({"operation": "InvokeModel", "rate": 0.02, **kind} for kind in kinds), seed=5)
    script, folder = tmp_path / "run.py", tmp_path / "shelf"
    script.write_text(textwrap.dedent(SCRIPT))
    options = wire.options(concurrency=at_once)
    line = [sys.executable, script, folder, json.dumps(options), str(many), "150"]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    with snapshelf.open(folder, settings(wire, concurrency=at_once)) as shelf:
        met, written = wire.met(), sum(one.calls for one in ledger(shelf).values())
        with shelf.stack.catalogue.read() as connection:
            kept, under_way = embeddings.count(connection), journal.lost(connection)
        lost = met - written  # calls that the dead process took with it
        assert 0 < lost <= under_way, "the journal knows of everything that may have been paid for"
        for _ in range(3):  # an item that met three faults in a row is refused, and bought by the next run
            shelf.index(goods(many))
        held = ledger(shelf)
        assert sum(one.calls for one in held.values()) == wire.met() - lost, "to the call"
        assert shelf.info().embeddings == many
        assert kept > 100
        done = sum(one.calls for what, one in held.items() if what == "tokens")
        assert done == many, "what is kept was written down once"
        bought_twice = sum(n - 1 for n in wire.bedrock.answered.values())
        assert bought_twice <= held["replies lost"].calls + lost
