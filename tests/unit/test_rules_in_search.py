"""The shop's rules within a search: what is shown first, told in the receipt, and never at the cost of a code."""

import pytest

import snapshelf
from snapshelf.config import EmbedderSettings, RankingSettings, Settings, StoreSettings
from snapshelf.rank import apply
from snapshelf.rank.candidates import of_hits
from snapshelf.types import Product

RULES = """
max_relevance_loss = 0.2

[[boost]]
name = "ours"
when = 'brand == "Acme"'
by = 0.15

[[pin]]
query = "green shoe"
sku = "G2"
position = 1
"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    (folder / "rules.toml").write_text(RULES, encoding="utf-8")
    settings = Settings(
        embedder=EmbedderSettings(name="toy"),
        store=StoreSettings(name="exact"),
        ranking=RankingSettings(rules=str(folder / "rules.toml")),
    )
    made = [
        Product(f"{c[0].upper()}{n}", f"{c} shoe", brand=b)
        for c in ("red", "green")
        for n, b in ((1, "Bolt"), (2, "Acme"))
    ]
    with snapshelf.open(folder / "shelf", settings) as opened:
        opened.index(made)
        yield opened


def test_a_boost_moves_near_ones_and_is_told(shelf):
    found = shelf.search("red shoe")
    assert [hit.sku for hit in found[:2]] == ["R2", "R1"]
    assert found[0].receipt.boosts["ours"] > 1
    assert found[0].relevance < found[1].relevance < 1.2 * found[0].relevance
    plain = shelf.search("red shoe", rerank=False)
    assert [hit.sku for hit in plain[:2]] == ["R1", "R2"]
    assert plain[0].receipt.boosts == {}


def test_pages_are_cut_from_the_moved_order(shelf):
    whole = [hit.sku for hit in shelf.search("red shoe", k=4)]
    assert [hit.sku for at in range(4) for hit in shelf.search("red shoe", k=1, offset=at)] == whole


def test_a_pin_is_labelled(shelf):
    found = shelf.search("green shoe")
    assert (found[0].sku, found[0].label) == ("G2", "pinned")
    assert found[1].label == ""


def test_it_is_explained(shelf):
    told = shelf.explain("R2", "red shoe")
    assert told.rank == 1
    assert any(line.startswith("ours: ×") for line in told.said)


def test_a_code_stays_first(shelf):
    assert shelf.search("R1")[0].sku == "R1"


def test_training_sees_what_a_search_hands_to_the_model(shelf, monkeypatch):
    """The same products, relevance and lanes' scores, or a model would be asked about what it never saw."""
    handed, plain = [], apply.apply

    def seen(stack, connection, candidates, query, explain, using):
        handed.extend(candidates)
        return plain(stack, connection, candidates, query, explain=explain, using=using)

    monkeypatch.setattr(apply, "apply", seen)
    shelf.search("red shoe", k=4)
    monkeypatch.undo()
    taught = of_hits(shelf.stack, shelf.search("red shoe", k=4, rerank=False))
    assert [one.sku for one in taught] == [one.sku for one in handed]
    for one, other in zip(taught, handed, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-4)
        assert one.lanes.keys() == other.lanes.keys()
        for lane, (_, score) in one.lanes.items():
            assert score == pytest.approx(other.lanes[lane][1], abs=1e-3)
    assert max(one.lanes["lexical"][1] for one in taught) > 0
