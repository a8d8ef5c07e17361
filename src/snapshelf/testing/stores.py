"""What every vector store must do. A third party's whole test file:

class TestMine(snapshelf.testing.stores.StoreContract):
    @pytest.fixture
    def module(self):
        return my_store
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from snapshelf.errors import BadInput, BadSettings, Mismatch, NotHere, Unsupported
from snapshelf.filters import matches, parse
from snapshelf.types import Attributes, Filter, Vectors
from snapshelf.vectors import unit

DIM = 16
FILTERS = (
    "price < 50",
    "price >= 50 and in_stock",
    'brand in ["Acme", "Bolt"]',
    'brand != "Acme"',
    "not in_stock",
    'tags == "new" or price > 90',
    'tags != "new" and not price < 30',
    "exists(rare)",
    'brand not in ["Bolt"] and not exists(rare)',
    "price > 1000",
)


def some(n: int, seed: int = 1) -> tuple[list[str], Vectors, list[Attributes]]:
    """(ids, vectors, attributes) of n random vectors."""
    rng = np.random.default_rng(seed)
    attributes: list[Attributes] = [
        {"price": float(i % 100), "brand": ("Acme", "Bolt", "Cora")[i % 3], "in_stock": i % 4 > 0}
        | ({"tags": ("new", "sale")[: i % 3]} if i % 3 else {})
        | ({"rare": "yes"} if i % 17 == 0 else {})
        for i in range(n)
    ]
    return [f"P{i}#text" for i in range(n)], unit(rng.normal(size=(n, DIM))), attributes


def expected(
    ids: Sequence[str],
    vectors: Vectors,
    attributes: Sequence[Attributes],
    query: NDArray[np.float32],
    k: int,
    where: Filter | None = None,
) -> list[str]:
    """The true answer, worked out plainly: ids."""
    passing = [i for i in range(len(ids)) if where is None or matches(where, attributes[i])]
    kept = vectors.astype(np.float16).astype(np.float64)
    scored = sorted((-float(kept[i] @ query), ids[i]) for i in passing)
    return [id for _, id in scored[:k]]


class StoreContract:
    """Inherit and give a fixture ``module``."""

    @pytest.fixture
    def module(self):
        """The adapter under test."""
        raise NotImplementedError("give a fixture `module`")

    @pytest.fixture
    def store(self, module, tmp_path):
        """A new, empty store."""
        opened = module.connect(tmp_path / "store", DIM, {})
        yield opened
        opened.close()

    def test_what_it_says_it_can(self, module, store):
        assert {"delete", "filter", "filter-safe", "renew", "reopen", "update"} >= module.CAN
        assert store.can == module.CAN
        assert isinstance(module.EXTRA, str)

    def test_empty(self, store):
        found = store.search(some(2)[1], 5)
        assert store.count() == 0
        assert found.ids == [[], []]
        assert [len(scores) for scores in found.scores] == [0, 0]

    def test_nearest_first(self, store):
        ids, vectors, attributes = some(200)
        store.add(ids, vectors, attributes)
        queries = some(5, seed=2)[1]
        found = store.search(queries, 10)
        assert store.count() == 200
        for query, got, scores in zip(queries, found.ids, found.scores, strict=True):
            assert got == expected(ids, vectors, attributes, query, 10)
            assert scores == pytest.approx(sorted(scores, reverse=True))
            assert np.all(np.abs(scores) <= 1.001)
        assert len(store.search(queries[:1], 500).ids[0]) == 200
        assert found.recall in (1.0, None)  # None: nobody measured

    def test_equal_scores_in_order_of_id(self, store):
        row = some(1)[1]
        ids = [f"P{i}" for i in (3, 1, 2, 0)]
        store.add(ids, np.repeat(row, 4, axis=0), [{}] * 4)
        assert store.search(row, 3).ids[0] == ["P0", "P1", "P2"]

    def test_replace(self, store):
        ids, vectors, attributes = some(30)
        store.add(ids, vectors, attributes)
        store.add(ids[:1], vectors[1:2], [{"price": 7.0}])
        assert store.count() == 30
        assert set(store.search(vectors[1:2], 2).ids[0]) == {ids[0], ids[1]}

    @pytest.mark.parametrize("text", FILTERS)
    def test_filters(self, store, text):
        ids, vectors, attributes = some(300)
        store.add(ids, vectors, attributes)
        where, query = parse(text), some(1, seed=9)[1]
        if "filter" not in store.can:
            with pytest.raises(Unsupported, match="filter"):
                store.search(query, 10, where)
            return
        assert store.search(query, 10, where).ids[0] == expected(ids, vectors, attributes, query[0], 10, where)

    def test_update(self, store):
        ids, vectors, attributes = some(20)
        store.add(ids, vectors, attributes)
        if "update" not in store.can:
            with pytest.raises(Unsupported, match="update"):
                store.update(ids[:1], [{}])
            return
        store.update(ids[:2], [{"price": 1000.0}, {}])
        assert store.search(vectors[:1], 5, parse("price > 500")).ids[0] == [ids[0]]
        assert ids[1] not in store.search(vectors[:1], 20, parse("exists(price)")).ids[0]
        with pytest.raises(NotHere, match="nobody"):
            store.update([ids[3], "nobody"], [{"price": 2000.0}, {}])
        assert store.search(vectors[:1], 5, parse("price > 1500")).ids[0] == []

    def test_delete(self, store):
        ids, vectors, attributes = some(20)
        store.add(ids, vectors, attributes)
        if "delete" not in store.can:
            with pytest.raises(Unsupported, match="delete"):
                store.delete(ids[:1])
            return
        store.delete([ids[4], "nobody"])
        assert store.count() == 19
        assert ids[4] not in store.search(vectors[4:5], 20).ids[0]
        store.add(ids[4:5], vectors[4:5], attributes[4:5])
        assert store.search(vectors[4:5], 1).ids[0] == [ids[4]]

    def test_what_does_not_fit_changes_nothing(self, store):
        ids, vectors, attributes = some(4)
        store.add(ids[:2], vectors[:2], attributes[:2])
        wrong = vectors.copy()
        wrong[3, 0] = np.nan
        with pytest.raises(BadInput, match="P3#text.* not finite or not of unit length"):
            store.add(ids, wrong, attributes)
        with pytest.raises(BadInput, match="not of unit length"):
            store.add(ids, vectors * 2, attributes)
        with pytest.raises(BadInput, match="twice"):
            store.add([ids[2], ids[2]], vectors[2:], attributes[2:])
        with pytest.raises(BadInput, match="'price' holds number values"):
            store.add(ids[2:3], vectors[2:3], [{"price": "cheap"}])
        with pytest.raises(Mismatch, match="dimensions"):
            store.add(ids[2:], vectors[2:, :8], attributes[2:])
        assert store.count() == 2
        assert set(store.search(vectors[:1], 9).ids[0]) == set(ids[:2])

    def test_renew(self, module, tmp_path):
        ids, vectors, attributes = some(40)
        first = module.connect(tmp_path / "store", DIM, {})
        if "renew" not in module.CAN:
            assert not hasattr(first, "renew")
            first.close()
            return
        assert first.stale
        first.add(ids, vectors, attributes)
        first.flush()
        assert not first.stale
        first.renew()
        first.add(ids[:7], vectors[:7], attributes[:7])
        assert first.count() == 40  # the old ones, until all are there
        first.close()
        second = module.connect(tmp_path / "store", DIM, {})
        assert second.count() == 40
        second.renew()
        second.add(ids[:9], vectors[:9], attributes[:9])
        second.flush()
        assert second.count() == 9
        assert second.search(vectors[8:9], 1).ids[0] == [ids[8]]
        second.close()

    def test_reopen(self, module, tmp_path):
        ids, vectors, attributes = some(60)
        first = module.connect(tmp_path / "store", DIM, {})
        first.add(ids, vectors, attributes)
        first.delete(ids[:3])
        first.flush()
        first.add(["late"], vectors[:1], [{}])  # never flushed
        second = module.connect(tmp_path / "store", DIM, {})
        if "reopen" in module.CAN:
            assert second.count() == 57
            assert second.search(vectors[5:6], 1, parse("price == 5")).ids[0] == [ids[5]]
            with pytest.raises(Mismatch, match="dimensions"):
                module.connect(tmp_path / "store", DIM * 2, {})
        else:
            assert second.count() == 0
        second.close()
        first.close()

    def test_unknown_option(self, module, tmp_path):
        with pytest.raises(BadSettings, match="no setting 'colour'"):
            module.connect(tmp_path / "store", DIM, {"colour": "red"})
