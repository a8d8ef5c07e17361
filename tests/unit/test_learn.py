"""Lane weights learnt from judged queries: kept only if held-out queries say so, and used from then on."""

import csv
import json

import numpy as np
import pytest

import snapshelf
from snapshelf.config import Settings, StoreSettings
from snapshelf.errors import BadInput
from snapshelf.evaluate import learn_weights
from snapshelf.search.relevance import SLOPES, slopes_of
from snapshelf.search.weights import Features, fit
from tests.unit.test_answers import COLOURS, KINDS, goods


def made(signal, count=40, n=30):
    """Queries of which the fitting product stands out in one way alone."""
    rng, found = np.random.default_rng(3), []
    for _ in range(count):
        columns = {"words": rng.normal(size=n), "sight": rng.normal(size=n), "share": rng.uniform(0, 0.3, n)}
        grades = np.zeros(n, np.int64)
        grades[0] = 1
        columns[signal][0] += 0.7 if signal == "share" else 4.0
        found.append(Features(tuple(f"P{i:02d}" for i in range(n)), **columns, grades=grades))
    return found


def test_what_tells_gains_weight():
    slopes = {"words": "words", "sight": "sight", "share": "lexical"}
    fits = {signal: fit(made(signal), SLOPES["text"], pull=0.1) for signal in slopes}
    for signal, slope in slopes.items():
        assert max(fits, key=lambda other: getattr(fits[other], slope)) == signal
        assert min(fits[signal].words, fits[signal].sight, fits[signal].lexical) >= 0


def test_few_queries_hardly_move_what_everybody_has():
    start = SLOPES["text"]
    near, far = fit(made("words", 2), start, pull=1e4), fit(made("words", 2), start, pull=1e-3)
    assert abs(near.words - start.words) < 0.05 < abs(far.words - start.words)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    with snapshelf.open(
        tmp_path_factory.mktemp("learn") / "shelf", Settings(store=StoreSettings(name="exact"))
    ) as opened:
        opened.index(list(goods()))
        yield opened


def judged(folder, grade, count=36):
    asked = [f"{colour} {kind}" for colour in COLOURS for kind in KINDS][:count]
    queries, qrels = folder / "queries.jsonl", folder / "qrels.csv"
    queries.write_text("\n".join(json.dumps({"id": f"q{n}", "text": text}) for n, text in enumerate(asked)), "utf-8")
    with qrels.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("query", "sku", "grade"))
        for n, text in enumerate(asked):
            rows.writerows((f"q{n}", product.sku, grade(text, product)) for product in goods() if grade(text, product))
    return queries, qrels


def test_nothing_is_kept_where_nothing_is_gained(shelf, tmp_path):
    (found,) = learn_weights(shelf.stack, *judged(tmp_path, lambda text, product: int(product.title == text)))
    assert found.kind == "text"
    assert found.queries == 36
    with shelf.stack.catalogue.read() as connection:
        kept = slopes_of(shelf.stack, connection, "text")
    assert (kept == SLOPES["text"]) == (not found.kept)


def test_too_little_to_learn_from(shelf, tmp_path):
    with pytest.raises(BadInput, match="20 judged queries of one kind and more; there are 5 of text"):
        learn_weights(shelf.stack, *judged(tmp_path, lambda text, product: int(product.title == text), 5))
    with pytest.raises(BadInput, match="there are none"):
        learn_weights(shelf.stack, *judged(tmp_path, lambda text, product: -int(product.title == text)))
