"""One small shop and one server over it, for all tests of the API."""

import json

import pytest

import snapshelf
from snapshelf.catalogue import keys
from snapshelf.config import Settings
from snapshelf.sample import render
from tests.served import serving


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    return render(tmp_path_factory.mktemp("served") / "shop", products=60)


@pytest.fixture(scope="session")
def shelf(shop):
    folder = shop.parent / "shelf"
    with snapshelf.open(folder, Settings()) as opened:
        opened.index(shop / "products.csv")
    return folder


@pytest.fixture(scope="session")
def secrets(shelf):
    """A key for each scope, by its name."""
    with snapshelf.open(shelf, Settings()) as opened, opened.stack.catalogue.write() as connection:
        return {scope: keys.add(connection, f"for {scope}", [scope])[1] for scope in keys.SCOPES}


@pytest.fixture(scope="session")
def served(shelf, secrets):
    with serving(shelf, rate="") as server:
        yield server


@pytest.fixture(scope="session")
def photo(shop):
    return sorted((shop / "customer").glob("*.jpg"))[0]


@pytest.fixture(scope="session")
def judged(shop):
    return [json.loads(line) for line in (shop / "queries.jsonl").read_text().splitlines()]


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}
