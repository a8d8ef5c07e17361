"""The catalogue: what is put comes back, what is removed is gone from everywhere, and filters mean what they say."""

from contextlib import ExitStack

import numpy as np
import pytest
from hypothesis import given, reject, settings
from sqlalchemy import create_engine, inspect

from snapshelf.catalogue import asking, changes, embeddings, journal, open_catalogue, products
from snapshelf.catalogue.migrate import upgrade
from snapshelf.catalogue.products import Entry, Medium
from snapshelf.catalogue.schema import HEAD, metadata
from snapshelf.errors import BadFilter, Mismatch, Outside
from snapshelf.filters import check, matches
from snapshelf.types import Product
from snapshelf.vectors import unit
from tests.unit.test_filters import filters, rows

MEDIUM = Medium("images/a.jpg", "10:20", "hash-of-a", 320, 240)


def entry(sku, text="text-1", pictures=(), **fields):
    return Entry(Product(sku, f"title of {sku}", **fields), "products.csv", text, tuple(pictures), "mark")


@pytest.fixture
def catalogue(tmp_path):
    opened = open_catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    yield opened
    opened.close()


def test_migrations_make_the_schema(tmp_path):
    migrated = create_engine(f"sqlite:///{tmp_path / 'a.sqlite'}")
    upgrade(migrated)
    declared = create_engine(f"sqlite:///{tmp_path / 'b.sqlite'}")
    metadata.create_all(declared)
    ours, theirs = inspect(migrated), inspect(declared)
    assert set(ours.get_table_names()) == {*theirs.get_table_names(), "alembic_version"}
    for table in theirs.get_table_names():
        for look in ("get_columns", "get_indexes", "get_pk_constraint", "get_foreign_keys"):
            found, wanted = getattr(ours, look)(table), getattr(theirs, look)(table)
            assert repr(found) == repr(wanted), (table, look)
    migrated.dispose()
    declared.dispose()


def test_any_number_of_searches_may_read_at_the_same_time(catalogue):
    """A search holds a connection while it waits for a service; none may wait for another's."""
    with ExitStack() as many:
        for _ in range(64):
            connection = many.enter_context(catalogue.read())
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_a_newer_catalogue_is_left_alone(catalogue, tmp_path):
    with catalogue.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    catalogue.close()
    with pytest.raises(Mismatch, match=f"version 9999 and this Snapshelf knows only {HEAD}"):
        open_catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")


def test_no_database_at_all(tmp_path):
    (tmp_path / "catalogue.sqlite").write_bytes(b"this is no database, but long enough to be looked at" * 100)
    with pytest.raises(Outside, match="not a database"):
        open_catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")


def test_put_and_get(catalogue):
    given = Product(
        "A 1/#ü",
        "Lamp",
        "A lamp.",
        "Acme",
        "Lamps",
        19.5,
        "EUR",
        3,
        "4006381333931",
        "L-1",
        "LAMP",
        ("a.jpg", "b.jpg"),
        {"color": "red", "watts": 40.0, "dimmable": True, "rooms": ("hall", "bath")},
    )
    with catalogue.write() as connection:
        products.put(connection, [Entry(given, "x.csv", "t", (), products.fingerprint(given))])
    with catalogue.read() as connection:
        assert products.get(connection, ["A 1/#ü", "none"]) == {"A 1/#ü": given}
        assert asking.known(connection)["rooms"] == "list"
        assert asking.count(connection) == 1


def test_views_keep_their_place_when_only_the_price_changes(catalogue):
    with catalogue.write() as connection:
        assert products.put(connection, [entry("A", pictures=[MEDIUM], price=1.0)]) == {"A"}
        first = changes.now(connection)
    with catalogue.write() as connection:
        assert products.put(connection, [entry("A", pictures=[MEDIUM], price=2.0)]) == set()
        assert changes.behind(connection, first) == changes.Behind(added=0, touched=2, gone=0)
        assert [view.id for batch in changes.touched_views(connection, first, 1) for view in batch] == [
            "A#image1",
            "A#text",
        ]
    with catalogue.write() as connection:
        second = changes.now(connection)
        assert products.put(connection, [entry("A", text="text-2", price=2.0)]) == {"A"}
        assert changes.gone_views(connection, second) == ["A#image1"]
        assert [view.id for batch in changes.added_views(connection, second, 9) for view in batch] == ["A#text"]


def test_removed_is_gone_from_everywhere(catalogue):
    vectors = unit(np.eye(3))
    with catalogue.write() as connection:
        products.put(connection, [entry("A", "ta", [MEDIUM]), entry("B", "tb", [MEDIUM])])
        embeddings.put(connection, ["ta", "tb", "hash-of-a"], vectors, "toy@1", "index", 3)
        before = changes.now(connection)
    with catalogue.write() as connection:
        assert products.remove(connection, ["A", "nobody", "A"]) == ["A"]
        assert sorted(changes.gone_views(connection, before)) == ["A#image1", "A#text"]
        assert changes.gone_products(connection, before) == ["A"]
        assert embeddings.missing(connection, ["ta", "tb", "hash-of-a"], "toy@1", "index", 3) == ["ta"]
        for table in ("products", "attributes", "media", "views"):
            found = connection.exec_driver_sql(f"SELECT count(*) FROM {table} WHERE sku = 'A'").scalar()
            assert found == 0, table
    with catalogue.write() as connection:  # and it may come back
        products.put(connection, [entry("A", "ta")])
        assert changes.gone_views(connection, before) == ["A#image1"]
        assert changes.gone_products(connection, before) == []


def test_embeddings_come_back_in_order_and_cut(catalogue):
    vectors = unit(np.random.default_rng(1).normal(size=(3, 8)))
    with catalogue.write() as connection:
        embeddings.put(connection, ["a", "b", "c"], vectors, "toy@1", "index", 8)
        again = embeddings.get(connection, ["c", "a", "c"], "toy@1", "index", 8)
        np.testing.assert_allclose(again, vectors[[2, 0, 2]], atol=1e-3)
        short = embeddings.get(connection, ["b"], "toy@1", "index", 8, at=4)
        np.testing.assert_allclose(short, unit(vectors[[1], :4]), atol=2e-3)
        with pytest.raises(Mismatch, match="is missing"):
            embeddings.get(connection, ["z"], "toy@1", "index", 8)


def test_journal_knows_what_a_crash_cut_off(catalogue):
    with catalogue.write() as connection:
        first = journal.sent(connection, "run", ["a", "b"])
        journal.sent(connection, "run", ["c"])
        journal.done(connection, first)
        assert journal.counts(connection) == {"done": 1, "sent": 1}
        assert journal.lost(connection) == 1
        journal.settle(connection)
        assert journal.counts(connection) == {}


def test_types_of_attributes_are_one_for_all(catalogue):
    known = {"watts": "number"}
    assert products.contradiction(Product("A", "t", attributes={"watts": 40.0}), known) is None
    name, reason = products.contradiction(Product("A", "t", attributes={"watts": "forty"}), known)
    assert name == "watts"
    assert "holds number values" in reason


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    opened = open_catalogue(f"sqlite:///{tmp_path_factory.mktemp('kept') / 'catalogue.sqlite'}")
    yield opened
    opened.close()


@settings(max_examples=100, deadline=None)
@given(filters, rows)
def test_sql_agrees_with_plain_matching(kept, where, given_rows):
    try:
        check(where, {"n": "number", "t": "text", "b": "bool", "l": "list"})
    except BadFilter:
        reject()
    with kept.write() as connection:
        products.remove(connection, [f"S{n}" for n in range(10)])
        entries = [Entry(Product(f"S{n}", "t", attributes=row), "", "t", (), "") for n, row in enumerate(given_rows)]
        products.put(connection, entries)
        expected = [f"S{n}" for n, row in enumerate(given_rows) if matches(where, row)]
        assert asking.skus(connection, where) == expected
        assert asking.count(connection, where) == len(expected)
