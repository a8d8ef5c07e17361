"""Recall@10 stays at 0.99 under every filter, through a service that loses results as S3 Vectors was measured to.

A small version of `benchmarks/filtered.py`, which measures 20,000 vectors and more.
"""

import runpy
from pathlib import Path

import pytest

from snapshelf.testing.twin import running
from snapshelf.twin.run import Options
from tests.wire import Wired, give_keys

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "filtered.py"
COUNT, DIM = 6_000, 24


@pytest.fixture(scope="module")
def bench():
    return runpy.run_path(str(BENCHMARK))


@pytest.fixture(scope="module")
def shop(bench, tmp_path_factory):
    with running(Options(loss=7)) as twin, pytest.MonkeyPatch.context() as patch:
        give_keys(patch)
        made = bench["shop"](tmp_path_factory.mktemp("shop") / "shelf", COUNT, DIM, Wired(twin.endpoint).options)
        yield made
        made.stack.close()


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0005, "exact over 3 filtered products"),
        (0.01, "exact over 60 filtered products"),
        (0.1, "exact over 600 filtered products"),
        (0.9, "S3 Vectors, 1 page, filter first, asked twice"),
        (1.0, "S3 Vectors, 1 page, asked twice"),
    ],
)
def test_recall_at_every_share(bench, shop, share, said):
    _, recall, _, paths = bench["measured"](shop, share, 80)
    assert recall >= 0.99
    assert list(paths) == [said]


def test_the_service_alone_does_lose(bench, shop):
    """Or the test above would measure nothing."""
    alone = bench["measured"](shop, 0.01, 30)[0]
    assert alone < 0.95


def test_what_was_not_found_is_scored_exactly(bench, shop, monkeypatch):
    """A service that answers with too little is not the last word."""
    monkeypatch.setattr("snapshelf.search.retrieve.EXACT", 0)
    _, recall, _, paths = bench["measured"](shop, 0.005, 20)  # 30 pass, and ten are wanted at 48 candidates
    assert recall == 1.0
    assert "exact over 30 filtered products" in paths


def test_more_is_fetched_where_a_smaller_share_passes(bench, shop, monkeypatch):
    asked = []
    whole = shop.stack.store.search

    def search(vectors, k, where=None):
        asked.append(k)
        return whole(vectors, k, where)

    monkeypatch.setattr("snapshelf.search.retrieve.EXACT", 0)
    monkeypatch.setattr(shop.stack.store, "search", search)
    fetched = {}
    for share in (0.5, 0.05, 0.03):
        asked.clear()
        bench["measured"](shop, share, 1)
        fetched[share] = asked[1]  # after the service alone
    assert fetched[0.5] < fetched[0.05] < fetched[0.03]
