"""Our rerankers, held to the contract that a third party's is held to."""

import numpy as np
import pytest

from snapshelf import plugins
from snapshelf.protocols import RerankerModule
from snapshelf.rerankers.lambdamart.features import names
from snapshelf.rerankers.lambdamart.fit import List, fit
from snapshelf.rerankers.lambdamart.model import save
from snapshelf.testing.rerankers import RerankerContract
from snapshelf.types import kind_of

KNOWN = {"price": "number", "stock": "number", "in_stock": "bool", "brand": "text", "ctr": "number",
         "query_ctr": "number", "tags": "list"}  # fmt: skip
RULES = """
[[boost]]
when = "in_stock and price < 50"
by = 0.2
[[boost]]
signal = "ctr"
by = -0.5
[[promotion]]
when = 'tags in ["sale"]'
by = 3
from = 2020-01-01
[[boost]]
name = "lamps"
query = "lamp*"
when = "brand in ['a', 'b'] or not exists(brand)"
by = 0.1
"""


class TestRules(RerankerContract):
    @pytest.fixture
    def reranker(self, tmp_path):
        (tmp_path / "rules.toml").write_text(RULES)
        return plugins.find("rerankers", "rules").load(tmp_path / "rules.toml", KNOWN)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    pytest.importorskip("lightgbm")
    rng = np.random.default_rng(0)
    made = []
    columns = names(["vector"], ["price", "stock", "in_stock", "ctr"])
    for _ in range(30):
        table, relevance = rng.random((20, len(columns))), rng.random(20)
        made.append(List(table, relevance, (table[:, -1] > 0.7) * relevance))
    folder = tmp_path_factory.mktemp("model")
    save(fit(made, columns), folder)
    return folder


class TestLambdaMart(RerankerContract):
    @pytest.fixture
    def reranker(self, folder):
        return plugins.find("rerankers", "lambdamart").load(folder, KNOWN)


@pytest.mark.parametrize("name", plugins.names("rerankers"))
def test_modules_have_the_shape(name):
    module: RerankerModule = plugins.find("rerankers", name)
    assert isinstance(module.EXTRA, str)
    assert callable(module.load)


def test_known_kinds_are_kinds():
    assert {kind_of(value) for value in (1.0, True, "a", ("a",))} == set(KNOWN.values())
