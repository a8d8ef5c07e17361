"""A shop's first rules are its shelf's own file, and what was answered before they changed is not answered again."""

import time
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from snapshelf.config import ServeSettings
from snapshelf.http.memo import LOOK
from snapshelf.serve.application import create
from snapshelf.shelf import Shelf
from snapshelf.stack import RULES, open_stack
from snapshelf.web.console import rulesfile
from tests.unit.test_ingest import TOY, write_catalogue

ROWS = [(f"R{n}", "red", 10 * n, n) for n in range(1, 6)]


@pytest.fixture
def client(tmp_path):
    with Shelf(open_stack(tmp_path / "shelf", TOY)) as opened:
        opened.index(write_catalogue(tmp_path, ROWS))
    app = create(Shelf(open_stack(tmp_path / "shelf", replace(TOY, serve=ServeSettings(rate="")))))
    with TestClient(app) as running:
        yield running


def first(client):
    time.sleep(2 * LOOK)
    return client.get("/search", params={"q": "red shoe"}).json()["hits"][0]["sku"]


def test_the_first_rules_are_used_at_once_and_no_longer_when_they_go(client, tmp_path):
    stack = client.app.state.server.shelf.stack
    usual = first(client)
    other = next(sku for sku, *_ in ROWS if sku != usual)
    rules = f'[[pin]]\nquery = "red shoe"\nsku = "{other}"\nposition = 1\n'
    file = rulesfile.save(stack, rules, rulesfile.opened(stack).mark)
    assert file.path == tmp_path / "shelf" / RULES
    deadline = time.monotonic() + 10
    while first(client) != other and time.monotonic() < deadline:
        pass
    assert first(client) == other
    file.path.unlink()
    assert first(client) == usual


def test_a_file_that_the_settings_name_is_used_instead(tmp_path):
    with Shelf(open_stack(tmp_path / "shelf", TOY)) as opened:
        opened.index(write_catalogue(tmp_path, ROWS))
        (opened.stack.folder / RULES).write_text("max_relevance_loss = 0.2\n")
        assert opened.stack.rules == opened.stack.folder / RULES
    named = replace(TOY, ranking=replace(TOY.ranking, rules=str(tmp_path / "other.toml")))
    with Shelf(open_stack(tmp_path / "shelf", named)) as opened:
        assert opened.stack.rules == tmp_path / "other.toml"
