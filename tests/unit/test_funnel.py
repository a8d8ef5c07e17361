"""The funnel when it is large: recall under filters, far queries, changes, crashes, and other processes."""

import json
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from snapshelf.errors import BadSettings, Mismatch
from snapshelf.filters import parse
from snapshelf.stores import exact, funnel
from snapshelf.vectors import unit

DIM, MANY = 64, 12_000
SMALL = {"flat": 1_000}  # so that the lists are used


def clustered(n, seed=3):
    """(vectors, cluster) like a shop's: many clusters, earlier coordinates larger."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(150, DIM))
    cluster = rng.integers(0, 150, n)
    scale = np.arange(1, DIM + 1) ** -0.4
    return unit((centres[cluster] + 0.7 * rng.normal(size=(n, DIM))) * scale), cluster


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """The same rows in the funnel and in the exact store."""
    folder = tmp_path_factory.mktemp("pair")
    vectors, cluster = clustered(MANY)
    rng = np.random.default_rng(8)
    attributes = [{"cluster": f"c{c}", "price": float(p)} for c, p in zip(cluster, rng.random(MANY), strict=True)]
    ids = [f"P{i}" for i in range(MANY)]
    stores = funnel.connect(folder / "funnel", DIM, SMALL), exact.connect(folder / "exact", DIM, {})
    for store in stores:
        store.add(ids, vectors, attributes)
        store.flush()
    return stores


def recall(pair, queries, where=None, k=10):
    ours, truth = (store.search(queries, k, where) for store in pair)
    hits = sum(len(set(a) & set(b)) for a, b in zip(ours.ids, truth.ids, strict=True))
    return hits / max(1, sum(map(len, truth.ids))), ours


def test_unfiltered(pair):
    found, answer = recall(pair, clustered(200, seed=4)[0])
    assert found >= 0.985
    assert "lists" in answer.path
    assert answer.recall == pytest.approx(found, abs=0.02), "what it promises is what it keeps"


@pytest.mark.parametrize("share", [0.0005, 0.005, 0.05, 0.2, 0.5, 0.9])
def test_filters_cost_no_recall(pair, share):
    found, _ = recall(pair, clustered(100, seed=5)[0], parse(f"price < {share}"))
    assert found >= 0.985


def test_a_filter_that_goes_with_the_clusters(pair):
    queries, cluster = clustered(100, seed=6)
    for n in range(10):
        found, _ = recall(pair, queries[n : n + 1], parse(f'cluster == "c{(cluster[n] + 1) % 150}" or price < 0.1'))
        assert found >= 0.9


def test_far_queries_are_searched_wider(pair):
    near = clustered(150, seed=7)[0]
    offset = unit(np.random.default_rng(1).normal(size=(1, DIM)))
    far = unit(near + 1.2 * offset)
    found, answer = recall(pair, far)
    assert found >= 0.98
    assert answer.path != pair[0].search(near[:1], 10).path


def test_after_many_changes(tmp_path):
    vectors, _ = clustered(4_000)
    stores = funnel.connect(tmp_path / "f", DIM, SMALL), exact.connect(tmp_path / "e", DIM, {})
    ids = [f"P{i}" for i in range(4_000)]
    more, _ = clustered(3_000, seed=12)
    for store in stores:
        store.add(ids, vectors, [{"n": float(i)} for i in range(4_000)])
        store.flush()
        store.add([f"Q{i}" for i in range(2_000)], more[:2_000], [{"n": -1.0}] * 2_000)
        store.add(ids[:1_000], more[2_000:], [{"n": -2.0}] * 1_000)  # replaced
        store.delete(ids[1_000:2_500])
        store.update(ids[3_000:3_100], [{"n": 1e6}] * 100)
    queries = clustered(100, seed=13)[0]
    for where in (None, parse("n < 0"), parse("n >= 1000000")):
        assert recall(stores, queries, where)[0] >= 0.98
    for store in stores:
        store.flush()
    again = funnel.connect(tmp_path / "f", DIM, SMALL), stores[1]
    assert again[0].count() == stores[1].count() == 4_500
    assert recall(again, queries)[0] >= 0.98


def test_a_hundred_neighbours(pair):
    found, _ = recall(pair, clustered(60, seed=14)[0], k=100)
    assert found >= 0.98


def test_scores_are_those_of_the_exact_store(pair):
    """Cosines of the float16 rows, whichever way a search goes."""
    queries = clustered(20, seed=15)[0]
    for where in (None, parse("price < 0.01"), parse("price < 0.6")):
        ours, truth = (store.search(queries, 10, where) for store in pair)
        for ids, scores, true_ids, true_scores in zip(ours.ids, ours.scores, truth.ids, truth.scores, strict=True):
            true = dict(zip(true_ids, true_scores.tolist(), strict=True))
            assert scores.tolist() == sorted(scores.tolist(), reverse=True)
            for id, score in zip(ids, scores, strict=True):
                assert id not in true or score == pytest.approx(true[id], abs=2e-6)


def test_equal_scores_in_order_of_id_when_large(tmp_path):
    vectors, _ = clustered(3_000, seed=16)
    store = funnel.connect(tmp_path / "s", DIM, SMALL)
    store.add([f"P{i:04}" for i in range(3_000)], vectors, [{"n": float(i)} for i in range(3_000)])
    twins = ["T5", "T3", "T4", "T1", "T2"]
    store.add(twins, np.repeat(vectors[:1], 5, axis=0), [{"n": 0.0}] * 5)
    store.flush()
    answer = store.search(vectors[:1], 4)
    assert "lists" in answer.path
    assert answer.ids[0] == ["P0000", "T1", "T2", "T3"], "the last place goes to the first of those that share it"
    assert store.search(vectors[:1], 3, parse("n < 1")).ids[0] == ["P0000", "T1", "T2"], "scored directly"


def test_searches_from_several_threads(pair):
    """They share FAISS' buffers, so they take turns; each gets its own answer."""
    queries = clustered(64, seed=17)[0]
    alone = [pair[0].search(query[None], 10).ids[0] for query in queries]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda query: pair[0].search(query[None], 10).ids[0], [*queries] * 4))
    assert together == alone * 4


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 3_000), st.integers(1, 400)),
        st.tuples(st.just("delete"), st.integers(0, 2_000), st.integers(1, 500)),
        st.tuples(st.just("update"), st.integers(0, 2_000), st.integers(1, 200)),
        st.tuples(st.just("flush"), st.just(0), st.just(0)),
        st.tuples(st.just("reopen"), st.just(0), st.just(0)),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes
@given(steps, st.integers(0, 1_000))
def test_changes_of_a_large_store_agree_with_the_exact_one(tmp_path_factory, changes, seed):
    folder, rng = tmp_path_factory.mktemp("large"), np.random.default_rng(seed)
    ours, truth = funnel.connect(folder / "f", DIM, SMALL), exact.connect(folder / "e", DIM, {})
    held = set()
    for what, start, count in [("add", 0, 2_000), ("flush", 0, 0), *changes]:
        ids = [f"P{i}" for i in range(start, start + count)]
        if what == "add":
            rows = clustered(count, seed=int(rng.integers(1 << 30)))[0]
            for store in (ours, truth):
                store.add(ids, rows, [{"n": float(i % 7)} for i in range(count)])
            held |= set(ids)
        elif what == "delete":
            ours.delete(ids), truth.delete(ids)
            held -= set(ids)
        elif what == "update":
            known = [id for id in ids if id in held]
            ours.update(known, [{"n": 9.0}] * len(known)), truth.update(known, [{"n": 9.0}] * len(known))
        else:
            ours.flush()
            ours = funnel.connect(folder / "f", DIM, SMALL) if what == "reopen" else ours
        assert ours.count() == truth.count() == len(held)
    queries = clustered(25, seed=19)[0]
    for where in (None, parse("n < 3"), parse("n == 9")):
        found, answer = recall((ours, truth), queries, where)
        assert found >= 0.97 or not any(truth.search(queries[:1], 1, where).ids)
        assert all(held.issuperset(ids) for ids in answer.ids), "nothing dead comes back"


def test_many_small_flushes_become_few_segments(tmp_path):
    vectors, _ = clustered(3_000, seed=20)
    store = funnel.connect(tmp_path / "s", DIM, SMALL)
    store.add([f"P{i}" for i in range(1_200)], vectors[:1_200], [{}] * 1_200)
    store.flush()
    segments = lambda: sorted(path.name for path in (tmp_path / "s").glob("segment-*"))  # noqa: E731
    assert len(segments()) == 1, "where lists are built, the rows are one segment"
    for start in range(1_200, 2_200, 20):
        store.add([f"P{i}" for i in range(start, start + 20)], vectors[start : start + 20], [{}] * 20)
        store.flush()
        assert len(segments()) <= 8
    for opened in (store, funnel.connect(tmp_path / "s", DIM, SMALL)):
        assert opened.count() == 2_200
        assert [opened.search(vectors[i : i + 1], 1).ids[0] for i in (0, 1_199, 1_200, 2_199)] == [
            [f"P{i}"] for i in (0, 1_199, 1_200, 2_199)
        ]


def test_an_index_of_an_earlier_kind_is_built_anew(tmp_path):
    vectors, _ = clustered(2_000, seed=21)
    store = funnel.connect(tmp_path / "s", DIM, SMALL)
    store.add([f"P{i}" for i in range(2_000)], vectors, [{}] * 2_000)
    store.close()
    manifest = tmp_path / "s" / "manifest.json"
    state = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps(state | {"about": {"lists": 8, "shortlist": 50}}), "utf-8")
    store = funnel.connect(tmp_path / "s", DIM, SMALL)
    assert store.search(vectors[:1], 3).path.startswith("exact")
    store.flush()
    assert "lists" in store.search(vectors[:1], 3).path


ops = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.integers(0, 12), min_size=1, max_size=4, unique=True)),
        st.tuples(st.just("delete"), st.lists(st.integers(0, 14), max_size=3)),
        st.tuples(st.just("update"), st.integers(0, 12)),
        st.tuples(st.just("flush"), st.none()),
        st.tuples(st.just("reopen"), st.none()),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(ops)
def test_any_order_of_changes_agrees_with_a_dict(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("model")
    store, held, rng = funnel.connect(folder, 8, {}), {}, np.random.default_rng(len(steps))
    for what, given_ in steps:
        if what == "add":
            rows = unit(rng.normal(size=(len(given_), 8)))
            store.add([f"P{n}" for n in given_], rows, [{"v": float(n)} for n in given_])
            held |= {f"P{n}": (row, float(n)) for n, row in zip(given_, rows, strict=True)}
        elif what == "delete":
            store.delete([f"P{n}" for n in given_])
            held = {id: value for id, value in held.items() if int(id[1:]) not in given_}
        elif what == "update" and f"P{given_}" in held:
            store.update([f"P{given_}"], [{"v": -1.0}])
            held[f"P{given_}"] = (held[f"P{given_}"][0], -1.0)
        elif what == "flush":
            store.flush()
        elif what == "reopen":
            store.flush()
            store = funnel.connect(folder, 8, {})
        assert store.count() == len(held)
    query = unit(rng.normal(size=(1, 8)))
    assert set(store.search(query, 20).ids[0]) == set(held)
    assert set(store.search(query, 20, parse("v < 0")).ids[0]) == {id for id, (_, v) in held.items() if v < 0}
    for id, (row, _) in held.items():
        assert store.search(row[None], 1).ids[0] == [id]


WRITER = """
    import sys
    import numpy as np
    from snapshelf.stores import funnel
    from snapshelf.vectors import unit
    store = funnel.connect(__import__("pathlib").Path(sys.argv[1]), 32, {})
    print("started", flush=True)
    for turn in range(10_000):
        rng = np.random.default_rng(turn)
        store.add([f"T{turn}-{n}" for n in range(50)], unit(rng.normal(size=(50, 32))), [{"turn": float(turn)}] * 50)
        store.flush()
"""


def test_killed_while_writing(tmp_path):
    """Whatever the moment, what can be opened afterwards is a whole number of flushes, and grows."""
    script = tmp_path / "write.py"
    script.write_text(textwrap.dedent(WRITER))
    reader, counts = None, []
    for pause in np.random.default_rng(2).uniform(0.05, 0.5, 5):
        with subprocess.Popen(
            [sys.executable, script, tmp_path / "store"], stdout=subprocess.PIPE, text=True
        ) as process:
            process.stdout.readline()
            reader = reader or funnel.connect(tmp_path / "store", 32, {})
            stop = time.monotonic() + pause
            while time.monotonic() < stop:
                assert reader.count() % 50 == 0, "a reader beside the writer sees whole flushes"
            process.send_signal(signal.SIGKILL)
        store = funnel.connect(tmp_path / "store", 32, {})
        counts.append(store.count())
        assert store.count() % 50 == 0
        assert len(store.search(unit(np.ones((1, 32))), 10, parse("turn >= 0")).ids[0]) == min(10, store.count())
    assert counts[-1] > 0
    assert reader.count() == counts[-1]


def test_damaged_files_are_said_to_be(tmp_path):
    store = funnel.connect(tmp_path / "s", 8, {})
    store.add(["A", "B"], unit(np.eye(2, 8)), [{}, {}])
    store.flush()
    part = next((tmp_path / "s").glob("segment-*/0.npy"))
    part.write_bytes(part.read_bytes()[:20])
    with pytest.raises(Mismatch, match="damaged"):
        funnel.connect(tmp_path / "s", 8, {})
    (tmp_path / "s" / "manifest.json").write_text("{")
    with pytest.raises(Mismatch, match="damaged"):
        funnel.connect(tmp_path / "s", 8, {})


@pytest.mark.parametrize("options", [{"recall": 2.0}, {"recall": "high"}, {"flat": -1}, {"flat": 0.5}])
def test_options(tmp_path, options):
    with pytest.raises(BadSettings, match="the funnel's"):
        funnel.connect(tmp_path / "s", 8, options)
